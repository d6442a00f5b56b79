"""The file names a function or class that is no part of a model; loading would import or run it.

## Why it matters

A config names the module of each object. Keras 3.0 to 3.8 imported any module and called the object with the config
(CVE-2025-1550): `os` and `system` in place of an initializer were enough. Up to 3.10 a config could also name functions
of Keras itself, such as `get_file`, which downloads (CVE-2025-8747), or `enable_unsafe_deserialization`, which
switches the protection off (CVE-2025-9906). `TorchModuleWrapper` holds a pickle (CVE-2025-49655), `TFSMLayer` loads
another TensorFlow program (CVE-2026-1462). Every object is as dangerous: Keras builds layers, wrappers, initializers,
the loss, the optimizer and metrics in the same way. The version in a file proves nothing, since it can be any.

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
    help: do not load this file; ask where it comes from, and build the model from code that you know
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

Names are compared with lists and never looked up: Python's modules and built-in functions, the functions of Keras
that Keras itself refuses, and libraries that read files, run code or are no part of a saved model. An object with a
registered name of its own package (`package>Name`) is a usual custom object and not reported, nor is a class of
`__main__`; any other foreign module is a note. Keras writes your own function as `builtins` and its name, so this form
is reported only where Python itself has a function of that name. A module of yours with the name of a module of Python
is taken for Python's. A layer named `os.system` is not reported, since Keras never looks up the name of a layer.
"""

from __future__ import annotations

import builtins
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from lstmlint.analyses.objects import RawObject, may_hold, plain_text, quoted, raw_objects, strings_in
from lstmlint.ir.document import Document, Pointer
from lstmlint.ir.finding import Confidence, Finding, Severity
from lstmlint.ir.model import Model
from lstmlint.keras.classes import traits_of
from lstmlint.linting.rule import Judgement, NoOptions, rule

FUNCTION = "function"
#: The class name of a description of a tensor, whose class is always TensorFlow's.
TYPE_SPEC = "__typespec__"

KERAS = frozenset({
    "keras", "keras_core", "keras_cv", "keras_hub", "keras_nlp", "keras_rs", "keras_tuner", "tf_keras",
})  # fmt: skip
MAIN = "__main__"
BUILTINS = frozenset({"builtins", "__builtin__", "__builtins__"})

#: Python's own modules, those of other systems and of Python 2 included.
PYTHON = (
    frozenset(sys.stdlib_module_names)
    | {"asyncore", "commands", "distutils", "imp", "nt", "nturl2path", "pipes", "popen2", "posix", "posixpath", "test"}
    | {"telnetlib", "urllib2", "winreg", "_winapi"}
) - BUILTINS  # fmt: skip

#: Built-in types of Python that only hold data.
PLAIN = frozenset({
    "bool", "bytes", "complex", "dict", "float", "frozenset", "int", "list", "object", "range", "set", "slice", "str",
    "tuple",
})  # fmt: skip
PYTHON_FUNCTIONS = (frozenset(name for name, value in vars(builtins).items() if callable(value)) | {"execfile"}) - PLAIN

#: Libraries that run code, read files or fetch them.
RUNNERS = frozenset({
    "IPython", "_pytest", "boto3", "botocore", "cffi", "cloudpickle", "dill", "fabric", "fsspec", "git", "h5py",
    "httpx", "huggingface_hub", "invoke", "jinja2", "joblib", "jsonpickle", "mako", "mlflow", "nbformat", "numexpr",
    "onnx", "paramiko", "pexpect", "pip", "pkg_resources", "plumbum", "psutil", "pytest", "requests", "setuptools",
    "sh", "skops", "smart_open", "sqlalchemy", "urllib3", "yaml",
})  # fmt: skip
#: Numeric libraries: a model may hold their functions. `ACTS` lists those that read, write or run something.
NUMERIC = frozenset({"jax", "jaxlib", "numpy", "pandas", "scipy", "sklearn", "tensorflow", "torch"})
ACTS = frozenset({
    "DataSource", "Popen", "call", "check_output", "compile", "eval", "exec", "exec_command", "execute", "fromfile",
    "fromregex", "genfromtxt", "get_file", "load", "load_file", "load_library", "load_model", "load_npz",
    "load_op_library", "load_state_dict_from_url", "load_url", "loads", "loadtxt", "memmap", "numpy_function", "open",
    "popen", "py_func", "py_function", "pyfunc", "query", "read_csv", "read_file", "read_pickle", "run", "runstring",
    "save", "savetxt", "savez", "spawn", "system", "to_csv", "to_pickle", "tofile", "urlopen", "write_file",
})  # fmt: skip

