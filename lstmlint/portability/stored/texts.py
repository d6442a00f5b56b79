"""Messages of each Keras on stored weights that it cannot load, with a field for each number and name."""

from __future__ import annotations

from lstmlint.ir.dataclass import dataclass, replace
from lstmlint.keras.versions import Target
from lstmlint.portability.obstacle import DUMP


@dataclass(frozen=True, slots=True)
class OrderTexts:
    """Messages on weights that are loaded in their order, with the error where it is not always a ValueError.

    `no_names` (of layers) and `no_list` (of the weights of one) are `None` where a missing list counts as an empty
    one. Keras 2 looks at all layers before it fills any (`is_filled_at_once`). `takes_any_shape` is of one rank.
    """

    layers: str
    weights: str
    shape: str
    no_group: tuple[str, str]
    no_layer: tuple[str, str]
    no_tensor: tuple[str, str]
    no_names: tuple[str, str] | None = None
    no_list: tuple[str, str] | None = None
    error_of_weights: str = "ValueError"
    takes_any_shape: bool = False
    is_filled_at_once: bool = True


COUNTS = (
    "Layer count mismatch when loading weights from file. Model expected {expected} layers, found {found} saved layers."
)
WEIGHTS = (
    "Weight count mismatch for layer #{number} (named {layer} in the current model, {stored} in the save file). "
    "Layer expects {expected} weight(s). Received {found} saved weight(s)"
)
NOT_OPENED = ("KeyError", "\"Unable to synchronously open object (object '{name}' doesn't exist)\"")

KERAS3 = OrderTexts(
    layers=COUNTS,
    weights=WEIGHTS,
    shape="Shape mismatch in layer #{number} (named {layer})for weight {weight}. Weight expects shape {expected}. "
    "Received saved weight with shape {found}",
    no_group=("KeyError", "'model_weights'"),
    no_layer=("KeyError", "'{name}'"),
    no_tensor=("KeyError", "'{last}'"),
    is_filled_at_once=False,
)

#: Before Keras 3.15, h5py said what is missing.
KERAS3_BEFORE = replace(
    KERAS3,
    no_group=("KeyError", "\"Unable to synchronously open object (object 'model_weights' doesn't exist)\""),
    no_layer=NOT_OPENED,
    no_tensor=("KeyError", "\"Unable to synchronously open object (object '{last}' doesn't exist)\""),
)
FIRST_GUARDED = (3, 15)

#: Before Keras 3.6, the variable itself refused a shape.
KERAS3_FIRST = replace(
    KERAS3_BEFORE,
    shape="The shape of the target variable and the shape of the target value in `variable.assign(value)` must match. "
    f"variable.shape={{expected}}, Received: value.shape={{found}}. Target variable: <KerasVariable {DUMP}",
)
FIRST_NAMING = (3, 6)

TF_KERAS = OrderTexts(
    layers=COUNTS,
    weights=WEIGHTS,
    shape=f"Cannot assign value to variable ' {DUMP}': Shape mismatch.The variable shape {{expected}}, and the "
    "assigned value shape {found} are incompatible.",
    no_group=("KeyError", "\"Unable to synchronously open object (object 'model_weights' doesn't exist)\""),
    no_layer=NOT_OPENED,
    no_tensor=("KeyError", "\"Unable to synchronously open object (object '{last}' doesn't exist)\""),
)

#: Standalone Keras looks at the group of a whole model as at a dict that it may write.
NO_GROUP = ("ValueError", "Unable to create group (no write intent on file)")

STANDALONE = OrderTexts(
    layers="You are trying to load a weight file containing {found} layers into a model with {expected} layers",
    weights='can only concatenate str (not "bytes") to str',
    shape="Shapes {expected} and {open} are incompatible",
    takes_any_shape=True,
    no_group=("ValueError", "Cannot create group in read-only mode."),
    no_layer=NO_GROUP,
    no_tensor=NO_GROUP,
    no_names=NO_GROUP,
    no_list=NO_GROUP,
    error_of_weights="TypeError",
)

#: Its words for weights beside an architecture.
STANDALONE_WEIGHTS = replace(
    STANDALONE,
    layers=f"{STANDALONE.layers}.",
    weights='Layer #{number} (named "{layer}" in the current model) was found to correspond to layer {stored} in the '
    "save file. However the new layer {layer} expects {expected} weights, but the saved weights have {found} elements.",
    shape=f"Cannot feed value of shape {{found}} for Tensor '{DUMP}', which has shape '{DUMP}'",
    no_layer=("KeyError", "\"Unable to open object (object '{name}' doesn't exist)\""),
    no_tensor=("KeyError", "\"Unable to open object (object '{last}' doesn't exist)\""),
    no_names=None,
    no_list=None,
    error_of_weights="ValueError",
)


def order_texts(target: Target, *, is_whole: bool) -> OrderTexts:
    """The words of a Keras for a whole model or for weights beside an architecture."""
    if target.is_keras3:
        if target.version < FIRST_NAMING:
            return KERAS3_FIRST
        return KERAS3 if target.version >= FIRST_GUARDED else KERAS3_BEFORE
    if target.is_tf_keras:
        return TF_KERAS
    return STANDALONE if is_whole else STANDALONE_WEIGHTS


#: The message of Keras 3 for archives.
FAILED = (
    "A total of {count} objects could not be loaded. Example error message for object {object}:\n\n{error}\n\n"
    "List of objects that could not be loaded:\n[{objects}]"
)
