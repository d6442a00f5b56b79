"""The flow for one path: read, build the graph, infer, judge."""

from __future__ import annotations

from dataclasses import dataclass, replace

from lstmlint import readers
from lstmlint.dialects import graph_of
from lstmlint.document import Document, NotAModelError, UnreadableError, WeightNaming
from lstmlint.files import STANDARD_INPUT, Target
from lstmlint.finding import Abstention, Diagnostic, Severity
from lstmlint.infer import infer
from lstmlint.model import Model
from lstmlint.readers.pairing import paired_weights
from lstmlint.report import FileReport, Status, positions_of
from lstmlint.rule import Persona, rules
from lstmlint.stored import stored_by_layer

#: What is said of a file whose reading killed the process.
CRASHED = "made its reader crash; it is damaged, save or download it again"


@dataclass(frozen=True, slots=True)
class Analysis:
    """A model and everything that the rules say of it, in the order of the file."""

    model: Model
    diagnostics: tuple[Diagnostic, ...]
    abstentions: tuple[Abstention, ...]

    @property
    def document(self) -> Document:
        return self.model.document


def load(path: str, weights: str | None = None) -> Model:
    """Read a saved model and infer its shapes and weights.

    Args:
        path: a file in any supported format, recognised by its content; `-` is standard input.
        weights: the file that holds the weights of an architecture; where the names of the two leave no doubt, it is
            found without being named.

    Raises:
        UnreadableError: the file cannot be read; the message says why and what to do.
        NotAModelError: the file has nothing to do with Keras.
    """
    return model_of(_with_weights(_read(path), weights))


def analyze(path: str, weights: str | None = None, persona: Persona = Persona.REGULAR) -> Analysis:
    """Read a saved model (`load`), infer its shapes and weights, and let every rule judge it.

    Raises:
        UnreadableError: the file cannot be read; the message says why and what to do.
        NotAModelError: the file has nothing to do with Keras.
    """
    return judge(load(path, weights), persona)


def model_of(document: Document) -> Model:
    """The inferred model of a document.

    Raises:
        UnreadableError: the config is not built like a model's.
    """
    try:
        graph = graph_of(document)
        return infer(document, graph, stored_by_layer(document, graph))
    except RecursionError:
        raise UnreadableError("nests its config too deep to be read; save the inner models apart") from None


def judge(model: Model, persona: Persona = Persona.REGULAR) -> Analysis:
    """What the rules say of a model.

    What Keras would refuse is no lack of knowledge, so where an error says so no rule needs to abstain because of it.
    """
    asked = [rule for rule in rules().values() if persona is Persona.PEDANTIC or rule.persona is Persona.REGULAR]
    verdicts = [verdict for rule in asked for verdict in rule.run(model)]
    diagnostics = [verdict for verdict in verdicts if isinstance(verdict, Diagnostic)]
    abstentions = [verdict for verdict in verdicts if isinstance(verdict, Abstention)]
    if any(diagnostic.severity is Severity.ERROR for diagnostic in diagnostics):
        abstentions = [abstention for abstention in abstentions if not abstention.unjudged.because.is_refusal]
    return Analysis(model, tuple(sorted(diagnostics, key=_in_file_order)), tuple(abstentions))


def check(target: Target, weights: str | None = None, persona: Persona = Persona.REGULAR) -> FileReport:
    """The report on one file; whatever goes wrong with it is in the report."""
    if target.error:
        return FileReport(target.path, Status.ERROR, target.error)
    try:
        analysis = analyze(target.path, weights, persona)
    except NotAModelError as error:
        return FileReport(target.path, Status.SKIPPED, str(error))
    except UnreadableError as error:
        return FileReport(target.path, Status.ERROR, str(error))
    except Exception as error:
        return FileReport(target.path, Status.ERROR, defect(error))
    findings = [diagnostic.finding for diagnostic in analysis.diagnostics]
    locations = [finding.location for finding in findings]
    locations += [related.location for finding in findings for related in finding.related]
    return FileReport(
        path=target.path,
        status=Status.OK,
        config_place=analysis.document.config_place,
        weights_path=analysis.document.weights_path or target.path,
        diagnostics=analysis.diagnostics,
        abstentions=analysis.abstentions,
        positions=positions_of(analysis.document, tuple(locations)),
    )


def defect(error: Exception) -> str:
    """What to say when lstmlint itself fails on a file, so that the others are reported all the same."""
    return f"made lstmlint fail ({type(error).__name__}: {error}); this is a defect of lstmlint, please report it"


def lost(target: Target) -> FileReport:
    """The report on a file whose reading killed the process."""
    return FileReport(target.path, Status.ERROR, CRASHED)


def _read(path: str) -> Document:
    if path == STANDARD_INPUT:
        import sys

        return readers.read_stream(sys.stdin.buffer)
    return readers.read(path)


def _with_weights(document: Document, weights: str | None) -> Document:
    """An architecture with the tensors of its weights file: the one that is given, or the one that its name tells.

    Raises:
        UnreadableError: the given file holds no weights.
    """
    if weights is None and (document.text is None or document.config is None):
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
    return replace(document, stored=other.stored, stored_by=other.stored_by, weights_path=path)


def _names_its_layers(document: Document, weights: Document) -> bool:
    """Whether every stored layer is named in an architecture; groups named after classes say nothing of it."""
    if weights.stored_by is WeightNaming.CLASS_NAME:
        return True
    return all(f'"{layer.name}"' in (document.text or "") for layer in weights.stored or () if layer.tensors)


def _in_file_order(diagnostic: Diagnostic) -> tuple[list[tuple[int, int, str]], str, str]:
    location = diagnostic.finding.location
    steps = [(0, step, "") if isinstance(step, int) else (1, 0, step) for step in location.pointer]
    return steps, location.layer, diagnostic.rule
