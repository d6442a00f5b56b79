"""Serialized models as JSON bytes: decoding, parsing, and locating the model in the parsed value."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from lstmlint.ir.dataclass import dataclass, field
from lstmlint.ir.document import Evidence, NotAModelError, Pointer, RepeatedKey, UnreadableError

MAX_JSON_BYTES = 64 * 1024 * 1024
"""The largest architecture known has 3 MB."""

MAX_VALUES = 2_000_000
"""The most values in JSON. Python takes up to 250 bytes for each, so 64 MiB of empty lists would take 5 GB."""

MODEL_MARK = "class_name"
"""Text that cannot be parsed is a broken model if it holds this, and something else if not."""

FUNCTION = "function"
"""Class name of a function, whose config is its name. It is no model, but a loader looks the name up all the same."""

ESCAPED_QUOTE = "\\u0022"

NON_FINITE = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}

ENCODINGS = {  # what json.detect_encoding says -> (name for messages, remark)
    "utf-8": ("UTF-8", None),
    "utf-8-sig": ("UTF-8", "BOM"),
    "utf-16": ("UTF-16", "UTF-16"),
    "utf-16-le": ("UTF-16", "UTF-16"),
    "utf-16-be": ("UTF-16", "UTF-16"),
    "utf-32": ("UTF-32", "UTF-32"),
    "utf-32-le": ("UTF-32", "UTF-32"),
    "utf-32-be": ("UTF-32", "UTF-32"),
}

#: For the estimate of a depth: rounds that remove the innermost pairs, and the number of brackets that may be left.
ALL_BUT_BRACKETS = bytes(set(range(256)) - set(b"{}[]"))
PAIRS_WITHIN_PAIRS = 50
MANY_BRACKETS = 500

#: JSON without any of these holds no model: keys of models, and the escape that may hide a letter of such a key.
MARKS = (MODEL_MARK, "\\u", "modelTopology", "weight_map")

OTHER_JSON = {  # a top-level key -> the kind of file that has it
    "modelTopology": "is a TensorFlow.js model that begins with something else",
    "weight_map": "is an index of sharded weights that begins with something else",
}


class OtherJsonError(NotAModelError):
    """The JSON is of another kind, as its `key` shows."""

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(reason)
        self.key = key


@dataclass(frozen=True, slots=True)
class Serialized:
    """A model found in JSON text; `config` is `None` where there is none.

    `outer` is the object that was parsed and `place` the key in it under which `config` lies (empty where the
    model is the whole text). `text` is `None` where positions in it would mean nothing to the reader of the file.
    """

    config: Mapping[str, Any] | None = None
    outer: Mapping[str, Any] = field(default_factory=dict)
    place: str = ""
    text: str | None = None
    remarks: tuple[str, ...] = ()
    repeated: tuple[Pointer, ...] = ()

    def evidence(self, place: str = "") -> Evidence:
        """Evidence of the text itself, given its place in the container."""
        return Evidence(repeated_keys=repeated_keys(place, self.repeated))

    def version(self) -> str | None:
        """The Keras version written into the JSON itself."""
        return self._string("keras_version")

    def backend(self) -> str | None:
        """The backend written into the JSON itself."""
        return self._string("backend")

    def training_config(self) -> Mapping[str, Any] | None:
        """The training configuration: `training_config`, or Keras 3's `compile_config`; `None` where there is none."""
        for source in (self.outer, self.config or {}):
            for key in ("training_config", "compile_config"):
                if isinstance(source.get(key), dict):
                    return source[key]  # type: ignore[no-any-return]
        return None

    def _string(self, key: str) -> str | None:
        values = (source.get(key) for source in (self.outer, self.config or {}))
        return next((value for value in values if isinstance(value, str)), None)


NO_MODEL = Serialized()


