"""What the layers of one real Keras accept, learned by trying: run with the Python of each version.

    KERAS_BACKEND=... python probe.py RAW.json

Each layer class is made from its own config with one key added or one value replaced, and then called. What Keras
refuses is refused; nothing here knows what is right. The result is the raw material of `merge.py`.

Runs on Python 3.6 and later, with Keras 1.2 to 3, and is no part of the program.
"""

# ruff: noqa: UP006, UP032, UP035, UP045

import ast
import copy
import inspect
import json
import os
import re
import subprocess
import sys
from functools import partial
from typing import Any, Callable, Dict, Iterable, List, Optional, Set, Tuple

import keras

#: A key and a name that no Keras knows.
STRANGE = "zzq_unheard_of"

#: Values that are tried for every key.
PROBES = [
    None, True, False, -1, 0, 1, 2, 3, -0.001, 0.5, 1.001, 2.5, STRANGE, "1",
    [], [1], [2], [1, 1], [2, 2], [1, 1, 1], [[1, 1], [1, 1]], [[1, 1], [1, 1], [1, 1]],
    {}, {"a": 1}, {"class_name": "Zeros", "config": {}}, {"class_name": "L2", "config": {}},
    {"class_name": "NonNeg", "config": {}},
]  # type: List[Any]  # fmt: skip

#: Batch shapes that a layer is called on: the first that it takes.
SHAPES = [
    [(2, 6, 3)], [(2, 6)], [(2, 6, 8, 3)], [(2, 6, 8, 8, 3)], [(2, 6, 8, 8, 8, 3)],
    [(2, 6, 3)] * 2, [(2, 6)] * 2, [(2, 6, 8, 3)] * 2,
]  # type: List[List[Tuple[int, ...]]]  # fmt: skip

#: Classes that are no layers of a file: bases, and those that need other packages.
LEFT_OUT = {
    "Layer", "Wrapper", "InputSpec", "AbstractRNNCell", "DenseFeatures", "Recurrent", "ConvRecurrent2D",
    "TorchModuleWrapper", "FlaxLayer", "JaxLayer", "TFSMLayer",
}  # fmt: skip

Config = Dict[str, Any]


def identity(value: Any) -> Any:
    """A function for Lambda layers."""
    return value


def arguments() -> Dict[str, Callable[[], Any]]:
    """What to construct classes with, by parameter or by `Class.parameter`; all that is written by hand."""
    layers = keras.layers
    dense = {"output_dim": 5} if keras.__version__.startswith("1.") else {"units": 5}
    values = {
        "activation": "relu", "axes": 1, "cropping": 1, "dims": [2, 1], "equation": "abc,cd->abd", "factor": 0.2,
        "filter_length": 2, "filters": 4, "head_dim": 3, "height": 4, "height_factor": 0.2, "input_dim": 7,
        "kernel_dim1": 2, "kernel_dim2": 2, "kernel_dim3": 2, "kernel_size": 2, "key_dim": 3, "max_number": 3, "n": 3,
        "nb_col": 2, "nb_filter": 4, "nb_row": 2, "num_bins": 4, "num_heads": 2, "num_key_value_heads": 1,
        "num_query_heads": 2, "output_dim": 5, "output_size": 2, "p": 0.5, "pool_size": 2, "rate": 0.5, "scale": 0.5,
        "sigma": 0.5, "stddev": 0.5, "target_shape": [3, 6], "units": 5, "width": 4, "width_factor": 0.2,
        "EinsumDense.output_shape": [6, 5], "CategoryEncoding.num_tokens": 4,
        "Discretization.bin_boundaries": [0.5, 1.5], "StringLookup.vocabulary": ["a", "b"],
        "IntegerLookup.vocabulary": [3, 5], "TextVectorization.vocabulary": ["a", "b"], "Normalization.mean": 0.5,
        "Normalization.variance": 2.0, "UnitNormalization.axis": -1, "Merge.mode": "sum",
        "Deconvolution2D.output_shape": [2, 7, 9, 4], "Highway.input_dim": 3, "RandomPosterization.factor": 4,
        "RandomHue.factor": 0.2, "Solarization.addition_factor": 0.2,
    }  # type: Dict[str, Any]  # fmt: skip
    made = {name: partial(identity, value) for name, value in values.items()}  # type: Dict[str, Callable[[], Any]]
    recurrent = dict(dense)
    made["layer"] = lambda: layers.Dense(**dense)
    made["Bidirectional.layer"] = lambda: layers.LSTM(return_sequences=True, **recurrent)
    made["SpectralNormalization.layer"] = made["layer"]
    made["cell"] = lambda: layers.LSTMCell(5)
    made["cells"] = lambda: [layers.LSTMCell(5), layers.LSTMCell(4)]
    made["function"] = lambda: identity
    made["Pipeline.layers"] = lambda: [layers.Dense(5)]
    shape_key = "batch_shape" if keras.__version__.startswith("3.") else "batch_input_shape"
    made["InputLayer." + shape_key] = lambda: (2, 6, 3)
    return made


