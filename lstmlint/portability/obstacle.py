"""What stands in the way of a file in some Keras: the message that Keras prints, where it comes from, what cures it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from lstmlint.ir.document import Pointer

#: What stands in a message for a config that Keras prints in full.
DUMP = "[…]"


class Stage(StrEnum):
    """When Keras meets an obstacle: while it makes the model, compiles it, or only when the model is run."""

    LOAD = "load"
    COMPILE = "compile"
    COMPUTE = "compute"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One reason why a Keras refuses a file or computes something else.

    `rule` is the rule of `lstmlint check` that explains it, `error` the class of the exception, `message` the text that
    Keras prints (`DUMP` where it prints a whole config; of `compute` obstacles, what differs), `cure` what helps.
    """

    rule: str
    stage: Stage
    message: str
    pointer: Pointer = ()
    layer: str = ""
    cure: str = ""
    error: str = ""


#: What to do, by rule.
CURES: Mapping[str, str] = MappingProxyType(
    {
        "k3-time-major": "delete 'time_major' from the config where it is false",
        "hard-sigmoid-drift": "scale the weights that feed hard_sigmoid by 1.2, or register the old function",
        "k3-legacy-json": "write the config as Keras 3 does, with 'module' and 'registered_name' everywhere",
        "keras1-config": "rename the arguments of Keras 1, or load it with Keras 2.2 and save it again",
        "k3-functional-module": "set 'module' to 'keras.src.models.functional'",
        "removed-layer": "replace it by the layer that took its place",
        "k3-initial-state-legacy": "give the state as the keyword argument 'initial_state' of the call",
        "k3-config-field-refused": "remove the fields and values that this Keras refuses, or write them in its form",
        "keras3-to-keras2": "save the model with the older Keras, or write its config in the older form",
        "newer-config": "drop the fields that this Keras does not know where they hold their defaults",
        "custom-object-required": "give the class or function as custom_objects, or register it",
        "lambda-refused": "replace the Lambda by a layer of its own class; load it unsafely only if you trust the file",
        "cudnn-needs-gpu": "load it on a GPU, or convert the layer to LSTM or GRU",
        "container-refused": "convert the file to a container that this Keras reads",
        "weights-refused": "save config and weights together again",
        "tfjs-keras3": "save the model with Keras 2, or convert it to a graph model (--output_format tfjs_graph_model)",
        "tfjs-layer-refused": "replace it, or convert the model to a graph model (--output_format tfjs_graph_model)",
        "tfjs-drift": "convert to a graph model (--output_format tfjs_graph_model), or compare the outputs there",
        "tflite-dynamic-rnn": "fix the batch size before converting, set unroll=True, or allow Select TF ops",
        "onnx-state-lost": "give the states as inputs and return them as outputs, and let the caller carry them",
        "jax-gpu-time-order": "set use_cudnn=False for the layer after loading, or unroll=True in its config",
        "compile-refused": "load it with compile=False and compile it again",
    }
)


def obstacle(
    rule: str, error: str, message: str, pointer: Pointer = (), layer: str = "", stage: Stage = Stage.LOAD
) -> Obstacle:
    """An obstacle with the cure of its rule."""
    return Obstacle(rule, stage, message, pointer, layer, CURES.get(rule, ""), error)
