"""The words and table cells of a difference, which every format for people shows; formats only escape and lay out."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.finding import Diagnostic
from lstmlint.ir.model import Layer
from lstmlint.ir.shape import Count, Unknown, to_text
from lstmlint.ir.words import counted
from lstmlint.review import kinship
from lstmlint.review.change import (
    FILE_SIZE,
    Diff,
    Kind,
    LoadChange,
    Row,
    Tensor,
    TensorChange,
    Total,
    differ,
    output_text,
)
from lstmlint.review.facts import ABSENT, ValueChange
from lstmlint.review.normal import canonical
from lstmlint.running.terminal import fit

ARROW = " → "
SIGNS = {Kind.ADDED: "+", Kind.REMOVED: "-", Kind.CHANGED: "~", Kind.UNCHANGED: ""}

#: The longest text of a value; a longer one is cut and gets a checksum.
LONGEST = 60

HEADERS = ("", "Layer (type)", "Output shape", "Param #", "Changes")

#: The number of layers that are named where a nested model takes in or releases layers.
MOST_NAMES = 6

NO_DIFFERENCE = "no difference"
NO_WEIGHTS = "the values of the weights are not compared"


@dataclass(frozen=True, slots=True)
class Cells:
    """One line of the table of layers; `depth` is the number of enclosing nested models."""

    kind: Kind
    depth: int
    name: str
    output: str
    params: str
    changes: str

    @property
    def sign(self) -> str:
        return SIGNS[self.kind]


@dataclass(frozen=True, slots=True)
class Section:
    """A list of lines under a title."""

    title: str
    lines: tuple[str, ...]


def table(rows: Sequence[Row], depth: int = 0) -> Iterator[Cells]:
    """The lines of the table of layers; neighbouring unchanged layers become one line."""
    folded = 0
    for row in rows:
        if row.kind is Kind.UNCHANGED:
            folded += 1
            continue
        if folded:
            yield _fold(folded, depth)
        folded = 0
        yield cells(row, depth)
        if row.old is not None and row.new is not None:
            yield from table(row.inner, depth + 1)
        else:
            yield from table([inner for inner in row.inner if inner.kind is not Kind.UNCHANGED], depth + 1)
    if folded:
        yield _fold(folded, depth)


def cells(row: Row, depth: int) -> Cells:
    """A changed layer as a line."""
    old, new = row.old, row.new
    names = dict.fromkeys(layer.name for layer in (old, new) if layer)
    outputs = dict.fromkeys(output_text(layer) for layer in (old, new) if layer)
    classes = dict.fromkeys(class_text(layer) for layer in (old, new) if layer)
    is_one_class = bool(old and new) and not row.has_other_class
    shown = list(classes)[-1:] if is_one_class else list(classes)
    return Cells(
        kind=row.kind,
        depth=depth,
        name=fit(f"{ARROW.join(names)} ({ARROW.join(shown)})"),
        output=fit(ARROW.join(outputs) if row.has_other_shape else list(outputs)[-1]),
        params=params_text(row),
        changes=fit("; ".join(notes(row))),
    )


def notes(row: Row) -> Iterator[str]:
    """The changes of a layer, one text each."""
    for texts in (_nesting, _values, _input_of_weights, _connection):
        yield from texts(row)


def _nesting(row: Row) -> Iterator[str]:
    if row.nests or row.spills:
        kept = [inner.layer.name for inner in row.inner if inner.old and inner.new]
        names = ", ".join(kept[:MOST_NAMES]) + (" ..." if len(kept) > MOST_NAMES else "")
        yield f"takes in {names}" if row.nests else f"dissolved into {names}"


def _values(row: Row) -> Iterator[str]:
    yield from map(change_text, row.changes)


def _input_of_weights(row: Row) -> Iterator[str]:
    """The inputs, where they alone explain other weights."""
    if row.old and row.new and not row.changes and not row.has_other_class and row.params_delta:
        inputs = [input_text(layer) for layer in (row.old, row.new)]
        if differ(*inputs):
            yield f"input: {ARROW.join(inputs)}"


def _connection(row: Row) -> Iterator[str]:
    is_elsewhere = row.inputs is not None and row.inputs.old != row.inputs.new
    on = f"on {row.inputs.new}, was on {row.inputs.old}" if row.inputs else ""
    if row.has_moved:
        yield f"moved: {on}" if is_elsewhere else "moved in the order of layers"
    elif is_elsewhere:
        yield f"called {on}"
    elif row.inputs:
        yield f"called in another way on {row.inputs.new}"


def input_text(layer: Layer) -> str:
    """The input shapes of all calls, each once."""
    return ", ".join(dict.fromkeys(to_text(call.inputs) for call in layer.calls)) or "?"


def change_text(change: ValueChange) -> str:
    old, new = value_text(change.old), value_text(change.new)
    if old == new:
        old, new = marked(change.old), marked(change.new)
    return f"{change.key}: {old}{ARROW}{new}"


def value_text(value: Any) -> str:
    """A plain value, cut where it is long."""
    text = _whole(value)
    return text if len(text) <= LONGEST else marked(value)


def marked(value: Any) -> str:
    """The beginning of a value with a checksum of all of it."""
    text = _whole(value)
    return f"{text[: LONGEST - 12]}… (#{zlib.crc32(text.encode('utf-8', 'backslashreplace')):08x})"


def params_text(row: Row) -> str:
    delta = row.params_delta
    before, after = (number(layer.params) if layer else "" for layer in (row.old, row.new))
    if row.old is None or row.new is None:
        return f"{delta:+,}" if delta else before or after
    return after if delta in (0, None) and before == after else f"{before}{ARROW}{after}{_delta(delta)}"


def class_text(layer: Layer) -> str:
    """The class of a layer, with the class of the layer that it wraps."""
    wrapped = next((layer.children[role] for role in ("forward", "layer", "cell") if role in layer.children), None)
    own = layer.node.written_class or "?"
    return f"{own}({class_text(wrapped)})" if wrapped is not None and layer.model is None else own


def number(value: Count) -> str:
    return "?" if isinstance(value, Unknown) else f"{value:,}"


def title(diff: Diff) -> str:
    """The names of the files and of the model."""
    titles = dict.fromkeys((diff.old.title, diff.new.title))
    return fit(f"Model: {ARROW.join(titles)}")


def verdict(diff: Diff) -> str:
    """One line that says whether anything differs; empty where layers, inputs or outputs differ."""
    layers = counted(sum(1 for row in diff.rows if row.new is not None), "layer")
    if diff.is_empty:
        values = kinship.headline(diff.lineage) if diff.lineage else NO_WEIGHTS
        return f"{NO_DIFFERENCE} in {layers}, shapes, settings and findings; {values}"
    return "" if diff.has_structural_change else f"no structural change: {layers}, inputs and outputs are the same"


def sections(diff: Diff) -> Iterator[Section]:
    """The sections beside the table of layers, without the empty ones."""
    yield from _section("File", map(change_text, diff.file))
    yield from _section("Inputs", map(tensor_text, diff.inputs))
    yield from _section("Outputs", map(tensor_text, diff.outputs))
    yield from _section("Totals", (total_text(one) for one in diff.totals if one.is_changed))
    yield from _section("Compile settings", map(change_text, diff.training))
    new, fixed = diff.findings.new, diff.findings.fixed
    if new or fixed:
        counts = f"{len(new)} new, {len(fixed)} fixed, {diff.findings.unchanged} unchanged"
        lines = [*(f"+ {finding_text(one)}" for one in new), *(f"- {finding_text(one)}" for one in fixed)]
        yield from _section(f"Findings: {counts}", lines)
    yield from _section("Loads", map(load_text, diff.loads))
    yield from _section("Values", kinship.lines(diff.lineage) if diff.lineage else ())


def is_only_size(diff: Diff) -> bool:
    """Whether the files differ only in their size."""
    return diff.is_empty and any(one.is_changed for one in diff.totals if one.name == FILE_SIZE)


def tensor_text(change: TensorChange) -> str:
    def text(tensor: Tensor | None) -> str:
        return tensor.text if tensor else "none"

    return f"{change.position}: {text(change.old)}{ARROW}{text(change.new)}"


def total_text(one: Total) -> str:
    assert isinstance(one.old, int)
    assert isinstance(one.new, int)
    share = f", {(one.new - one.old) / one.old:+.1%}" if one.old else ""
    unit = f" {one.unit}" if one.unit else ""
    return f"{one.title}: {one.old:,}{ARROW}{one.new:,}{unit} ({one.new - one.old:+,}{share})"


def finding_text(diagnostic: Diagnostic) -> str:
    finding = diagnostic.finding
    return ": ".join(
        filter(None, (f"{diagnostic.severity}[{diagnostic.rule}]", finding.location.layer, finding.message))
    )


def load_text(change: LoadChange) -> str:
    span = change.first if change.first == change.last else f"{change.first} to {change.last.rpartition('-')[2]}"
    reason = f" ({cut(change.reason)})" if change.reason else ""
    return f"{span}: {change.old}{ARROW}{change.new}{reason}"


def cut(text: str, width: int = 2 * LONGEST) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def _section(title: str, lines: Iterable[str]) -> Iterator[Section]:
    fitted = tuple(map(fit, lines))
    if fitted:
        yield Section(title, fitted)


def _fold(amount: int, depth: int) -> Cells:
    return Cells(Kind.UNCHANGED, depth, f"… {counted(amount, 'unchanged layer')}", "", "", "")


def _whole(value: Any) -> str:
    if value is ABSENT:
        return "not set"
    return value if isinstance(value, str) else canonical(value)


def _delta(delta: int | None) -> str:
    return "" if delta is None else f" ({delta:+,})"
