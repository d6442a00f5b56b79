"""The comparison of two models: layers, inputs and outputs, totals, training, findings, outcomes of loading."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import TYPE_CHECKING, Any

from lstmlint.analyses.activations import shape_of
from lstmlint.analyses.totals import TITLES, totals
from lstmlint.analyses.training import optimizer, outputs, record
from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.document import Document
from lstmlint.ir.finding import Diagnostic
from lstmlint.ir.graph import references
from lstmlint.ir.model import Model
from lstmlint.ir.shape import Unknown, to_text
from lstmlint.keras.compiled import optimizer_in
from lstmlint.linting.analysis import Analysis
from lstmlint.linting.baseline import condition
from lstmlint.linting.causes import merged, singles
from lstmlint.review.change import (
    FILE_SIZE,
    Diff,
    FindingChange,
    LoadChange,
    Side,
    Tensor,
    TensorChange,
    Total,
    differ,
)
from lstmlint.review.facts import ABSENT, ValueChange
from lstmlint.review.layers import is_sequential, renamed_paths, rows
from lstmlint.review.normal import normal, plain, same
from lstmlint.settings.presets import PORTABILITY

if TYPE_CHECKING:
    from lstmlint.keras.versions import Target
    from lstmlint.portability.obstacle import Obstacle
    from lstmlint.portability.verdict import Outcome

#: Settings of how Keras runs training that do not change the trained model.
RUNNING = frozenset({"name", "is_legacy_optimizer", "jit_compile"})

#: A metric that H5 files of Keras 2 resolve for the loss and other files keep as the user wrote it.
ACCURACY = "accuracy"


@dataclass(frozen=True, slots=True)
class Read:
    """A model that was read and judged, with the name to show for it and the size of its file in bytes."""

    name: str
    analysis: Analysis
    size: int

    @property
    def model(self) -> Model:
        return self.analysis.model


def compare(old: Read, new: Read) -> Diff:
    """All differences between two models."""
    layer_rows = rows(old.model, new.model)
    return Diff(
        old=side(old),
        new=side(new),
        file=tuple(_file_changes(old.model, new.model)),
        rows=layer_rows,
        inputs=tensor_changes(old.model, new.model, "inputs"),
        outputs=tensor_changes(old.model, new.model, "outputs"),
        totals=tuple(_totals(old, new)),
        training=tuple(_training_changes(old.model, new.model)),
        findings=finding_changes(old.analysis, new.analysis, renamed_paths(layer_rows)),
        loads=tuple(_load_changes(old.model, new.model)),
    )


def side(read: Read) -> Side:
    document, graph = read.model.document, read.model.graph
    title = f'"{read.model.name}" ({graph.class_name})' if graph else "weights without an architecture"
    return Side(read.name, str(document.container), document.keras_version or "", title, read.size)


def tensor_changes(old: Model, new: Model, end: str) -> tuple[TensorChange, ...]:
    """The inputs or outputs, by position, that differ; the input of a Sequential has no name."""
    before, after = list(_tensors(old, end)), list(_tensors(new, end))
    if old.graph is None or new.graph is None:
        return ()
    is_nameless = is_sequential(old) or is_sequential(new)
    changes = []
    for position in range(max(len(before), len(after))):
        left = before[position] if position < len(before) else None
        right = after[position] if position < len(after) else None
        if left is None or right is None or _is_other(left, right, is_nameless):
            changes.append(TensorChange(position, left, right))
    return tuple(changes)


def _is_other(left: Tensor, right: Tensor, is_nameless: bool) -> bool:
    is_renamed = left.name != right.name and not is_nameless
    return is_renamed or left.dtype != right.dtype or differ(to_text(left.shape), to_text(right.shape))


def _tensors(model: Model, end: str) -> Iterator[Tensor]:
    for reference in references(getattr(model.graph, end, None)):
        layer = model.by_name.get(reference.layer)
        dtype = str(normal("dtype", layer.config.get("dtype"))) if layer is not None and not layer.model else "float32"
        yield Tensor(reference.layer, shape_of(model, reference), dtype)


def _file_changes(old: Model, new: Model) -> Iterator[ValueChange]:
    pairs = {
        "container": (str(old.document.container), str(new.document.container)),
        "Keras version": (old.document.keras_version or "not told", new.document.keras_version or "not told"),
        "model class": (_class(old), _class(new)),
        "model name": (old.name or "none", new.name or "none"),
        "weights": (_weights(old), _weights(new)),
    }
    return (ValueChange(key, *values) for key, values in pairs.items() if values[0] != values[1])


def _class(model: Model) -> str:
    """The class of a model; `Model` and `Functional` are one class by two names (TensorFlow 2.3)."""
    if model.graph is None:
        return "no architecture"
    return "Functional" if model.graph.class_name == "Model" else model.graph.class_name


def _weights(model: Model) -> str:
    return "stored" if model.document.stored else "not stored"


def _totals(old: Read, new: Read) -> Iterator[Total]:
    for (name, before), (_, after) in zip(totals(old.model), totals(new.model), strict=True):
        yield Total(name, *TITLES[name], before, after)
    yield Total(FILE_SIZE, "size of the file", "bytes", old.size, new.size)


def training_facts(model: Model) -> dict[str, Any]:
    """The compile settings of a model by key: losses and metrics by output, the optimizer and its settings."""
    settings: dict[str, Any] = {}
    written = record(model.document)
    if not written:
        return settings
    for output in outputs(model):
        if output.loss is not None:
            name = output.loss.reason if isinstance(output.loss, Unknown) else output.loss.text
            settings[f"loss of {output.layer.name}"] = name
        settings[f"metrics of {output.layer.name}"] = [metric.name for metric in output.metrics]
    for key in ("loss_weights", "weighted_metrics"):
        if written.get(key):
            settings[key] = plain(written[key])
    told = optimizer(model)
    if told is not None:
        settings["optimizer"] = told.class_name
        settings |= {f"optimizer.{key}": value for key, value in _optimizer_settings(written).items()}
    return settings


def _optimizer_settings(written: Mapping[str, Any]) -> dict[str, Any]:
    serialized = optimizer_in(written)
    config = serialized.config if serialized is not None else {}
    items = {("learning_rate" if key == "lr" else key): plain(item) for key, item in config.items()}
    return {key: item for key, item in items.items() if item is not None and key not in RUNNING}


def _training_changes(old: Model, new: Model) -> Iterator[ValueChange]:
    """The compile settings that differ; those of one side only where the same Keras wrote both files."""
    before, after = training_facts(old), training_facts(new)
    if bool(before) != bool(after):
        told = {True: "recorded", False: "not recorded"}
        yield ValueChange("compile settings", told[bool(before)], told[bool(after)])
        return
    is_one_writer = old.document.keras_version == new.document.keras_version
    for key in dict.fromkeys([*before, *after]):
        left, right = before.get(key, ABSENT), after.get(key, ABSENT)
        is_comparable = is_one_writer or (left is not ABSENT and right is not ABSENT)
        if is_comparable and not same(left, right) and not _is_one_accuracy(left, right):
            yield ValueChange(key, left, right)


def _is_one_accuracy(left: Any, right: Any) -> bool:
    """Whether two lists of metrics are equal except for an accuracy that one of them resolves."""
    if not isinstance(left, list) or not isinstance(right, list) or len(left) != len(right):
        return False
    pairs = list(zip(map(str, left), map(str, right), strict=True))
    return all(
        one == other or (ACCURACY in (one, other) and one.endswith(ACCURACY) and other.endswith(ACCURACY))
        for one, other in pairs
    )


def finding_changes(old: Analysis, new: Analysis, renamed: Mapping[str, str]) -> FindingChange:
    """The new and the fixed findings, recognised as a baseline recognises findings.

    A renamed layer keeps its findings. Findings of one cause are compared singly; then the new ones of a cause become
    one finding, and so do the fixed ones. Findings of the rules of portability are left out, since `LoadChange` has
    the outcomes of loading.
    """
    before = [(_known(one, renamed), one) for one in singles(old.diagnostics) if one.category != PORTABILITY]
    after = [(_known(one, {}), one) for one in singles(new.diagnostics) if one.category != PORTABILITY]
    counts = Counter(key for key, _ in before) & Counter(key for key, _ in after)
    fixed = list(_beyond(before, counts.copy()))
    introduced = list(_beyond(after, counts))
    changed = set(map(id, introduced))
    unchanged = merged(one for _, one in after if id(one) not in changed)
    return FindingChange(merged(introduced), merged(fixed), len(unchanged))


def _known(diagnostic: Diagnostic, renamed: Mapping[str, str]) -> tuple[str, str, str]:
    layer = diagnostic.finding.location.layer
    return diagnostic.rule, renamed.get(layer, layer), condition(diagnostic)


def _beyond(keyed: list[tuple[tuple[str, str, str], Diagnostic]], left: Counter[tuple[str, str, str]]) -> Iterator[Any]:
    """The findings beyond those that both sides have."""
    for key, diagnostic in keyed:
        if left[key]:
            left[key] -= 1
        else:
            yield diagnostic


def _load_changes(old: Model, new: Model) -> Iterator[LoadChange]:
    """The examined versions of Keras in which the outcome of loading changes, in runs of the same change."""
    from lstmlint.keras.facts import examined_targets
    from lstmlint.portability.verdict import Outcome

    if _loads_alike(old.document, new.document):
        return
    fates = []
    for target in sorted(examined_targets(), key=lambda target: target.line):
        (before, was), (after, now) = _fate(old, target), _fate(new, target)
        fates.append((target, before, after, was if after is Outcome.LOADS else now))
    for _, alike in groupby(fates, lambda one: (one[0].line, one[1], one[2], _cause(one[3]))):
        run = list(alike)
        first, before, after, obstacle = run[0]
        if before != after:
            reason = " ".join(obstacle.message.split()) if obstacle else ""
            yield LoadChange(first.name, run[-1][0].name, str(before), str(after), reason)


def _cause(obstacle: Obstacle | None) -> str:
    """The words of an obstacle; for one of the whole file its rule, as releases of h5py word the same otherwise."""
    if obstacle is None:
        return ""
    return obstacle.message if obstacle.pointer else obstacle.rule


def _loads_alike(old: Document, new: Document) -> bool:
    """Whether two documents are the same to every loader."""
    return all(
        getattr(old, name) == getattr(new, name)
        for name in ("container", "keras_version", "config", "training_config", "stored", "stored_by", "evidence")
    )


def _fate(model: Model, target: Target) -> tuple[Outcome, Obstacle | None]:
    """The outcome of loading a file, and its cause: the first obstacle of the gravest stage, which ends the search."""
    from lstmlint.portability.loaders import obstacles
    from lstmlint.portability.obstacle import Stage
    from lstmlint.portability.verdict import OUTCOMES, Outcome

    first: dict[Stage, Obstacle] = {}
    for obstacle in obstacles(model, target):
        first.setdefault(obstacle.stage, obstacle)
        if obstacle.stage is Stage.LOAD:
            break
    for stage, outcome in OUTCOMES:
        if stage in first:
            return outcome, first[stage]
    return Outcome.LOADS, None