def parameters(cls: type) -> Dict[str, Any]:
    """Parameters of the constructor and, through `**kwargs`, of those of the bases, with their defaults.

    What the constructor of a base requires is given to it by its heir.
    """
    found = {}  # type: Dict[str, Any]
    has_heir = False
    for base in cls.__mro__:
        if "__init__" not in vars(base) or not base.__module__.startswith(("keras", "tf_keras")):
            continue
        init = inspect.unwrap(vars(base)["__init__"])
        try:
            signature = inspect.signature(init)
        except (TypeError, ValueError):
            break
        kinds = [parameter.kind for parameter in signature.parameters.values()]
        is_base, has_heir = has_heir, True
        for name, parameter in list(signature.parameters.items())[1:]:
            if parameter.kind not in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL):
                is_given = is_base and parameter.default is parameter.empty
                found.setdefault(name, None if is_given else parameter.default)
        if inspect.Parameter.VAR_KEYWORD not in kinds:
            break
    return found


def plain(value: Any) -> Any:
    """A value as JSON holds it."""
    return json.loads(
        json.dumps(value, default=lambda thing: thing.tolist() if hasattr(thing, "tolist") else str(thing))
    )


def written(layer: Any) -> Config:
    """The config of a layer as this Keras writes it into a file."""
    serialize = getattr(getattr(keras, "saving", None), "serialize_keras_object", None)
    config = serialize(layer)["config"] if serialize else layer.get_config()
    return dict(plain(config))


def scope(objects: Config) -> Any:
    """The context in which custom objects are known."""
    named = getattr(keras.utils, "custom_object_scope", None) or keras.utils.generic_utils.custom_object_scope
    return named(objects)


class Custom:
    """A custom object that may stand for an activation, initializer, regularizer or constraint."""

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        pass

    def __call__(self, value: Any, *arguments: Any, **keywords: Any) -> Any:
        return value

    def get_config(self) -> Config:
        return {}

    @classmethod
    def from_config(cls, config: Config) -> "Custom":
        return cls()


def string_constants(module: Any) -> Set[str]:
    """The short string literals in a module's source."""
    try:
        tree = ast.parse(inspect.getsource(module))
    except (OSError, TypeError, SyntaxError):
        return set()
    texts = (
        getattr(node, "s", None) if type(node).__name__ in ("Str", "Constant") else None for node in ast.walk(tree)
    )
    return {text for text in texts if isinstance(text, str) and re.match(r"[A-Za-z]\w{0,30}$", text)}


def modules_of(cls: type) -> List[Any]:
    """The modules of a class and its bases, and the modules that these import from Keras."""
    own = [sys.modules[base.__module__] for base in cls.__mro__ if base.__module__.startswith(("keras", "tf_keras"))]
    names = set()  # type: Set[str]
    for module in own:
        for value in vars(module).values():
            name = value.__name__ if inspect.ismodule(value) else getattr(value, "__module__", None)
            if isinstance(name, str) and name.startswith(("keras", "tf_keras")):
                names.add(name)
    near = [sys.modules[name] for name in sorted(names) if name in sys.modules]
    return own + [module for module in near if module not in own]