#: Functions of Keras that Keras refuses to look up for a config, and others that can do as much harm.
OF_KERAS = frozenset({
    "audio_dataset_from_directory", "clear_session", "deserialize_keras_object", "disable_interactive_logging",
    "enable_unsafe_deserialization", "extract_archive", "func_load", "get_custom_objects", "get_file",
    "image_dataset_from_directory", "load_data", "load_img", "load_model", "load_weights", "model_from_config",
    "model_from_json", "model_from_yaml", "register_keras_serializable", "save_img", "save_model", "save_weights",
    "serialize_keras_object", "set_backend", "text_dataset_from_directory", "timeseries_dataset_from_array",
    "path_to_image", "from_config", "pickle_load",
})  # fmt: skip
#: Modules of Keras that make no part of a model: the part of the name behind `keras` (and `src`, `_tf_keras`).
NO_MODELLING = frozenset({
    "applications", "callbacks", "config", "datasets", "export", "legacy", "models", "preprocessing", "saving", "utils",
    "visualization",
})  # fmt: skip
INNER_PACKAGES = frozenset({"src", "_tf_keras", "api", "keras"})

#: Layers that bring a program of their own.
PROGRAMS: Mapping[str, str] = {
    "TorchModuleWrapper": "holds a pickled PyTorch module{size}, which torch.load() runs",
    "TFSMLayer": "loads the TensorFlow program at {path}",
}
TENSORFLOW_ACTS = frozenset({
    "EagerPyFunc", "MatchingFiles", "PyFunc", "PyFuncStateless", "ReadFile", "Restore", "RestoreV2", "Save", "SaveV2",
    "WriteFile", "load_library", "load_op_library", "matching_files", "numpy_function", "py_func", "py_function",
    "read_file", "write_file",
})  # fmt: skip

#: The function that switches the protection off, suspicious wherever it is named.
SWITCH = "enable_unsafe_deserialization"
#: Modules whose functions are reported where a text names one as `module.function`.
DOTTED_ROOTS = frozenset({
    "__builtin__", "__builtins__", "builtins", "ctypes", "importlib", "marshal", "nt", "os", "pickle", "posix", "pty",
    "runpy", "shutil", "socket", "subprocess", "sys",
})  # fmt: skip
DOTTED = re.compile(rf"(?:{'|'.join(sorted(DOTTED_ROOTS))})(?:\.\w+)+")

#: Keys of the names of layers and other objects; Keras compares these names and never looks them up.
OF_NAMES = frozenset({"name", "inbound_nodes", "input_layers", "output_layers"})
#: Keys whose text is not judged as the name of a function; a module is judged together with its class.
READ_OTHERWISE = OF_NAMES | {"module"}

