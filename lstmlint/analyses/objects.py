"""Every object in the configs of a file, unchanged: the rules of security examine them.

Keras builds layers, but loading may also run code that lies elsewhere: in an initializer, in the loss of
`compile_config`, in a model inside a wrapper, in a layer that nothing calls. So the whole tree is walked, and nothing
in it is looked up, imported or decoded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from lstmlint.ir.document import Document, Pointer
from lstmlint.ir.finding import Location
from lstmlint.ir.lazy_pattern import lazy_pattern
from lstmlint.ir.memo import asked_once
from lstmlint.ir.model import Model
from lstmlint.ir.words import counted

MAX_QUOTED = 60

#: Pattern of a name that is a path to another folder -> words for it.
SIGNS = (
    (lazy_pattern(r"(?:.*[/\\])?\.\.(?:[/\\].*)?", re.DOTALL), "leads out of its folder"),
    (lazy_pattern(r"[A-Za-z]:[/\\].*|[/\\].*|~[/\\].*", re.DOTALL), "is an absolute path"),
    (lazy_pattern(r"[A-Za-z][A-Za-z0-9+.-]*://.*", re.DOTALL), "is a URL"),
    (lazy_pattern(r".*\\.*", re.DOTALL), "is a path on Windows"),
    (lazy_pattern(r".*\x00.*", re.DOTALL), "holds a NUL, at which a path ends"),
)


class RawObject(NamedTuple):
    """A JSON object: `key` is its key in the object `around` it, and `steps` lead from there to it.

    `place` is empty in the model itself; otherwise it is the part of the container into which `pointer` leads. A file
    holds hundreds of objects and a finding needs one, so names and pointers are made on demand.
    """

    value: Mapping[str, Any]
    around: RawObject | None = None
    steps: Pointer = ()
    key: str = ""
    place: str = ""
    is_text: bool = False

    @property
    def pointer(self) -> Pointer:
        """The keys and indices from the root to the object."""
        return self.steps if self.around is None else (*self.around.pointer, *self.steps)

    @property
    def owner(self) -> str:
        """The names of the layers around the object, and its own name; the outermost model is no part of them."""
        outer = self.around
        is_in_model = outer is not None and outer.around is None and not outer.steps and not outer.place
        above = "" if outer is None or is_in_model else outer.owner
        name = name_of(self.value) if "class_name" in self.value else ""
        return f"{above}/{name}" if above and name else above or name

    def at(self, *keys: str | int) -> Location:
        """The location of a value in the object, or of the object itself."""
        pointer = (*self.pointer, *keys)
        if not self.place:
            return Location(self.owner, pointer)
        if self.is_text:  # a part beside the model, to which no pointer leads
            return Location(self.owner)
        return Location(self.owner, stored="/".join((self.place, *map(str, pointer))))


#: The types of the values of JSON in which objects lie.
CONTAINERS = frozenset({dict, list})


@asked_once
def raw_objects(model: Model) -> Iterator[RawObject]:
    """Every JSON object in the model's config, in the training config, and in attachments that Keras builds."""
    document = model.document
    is_text = document.text is not None or document.weights_path is not None
    objects = objects_in(document.config, "", is_text)
    yield from objects
    training = document.training_config
    if training is not None and not any(one.value is training for one in objects):
        yield from objects_in(training, "training_config", is_text)
    if document.evidence.attachments:
        built = {key for one in objects if (key := identity(one.value))}
        for attachment in document.evidence.attachments:
            if identity(attachment.value) not in built:
                yield from objects_in(attachment.value, attachment.place, is_text)


def objects_in(root: Any, place: str, is_text: bool) -> list[RawObject]:
    """Every JSON object in a value, outer objects first. The walk is a loop, so depth costs no recursion."""
    new = tuple.__new__  # a file has hundreds of objects, and this takes half the time of the named form
    objects: list[RawObject] = []
    stack: list[tuple[Any, RawObject | None, Pointer, str]] = [(root, None, (), "")]
    while stack:
        value, around, steps, key = stack.pop()
        if type(value) is dict:
            around = new(RawObject, (value, around, steps, key, place, is_text))
            objects.append(around)
            inner = [(item, around, (step,), step) for step, item in value.items() if type(item) in CONTAINERS]
            stack.extend(reversed(inner))
        elif type(value) is list:
            for index in range(len(value) - 1, -1, -1):
                item = value[index]
                if type(item) in CONTAINERS:
                    stack.append((item, around, (*steps, index), key))
    return objects


def plain_text(document: Document) -> str | None:
    """The JSON text of the whole file, where it is in memory and has no escapes in strings; `None` otherwise."""
    text = document.text
    return None if text is None or document.evidence.attachments or "\\" in text else text


def may_hold(document: Document, word: str) -> bool:
    """Whether a file may contain a word; `False` only where its text shows that without a walk."""
    text = plain_text(document)
    return text is None or word in text


def strings_in(items: list[Any], pointer: Pointer) -> Iterator[tuple[Pointer, str]]:
    """The strings in a list and in nested lists."""
    for index, item in enumerate(items):
        if type(item) is str:
            yield (*pointer, index), item
        elif type(item) is list:
            yield from strings_in(item, (*pointer, index))


def name_of(value: Mapping[str, Any]) -> str:
    """The name of a serialized object, empty if it has none."""
    config = value.get("config")
    named = (source.get("name") for source in (config, value) if type(source) is dict)
    return next((name for name in named if type(name) is str), "")


def identity(value: Any) -> str:
    """A text that is equal for equal class and config, whatever other keys an object has."""
    import json

    if not isinstance(value, dict) or "class_name" not in value:
        return ""
    return json.dumps([value["class_name"], value.get("config")], sort_keys=True)


def leads_elsewhere(name: str) -> str | None:
    """The reason why a name is a path to another folder; `None` if it is no such path."""
    if name.isidentifier():
        return None
    return next((said for pattern, said in SIGNS if pattern.fullmatch(name)), None)


def quoted(text: str) -> str:
    """A text of the file for a message: shortened, in quotes."""
    return f"'{shortened(text, MAX_QUOTED)}'"


def shortened(text: str, length: int = 40) -> str:
    """A text of the file for a message, cut to a number of characters."""
    return text if len(text) <= length else text[: length - 1] + "…"


def size_text(size: int) -> str:
    """A number of bytes as text, in the largest unit in which it is at least one."""
    for exponent, unit in reversed(list(enumerate(("KiB", "MiB", "GiB", "TiB", "PiB", "EiB"), 1))):
        if size >= 1024**exponent:
            return f"{size / 1024**exponent:,.1f} {unit}"
    return counted(size, "byte")
