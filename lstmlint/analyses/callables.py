"""Dangerous names in configs: a loader that looks up such a name finds an object that acts.

Names are compared with tables, nothing is looked up. Keras 3.0 to 3.8 import the module that a config names, whatever
it is, and 3.9 to 3.10 any module of Keras; they take the name from it, up to 3.8 or else `registered_name`
(`keras/src/saving/serialization_lib.py`, `_retrieve_class_or_fn`).
"""

from __future__ import annotations

import builtins
import sys
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from lstmlint.analyses.objects import quoted
from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.finding import Confidence, Severity
from lstmlint.keras.modules import names

FUNCTION = "function"
#: The class name of a description of a tensor, whose class is always TensorFlow's.
TYPE_SPEC = "__typespec__"

KERAS = frozenset({"keras", "keras_core", "tf_keras"})
#: Packages beside Keras whose classes are saved by it; which they have is not known.
COMPANIONS = frozenset({"keras_cv", "keras_hub", "keras_nlp", "keras_rs", "keras_tuner"})
#: Keras inside TensorFlow, as its modules begin.
IN_TENSORFLOW = ("tensorflow.keras.", "tensorflow.python.keras.", "tensorflow.contrib.keras.")
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

#: Libraries that run code, read files or fetch them, and those that are installed beside every Keras.
RUNNERS = frozenset({
    "IPython", "_pytest", "absl", "astunparse", "attr", "attrs", "boto3", "botocore", "certifi", "cffi",
    "charset_normalizer",
    "click", "cloudpickle", "dateutil", "dill", "fabric", "filelock", "flask", "flatbuffers", "fsspec", "gast", "git",
    "google", "grpc", "h5py", "httpx", "huggingface_hub", "idna", "invoke", "jinja2", "joblib", "jsonpickle",
    "libclang", "mako", "markdown", "markdown_it", "markupsafe", "matplotlib", "mdurl", "ml_dtypes", "mlflow", "mpmath",
    "namex", "nbformat", "networkx", "numexpr", "onnx", "opt_einsum", "optree", "packaging", "paramiko", "pexpect",
    "PIL", "pip", "pkg_resources", "plumbum", "psutil", "pydot", "pygments", "pytest", "pytz", "requests", "rich",
    "setuptools", "sh", "six", "skops", "smart_open", "sqlalchemy", "sympy", "tensorboard", "termcolor", "tqdm",
    "triton", "typing_extensions", "urllib3", "werkzeug", "wheel", "wrapt", "yaml", "zipp",
})  # fmt: skip
#: Numeric libraries: a model may hold their functions. `ACTS` lists those that read, write or run something.
NUMERIC = frozenset({"jax", "jaxlib", "numpy", "pandas", "scipy", "sklearn", "tensorflow", "torch"})
ACTS = frozenset({
    "DataSource", "Popen", "call", "check_output", "compile", "eval", "exec", "exec_command", "execute", "fromfile",
    "fromregex", "genfromtxt", "get_file", "import_module", "load", "load_file", "load_library", "load_model",
    "load_npz", "load_op_library", "load_state_dict_from_url", "load_url", "loads", "loadtxt", "memmap",
    "numpy_function", "open", "popen", "py_func", "py_function", "pyfunc", "query", "read_csv", "read_file",
    "read_pickle", "rmtree", "run", "runstring", "save", "savetxt", "savez", "spawn", "system", "to_csv", "to_pickle",
    "tofile", "urlopen", "urlretrieve", "write_file",
})  # fmt: skip

#: Functions of Keras that Keras refuses to look up for a config, and others that can do as much harm.
OF_KERAS = frozenset({
    "audio_dataset_from_directory", "clear_session", "deserialize_keras_object", "disable_interactive_logging",
    "enable_unsafe_deserialization", "extract_archive", "func_load", "get_custom_objects", "get_file",
    "image_dataset_from_directory", "load_data", "load_img", "load_model", "load_weights", "model_from_config",
    "model_from_json", "model_from_yaml", "register_keras_serializable", "save_img", "save_model", "save_weights",
    "serialize_keras_object", "set_backend", "text_dataset_from_directory", "timeseries_dataset_from_array",
    "path_to_image", "from_config", "pickle_load", "load_weights_only", "save_weights_only", "set_global_attribute",
})  # fmt: skip
#: Parts of Keras of which a model is made, by their name behind `keras` (and `src`, `_tf_keras`).
MODELLING = frozenset({
    "", "activations", "constraints", "distillation", "dtype_policies", "engine", "initializers", "layers", "losses",
    "metrics", "mixed_precision", "models", "nn", "ops", "optimizers", "quantizers", "random", "regularizers",
})  # fmt: skip
#: Parts whose public functions Keras 3 finds without refusing them, and which fetch nothing.
UTILITIES = frozenset({"callbacks", "models", "preprocessing", "tree", "utils"})
#: Functions that read and write configs, in the same modules as the functions of models.
FOR_CONFIGS = frozenset({"clone_model", "deserialize", "get", "model_from_config", "serialize"})
INNER_PACKAGES = frozenset({"src", "_tf_keras", "api", "keras", "v1", "v2", "_v1", "_v2"})

