"""Architectures as YAML, written by `model.to_yaml()` of Keras 1 and 2.

Keras wrote Python tuples with a tag of Python's own, so Keras needs a loader that can build any Python object. Here a
tuple is a list, and any other object is refused: nothing is ever built that is not plain data.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from lstmlint.ir.document import Container, Document, NotAModelError, UnreadableError
from lstmlint.ir.lazy_pattern import lazy_pattern
from lstmlint.readers.json_text import begins_like_json
from lstmlint.readers.reader import Reader
from lstmlint.readers.serialized import Serialized, broken, decoded, is_model, located
from lstmlint.readers.source import YAML_SUFFIXES, Source

if TYPE_CHECKING:
    from yaml import MappingNode, Node, SafeLoader, SequenceNode, YAMLError

KEY = lazy_pattern(rb"""([ \t]*)(?:\xef\xbb\xbf)?["']?(\w+)["']?[ \t]*:(?:[ \t\r]|$)""")
NO_CONTENT = lazy_pattern(rb"[ \t\r]*(?:#|$|---|%|\xef\xbb\xbf[ \t\r]*(?:#|$))")
IN_BRACES = lazy_pattern(rb"""(?:^|\n)[ \t]*\{\s*["']?(?:backend|class_name|config|keras_version)["']?\s*:""")
CLASS = b"class_name"
OTHER_KEYS = frozenset({b"backend", b"config", b"keras_version"})
"""Keys of the outermost mapping; Keras sorts them, so they come before the layers."""

MAX_YAML_BYTES = 2 * 1024 * 1024
"""The YAML of the largest architectures has some hundred KB."""

MAX_DEPTH = 100
MAX_NODES = 200_000
"""Number of values that a file may hold; a value that is repeated by reference counts each time.

A layer has some fifty, the largest public models have 41,000; PyYAML makes some ten thousand values in a second.
"""

MAX_BITS = 4096

TUPLE_TAG = "tag:yaml.org,2002:python/tuple"
PYTHON_TAG = "tag:yaml.org,2002:python/"
MERGE_TAG = "tag:yaml.org,2002:merge"

TOO_DEEP = "is nested too deeply to be a Keras model; save the model again"
TOO_MANY = "holds more values than any model, as files made to exhaust memory do; save the model again"
NEEDS_YAML = "is a model in YAML, which PyYAML reads; run pip install 'lstmlint[yaml]'"

CONSTRUCTION_FAILURES = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""Exceptions of PyYAML for scalars that look like a date or number but are none; it does not wrap them in its own."""


def recognises(source: Source) -> bool:
    """Whether a file begins like the YAML of a model, also behind comments where its name promises YAML.

    Indented JSON is YAML as well, and read as JSON.
    """
    if begins_like_json(source):
        return False
    data = source.head
    if source.suffix in YAML_SUFFIXES and len(data) < source.size <= MAX_YAML_BYTES:
        data = source.read()
    if CLASS not in data:
        return False
    keys = outermost_keys(data)
    if CLASS in keys and not OTHER_KEYS.isdisjoint(keys):
        return True
    return source.suffix in YAML_SUFFIXES and IN_BRACES.search(data) is not None


def outermost_keys(data: bytes) -> set[bytes]:
    """The keys of the outermost mapping in YAML, by the indentation of its lines."""
    lines = (line for line in data.split(b"\n") if not NO_CONTENT.match(line))
    keys = [key for key in map(KEY.match, lines) if key is not None]
    return {key[2] for key in keys if key[1] == keys[0][1]}


def read(source: Source) -> Document:
    """The document in a YAML file."""
    if source.size > MAX_YAML_BYTES:
        raise UnreadableError(
            f"is larger than {MAX_YAML_BYTES >> 20} MiB; a Keras architecture is not; check that this is the right file"
        )
    text, remarks = decoded(source.read(), "")
    value = plain(loaded(text), Budget())
    config, outer, place = located(value, "") if isinstance(value, dict) else (None, {}, "")
    if not is_model(config):
        raise NotAModelError("is YAML, but not a Keras model")
    model = Serialized(config, outer)
    return Document(
        path=source.path,
        container=Container.YAML,
        config=config,
        config_place=place,
        keras_version=model.version(),
        backend=model.backend(),
        training_config=model.training_config(),
        remarks=remarks,
    )


def loaded(text: str) -> Any:
    """The one document in YAML text, built by PyYAML's safe loader.

    Raises:
        UnreadableError: PyYAML is not installed; the text is not valid, or would build something that is not data.
    """
    try:
        from yaml import YAMLError
    except ImportError:
        raise UnreadableError(NEEDS_YAML) from None
    try:
        loader = loader_class()(text)
        try:
            return loader.get_single_data()
        finally:
            loader.dispose()
    except YAMLError as error:
        raise broken(text, f"is not valid YAML ({reason(error)}); save the model again") from None
    except RecursionError:
        raise UnreadableError(TOO_DEEP) from None
    except CONSTRUCTION_FAILURES:
        raise broken(text, "is not valid YAML (a value is not what it looks like); save the model again") from None


@cache
def loader_class() -> type[SafeLoader]:
    """PyYAML's safe loader, narrowed: bounded, tuples as lists, no merging of mappings."""
    import yaml

    class Loader(yaml.SafeLoader):
        """A safe loader that counts what it composes."""

        depth = 0
        count = 0

        def compose_node(self, parent: Node | None, index: Any) -> Node | None:
            """A node and everything in it."""
            self.depth += 1
            self.count += 1
            if self.depth > MAX_DEPTH:
                raise UnreadableError(TOO_DEEP)
            if self.count > MAX_NODES:
                raise UnreadableError(TOO_MANY)
            node = super().compose_node(parent, index)
            self.depth -= 1
            return node

        def flatten_mapping(self, node: MappingNode) -> None:
            """Refuse to merge mappings, which grows without bound and Keras never does."""
            if any(key.tag == MERGE_TAG for key, _ in node.value):
                raise UnreadableError("merges mappings ('<<'), which Keras never writes; save the model again")

    def as_list(loader: SafeLoader, node: Node) -> list[Any]:
        if not isinstance(node, yaml.SequenceNode):
            raise UnreadableError("holds a tuple that is not a list of values; save the model again")
        sequence: SequenceNode = node
        return list(loader.construct_sequence(sequence, deep=True))

    def refused(loader: SafeLoader, suffix: str, node: Node) -> Any:
        kind = suffix.encode("ascii", "backslashreplace").decode()[:60]
        raise UnreadableError(
            f"holds a Python object (tag python/{kind}, line {node.start_mark.line + 1}), which lstmlint never builds; "
            "save the model as JSON"
        )

    Loader.add_constructor(TUPLE_TAG, as_list)
    Loader.add_multi_constructor(PYTHON_TAG, refused)
    return Loader


def reason(error: YAMLError) -> str:
    """The problem that PyYAML states, in one line."""
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "unreadable"
    mark = getattr(error, "problem_mark", None)
    shown = "".join(character if character.isprintable() and character != "!" else " " for character in str(problem))[
        :80
    ]
    return f"{shown} at line {mark.line + 1}, column {mark.column + 1}" if mark is not None else shown


class Budget:
    """The number of values that may still be made of a file."""

    def __init__(self) -> None:
        self.left = MAX_NODES

    def spend(self) -> None:
        """Count one value.

        Raises:
            UnreadableError: there were too many.
        """
        self.left -= 1
        if self.left < 0:
            raise UnreadableError(TOO_MANY)


def plain(value: Any, budget: Budget, depth: int = 0) -> Any:
    """A loaded value as JSON would hold it, in which nothing is shared.

    Raises:
        UnreadableError: it is larger, deeper or of another kind than a model.
    """
    if depth > MAX_DEPTH:
        raise UnreadableError(TOO_DEEP)
    budget.spend()
    if isinstance(value, dict):
        return {str(plain(key, budget, depth + 1)): plain(item, budget, depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item, budget, depth + 1) for item in value]
    if isinstance(value, int):
        require_short(value)
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    raise UnreadableError(f"holds a {type(value).__name__}, which no Keras model has; save the model as JSON")


def require_short(number: int) -> None:
    """Refuse a number that is longer than Python would print.

    Raises:
        UnreadableError: it has thousands of digits.
    """
    if number.bit_length() > MAX_BITS:
        raise UnreadableError("holds a number of thousands of digits; save the model again")


SUFFIXES = YAML_SUFFIXES | {".json"}
"""Suffixes of YAML, and of architectures in general."""


def is_candidate(source: Source) -> bool:
    """Whether the name of a file that looks like a model in YAML fits."""
    return source.suffix in SUFFIXES


reader = Reader("YAML", recognises, read, Container.YAML, is_candidate=is_candidate)
