"""The kinship of two models in words: one line for the whole, and one for each layer that differs."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.ir.lineage import Kin, LayerKin, Lineage
from lstmlint.ir.words import counted

#: Layers that a line names before it only counts them.
MOST_NAMES = 4


def headline(lineage: Lineage) -> str:
    """One line on the kinship of two models."""
    equal, differing = lineage.of(Kin.EQUAL), differing_layers(lineage)
    if not lineage.layers:
        return "no two layers with weights have the same shapes"
    if equal and not differing and not lineage.alone:
        return f"all weights are the same: {counted(len(lineage.layers), 'layer')} with equal bytes"
    if equal and differing:
        rest = f"only {names(differing)} differ{'s' if len(differing) == 1 else ''}"
        return (
            f"{rest}; {names(equal)} {'holds' if len(equal) == 1 else 'hold'} equal bytes: a copy of which a part "
            "was trained again"
        )
    if equal:
        return f"{names(equal)} {'holds' if len(equal) == 1 else 'hold'} equal bytes"
    same = lineage.of(Kin.SAME_START)
    if same:
        least = min(one.cosine for one in same if one.cosine is not None)
        cosines = f"has a cosine of {least:.4g}" if len(same) == 1 else f"have cosines from {least:.4g} on"
        return f"same start or copy: the recurrent kernel{'' if len(same) == 1 else 's'} of {names(same)} {cosines}"
    compared = lineage.of(Kin.UNRELATED)
    if compared:
        largest = max(one.cosine for one in compared if one.cosine is not None)
        return f"unrelated: no layer holds equal bytes, and recurrent kernels have cosines up to {largest:.2g}"
    return "no layer holds equal bytes, and no recurrent kernels could be compared"


def differing_layers(lineage: Lineage) -> tuple[LayerKin, ...]:
    """The layers that hold other values than their partner."""
    return tuple(one for one in lineage.layers if one.kin is not Kin.EQUAL and not one.is_same)


def lines(lineage: Lineage) -> Iterator[str]:
    """The line on the whole, and a line for each layer that differs or has no partner."""
    yield headline(lineage)
    for one in differing_layers(lineage):
        partner = f" (before: {one.other})" if one.other != one.layer else ""
        cosine = f", cosine {one.cosine:.4g}" if one.cosine is not None else ""
        yield f"{one.layer}{partner}: {one.kin}{cosine}"
    yield from (f"{layer}: no layer of the same shapes" for layer in lineage.alone)


def names(layers: tuple[LayerKin, ...]) -> str:
    """The names of some layers, and the number of the others."""
    told = ", ".join(one.layer for one in layers[:MOST_NAMES])
    return told + (f" and {len(layers) - MOST_NAMES} more" if len(layers) > MOST_NAMES else "")