REFUSE = "do not load this file; ask where it comes from, and build the model from code that you know"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a name is reported; without a severity of its own it has that of the rule."""

    message: str
    help: str = REFUSE
    severity: Severity | None = None
    confidence: Confidence | None = None


@rule(Severity.ERROR)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    may_switch, may_be_dotted = may_hold(model.document, SWITCH), _may_hold_dotted(model.document)
    reason_of = cache(_reason)  # a file has many objects and few classes
    for found in raw_objects(model):
        said = _said_of(found, reason_of) if "class_name" in found.value else None
        if said is not None:
            yield said
            continue
        for key, item in found.value.items() if may_be_dotted else ():
            if type(item) is str and key not in READ_OTHERWISE and "." in item and DOTTED.fullmatch(item):
                yield Finding(found.at(key), f"names {quoted(item)}, a function of Python", REFUSE)
        if may_switch:
            yield from _switches(found)


def _may_hold_dotted(document: Document) -> bool:
    """Whether some string of a file may begin with one of the modules and a dot."""
    text = plain_text(document)
    return text is None or not DOTTED_ROOTS.isdisjoint(part.rpartition('"')[2] for part in text.split(".")[:-1])


def _switches(found: RawObject) -> Iterator[Finding]:
    """Findings where an object names the switch: in its keys, its texts, and the texts in its lists."""
    for key, item in found.value.items():
        if key in OF_NAMES:
            continue
        if type(item) is str and SWITCH in item and not ("." in item and DOTTED.fullmatch(item)):
            yield _switch(found, (key,))
        elif type(item) is list:
            yield from (_switch(found, pointer) for pointer, text in strings_in(item, (key,)) if SWITCH in text)
        if SWITCH in key:
            yield _switch(found, (key,))


def _switch(found: RawObject, pointer: Pointer) -> Finding:
    return Finding(found.at(*pointer), f"names {SWITCH}(), which switches the protection of Keras off", REFUSE)


def _said_of(found: RawObject, reason_of: Callable[..., Reason | None]) -> Finding | None:
    """The finding on the class or function that an object names, if any."""
    value = found.value
    written = value.get("class_name")
    if type(written) is not str:
        return None
    config = value.get("config")
    name = config if written == FUNCTION else value.get("spec_name", written)
    module, registered = value.get("module"), value.get("registered_name")
    said = _said_of_layer(found, written.rpartition(">")[2], config)
    if said is not None or type(name) is not str:
        return said
    reason = reason_of(
        written, module if type(module) is str else None, name, registered if type(registered) is str else None
    )
    if reason is None:
        return None
    return Finding(found.at(), reason.message, reason.help, severity=reason.severity, confidence=reason.confidence)


def _said_of_layer(found: RawObject, class_name: str, config: Any) -> Finding | None:
    """The finding on a layer that brings a program or calls one, if any."""
    if class_name in PROGRAMS:
        return Finding(found.at(), PROGRAMS[class_name].format(**_program(config)), REFUSE)
    if traits_of(class_name).is_tensorflow_call and isinstance(config, dict):
        name = config.get(FUNCTION)
        if isinstance(name, str) and name.rpartition(".")[2] in TENSORFLOW_ACTS:
            return Finding(found.at("config", FUNCTION), f"calls tf.{name}, which reads or writes files", REFUSE)
    return None


def _reason(class_name: str, module: str | None, name: str, registered: str | None) -> Reason | None:
    """Why a name in a module is reported, if at all."""
    if module is None:
        module, _, name = name.rpartition(".")
    root = module.partition(".")[0]
    is_function = class_name == FUNCTION
    if root in KERAS:
        return _reason_of_keras(module, name, is_function)
    named = quoted(f"{module}.{name}" if module else name)
    if root in BUILTINS and name.rpartition(".")[2] in PYTHON_FUNCTIONS:
        return Reason(f"names {named}, a function of Python itself and no part of a model")
    if root in PYTHON or root in RUNNERS:
        whose = "Python" if root in PYTHON else root
        return Reason(f"names {named}, which belongs to {whose} and is no part of a model")
    if root in BUILTINS or not root:
        return _reason_of_keras(module, name, is_function) if is_function else None
    if root in NUMERIC:
        if class_name == TYPE_SPEC:
            return None
        if name.rpartition(".")[2] in ACTS:
            return Reason(f"names {named}, which reads, writes or runs something")
        return Reason(
            f"names {named}, which Keras does not save",
            "register a function of your own that calls it, and save the model again",
            Severity.WARNING,
            Confidence.LIKELY,
        )
    if root == MAIN or _is_registered(registered, name):
        return None
    return Reason(
        f"names {named}: Keras 3.0 to 3.8 import '{module}' to load it, later ones need it registered",
        f"make sure that '{module}' is yours, and register it with @keras.saving.register_keras_serializable()",
        Severity.NOTE,
        Confidence.HEURISTIC,
    )


def _reason_of_keras(module: str, name: str, is_function: bool) -> Reason | None:
    """Why a name in Keras itself is reported, or a name that Keras searches among its own, if at all."""
    last = name.rpartition(".")[2]
    if last in OF_KERAS:
        return Reason(f"names {quoted(f'{module}.{name}' if module else name)}, which acts on files or on Keras itself")
    if not is_function:
        return None
    parts = [part for part in module.split(".")[1:] if part not in INNER_PACKAGES]
    if parts and parts[0] in NO_MODELLING:
        return Reason(
            f"names {quoted(f'{module}.{name}')}, a function of Keras that is no part of a model",
            "register a function of your own that calls it, and save the model again",
            Severity.WARNING,
            Confidence.LIKELY,
        )
    return None


def _is_registered(registered: str | None, name: str) -> bool:
    """Whether an object has a registered name of its own package, as custom objects should."""
    if registered is None:
        return False
    package, separator, registered_name = registered.rpartition(">")
    return bool(package and separator) and registered_name in (name, name.rpartition(">")[2])


def _program(config: Any) -> dict[str, str]:
    """The size and the path for the message on a layer that brings a program."""
    config = config if isinstance(config, dict) else {}
    text = config.get("module")
    size = f" ({len(text) * 3 // 4:,} bytes)" if isinstance(text, str) else ""
    return {"size": size, "path": quoted(str(config.get("filepath", "a path")))}
