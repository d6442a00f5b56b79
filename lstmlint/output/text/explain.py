"""`lstmlint explain`: the origin of a layer's parameter count, as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from lstmlint.analyses.targets import Target
from lstmlint.ir.shape import Count, Unknown, to_text
from lstmlint.output.results.explanation import LayerExplanation, TensorExplanation, WeightExplanation
from lstmlint.output.text.values import sentences
from lstmlint.running.terminal import fit


def text(explained: Iterable[LayerExplanation], targets: Sequence[Target] = ()) -> str:
    """A block for each layer, with the layers that it wraps; each value with its sources. The targets come last."""
    blocks = [*map(_block, explained), *([_targets(targets)] if targets else [])]
    return "\n".join("\n".join(map(fit, block)) + "\n" for block in blocks)


def _targets(targets: Iterable[Target]) -> Iterator[str]:
    yield "targets of training, by output"
    for one in targets:
        yield f"  {one.output} {to_text(one.shape)}: {one.values} ({one.loss})"


def _block(one: LayerExplanation) -> Iterator[str]:
    headline, *rest = _lines(one, "")
    yield headline
    for end, told in (("input", one.input), ("output", one.output)):
        if told is not None:
            yield f"  {end} {to_text(told.shape)}: {_witnesses(told)}"
    yield from rest


def _lines(one: LayerExplanation, indent: str) -> Iterator[str]:
    yield indent + _headline(one)
    inner = indent + "  "
    for part in one.parts:
        yield from _lines(part, inner)
    yield from (inner + line for line in _weight_table(one.weights))
    yield from (inner + remark for remark in one.remarks)
    if one.costs_unknown:
        yield f"{inner}costs of a timestep: unknown, because {one.costs_unknown}"
    if one.values is not None:
        yield from (inner + line for line in sentences(one.values))
    yield from (f"{inner}{cost.what}: {cost.formula} = {_number(cost.value)}" for cost in one.costs)


def _witnesses(told: TensorExplanation) -> str:
    if isinstance(told.shape, Unknown):
        return f"unknown, because {told.shape.reason}"
    said = ", ".join(map(str, told.witnesses))
    return said if told.contradicted_by is None else f"{said}, but recorded as {to_text(told.contradicted_by)}"


def _headline(one: LayerExplanation) -> str:
    if isinstance(one.params, Unknown):
        return f"{one.name}: unknown, because {one.params.reason}"
    if one.formula:
        return f"{one.name}: {one.formula} = {one.params:,}"
    return f"{one.name}: {one.params:,} parameters" + ("" if one.layer.weights else "; it has no weights")


def _weight_table(weights: Sequence[WeightExplanation]) -> Iterator[str]:
    shapes = [to_text(one.weight.shape) for one in weights]
    name_width = max((len(one.weight.name) for one in weights), default=0)
    shape_width = max(map(len, shapes), default=0)
    for one, shape in zip(weights, shapes, strict=True):
        frozen = ", not trainable" if one.weight.trainable is False else ""
        told = ", ".join(map(str, one.witnesses))
        yield f"{one.weight.name:<{name_width}}  {shape:<{shape_width}}  {_number(one.params)}{frozen}: {told}"


def _number(number: Count) -> str:
    return "?" if isinstance(number, Unknown) else f"{number:,}"
