"""The file carries compiled Python code; loading may make a function of it, which the model then calls.

## Why it matters

Keras saves a lambda as marshalled bytecode in base64. Whoever can change the file decides what runs on the machine
that loads it (CVE-2024-3660), and Keras 3.0 to 3.11.2 loaded such an `.h5` even in safe mode (CVE-2025-9905). The
bytecode also fits only the Python version that wrote it, so other versions cannot load such a file. In public
collections, one model in a hundred carries bytecode. Keras 3.15.1 refuses it unless its safe mode is switched off. The
version in a file proves nothing, since whoever writes the code writes the version, too.

## Example

```json
{"module": "keras", "class_name": "Sequential", "registered_name": null, "config": {"name": "scaled", "layers": [
  {"module": "keras.layers", "class_name": "InputLayer", "registered_name": null,
   "config": {"name": "series", "batch_shape": [null, 10, 2]}},
  {"module": "keras.layers", "class_name": "Lambda", "registered_name": null, "config": {"name": "scale",
   "function": {"class_name": "__lambda__", "config": {"code": "bm90IGNvZGU=", "defaults": null, "closure": null}}}},
  {"module": "keras.layers", "class_name": "LSTM", "registered_name": null, "config": {"name": "lstm", "units": 3}}]}}
```

```console
$ lstmlint check example.json
example.json:5:16: error[lambda-bytecode]: scale: its function is Python bytecode (8 bytes): a Keras that makes a \
function of it runs whatever it does
    help: replace it by a built-in layer or by a function with a name, registered with \
@keras.saving.register_keras_serializable(); until then load it only if you trust who made it; endangers Keras before \
2.13.1 (CVE-2024-3660)
could not judge 1 layer: a Lambda's code is not run and the file records no output_shape
1 error, 0 warnings, 0 notes in 1 model
```

## Instead

```json
{"module": "keras", "class_name": "Sequential", "registered_name": null, "config": {"name": "scaled", "layers": [
  {"module": "keras.layers", "class_name": "InputLayer", "registered_name": null,
   "config": {"name": "series", "batch_shape": [null, 10, 2]}},
  {"module": "keras.layers", "class_name": "Rescaling", "registered_name": null,
   "config": {"name": "scale", "scale": 0.5, "offset": 0.0}},
  {"module": "keras.layers", "class_name": "LSTM", "registered_name": null, "config": {"name": "lstm", "units": 3}}]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

The bytecode is never decoded, so harmless and harmful code are reported alike. It is reported in a `build_config`, too,
and as a loss in an `.h5`, where no Keras was seen to make a function of it. A Lambda that names a function holds no
code and is not reported.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lstmlint.analyses.objects import RawObject, raw_objects
from lstmlint.ir.document import Container
from lstmlint.ir.finding import Finding, Severity
from lstmlint.ir.model import Model
from lstmlint.keras.advisories import with_versions
from lstmlint.linting.rule import Judgement, NoOptions, rule

#: The class under which Keras 3 saves a lambda, wherever it is used.
LAMBDA = "__lambda__"
#: Keys under which Keras 1 and 2 save a lambda as a list of its bytecode, its defaults and its closure -> the key that
#: states the kind of what is saved, and the kinds that are code.
FUNCTION_KEYS = {
    "function": ("function_type", frozenset({"lambda", "raw"})),
    "output_shape": ("output_shape_type", frozenset({"lambda"})),
    "mask": ("mask_type", frozenset({"lambda"})),
    "mode": ("mode_type", frozenset({"lambda"})),
    "output_mask": ("output_mask_type", frozenset({"lambda"})),
}
KEYS = frozenset(FUNCTION_KEYS)


CURE = (
    "replace it by a built-in layer or by a function with a name, registered with "
    "@keras.saving.register_keras_serializable(); until then load it only if you trust who made it"
)

#: The advisories on bytecode anywhere, on that in an HDF5 file, and on a Lambda layer without a module in another file.
ANYWHERE, IN_HDF5, WITHOUT_MODULE = "CVE-2024-3660", "CVE-2025-9905", "CVE-2026-12481"


@rule(Severity.ERROR)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    is_hdf5 = model.document.container is Container.H5
    for raw_object in raw_objects(model):
        if raw_object.value.get("class_name") == LAMBDA:
            yield _finding(raw_object, raw_object.key or "config", _code(raw_object.value.get("config")), is_hdf5)
        for key in () if KEYS.isdisjoint(raw_object.value) else _keys_of_code(raw_object.value):
            yield _finding(raw_object, key, raw_object.value.get(key), is_hdf5, key)


def _keys_of_code(value: Any) -> Iterator[str]:
    """The keys of an object under which a list of Keras 1 and 2 lies, or a value that the object calls code."""
    for key, (type_key, code_types) in FUNCTION_KEYS.items():
        held, kind = value.get(key), value.get(type_key)
        is_reported = isinstance(held, dict) and held.get("class_name") == LAMBDA
        is_code = isinstance(kind, str) and kind in code_types
        if held is not None and not is_reported and (is_code or _is_dump(held)):
            yield key


def _is_dump(value: Any) -> bool:
    """Whether a value is a list of bytecode, its defaults and its closure."""
    return (
        isinstance(value, list)
        and len(value) == 3
        and isinstance(value[0], str)
        and all(item is None or isinstance(item, list) for item in value[1:])
    )


def _code(value: Any) -> Any:
    """The bytecode of a lambda of Keras 3: a Lambda layer calls it `code`, any other object `value`."""
    return value.get("code", value.get("value")) if isinstance(value, dict) else value


def _finding(raw_object: RawObject, key: str, code: Any, is_hdf5: bool, *step: str) -> Finding:
    special = [IN_HDF5] if is_hdf5 else [WITHOUT_MODULE] if _is_without_module(raw_object) else []
    return Finding(
        location=raw_object.at(*step),
        message=f"its {key} is Python bytecode{_size(code)}: a Keras that makes a function of it runs whatever it does",
        help=with_versions(CURE, ANYWHERE, *special),
    )


def _is_without_module(raw_object: RawObject) -> bool:
    """Whether the code belongs to a Lambda layer whose module is not stated."""
    holder: RawObject | None = raw_object
    while holder is not None and holder.value.get("class_name", LAMBDA) == LAMBDA:
        holder = holder.around
    return holder is not None and holder.value["class_name"] == "Lambda" and holder.value.get("module") is None


def _size(code: Any) -> str:
    """The bytes of the code, counted without decoding it; Keras 1 wrote it as plain text."""
    while isinstance(code, list) and code:
        code = code[0]
    if not isinstance(code, str):
        return ""
    text = "".join(code.split())
    is_base64 = text.isascii() and text.rstrip("=").replace("+", "").replace("/", "").isalnum()
    return f" ({len(text.rstrip('=')) * 3 // 4 if is_base64 else len(code):,} bytes)"