#: The advisories on modules that are not of Keras, on names in Keras by name, and on any other name in Keras.
ANY_MODULE = ("CVE-2025-1550",)
BY_NAME = {
    "enable_unsafe_deserialization": ("CVE-2025-9906",),
    "set_global_attribute": ("CVE-2025-9906",),
    "get_file": ("CVE-2025-8747", "CVE-2025-12060", "CVE-2025-12638"),
    "extract_archive": ("CVE-2025-8747", "CVE-2025-12060", "CVE-2025-12638"),
}
ANY_NAME = ("CVE-2025-8747",)

REFUSE = "do not load this file; ask where it comes from, and build the model from code that you know"
REGISTER = "register a function of your own that calls it, and save the model again"


@dataclass(frozen=True, slots=True)
class Reason:
    """The reason to report a name; without a severity of its own it has that of the rule."""

    message: str
    help: str = REFUSE
    severity: Severity | None = None
    confidence: Confidence | None = None
    advisories: tuple[str, ...] = ()


class Named(NamedTuple):
    """A name in a config; `kind` is the written class, `FUNCTION` for a function."""

    kind: str
    module: str
    name: str
    registered: str = ""

    @property
    def root(self) -> str:
        return self.module.partition(".")[0]

    @property
    def last(self) -> str:
        """The name without a package before it."""
        return self.name.rpartition(".")[2].rpartition(">")[2]

    @property
    def is_function(self) -> bool:
        return self.kind == FUNCTION

    @property
    def shown(self) -> str:
        return quoted(f"{self.module}.{self.name}" if self.module else self.name)

    @property
    def is_registered(self) -> bool:
        """Whether it has a registered name of its own package, as custom objects should."""
        package, separator, registered = self.registered.rpartition(">")
        return bool(package and separator) and registered in (self.name, self.name.rpartition(">")[2])


def reason_of(kind: str, module: str | None, name: str, registered: str | None) -> Reason | None:
    """The reason to report a name in a module, or `registered`, which a loader may take instead; `None` for neither.

    Answers are kept, since files name few classes, and mostly the same ones; those on names of no usual length are not.
    """
    is_usual = len(kind) + len(module or "") + len(name) + len(registered or "") <= MAX_KEPT
    return (_known_reason if is_usual else _reason)(kind, module, name, registered)


def _reason(kind: str, module: str | None, name: str, registered: str | None) -> Reason | None:
    if module is None:
        module, _, name = name.rpartition(".")
    named = Named(kind, module, name, registered or "")
    other = named._replace(name=named.registered)
    takes_other = bool(module) and other.name not in ("", name, kind) and ">" not in other.name
    reason = _first(named)
    return _first(other) if takes_other and (reason is None or reason.severity is not None) else reason


#: The length of names whose answers are kept, and the number of answers.
MAX_KEPT, MOST_KEPT = 200, 2048
_known_reason = lru_cache(MOST_KEPT)(_reason)


def _first(named: Named) -> Reason | None:
    """The reason of the first step that knows a name; `None` where it reports nothing."""
    return next(say(named) for knows, say in STEPS if knows(named))


def _of_python(named: Named) -> Reason | None:
    whose = "Python" if named.root in PYTHON else named.root
    return Reason(f"names {named.shown}, which belongs to {whose} and is no part of a model", advisories=ANY_MODULE)


