"""The flow for one path: read, build the graph, infer, judge."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from lstmlint import readers
from lstmlint.ir.dataclass import dataclass, replace
from lstmlint.ir.document import STANDARD_INPUT, Document, NotAModelError, UnreadableError, WeightNaming
from lstmlint.ir.finding import Severity
from lstmlint.linting.analysis import Analysis
from lstmlint.linting.causes import merged, singles
from lstmlint.linting.judging import judged
from lstmlint.linting.report import FileReport, IgnoreUse, Status
from lstmlint.readers.files import InputFile
from lstmlint.readers.pairing import paired_weights
from lstmlint.readers.spans import positions_of
from lstmlint.running.collector import resting
from lstmlint.running.failures import CRASHED, defect
from lstmlint.settings.settings import Settings

if TYPE_CHECKING:
    from lstmlint.ir.lineage import Lineage
    from lstmlint.ir.model import Model

#: The category of the rules that also judge a file of which no model can be made.
SECURITY = "security"

#: The settings where no other are given.
DEFAULTS = Settings()


@dataclass(frozen=True, slots=True)
class Job:
    """A file to work on, with the weights file that was named for it and its settings."""

    target: InputFile
    weights: str | None = None
    settings: Settings = DEFAULTS

    @property
    def path(self) -> str:
        return self.target.path


@resting()
def load(path: str, weights: str | None = None, settings: Settings = DEFAULTS) -> Model:
    """Read a saved model and infer its shapes and weights.

    Args:
        path: a file in any supported format, recognised by its content; `-` is standard input.
        weights: the file that holds the weights of an architecture; by default the file beside it whose name leaves
            no doubt.
        settings: settings that teach custom layers; no file with settings is looked for.

    Raises:
        UnreadableError: the file cannot be read; the message says why and what to do.
        NotAModelError: the file has nothing to do with Keras.
    """
    return model_of(_with_weights(_read(path), weights), settings)


def analyze(path: str, weights: str | None = None, settings: Settings = DEFAULTS) -> Analysis:
    """Read a saved model (`load`), infer its shapes and weights, and judge it by the rules of the settings.

    Raises:
        UnreadableError: the file cannot be read; the message says why and what to do.
        NotAModelError: the file has nothing to do with Keras.
    """
    return without_ignored(analyze_whole(path, weights, settings), path, settings)


@resting()
def analyze_whole(path: str, weights: str | None = None, settings: Settings = DEFAULTS) -> Analysis:
    """As `analyze`, with the findings that the settings ignore."""
    document = _with_weights(_read(path), weights)
    try:
        model = model_of(document, settings)
    except UnreadableError:
        # No model can be made of the file, but Keras would still build the objects in it.
        from lstmlint.inference.infer import infer

        analysis = judge(infer(document, None, {}), settings)
        if all(diagnostic.category != SECURITY for diagnostic in singles(analysis.diagnostics)):
            raise
        return analysis
    return judge(with_values(model) if settings.reads_values else model, settings)


def load_asked(path: str, weights: str | None, settings: Settings) -> Model:
    """A model as by `load`, with the measures of its values where the settings ask for values.

    Raises:
        UnreadableError: the file cannot be read; the message says why and what to do.
        NotAModelError: the file has nothing to do with Keras.
    """
    model = load(path, weights, settings)
    return with_values(model) if settings.values else model


def with_values(model: Model) -> Model:
    """A model with the measures of its stored values, which are read from its file.

    Raises:
        UnreadableError: the file cannot be opened again.
    """
    from lstmlint.values.measuring import measured

    return replace(model, measured=measured(model))


def load_for_summary(path: str, weights: str | None, settings: Settings) -> Model:
    """A model as by `load_asked`; its measures are also those of its cells in fewer bits, which no rule asks for.

    Raises:
        UnreadableError: the file cannot be read; the message says why and what to do.
        NotAModelError: the file has nothing to do with Keras.
    """
    model = load_asked(path, weights, settings)
    if model.measured is None:
        return model
    from lstmlint.values.quantization import quantized

    return replace(model, measured=replace(model.measured, quantized=quantized(model)))


def model_of(document: Document, settings: Settings = DEFAULTS) -> Model:
    """The inferred model of a document.

    Raises:
        UnreadableError: the config does not have the form of a model's.
    """
    # Imported for the first model, as most files of most repositories are no models.
    from lstmlint.inference.modelling import modelled

    return modelled(document, settings.layers)


def judge(model: Model, settings: Settings = DEFAULTS) -> Analysis:
    """The findings on a model by the rules that the settings ask.

    A shape behind a refused layer is unknown, but not for lack of knowledge: where an error reports the layer, no rule
    abstains because of it.
    """
    return judged(model, settings)


def without_ignored(analysis: Analysis, path: str, settings: Settings) -> Analysis:
    """An analysis without the findings that the settings ignore in a file.

    Where only some findings of one cause are ignored, the others are kept.
    """
    ignores = settings.ignores_for(path)
    if not ignores:
        return analysis
    covered = [(single, {i for i in ignores if i.covers(single)}) for single in singles(analysis.diagnostics)]
    used = {ignore for _, by in covered for ignore in by}
    return replace(
        analysis,
        diagnostics=merged(single for single, by in covered if not by),
        ignores=tuple(IgnoreUse(settings.source, ignore.key, ignore.selectors, ignore in used) for ignore in ignores),
    )


def check(job: Job) -> FileReport:
    """The report on one file; an error is in the report and is never raised."""
    target, settings = job.target, job.settings
    if target.error:
        return FileReport(target.path, Status.ERROR, target.error)
    try:
        analysis = analyze(target.path, job.weights, settings)
    except NotAModelError as error:
        return FileReport(target.path, Status.SKIPPED, str(error))
    except UnreadableError as error:
        return FileReport(target.path, Status.ERROR, str(error))
    except Exception as error:
        return FileReport(target.path, Status.ERROR, defect(error))
    return report_on(analysis, target.path, settings)


def report_on(analysis: Analysis, path: str, settings: Settings = DEFAULTS) -> FileReport:
    """The report on an analyzed file; only `fail_on` of the settings counts."""
    findings = [one.finding for diagnostic in analysis.diagnostics for one in (diagnostic, *diagnostic.singles)]
    locations = [finding.location for finding in findings]
    locations += [related.location for finding in findings for related in finding.related]
    return FileReport(
        path=path,
        status=Status.OK,
        config_place=analysis.document.config_place,
        weights_path=analysis.document.weights_path or path,
        diagnostics=analysis.diagnostics,
        abstentions=analysis.abstentions,
        positions=positions_of(analysis.document, (location.pointer for location in locations)),
        ignores=analysis.ignores,
        failing=frozenset(filter(settings.fails, Severity)),
    )


def kinship(old: Model, new: Model) -> Lineage:
    """The kinship of two models by their stored values, which are read where they were not.

    Raises:
        UnreadableError: a file cannot be opened again.
    """
    from lstmlint.values.lineage import lineage

    return lineage(*(one if one.measured else with_values(one) for one in (old, new)))


def prepare(paths: Iterable[str]) -> None:
    """Import what the files need, so that processes that are forked afterwards have it: rules, layers, h5py."""
    from lstmlint.inference.layers import layer_types
    from lstmlint.linting.rule import rules

    readers.readers(), layer_types(), rules()
    if not all(path.endswith(".json") for path in paths):
        import h5py  # noqa: F401


def lost(job: Job) -> FileReport:
    """The report on a file whose reading killed the process."""
    return FileReport(job.path, Status.ERROR, CRASHED)


def _read(path: str) -> Document:
    if path == STANDARD_INPUT:
        import sys

        return readers.read_stream(sys.stdin.buffer)
    return readers.read(path)


def _with_weights(document: Document, weights: str | None) -> Document:
    """An architecture with the tensors of its weights file: the given one, or the one whose name leaves no doubt.

    Raises:
        UnreadableError: the given file holds no weights.
    """
    if weights is None and (document.text is None or document.config is None or document.stored is not None):
        return document
    path = weights or paired_weights(document.path)
    if path is None:
        return document
    try:
        other = readers.read(path)
    except (NotAModelError, UnreadableError) as error:
        if weights is None:
            return document
        raise UnreadableError(f"has weights in {path}, which {error}") from None
    if other.stored is None and weights is not None:
        raise UnreadableError(f"has weights in {path}, which holds none; name the file of save_weights()")
    if other.stored is None or (weights is None and not _names_its_layers(document, other)):
        return document
    evidence = document.evidence.with_weights(other.evidence)
    return replace(
        document,
        stored=other.stored,
        stored_by=other.stored_by,
        weights_path=path,
        evidence=evidence,
        lacking=other.lacking,
    )


def _names_its_layers(document: Document, weights: Document) -> bool:
    """Whether an architecture names every stored layer; groups that are named after classes cannot tell."""
    if weights.stored_by is not WeightNaming.LAYER_NAME:
        return True
    return all(f'"{layer.name}"' in (document.text or "") for layer in weights.stored or () if layer.tensors)