def model_in(data: bytes, subject: str = "") -> Serialized:
    """The model in JSON bytes. `subject` begins every message ("has a model_config that ", or nothing for a file).

    Raises:
        UnreadableError: a model, but broken.
        NotAModelError: nothing of Keras, whether it is well-formed or not.
    """
    value, text, remarks = value_in(data, subject)
    parts = [(text, value)]
    shown: str | None = text
    if isinstance(value, str) and MODEL_MARK in value:
        inner = value
        value, of_text = parsed(inner, subject)
        parts.append((inner, value))
        remarks += (*of_text, "encoded twice")
        shown = None
    config, outer, place = located(value, subject)
    if isinstance(config, str):
        inner, shown = config, None
        config = parsed(inner, subject)[0]
        parts.append((inner, config))
    if not is_model(config):
        raise NotAModelError(f"{subject}is JSON, but not a Keras model")
    repeated = tuple(pointer for part in parts for pointer in repeated_in(*part))
    return Serialized(config, outer, place, shown, remarks, repeated)


def is_plainly_foreign(data: bytes) -> bool:
    """Whether JSON bytes hold no key of a model, as most JSON files of most repositories; they need no parsing.

    Text that is empty or nested too deeply is not: parsing it says what is wrong.

    Raises:
        UnreadableError: the bytes are not valid in their encoding.
    """
    text, _ = decoded(data, "")
    return not any(mark in text for mark in MARKS) and text.strip() != "" and not may_be_deep(data)


def may_be_deep(data: bytes) -> bool:
    """Whether brackets may be nested deeper than Python reads, estimated by the number left without inner pairs."""
    brackets = data.translate(None, ALL_BUT_BRACKETS)
    for _ in range(PAIRS_WITHIN_PAIRS):
        left = brackets.replace(b"{}", b"").replace(b"[]", b"")
        if len(left) == len(brackets):
            break
        brackets = left
    return len(brackets) > MANY_BRACKETS


def value_in(data: bytes, subject: str = "", repeated: list[Pointer] | None = None) -> tuple[Any, str, tuple[str, ...]]:
    """The value in JSON bytes, its text, and remarks on them; `repeated` collects pointers to repeated keys.

    Raises:
        UnreadableError: a model, but broken.
        NotAModelError: not JSON, and nothing of Keras.
    """
    require_size(len(data), subject)
    require_few_values(data, subject)
    text, encoding_remarks = decoded(data, subject)
    value, remarks = parsed(text, subject, repeated)
    return value, text, encoding_remarks + remarks


def mapping_in(data: bytes, repeated: list[Pointer] | None = None) -> Mapping[str, Any] | None:
    """The object in JSON bytes beside the model (`training_config`, `metadata.json`); `None` where there is none."""
    try:
        require_few_values(data)
        value = parsed(decoded(data, "")[0], "", repeated)[0]
    except (UnreadableError, NotAModelError):
        return None
    return value if isinstance(value, dict) else None


def damage_in(data: bytes) -> str:
    """The message of Python on JSON bytes that cannot be parsed; empty where they can."""
    try:
        json.loads(data)
    except json.JSONDecodeError as error:
        return str(error)
    except (ValueError, RecursionError):
        return ""
    return ""


def require_size(size: int, subject: str = "") -> None:
    """Refuse JSON larger than any architecture.

    Raises:
        UnreadableError: `size`, in bytes, is too large.
    """
    if size > MAX_JSON_BYTES:
        raise UnreadableError(
            f"{subject}is larger than {MAX_JSON_BYTES >> 20} MiB; a Keras architecture is not; "
            "check that this is the right file"
        )


def require_few_values(data: bytes, subject: str = "") -> None:
    """Refuse JSON with more values than any architecture, by the number of its commas and opening brackets.

    Raises:
        UnreadableError: too many values.
    """
    if len(data) > MAX_VALUES and sum(map(data.count, (b",", b"[", b"{"))) > MAX_VALUES:
        raise UnreadableError(
            f"{subject}holds more than {MAX_VALUES:,} values; a Keras architecture does not; "
            "check that this is the right file"
        )


def decoded(data: bytes, subject: str) -> tuple[str, tuple[str, ...]]:
    """JSON bytes as text, with a remark where they are not plain UTF-8.

    Raises:
        UnreadableError: the bytes are not valid in their encoding.
    """
    encoding = json.detect_encoding(data)
    name, remark = ENCODINGS[encoding]
    try:
        return data.decode(encoding), (remark,) if remark else ()
    except UnicodeDecodeError as error:
        skipped = 3 if encoding == "utf-8-sig" else 0
        message = f"{subject}is not valid {name} (byte {error.start + skipped}); save it again as UTF-8"
        raise UnreadableError(message) from None