class State:
    """What was learned so far, in a file, so that a value that kills the process does so only once."""

    def __init__(self, path: str) -> None:
        self.path, self.current = path + ".part", path + ".now"
        self.classes = {}  # type: Dict[str, Any]
        self.left_out = {}  # type: Dict[str, str]
        self.deadly = []  # type: List[Any]
        if os.path.exists(self.path):
            with open(self.path) as file:
                self.classes, self.left_out, self.deadly = json.load(file)
        if os.path.exists(self.current):
            with open(self.current) as file:
                self.deadly.append(json.load(file))
            self.survived()
        self.save()

    def save(self) -> None:
        with open(self.path, "w") as file:
            json.dump([self.classes, self.left_out, self.deadly], file)

    def risk(self, *trial: Any) -> bool:
        """Note what is about to be tried; False if that was deadly before."""
        if list(trial) in self.deadly:
            return False
        with open(self.current, "w") as file:
            json.dump(trial, file)
        return True

    def survived(self) -> None:
        if os.path.exists(self.current):
            os.remove(self.current)


class Prober:
    """Tries configs of one class."""

    def __init__(self, cls: type, base: Config, minimal: Config, state: "State") -> None:
        self.cls, self.base, self.minimal, self.state = cls, base, minimal, state
        self.instead = {}  # type: Dict[str, Config]
        self.shapes = next((shapes for shapes in SHAPES if self.builds(base, shapes)), None)

    def error(self, config: Config) -> Optional[str]:
        """Why this Keras does not construct the layer; None if it does."""
        try:
            self.make(config)
        except Exception as error:
            return "{}: {}".format(type(error).__name__, error)
        return None

    def make(self, config: Config) -> Any:
        return self.cls.from_config(copy.deepcopy(config))  # type: ignore[attr-defined]

    def builds(self, config: Config, shapes: Optional[List[Tuple[int, ...]]]) -> bool:
        """Whether the layer can be constructed and called on inputs of these shapes."""
        try:
            layer = self.make(config)
            inputs = [keras.layers.Input(batch_shape=shape) for shape in shapes or ()]
            layer(inputs if len(inputs) > 1 else inputs[0])
        except Exception:
            return False
        return True

    def accepted_keys(self, candidates: Iterable[str]) -> List[str]:
        """The keys for which Keras does not say what it says of a key that nobody knows."""
        strange = self.error(dict(self.minimal, **{STRANGE: None}))
        if strange is None:
            raise LookupError("takes any key")

        def is_accepted(key: str) -> bool:
            return key in self.base or self.error(dict(self.minimal, **{key: None})) != strange.replace(STRANGE, key)

        return [key for key in sorted(candidates) if is_accepted(key)]

    def facts(self, key: str, candidates: Set[str], common: Set[str]) -> Config:
        """Which of the probes Keras takes for a key, and which names if it refuses a strange one."""
        probes = list(PROBES)
        if key in self.base:
            probes.append(self.base[key])
        made = self.made(key, probes)
        for replaced in self.minimal if not made and key not in self.base else ():
            self.instead[key] = {name: value for name, value in self.minimal.items() if name != replaced}
            made = self.made(key, probes)
            if made:
                break
        if not made:
            self.instead.pop(key, None)
        facts = {"made": made}  # type: Config
        if key in common:
            return facts
        names = (
            [] if STRANGE in made else [name for name in candidates if self.error(self.with_value(key, name)) is None]
        )
        if names:
            facts["names"] = sorted(names)
            facts["custom"] = self.takes_custom_objects(key)
        elif self.shapes is not None:
            facts["called"] = self.called(key, made)
        return facts

    def made(self, key: str, values: List[Any]) -> List[Any]:
        """The values with which the layer can be constructed."""
        return [value for value in values if self.error(self.with_value(key, value)) is None]

    def called(self, key: str, values: List[Any]) -> List[Any]:
        """The values with which the layer can be called: all numbers, and one of any other kind."""
        found = []  # type: List[Any]
        kinds = set()  # type: Set[type]
        for value in values:
            if type(value) in kinds or not self.state.risk(self.cls.__name__, key, value):
                continue
            if self.builds(self.with_value(key, value), self.shapes):
                found.append(value)
                if type(value) not in (int, float):
                    kinds.add(type(value))
        self.state.survived()
        return found

    def with_value(self, key: str, value: Any) -> Config:
        if key in self.base:
            return dict(self.base, **{key: value})
        return dict(self.instead.get(key, self.minimal), **{key: value})

    def takes_custom_objects(self, key: str) -> bool:
        for custom in (identity, Custom):
            with scope({STRANGE: custom}):
                if self.error(self.with_value(key, STRANGE)) is None:
                    return True
        return False


