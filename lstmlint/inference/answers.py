"""The answer of a layer function to one call; where it has none, the reason why it is unknown."""

from __future__ import annotations

from typing import NamedTuple

from lstmlint.inference.layers import layer_types
from lstmlint.inference.layers.activation import with_activations
from lstmlint.inference.layers.call import Call, LayerType, Signature, Undetermined
from lstmlint.ir.dataclass import replace
from lstmlint.ir.shape import BEYOND, LARGEST, MOST_AXES, TOO_MANY_AXES, Incompatible, Unknown, is_dims, leaves
from lstmlint.ir.work import NO_WORK, unknown_products, unknown_work

#: The beginning of the reason for a layer whose layer function crashed; the other layers are unaffected.
DEFECT = "lstmlint itself failed on it"

CUSTOM_WORK = unknown_products("the multiply-adds of a custom layer are not declared")


class Answer(NamedTuple):
    """The signature of a call, and the words of the conflict where the layer refuses its inputs."""

    signature: Signature
    conflict: str | None = None


def answer(layer_type: LayerType, call: Call, written_class: str) -> Answer:
    """Ask a layer function; an unknown answer, a refusal and a crash become unknown shapes with their reason."""
    try:
        signature = _counted(with_activations(call, layer_type(call), layer_types()["PReLU"]))
    except Undetermined as undetermined:
        return Answer(_unknown(undetermined.unknown, layer_type))
    except Incompatible as incompatible:
        reason = Unknown(f"{written_class} {incompatible}", is_refusal=True)
        return Answer(_unknown(reason, layer_type), str(incompatible))
    except Exception as error:
        reason = Unknown(f"{DEFECT} ({type(error).__name__}: {error}); please report it")
        return Answer(Signature(reason, reason, unknown_work(reason)))
    is_built_in = layer_types().get(call.class_name) is layer_type
    return Answer(signature if is_built_in or signature.work is not NO_WORK else replace(signature, work=CUSTOM_WORK))


def _counted(signature: Signature) -> Signature:
    """A signature whose numbers can be counted with, and whose shapes have no more axes than any Keras allows.

    Raises:
        Undetermined: a dimension is too large, or there are too many.
    """
    weights = () if isinstance(signature.weights, Unknown) else signature.weights
    for shape in (*leaves(signature.outputs), *[weight.shape for weight in weights]):
        if is_dims(shape) and len(shape) > MOST_AXES:
            raise Undetermined(TOO_MANY_AXES.reason)
        if is_dims(shape) and any(isinstance(dim, int) and not -LARGEST <= dim <= LARGEST for dim in shape):
            raise Undetermined(BEYOND.reason)
    return signature


def _unknown(reason: Unknown, layer_type: LayerType) -> Signature:
    """The signature of a layer whose outputs are unknown."""
    return Signature(reason, reason if layer_type.has_weights else (), unknown_work(reason))