def _of_builtins(named: Named) -> Reason | None:
    """The reason to report a name without a module; Keras writes its functions so, and searches itself for them."""
    if named.root in BUILTINS and named.last in PYTHON_FUNCTIONS and named.last not in names().functions:
        return Reason(f"names {named.shown}, a function of Python itself and no part of a model", advisories=ANY_MODULE)
    return _acts_on_keras(named) if named.is_function and named.last in OF_KERAS else None


def _of_numeric(named: Named) -> Reason | None:
    if named.kind == TYPE_SPEC:
        return None
    if named.last in ACTS:
        return _acts(named)
    message = f"names {named.shown}, which Keras does not save"
    return Reason(message, REGISTER, Severity.WARNING, Confidence.LIKELY)


def _of_companion(named: Named) -> Reason | None:
    """The reason to report a name in a package beside Keras; a name like a class counts as part of a model."""
    if named.last in OF_KERAS:
        return _acts_on_keras(named)
    if named.last in ACTS:
        return _acts(named)
    if named.is_registered or _is_like_class(named.last):
        return None
    message = f"names {named.shown}, a function of {named.root} that no model was seen to name"
    return Reason(message, REGISTER, Severity.WARNING, Confidence.LIKELY)


def _of_elsewhere(named: Named) -> Reason | None:
    if named.root == MAIN or named.is_registered:
        return None
    if named.last in ACTS:
        message = f"names {named.shown}, whose name says that it reads, writes or runs something"
        return Reason(message, severity=Severity.WARNING, confidence=Confidence.LIKELY, advisories=ANY_MODULE)
    return Reason(
        f"names {named.shown}: Keras 3.0 to 3.8 import '{named.module}' to load it, later ones need it registered",
        f"make sure that '{named.module}' is yours, and register it with @keras.saving.register_keras_serializable()",
        Severity.NOTE,
        Confidence.HEURISTIC,
    )


def _of_keras(named: Named) -> Reason | None:
    """The reason to report a name in Keras: it is no class and no function of models, in any form of writing."""
    if named.last in OF_KERAS:
        return _acts_on_keras(named)
    part, is_public = _part_of(named.module)
    if part in MODELLING and is_public and _is_like_class(named.last):
        return None
    if named.last in names().classes or (part in MODELLING and named.last in names().functions):
        return None
    if part in MODELLING and named.last not in FOR_CONFIGS:
        is_new = is_public or (_is_like_class(named.last) and named.last not in names().others)
        return None if is_new else _no_part(named)  # newer than the Keras that was asked
    if part in UTILITIES and is_public and named.is_function:
        message = f"names {named.shown}, a function of Keras that is no part of a model"
        return Reason(message, REGISTER, Severity.WARNING, Confidence.LIKELY)
    return _no_part(named)


def _part_of(module: str) -> tuple[str, bool]:
    """The part of Keras in which a module lies, and whether it is a public one."""
    parts = module.partition("keras")[2].split(".")[1:]
    inside = [part for part in parts if part not in INNER_PACKAGES]
    return (inside[0] if inside else ""), "src" not in parts and len(inside) <= 1


def _is_like_class(name: str) -> bool:
    return name[:1].isupper()


def advisories_on(name: str) -> tuple[str, ...]:
    """The advisories on a name in Keras."""
    return BY_NAME.get(name, ANY_NAME)


def _acts(named: Named) -> Reason:
    return Reason(f"names {named.shown}, which reads, writes or runs something", advisories=ANY_MODULE)


def _acts_on_keras(named: Named) -> Reason:
    return Reason(f"names {named.shown}, which acts on files or on Keras itself", advisories=advisories_on(named.last))


def _no_part(named: Named) -> Reason:
    return Reason(
        f"names {named.shown}, which is in Keras and no part of a model", advisories=advisories_on(named.last)
    )


def _is_in_keras(named: Named) -> bool:
    return named.root in KERAS or f"{named.module}.".startswith(IN_TENSORFLOW)


#: The names that a step knows, and why it reports them; the first step that knows a name decides.
STEPS: tuple[tuple[Callable[[Named], bool], Callable[[Named], Reason | None]], ...] = (
    (_is_in_keras, _of_keras),
    (lambda named: named.root in COMPANIONS, _of_companion),
    (lambda named: named.root in PYTHON or named.root in RUNNERS, _of_python),
    (lambda named: named.root in BUILTINS or not named.root, _of_builtins),
    (lambda named: named.root in NUMERIC, _of_numeric),
    (lambda named: True, _of_elsewhere),
)
