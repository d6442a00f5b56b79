"""Every object of a file's configs as it stands there, wherever it lies: what the rules of security look at.

Layers and their shapes are what Keras would build; what loading would run may lie anywhere else, too: in an
initializer, in the loss of `compile_config`, in a model inside a wrapper, in a layer that nothing calls. So the whole
tree is walked, and nothing in it is looked up, imported or decoded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from lstmlint.ir.document import Document, Pointer
from lstmlint.ir.finding import Location
from lstmlint.ir.memo import asked_once
from lstmlint.ir.model import Model
from lstmlint.ir.words import counted

MAX_QUOTED = 60

#: What makes a name a path that leads elsewhere -> how to say it.
SIGNS = (
    (re.compile(r"(?:.*[/\\])?\.\.(?:[/\\].*)?", re.DOTALL), "leads out of its folder"),
    (re.compile(r"[A-Za-z]:[/\\].*|[/\\].*|~[/\\].*", re.DOTALL), "is an absolute path"),
    (re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://.*", re.DOTALL), "is a URL"),
    (re.compile(r".*\\.*", re.DOTALL), "is a path on Windows"),
    (re.compile(r".*\x00.*", re.DOTALL), "holds a NUL, at which a path ends"),
)


class RawObject(NamedTuple):
    """A JSON object: `key` is where it lies in the object `around` it, and `steps` lead from there to it.

    `place` is empty in the model itself and else the part of the container, into which `pointer` leads then. A file
    holds hundreds of them and a finding needs one, so names and pointers are put together on demand.
    """

    value: Mapping[str, Any]
    around: RawObject | None = None
    steps: Pointer = ()
    key: str = ""
    place: str = ""
    is_text: bool = False

    @property
    def pointer(self) -> Pointer:
        """The way from the root to the object."""
        return self.steps if self.around is None else (*self.around.pointer, *self.steps)

    @property
    def owner(self) -> str:
        """The names of the layers around the object and its own; the outermost model is no part of a layer's name."""
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
        if self.is_text:  # a part beside the model, for which there is no pointer into the model
            return Location(self.owner)
        return Location(self.owner, stored="/".join((self.place, *map(str, pointer))))


@asked_once
def raw_objects(model: Model) -> Iterator[RawObject]:
    """Every JSON object in the model's config, the training config, and what else the container would have built."""
    document = model.document
    is_text = document.text is not None or document.weights_path is not None
    found = objects_in(document.config, "", is_text)
    yield from found
    training = document.training_config
    if training is not None and not any(one.value is training for one in found):
        yield from objects_in(training, "training_config", is_text)
    if document.evidence.attachments:
        built = {key for one in found if (key := identity(one.value))}
        for attachment in document.evidence.attachments:
            if identity(attachment.value) not in built:
                yield from objects_in(attachment.value, attachment.place, is_text)


def objects_in(root: Any, place: str, is_text: bool) -> list[RawObject]:
    """Every JSON object in a value, each before those in it. However deep it is, no call is made for a depth."""
    new = tuple.__new__  # a file has hundreds of objects, and this takes half the time of the named form
    found: list[RawObject] = []
    stack: list[tuple[Any, RawObject | None, Pointer, str]] = [(root, None, (), "")]
    while stack:
        value, around, steps, key = stack.pop()
        if type(value) is dict:
            around = new(RawObject, (value, around, steps, key, place, is_text))
            found.append(around)
            for step, item in reversed(value.items()):
                if type(item) is dict or type(item) is list:
                    stack.append((item, around, (step,), step))
        elif type(value) is list:
            for index in range(len(value) - 1, -1, -1):
                item = value[index]
                if type(item) is dict or type(item) is list:
                    stack.append((item, around, (*steps, index), key))
    return found


def plain_text(document: Document) -> str | None:
    """The JSON text that holds all that a file has, where it is at hand and holds each string as it is."""
    text = document.text
    return None if text is None or document.evidence.attachments or "\\" in text else text


def may_hold(document: Document, word: str) -> bool:
    """Whether a word may stand in a file, told without a walk where that can be told."""
    text = plain_text(document)
    return text is None or word in text


def strings_in(items: list[Any], pointer: Pointer) -> Iterator[tuple[Pointer, str]]:
    """The strings in a list and the lists in it."""
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
    """A text that is the same for the same class with the same config, whatever else is noted of it."""
    import json

    if not isinstance(value, dict) or "class_name" not in value:
        return ""
    return json.dumps([value["class_name"], value.get("config")], sort_keys=True)


def leads_elsewhere(name: str) -> str | None:
    """Why a name is a path that leads elsewhere; `None` if it is none."""
    if name.isidentifier():
        return None
    return next((said for pattern, said in SIGNS if pattern.fullmatch(name)), None)


def quoted(text: str) -> str:
    """A text of the file for a message: short, in quotes."""
    return f"'{text if len(text) <= MAX_QUOTED else text[: MAX_QUOTED - 1] + '…'}'"


def size_text(size: int) -> str:
    """A number of bytes in the largest unit in which it is at least one."""
    for exponent, unit in reversed(list(enumerate(("KiB", "MiB", "GiB", "TiB", "PiB", "EiB"), 1))):
        if size >= 1024**exponent:
            return f"{size / 1024**exponent:,.1f} {unit}"
    return counted(size, "byte")