def parsed(text: str, subject: str, repeated: list[Pointer] | None = None) -> tuple[Any, tuple[str, ...]]:
    """JSON text as a value, with a remark for every kind of non-finite number in it.

    `repeated` collects pointers to the keys that one object has several times; the last of them counts, as in Python.

    Raises:
        UnreadableError: a model that is not valid JSON, or anything nested too deeply.
        NotAModelError: something else that is not valid JSON.
    """
    constants: dict[str, None] = {}

    def constant(name: str) -> float:
        constants[name] = None
        return NON_FINITE[name]

    try:
        value = json.loads(text, parse_constant=constant)
        if repeated is not None:
            repeated.extend(repeated_in(text, value))
        return value, tuple(constants)
    except RecursionError:
        raise UnreadableError(f"{subject}is nested too deeply to be a Keras model; save the model again") from None
    except json.JSONDecodeError as error:
        if not text.strip():
            raise UnreadableError(f"{subject}holds nothing but white space; save the model again") from None
        what = f"{error.msg.removesuffix(' at')} at line {error.lineno}, column {error.colno}"
        raise broken(text, f"{subject}is not valid JSON ({what}); save the model again") from None
    except ValueError:  # Python refuses to convert integers of thousands of digits
        raise broken(text, f"{subject}holds a number of thousands of digits; save the model again") from None


def may_repeat(text: str, value: Any) -> bool:
    """Whether JSON text may repeat a key in one object: it then has more quotes than the strings of its value need.

    Counting these costs a tenth of looking at every object while the text is parsed.
    """
    return ESCAPED_QUOTE in text or text.count('"') != 2 * count_of_strings(value)


def count_of_strings(value: Any) -> int:
    """The number of keys and strings in a value of JSON. The walk is a loop, so depth costs no recursion."""
    count, waiting = 0, [value]
    while waiting:
        one = waiting.pop()
        kind = type(one)
        if kind is str:
            count += 1
        elif kind is dict:
            count += len(one)
            waiting.extend(one.values())
        elif kind is list:
            waiting.extend(one)
    return count


def repeated_in(text: str, value: Any) -> list[Pointer]:
    """Pointers to the keys that one object has several times in JSON text that was read as a value."""
    if not may_repeat(text, value):
        return []
    return list(pointers_of_repeated(json.loads(text, object_pairs_hook=Pairs)))


class Pairs(list[tuple[str, Any]]):
    """A JSON object as pairs, in which repeated keys stay."""


def pointers_of_repeated(value: Any, pointer: Pointer = ()) -> Iterator[Pointer]:
    """Pointers to the keys that one object has several times."""
    if isinstance(value, Pairs):
        counts = Counter(key for key, _ in value)
        yield from ((*pointer, key) for key, count in counts.items() if count > 1)
        for key, item in value:
            yield from pointers_of_repeated(item, (*pointer, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from pointers_of_repeated(item, (*pointer, index))


def repeated_keys(place: str, pointers: Iterable[Pointer]) -> tuple[RepeatedKey, ...]:
    """Repeated keys of one text of a container, each pointer once."""
    return tuple(RepeatedKey(place, pointer) for pointer in dict.fromkeys(pointers))


def broken(text: str, message: str) -> UnreadableError | NotAModelError:
    """The error for text that cannot be parsed: a model that is broken, or nothing of Keras."""
    if MODEL_MARK in text:
        return UnreadableError(message)
    return NotAModelError(message.partition(";")[0])


def located(value: Any, subject: str) -> tuple[Any, Mapping[str, Any], str]:
    """The candidate for the model in a parsed value, the object around it, and its key in that object."""
    if not isinstance(value, dict):
        raise NotAModelError(f"{subject}is JSON, but not a Keras model")
    if not is_model(value):
        for key, message in OTHER_JSON.items():
            if key in value:
                raise OtherJsonError(key, f"{subject}{message}")
        if isinstance(value.get("model_config"), (dict, str)):
            return value["model_config"], value, "model_config"
    return value, value, ""


def is_model(value: Any) -> bool:
    """Whether a value has the form in which every Keras writes a model, or that of a function in its place."""
    return (
        isinstance(value, dict)
        and isinstance(value.get("class_name"), str)
        and isinstance(value.get("config"), str if value["class_name"] == FUNCTION else (dict, list))
    )