def prober_of(name: str, cls: type, state: State) -> Prober:
    """The prober of a class.

    Raises:
        LookupError: it cannot be constructed, or not from what it writes.
    """
    table = arguments()
    given = {}
    for parameter, default in parameters(cls).items():
        value = table.get(name + "." + parameter)
        if value is None and default is inspect.Parameter.empty:
            value = table.get(parameter)
        if value is not None:
            given[parameter] = value()
    try:
        base = written(cls(**given))
        minimal = {key: base[key] for key in given if key in base}
        cls.from_config(copy.deepcopy(base))  # type: ignore[attr-defined]
    except Exception as error:
        raise LookupError("{}: {}".format(type(error).__name__, str(error)[:300])) from error
    try:
        cls.from_config(copy.deepcopy(minimal))  # type: ignore[attr-defined]
    except Exception:
        minimal = base
    return Prober(cls, base, minimal, state)


def object_names() -> Set[str]:
    """The names in the modules of things that configs name."""
    names = set()  # type: Set[str]
    for name in ("activations", "initializations", "initializers", "regularizers", "constraints"):
        module = getattr(keras, name, None)
        if module is not None:
            names.update(name for name in dir(module) if not name.startswith("_"))
            names.update(string_constants(module))
    return names


def learn(path: str) -> None:
    """Probe every class that the state does not hold yet."""
    state = State(path)
    exported = (value for value in vars(keras.layers).values() if isinstance(value, type))
    classes = {cls.__name__: cls for cls in exported if cls.__name__ not in LEFT_OUT}
    names = object_names()
    everything = {parameter for cls in classes.values() for parameter in parameters(cls)}
    base = Prober(keras.layers.Layer, {}, {}, state)
    common = set(base.accepted_keys(everything | string_constants(keras.layers.Layer)))
    for name, cls in sorted(classes.items()):
        if name in state.classes or name in state.left_out:
            continue
        try:
            prober = prober_of(name, cls, state)
            texts = {text for module in modules_of(cls) for text in string_constants(module)}
            keys = prober.accepted_keys(everything | set(prober.base) | {text for text in texts if text.islower()})
        except LookupError as error:
            state.left_out[name] = str(error)
            continue
        state.classes[name] = {"keys": {key: fact_of(prober, key, names | texts, common) for key in keys}}
        state.save()
        print("{}: {} keys, called on {}".format(name, len(keys), prober.shapes), flush=True)
        clear = getattr(keras.backend, "clear_session", None)
        if clear is not None:
            clear()
    with open(path, "w") as file:
        result = {"version": keras.__version__, "classes": state.classes, "left_out": state.left_out}
        json.dump(dict(result, deadly=state.deadly), file, sort_keys=True)


def fact_of(prober: Prober, key: str, candidates: Set[str], common: Set[str]) -> Config:
    """What is known of one key: what it takes, its default, and what is written for it."""
    fact = prober.facts(key, candidates, common)
    default = parameters(prober.cls).get(key, inspect.Parameter.empty)
    if default is not inspect.Parameter.empty:
        fact["default"] = plain(default)
    if key in prober.base and key not in prober.minimal:
        fact["written"] = prober.base[key]
    return fact


def main(path: str) -> None:
    """Learn in a process of its own, and go on after the value that killed it."""
    while subprocess.call([sys.executable, "-W", "ignore", __file__, "--learn", path]) != 0:
        if not os.path.exists(path + ".now"):
            raise SystemExit("the probe itself failed")
        with open(path + ".now") as file:
            print("killed by", file.read(), flush=True)
    os.remove(path + ".part")


if __name__ == "__main__":
    learn(sys.argv[2]) if sys.argv[1] == "--learn" else main(sys.argv[1])
