"""The file names a function or class that is no part of a model; loading would import or run it.

## Why it matters

A config names the module of each object. Keras 3.0 to 3.8 imported any module and called the object with the config
(CVE-2025-1550): `os` and `system` in place of an initializer were enough. Up to 3.10 a config could also name functions
of Keras itself, such as `get_file`, which downloads (CVE-2025-8747), or `enable_unsafe_deserialization` and
`set_global_attribute`, which switch the protection off (CVE-2025-9906). `TorchModuleWrapper` holds a pickle
(CVE-2025-49655), `TFSMLayer` loads another TensorFlow program (CVE-2026-1462). Every object is as dangerous: Keras
builds layers, wrappers, initializers, the loss, the optimizer and metrics in the same way. The version in a file proves
nothing, since it can be any.

## Example

```json
{"module": "keras", "class_name": "Sequential", "registered_name": null, "config": {"name": "forecast", "layers": [
  {"module": "keras.layers", "class_name": "InputLayer", "registered_name": null,
   "config": {"name": "series", "batch_shape": [null, 10, 2]}},
  {"module": "keras.layers", "class_name": "LSTM", "registered_name": null, "config": {"name": "lstm", "units": 3,
   "kernel_initializer": {"module": "os", "class_name": "function", "config": "getcwd", "registered_name": "getcwd"}
  }}]}}
```

```console
$ lstmlint check example.json
example.json:5:26: error[unsafe-callable-reference]: lstm: names 'os.getcwd', which belongs to Python and is no part \
of a model
    help: do not load this file; ask where it comes from, and build the model from code that you know; endangers Keras \
3.0.0 to before 3.9.0 (CVE-2025-1550)
1 error, 0 warnings, 0 notes in 1 model
```

## Instead

```json
{"module": "keras", "class_name": "Sequential", "registered_name": null, "config": {"name": "forecast", "layers": [
  {"module": "keras.layers", "class_name": "InputLayer", "registered_name": null,
   "config": {"name": "series", "batch_shape": [null, 10, 2]}},
  {"module": "keras.layers", "class_name": "LSTM", "registered_name": null, "config": {"name": "lstm", "units": 3,
   "kernel_initializer": {"module": "keras.initializers", "class_name": "HeNormal", "config": {"seed": null},
    "registered_name": null}}}]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

Names are compared with lists and never looked up: Python's modules and built-in functions, libraries that read files,
run code, lie beside every Keras or are no part of a saved model, and the names that real Kerases have in their modules.
Of those, every name that is no class and no function of models is reported, in whatever form it is written. A class
that no Keras has yet is not reported where models are made of the classes beside it. An object with a registered name
of its own package (`package>Name`) is a usual custom object and not reported, nor is a class of `__main__`; any other
foreign module is a note. Keras writes its functions and yours as `builtins` and their name, so this form is reported
only where Python itself has a function of that name and Keras has none. A module of yours with the name of a module of
Python is taken for Python's. A layer named `os.system` is not reported, since Keras never looks up the name of a layer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from lstmlint.analyses.callables import ANY_MODULE, FUNCTION, REFUSE, Reason, advisories_on, reason_of
from lstmlint.analyses.objects import RawObject, may_hold, plain_text, quoted, raw_objects, strings_in
from lstmlint.ir.document import Document, Pointer
from lstmlint.ir.finding import Finding, Severity
from lstmlint.ir.lazy_pattern import lazy_pattern
from lstmlint.ir.model import Model
from lstmlint.keras.advisories import with_versions
from lstmlint.keras.classes import traits_of
from lstmlint.linting.rule import Judgement, NoOptions, rule

#: Layers that bring a program of their own: the words on it, and the advisory.
PROGRAMS: Mapping[str, tuple[str, str]] = {
    "TorchModuleWrapper": ("holds a pickled PyTorch module{size}, which torch.load() runs", "CVE-2025-49655"),
    "TFSMLayer": ("loads the TensorFlow program at {path}", "CVE-2026-1462"),
}
#: Functions and operations of TensorFlow that read, write or run something.
TENSORFLOW_ACTS = frozenset({
    "CreateSummaryFileWriter", "EagerPyFunc", "FixedLengthRecordDataset", "FixedLengthRecordReaderV2",
    "ImmutableConst", "InitializeTableFromTextFile", "InitializeTableFromTextFileV2", "LoadAndRemapMatrix",
    "LoadDataset", "MatchingFiles", "MergeV2Checkpoints", "PyFunc", "PyFuncStateless", "ReadFile", "Restore",
    "RestoreSlice", "RestoreV2", "RpcCall", "Save", "SaveDataset", "SaveSlices", "SaveV2", "SqlDataset",
    "TFRecordDataset", "TFRecordReaderV2", "TextLineDataset", "TextLineReaderV2", "WholeFileReaderV2", "WriteFile",
    "load_library", "load_op_library", "matching_files", "numpy_function", "py_func", "py_function", "read_file",
    "write_file",
})  # fmt: skip
#: The key under which a layer of Keras 2 keeps the TensorFlow node that it runs, as a text of JSON or of the bytes of
#: a protocol buffer, whose second field is the operation.
NODE = "node_def"
OPERATION = lazy_pattern(r'"op"\s*:\s*"(\w+)"')
FIELD = lazy_pattern(r"\x12([\x01-\x7f])(?=(\w+))", re.ASCII)
MAX_NODE = 1 << 20

#: The function that switches the protection off, suspicious wherever it is named.
SWITCH = "enable_unsafe_deserialization"
#: Modules whose functions are reported where a text names one as `module.function`.
DOTTED_ROOTS = frozenset({
    "__builtin__", "__builtins__", "builtins", "ctypes", "importlib", "marshal", "nt", "os", "pickle", "posix", "pty",
    "runpy", "shutil", "socket", "subprocess", "sys",
})  # fmt: skip
DOTTED = lazy_pattern(rf"(?:{'|'.join(sorted(DOTTED_ROOTS))})(?:\.\w+)+")

#: Keys of the names of layers and other objects; Keras compares these names and never looks them up.
OF_NAMES = frozenset({"name", "inbound_nodes", "input_layers", "output_layers"})
#: Keys whose text is not judged as the name of a function; a module is judged together with its class.
READ_OTHERWISE = OF_NAMES | {"module"}


@rule(Severity.ERROR)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    may_switch, may_be_dotted = may_hold(model.document, SWITCH), _may_hold_dotted(model.document)
    known_reason = cache(reason_of)  # a file has many objects and few classes
    for raw_object in raw_objects(model):
        said = _said_of(raw_object, known_reason) if "class_name" in raw_object.value else None
        if said is not None:
            yield said
            continue
        for key, item in raw_object.value.items() if may_be_dotted else ():
            if type(item) is str and key not in READ_OTHERWISE and "." in item and DOTTED.fullmatch(item):
                yield Finding(
                    raw_object.at(key),
                    f"names {quoted(item)}, a function of Python",
                    with_versions(REFUSE, *ANY_MODULE),
                )
        if may_switch:
            yield from _switches(raw_object)


def _may_hold_dotted(document: Document) -> bool:
    """Whether some string of a file may begin with one of the modules and a dot."""
    text = plain_text(document)
    return text is None or not DOTTED_ROOTS.isdisjoint(part.rpartition('"')[2] for part in text.split(".")[:-1])


def _switches(raw_object: RawObject) -> Iterator[Finding]:
    """Findings where an object names the switch: in its keys, its texts, and the texts in its lists."""
    for key, item in raw_object.value.items():
        if key in OF_NAMES:
            continue
        if type(item) is str and SWITCH in item and not ("." in item and DOTTED.fullmatch(item)):
            yield _switch(raw_object, (key,))
        elif type(item) is list:
            yield from (_switch(raw_object, pointer) for pointer, text in strings_in(item, (key,)) if SWITCH in text)
        if SWITCH in key:
            yield _switch(raw_object, (key,))


def _switch(raw_object: RawObject, pointer: Pointer) -> Finding:
    cure = with_versions(REFUSE, *advisories_on(SWITCH))
    return Finding(raw_object.at(*pointer), f"names {SWITCH}(), which switches the protection of Keras off", cure)


def _said_of(raw_object: RawObject, known_reason: Callable[..., Reason | None]) -> Finding | None:
    """The finding on the class or function that an object names, if any."""
    value = raw_object.value
    written = value.get("class_name")
    if type(written) is not str:
        return None
    config = value.get("config")
    name = config if written == FUNCTION else value.get("spec_name", written)
    module, registered = value.get("module"), value.get("registered_name")
    said = _said_of_layer(raw_object, written.rpartition(">")[2], config)
    if said is not None or type(name) is not str:
        return said
    reason = known_reason(
        written, module if type(module) is str else None, name, registered if type(registered) is str else None
    )
    if reason is None:
        return None
    cure = with_versions(reason.help, *reason.advisories)
    return Finding(raw_object.at(), reason.message, cure, severity=reason.severity, confidence=reason.confidence)


def _said_of_layer(raw_object: RawObject, class_name: str, config: Any) -> Finding | None:
    """The finding on a layer that brings a program or calls one, if any."""
    program = config if class_name == FUNCTION else class_name
    if type(program) is str and program in PROGRAMS:
        message, advisory = PROGRAMS[program]
        return Finding(raw_object.at(), message.format(**_program(config)), with_versions(REFUSE, advisory))
    if not isinstance(config, dict):
        return None
    called = config.get(FUNCTION) if traits_of(class_name).is_tensorflow_call else None
    if isinstance(called, str) and called.rpartition(".")[2] in TENSORFLOW_ACTS:
        return Finding(raw_object.at("config", FUNCTION), f"calls tf.{called}, which reads or writes files", REFUSE)
    operations = _operations(config[NODE]) if NODE in config else ()
    acting = next((name for name in operations if name in TENSORFLOW_ACTS), None)
    if acting is None:
        return None
    return Finding(
        raw_object.at("config", NODE), f"runs the TensorFlow operation {acting}, which acts on files", REFUSE
    )


def _operations(node: Any) -> Iterator[str]:
    """The operations that a TensorFlow node names."""
    if not isinstance(node, str) or len(node) > MAX_NODE:
        return
    yield from OPERATION.findall(node)
    yield from (field[2][: ord(field[1])] for field in FIELD.finditer(node))
    try:
        told = json.loads(node)
    except (ValueError, RecursionError):
        return
    if isinstance(told, dict) and isinstance(told.get("op"), str):
        yield told["op"]


def _program(config: Any) -> dict[str, str]:
    """The size and the path for the message on a layer that brings a program."""
    config = config if isinstance(config, dict) else {}
    text = config.get("module")
    size = f" ({len(text) * 3 // 4:,} bytes)" if isinstance(text, str) else ""
    return {"size": size, "path": quoted(str(config.get("filepath", "a path")))}
