"""A layer that is called again: it keeps the weights of its first call, and the next one has to fit them."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.ir.dataclass import replace
from lstmlint.ir.model import CallShapes, Layer
from lstmlint.ir.shape import Unknown, contradict, to_text
from lstmlint.ir.weight import Weight
from lstmlint.ir.work import unknown_work

#: A layer with a kernel for each place takes a longer input, and looks at the beginning of it (Keras 2).
LOCAL = "LocallyConnected"

UNFOLLOWED = Unknown("it has a kernel for each place of its first input, and this input is of another length")


def further_call(built: Layer, further: Layer) -> CallShapes:
    """A call of a built layer, given the layer as that call alone would build it.

    Keras refuses a call that would need other weights, when the model is made or when it is run.
    """
    call = further.calls[0]
    unfit = next(_unfit(built, further), None)
    if unfit is None or call.conflict is not None:
        return call
    has, needs = unfit
    if built.class_name.startswith(LOCAL) and has.shape[1:] == needs.shape[1:]:
        return replace(call, outputs=UNFOLLOWED, work=unknown_work(UNFOLLOWED))
    conflict = (
        f"gets {to_text(call.inputs)}, for which its {has.name} would be {to_text(needs.shape)}; "
        f"its first call gets {to_text(built.calls[0].inputs)} and makes it {to_text(has.shape)}"
    )
    reason = Unknown(f"{built.node.written_class} {conflict}", is_refusal=True)
    return replace(call, outputs=reason, conflict=conflict, work=unknown_work(reason))


def _unfit(built: Layer, further: Layer) -> Iterator[tuple[Weight, Weight]]:
    """The weights of a layer whose shapes are not those that another call needs."""
    if isinstance(built.weights, Unknown) or isinstance(further.weights, Unknown):
        return
    for has, needs in zip(built.weights, further.weights, strict=False):
        if contradict(has.shape, needs.shape):
            yield has, needs
