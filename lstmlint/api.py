"""The public functions: one for each question that a command answers, with a value instead of a printed text.

Every function takes paths as `str` or `os.PathLike[str]`, and `-` for standard input where its command does. Results
are frozen; `to_dict()` gives the JSON of the command, and `str()` the text that the command prints.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from lstmlint import pipeline
from lstmlint.ir.addresses import without_secrets
from lstmlint.ir.dataclass import replace
from lstmlint.ir.document import STANDARD_INPUT, FileError, NotAModelError, UnreadableError
from lstmlint.ir.graph import NOTHING
from lstmlint.pipeline import DEFAULTS
from lstmlint.settings.settings import Settings

if TYPE_CHECKING:
    from lstmlint.fixing.fix import Fixed
    from lstmlint.ir.model import Model
    from lstmlint.linting.analysis import Analysis
    from lstmlint.linting.catalogue import Rules
    from lstmlint.output.bills.entry import Entry
    from lstmlint.output.results.audit import Audit
    from lstmlint.output.results.bill import Bill
    from lstmlint.output.results.breaking import Breaking
    from lstmlint.output.results.explanation import Explanation
    from lstmlint.output.results.fleet import Fleet
    from lstmlint.output.results.loads import Loads
    from lstmlint.output.results.origin import Origin
    from lstmlint.output.results.repair import Fix
    from lstmlint.output.results.summary import Summary
    from lstmlint.review.change import Diff
    from lstmlint.review.sources import ModelPlace
    from lstmlint.zoo.answers import Answer, Question


def load(
    path: str | os.PathLike[str], weights: str | os.PathLike[str] | None = None, *, settings: Settings = DEFAULTS
) -> Model:
    """Read a saved model and infer its shapes and weights, without asking a rule (`analyze` asks them).

    >>> model = lstmlint.load("fixtures/keras-3.15.1/lstm-72.keras")
    >>> model
    <Model 'sequential' path='fixtures/keras-3.15.1/lstm-72.keras' layers=2 params=72>
    >>> [(layer.name, layer.outputs, layer.params) for layer in model.layers]
    [('input_layer', (None, 4, 2), 0), ('lstm', (None, 3), 72)]

    Args:
        path: a file in any supported format, recognised by its content; `-` is standard input.
        weights: the file that holds the weights of an architecture; by default the file beside it whose name leaves
            no doubt.
        settings: settings that teach custom layers; no file with settings is looked for (`settings_for` does).

    Returns:
        The model. Its `to_dict()` is that of its summary. An unknown count or dimension is an `Unknown` with its
        reason; a dimension that Keras leaves open is `None`.

    Raises:
        UnreadableError: the file cannot be read; the message names the file, the reason and the cure.
        NotAModelError: the file has nothing to do with Keras.
    """
    name = os.fspath(path)
    with _naming(name):
        return pipeline.load(name, _text(weights), settings)


def analyze(
    path: str | os.PathLike[str], weights: str | os.PathLike[str] | None = None, *, settings: Settings = DEFAULTS
) -> Analysis:
    """Read a saved model, infer its shapes and weights, and judge it by the rules, as `lstmlint check` does.

    >>> analysis = lstmlint.analyze("fixtures/broken/missing-return-sequences.json")
    >>> [(one.rule, str(one.severity), one.finding.location.layer) for one in analysis.diagnostics]
    [('missing-return-sequences', 'error', 'lstm_1')]

    Args:
        path: as for `load`.
        weights: as for `load`.
        settings: the rules to ask and their options; by default every rule that is not pedantic. A baseline named in
            them is not applied.

    Returns:
        The model, the findings, and the questions that no rule could judge. Each cause has one finding; its `members`
        are the single findings of that cause.

    Raises:
        UnreadableError: the file cannot be read; the message names the file, the reason and the cure.
        NotAModelError: the file has nothing to do with Keras.
    """
    name = os.fspath(path)
    with _naming(name):
        return pipeline.analyze(name, _text(weights), settings)


def summary(
    path: str | os.PathLike[str], weights: str | os.PathLike[str] | None = None, *, settings: Settings = DEFAULTS
) -> Summary:
    """The layers of a saved model with shapes, parameters and costs, as `lstmlint summary` prints them.

    >>> summary = lstmlint.summary("fixtures/keras-2.15.0/lstm-72.h5")
    >>> summary.params, summary.bytes, summary.costs.multiply_adds_per_timestep
    (72, 288, 60)
    >>> [(layer.path, layer.class_name, layer.outputs, layer.params) for layer in summary.layers]
    [('lstm_input', 'InputLayer', ((None, 4, 2),), 0), ('lstm', 'LSTM', ((None, 3),), 72)]

    `pandas.DataFrame(summary.to_dict()["layers"])` is a table of the layers.

    Args:
        path: as for `load`.
        weights: as for `load`.
        settings: as for `load`; with `values` the stored values are read as well.

    Raises:
        UnreadableError: the file cannot be read; the message names the file, the reason and the cure.
        NotAModelError: the file has nothing to do with Keras.
    """
    from lstmlint.output.results.summary import Summary

    name = os.fspath(path)
    with _naming(name):
        return Summary(name, pipeline.load_for_summary(name, _text(weights), settings))


def explain(
    path: str | os.PathLike[str],
    layer: str | None = None,
    *,
    weights: str | os.PathLike[str] | None = None,
    settings: Settings = DEFAULTS,
) -> Explanation:
    """Explain where the parameter counts of layers come from, as `lstmlint explain` prints it.

    >>> (lstm,) = lstmlint.explain("fixtures/keras-2.15.0/lstm-72.h5", "lstm").layers
    >>> lstm.formula
    '4 gates x 3 units x (2 features + 3 units + 1 bias)'
    >>> [(one.weight.name, one.weight.shape, one.params) for one in lstm.weights]
    [('kernel', (2, 12), 24), ('recurrent_kernel', (3, 12), 36), ('bias', (12,), 12)]

    Args:
        path: as for `load`.
        layer: the name or path of a layer; by default all layers that have weights.
        weights: as for `load`.
        settings: as for `load`; with `values` the stored values are read as well.

    Raises:
        NoSuchLayerError: the model has no such layer, or none to explain.
        UnreadableError: the file cannot be read; the message names the file, the reason and the cure.
        NotAModelError: the file has nothing to do with Keras.
    """
    from lstmlint.output.results.explanation import explained

    name = os.fspath(path)
    with _naming(name):
        return explained(name, pipeline.load_asked(name, _text(weights), settings), layer)


def explain_layer(layer: str, input_shape: Sequence[int | None], settings: Mapping[str, Any] = NOTHING) -> Explanation:
    """Explain the parameter count of a layer that no file holds, as `lstmlint explain --layer` does.

    >>> lstmlint.explain_layer("GRU", (4, 2), {"units": 3}).layers[0].formula
    '3 gates x 3 units x (2 features + 3 units + 2 biases)'
    >>> lstmlint.explain_layer("GRU", (4, 2), {"units": 3, "reset_after": False}).layers[0].formula
    '3 gates x 3 units x (2 features + 3 units + 1 bias)'

    Args:
        layer: a class of the newest Keras, and in parentheses the class that it wraps: `Bidirectional(LSTM)`.
        input_shape: the shape of its input without the batch; `None` is an open dimension.
        settings: arguments of the layer by their names in Keras; each goes to the innermost layer that takes it.

    Raises:
        ValueError: there is no such class, it does not take the arguments or the input, or it lacks an argument.
    """
    from lstmlint.inference.alone import model_of_layer
    from lstmlint.output.results.explanation import explained

    model = model_of_layer(layer, input_shape, settings)
    return explained("", model, model.layers[-1].name)


def loads(
    path: str | os.PathLike[str],
    targets: Sequence[str] | None = None,
    *,
    weights: str | os.PathLike[str] | None = None,
    settings: Settings = DEFAULTS,
) -> Loads:
    """Judge in which versions of Keras a file loads, and why others refuse it, as `lstmlint loads` does.

    >>> loads = lstmlint.loads("fixtures/keras-2.15.0/lstm-72.h5", ["tf-keras-2.15", "keras-3.15"])
    >>> [(verdict.target.name, str(verdict.outcome)) for verdict in loads.verdicts]
    [('tf-keras-2.15', 'loads'), ('keras-3.15', 'fails')]
    >>> loads.verdicts[1].reason.message
    "Unrecognized keyword arguments passed to LSTM: {'time_major': False}"

    Args:
        path: as for `load`.
        targets: versions such as `keras-3.15`, `tf-keras-2.15` or `keras-3` (its newest), and the runtimes `tfjs`,
            `onnx`, `tflite` and `jax-gpu`; by default every known Keras.
        weights: as for `load`.
        settings: as for `load`.

    Raises:
        UnknownTargetError: no target has one of the names.
        UnreadableError: the file cannot be read; the message names the file, the reason and the cure.
        NotAModelError: the file has nothing to do with Keras.
    """
    from lstmlint.keras.facts import examined_targets
    from lstmlint.keras.versions import targets_of
    from lstmlint.output.results.loads import Loads
    from lstmlint.portability.verdict import verdict

    asked = examined_targets() if targets is None else targets_of(targets)
    model = load(path, weights, settings=settings)
    return Loads(os.fspath(path), tuple(verdict(model, target) for target in asked))


def sbom(
    path: str | os.PathLike[str],
    *,
    weights: str | os.PathLike[str] | None = None,
    settings: Settings = DEFAULTS,
    vex: bool = False,
) -> Bill:
    """State what a saved model is made of as a bill of materials in CycloneDX, as `lstmlint sbom` does.

    >>> (model,) = lstmlint.sbom("fixtures/keras-2.15.0/lstm-72.h5").to_dict()["components"]
    >>> model["type"], model["modelCard"]["modelParameters"]["architectureFamily"]
    ('machine-learning-model', 'LSTM neural network')

    Args:
        path: a file in any supported format, a folder that is searched for them, or the store of an audit, which names
            the files that hold models.
        weights: as for `load`, for a single file.
        settings: as for `load`.
        vex: add for each advisory on Keras whether the models are affected.

    Returns:
        The bill. Files of a folder that cannot be read, or made lstmlint fail, are in its `unread`; those that are no
        models are left out.

    Raises:
        UnreadableError: the file cannot be read; the message names the file, the reason and the cure.
        NotAModelError: the file has nothing to do with Keras.
        StoreError: the store cannot be used.
    """
    from lstmlint.output.results.bill import Bill
    from lstmlint.readers.files import targets
    from lstmlint.running.failures import defect
    from lstmlint.zoo.today import is_store, models_of

    name = os.fspath(path)
    names = models_of(name) if is_store(name) else [name] if os.path.isdir(name) else []
    if not names and not is_store(name):
        with _naming(name):
            return Bill((bill_entry(name, _text(weights), settings, vex=vex),), is_vex=vex)
    entries, unread = [], []
    for target in targets(names):
        try:
            entries.append(bill_entry(target.path, None, settings, vex=vex, error=target.error))
        except NotAModelError:
            continue
        except UnreadableError as error:
            unread.append((target.path, error.reason))
        except Exception as error:
            unread.append((target.path, defect(error)))
    return Bill(tuple(entries), tuple(unread), is_vex=vex)


def bill_entry(path: str, weights: str | None, settings: Settings, *, vex: bool, error: str = "") -> Entry:
    """The part of a bill that one file has, judged by all rules on security where exploitability is asked for.

    Raises:
        UnreadableError: the file cannot be read, or `error` says why the path leads to none.
        NotAModelError: the file has nothing to do with Keras.
    """
    from lstmlint.keras.facts import examined_targets
    from lstmlint.output.bills.entry import Entry, HashedFile
    from lstmlint.portability.verdict import verdict
    from lstmlint.readers.digest import sha256_of
    from lstmlint.readers.others import other_files

    if error:
        raise UnreadableError(error)
    if path == STANDARD_INPUT:
        raise UnreadableError("has no bytes to hash once it is read; name a file")
    asked = Settings(select=(pipeline.SECURITY,), layers=settings.layers)
    analysis = pipeline.analyze(path, weights, asked) if vex else None
    model = analysis.model if analysis else pipeline.load(path, weights, settings)
    return Entry(
        file=HashedFile(path, sha256_of(path)),
        model=model,
        verdicts=tuple(verdict(model, target) for target in examined_targets()),
        others=tuple(HashedFile(other, sha256_of(other)) for other in other_files(model.document)),
        analysis=analysis,
    )


def audit(
    sources: Iterable[str | os.PathLike[str]],
    store: str | os.PathLike[str] | None = None,
    *,
    settings: Settings = DEFAULTS,
    loads: Sequence[str] | None = None,
    jobs: int | None = None,
    timeout: float = 60.0,
    prune: bool = False,
    engine: str = "processes",
    scheduler: str | None = None,
) -> Audit:
    """Read many saved models, each content once, and keep what is known of them in a store, as `lstmlint audit` does.

    >>> audit = lstmlint.audit(["fixtures/broken"])
    >>> audit.tally.findings["error"] > 0
    True

    Args:
        sources: files, folders, globs, and `@FILE` for a file with one source a line.
        store: the SQLite database to keep what is known in (`lstmlint schema store`); it is made where there is none.
            By default nothing is kept.
        settings: as for `analyze`. Ignores, severities and baselines in them change nothing in the store.
        loads: the targets for which the store gets verdicts, as for the function `loads`, or `["all"]` for every known
            Keras; by default the newest of each package and generation.
        jobs: the number of processes; by default one for each processor.
        timeout: the seconds that one file may take.
        prune: forget files that are gone.
        engine: what reads the files: `"processes"` of this machine, or the workers of a `"dask"` cluster.
        scheduler: the address of the cluster's scheduler; by default the cluster is this machine, for `jobs` files at
            once.

    Returns:
        The counts of the audit. Files that cannot be read are in `tally.failed`, sources that lead to no file are in
        `problems`.

    Raises:
        UnknownTargetError: no target has one of the names.
        SourceError: a list cannot be read, or standard input is named.
        StoreError: the store cannot be used; the message names it, the fault and the cure.
        EngineError: Dask is not installed, its scheduler is not there or is lost, or its workers cannot do the work.
    """
    names = [os.fspath(source) for source in sources]
    return audited(
        names, _text(store), lambda path: settings, loads=loads, jobs=jobs, timeout=timeout, prune=prune, engine=engine,
        scheduler=scheduler,
    )  # fmt: skip


def audited(
    sources: Iterable[str],
    store: str | None,
    settings_of: Callable[[str], Settings],
    *,
    loads: Sequence[str] | None = None,
    jobs: int | None = None,
    timeout: float = 60.0,
    prune: bool = False,
    engine: str = "processes",
    scheduler: str | None = None,
    progress: Callable[[Iterable[None], int], Iterable[None]] = lambda files, total: files,
) -> Audit:
    """As `audit`, with the settings of each file by its path; `progress` passes on its items, one for each file."""
    from functools import partial

    from lstmlint.keras.facts import targets_named
    from lstmlint.output.results.audit import Audit
    from lstmlint.running.engines import engine_named
    from lstmlint.zoo.audit import Task, bring_up_to_date
    from lstmlint.zoo.places import Places
    from lstmlint.zoo.sources import sources_of
    from lstmlint.zoo.store import IN_MEMORY, opened
    from lstmlint.zoo.tallies import tally_of

    task = Task(
        sources=tuple(sources_of(sources)),
        settings_of=settings_of,
        targets=tuple(target.name for target in targets_named(loads)),
        work=_examined,
        engine=engine_named(engine, scheduler, jobs or os.cpu_count() or 1, timeout, partial(pipeline.prepare, [""])),
        timeout=timeout,
        shown=progress,
    )
    places = Places(os.path.dirname(os.path.abspath(store)) if store else os.getcwd())
    with opened(store or IN_MEMORY) as connection:
        done = bring_up_to_date(connection, places, task, prunes=prune)
        return Audit(store or "", tally_of(connection, done.run, places, settings_of, done.settings), done.problems)


def fleet(store: str | os.PathLike[str], *, settings: Settings = DEFAULTS) -> Fleet:
    """Ask the store of an audit what its keeper wants to know first, as `lstmlint fleet` does.

    >>> import os, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store = os.path.join(folder, "zoo.db")
    ...     audit = lstmlint.audit(["fixtures/broken"], store)
    ...     fleet = lstmlint.fleet(store)
    >>> fleet.answers.contents.unreadable == len(audit.tally.failed)
    True

    Args:
        store: the SQLite database of `audit`.
        settings: the ignores, severities, baseline and lowest severity that apply to the findings in the store.

    Returns:
        The answers: contents, verdicts, causes of trouble by harm, recurrent layers, duplicates, the trend, all files.

    Raises:
        StoreError: the store cannot be used; the message names it, the fault and the cure.
        BaselineError: the baseline of the settings cannot be read.
    """
    return fleet_of(os.fspath(store), lambda path: settings)


def fleet_of(store: str, settings_of: Callable[[str], Settings]) -> Fleet:
    """As `fleet`, with the settings of each file by its path."""
    from lstmlint.output.results.fleet import Fleet
    from lstmlint.zoo.fleet.ask import answers_in
    from lstmlint.zoo.places import Places
    from lstmlint.zoo.store import opened

    with opened(store, writes=False) as connection:
        return Fleet(store, answers_in(connection, Places(os.path.dirname(store)), settings_of))


def _examined(question: Question) -> Answer:
    """The answer about one file; what reads files is imported where one must be read."""
    from lstmlint.commands.work.examine import examine

    return examine(question)


def fix(
    path: str | os.PathLike[str],
    output: str | os.PathLike[str] | None = None,
    *,
    weights: str | os.PathLike[str] | None = None,
    settings: Settings = DEFAULTS,
    unsafe: bool = False,
    strip_optimizer: bool = False,
    backend: str | None = None,
    to: str = "keras-3",
) -> Fix:
    """Repair a model so that today's Keras loads it, as `lstmlint fix` does. The file itself stays as it is.

    >>> fixed = lstmlint.fix("fixtures/keras-2.3.1/lstm-72.json")
    >>> fixed.output, fixed.left
    ('', ())

    Args:
        path: as for `load`.
        output: the new file: `.keras`, `.h5` or, without weights, `.json`; by default none is written, and the result
            says what would change.
        weights: as for `load`.
        settings: as for `load`.
        unsafe: make repairs that change how the model trains further, too.
        strip_optimizer: leave the state of the optimizer out.
        backend: `theano` or `tensorflow`, for files of Keras 1 that do not say which of them ran the model.
        to: the Keras that is to read the new file, such as `tf-keras-2.15` or `keras-3.5`.

    Raises:
        UnknownTargetError: there is no such Keras.
        UnreadableError: the file cannot be read, holds no architecture, or names another backend.
        NotAModelError: the file has nothing to do with Keras.
        UnwritableError: the new file cannot be written; it is there already, or the model has no place in it.
    """
    from lstmlint.fixing.fix import fix as repaired
    from lstmlint.fixing.fix import run_by
    from lstmlint.keras.versions import keras_of

    model = load(path, weights, settings=settings)
    name = _text(output) or ""
    with _naming(os.fspath(path)):
        fixed = repaired(run_by(model, backend), allow_unsafe=unsafe, target=keras_of(to))
        return carried_out(os.fspath(path), fixed, name, settings, keeps_optimizer=not strip_optimizer)


def convert(
    path: str | os.PathLike[str],
    output: str | os.PathLike[str],
    *,
    weights: str | os.PathLike[str] | None = None,
    settings: Settings = DEFAULTS,
) -> tuple[str, ...]:
    """Write the same model in another container of the Keras that wrote it, as `lstmlint convert` does.

    >>> import os, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     lstmlint.convert("fixtures/keras-3.15.1/lstm-72.keras", os.path.join(folder, "new.json"))
    ('the weights; a JSON file holds none',)

    Args:
        path: as for `load`.
        output: the new file: `.keras`, `.h5` or, without weights, `.json`.
        weights: as for `load`.
        settings: as for `load`.

    Returns:
        What the new file lacks of the old one.

    Raises:
        UnreadableError: the file cannot be read, or holds no architecture.
        NotAModelError: the file has nothing to do with Keras.
        UnwritableError: the new file cannot be written; it is there already, or the model has no place in it.
    """
    from lstmlint.fixing.convert import converted
    from lstmlint.fixing.writers import write

    model = load(path, weights, settings=settings)
    with _naming(os.fspath(path)):
        return write(converted(model), os.fspath(output))


def carried_out(
    path: str, fixed: Fixed, output: str = "", settings: Settings = DEFAULTS, *, keeps_optimizer: bool = True
) -> Fix:
    """The result of `fix` for a repaired model, which is written to a new file where one is named.

    No file is written where it would repeat the old one.
    """
    from lstmlint.commands.work.remaining import remaining
    from lstmlint.fixing.fix import output as written
    from lstmlint.fixing.writers import is_container_of, write
    from lstmlint.fixing.writers.certify import certificate
    from lstmlint.output.results.repair import Fix

    if not output:
        return Fix(path, fixed)
    if fixed.is_unchanged and keeps_optimizer and is_container_of(fixed.draft.document, output):
        return Fix(path, fixed, refused=tuple(remaining(fixed.draft.model, fixed.left, settings, fixed.draft.target)))
    left_out = write(written(fixed.draft, keeps_optimizer=keeps_optimizer), output)
    left = remaining(pipeline.load(output, None, settings), fixed.left, settings, fixed.draft.target)
    return Fix(path, fixed, output, left_out, certificate(fixed.draft), tuple(left))


def diff(
    old: str | os.PathLike[str], new: str | os.PathLike[str] | None = None, *, settings: Settings = DEFAULTS
) -> Diff:
    """Compare two saved models, as `lstmlint diff` does.

    >>> diff = lstmlint.diff("fixtures/keras-2.15.0/lstm-12.json", "fixtures/keras-2.15.0/lstm-72.json")
    >>> [(row.layer.name, str(row.kind), row.params_delta) for row in diff.rows]
    [('lstm', 'changed', 60)]

    Args:
        old: a saved model, or `REVISION:PATH` of the git repository.
        new: the same; by default the file of `old`, which is compared with its committed version.
        settings: the settings by which both are judged; with `values` the stored values of two files are compared.

    Raises:
        UnreadableError: a file cannot be read; the message names the file, the reason and the cure.
        NotAModelError: a file has nothing to do with Keras.
        GitError: a revision, or the repository, cannot be read.
    """
    from lstmlint.review.compare import compare
    from lstmlint.review.sources import pair_of, try_read

    def model_at(place: ModelPlace) -> Any:
        with _naming(place.name):
            result = try_read(place, lambda path: settings)
            if isinstance(result, Exception):
                raise result
            return result

    before, after = pair_of(os.fspath(old), _text(new))
    one, other = model_at(before), model_at(after)
    difference = compare(one, other)
    if not settings.values or before.revised or after.revised:
        return difference
    with _naming(before.name):
        return replace(difference, lineage=pipeline.kinship(one.model, other.model))


def whatif(path: str | os.PathLike[str], changes: Mapping[str, Any], *, settings: Settings = DEFAULTS) -> Diff:
    """Compare a saved model with itself under other settings of layers, as `lstmlint whatif` does.

    >>> diff = lstmlint.whatif("fixtures/keras-3.15.1/lstm-72.keras", {"lstm.units": 6})
    >>> [(row.layer.name, row.params_delta) for row in diff.rows if row.params_delta]
    [('lstm', 144)]

    Both sides are counted from the settings alone, without stored weights and recorded shapes. No file is written.

    Args:
        path: as for `load`, without standard input.
        changes: new values by the layer's name or path and the key of its config.
        settings: the settings by which both are judged.

    Raises:
        ValueError: there is no such layer or key, or several layers have the name.
        UnreadableError: the file cannot be read or holds no architecture; the message names it.
        NotAModelError: the file has nothing to do with Keras.
    """
    from lstmlint.review.whatif import what_if

    name = os.fspath(path)
    with _naming(name):
        return what_if(name, changes, settings)


def origin(path: str | os.PathLike[str], folder: str | os.PathLike[str], *, settings: Settings = DEFAULTS) -> Origin:
    """Find the files of which a model is a copy, or with which it began, as `lstmlint origin` does.

    >>> origin = lstmlint.origin("fixtures/values/overflow.keras", "fixtures/values/trained.keras")
    >>> [(one.layer, str(one.kin)) for one in origin.kin[0].lineage.layers]
    [('lstm', 'same start or copy'), ('dense', 'other values')]

    Args:
        path: a saved model with weights; its values are read.
        folder: a folder that is searched for other saved models, or one file.
        settings: as for `load`.

    Returns:
        The kin, the nearest first, and the files that could not be read.

    Raises:
        UnreadableError: the file cannot be read or holds no weights; the message names it, the reason and the cure.
        NotAModelError: the file has nothing to do with Keras.
    """
    from lstmlint.output.results.origin import KinFile, Origin
    from lstmlint.readers.files import targets
    from lstmlint.running.failures import defect

    name = os.fspath(path)
    with _naming(name):
        model = pipeline.with_values(pipeline.load(name, None, settings))
        if not model.measured or not model.measured.weights:
            raise UnreadableError("holds no weights that could be compared; name a file with weights")
    kin, unread, unrelated = [], [], 0
    for target in targets([os.fspath(folder)]):
        if target.error or os.path.realpath(target.path) == os.path.realpath(name):
            continue
        try:
            lineage = pipeline.kinship(pipeline.load(target.path, None, settings), model)
        except NotAModelError:
            continue
        except UnreadableError as error:
            unread.append((target.path, error.reason))
        except Exception as error:
            unread.append((target.path, defect(error)))
        else:
            unrelated += not lineage.is_kin
            kin += [KinFile(target.path, lineage)] if lineage.is_kin else []
    nearest = sorted(kin, key=lambda one: (*(-number for number in one.lineage.rank), one.path))
    return Origin(name, tuple(nearest), unrelated, tuple(unread))


def breaking(
    against: str,
    paths: Iterable[str | os.PathLike[str]] = (),
    *,
    categories: Iterable[str] | None = None,
    settings: Settings = DEFAULTS,
) -> Breaking:
    """Find the models of the git repository whose changes since a revision break something.

        breaking = lstmlint.breaking("origin/main")
        [(file.path, one.category, one.layer, one.what) for file in breaking.files for one in file.breaks]

    Args:
        against: the revision with which the working tree of the current folder is compared.
        paths: files and folders; by default the whole repository.
        categories: only these of FILE, INPUT, OUTPUT, WEIGHTS, NAMES, SEMANTICS and BUDGET.
        settings: as for `analyze`; their budgets decide on BUDGET.

    Raises:
        GitError: there is no repository or no such revision, or a path is not in it.
        ValueError: there is no such category.
    """
    from lstmlint.output.results.breaking import Breaking
    from lstmlint.review.categories import Category
    from lstmlint.review.changed_models import changed_models, why_not
    from lstmlint.review.git import GitError

    wanted = {Category(name) for name in categories} if categories is not None else set(Category)
    places = [os.fspath(path) for path in paths]
    for place in places:
        if why := why_not(place, against):
            raise GitError(why, place)
    files = changed_models(against, places, [one for one in Category if one in wanted], lambda path: settings)
    return Breaking(against, tuple(files))


def rules() -> Rules:
    """List the rules, those of installed packages as well, as `lstmlint rules` does.

    >>> rule = lstmlint.rules()["missing-return-sequences"]
    >>> rule.category, str(rule.severity)
    ('shape', 'error')
    >>> rule.summary
    'A recurrent layer gets only the last output of the recurrent layer before it, not the whole sequence.'
    """
    from lstmlint.linting.catalogue import catalogue

    return catalogue()


def settings_for(
    path: str | os.PathLike[str] = ".", config: str | os.PathLike[str] | None = None, **overrides: Any
) -> Settings:
    """Find the settings of a file: those of the nearest pyproject.toml or lstmlint.toml above it, as a command does.

    >>> lstmlint.settings_for("fixtures/keras-2.3.1/lstm-72.json", persona="pedantic", ignore=["size"]).ignore
    ('size',)

    Args:
        path: the file or folder.
        config: a file with settings to use instead.
        overrides: settings by their names in such a file, with `_` for `-`; they win over the file.

    Raises:
        SettingsError: the settings cannot be used; the message names the file, the fault and the cure.
    """
    from lstmlint.settings.finder import Finder, SettingsError
    from lstmlint.settings.schema import problem

    named = {name.replace("_", "-"): value for name, value in overrides.items()}
    if wrong := problem(named):
        raise SettingsError(wrong)
    place = os.fspath(path)
    inside = os.path.join(place, "") if os.path.isdir(place) else place
    return Finder(_text(config) or "", overrides=named).settings(inside)


def _text(path: str | os.PathLike[str] | None) -> str | None:
    return None if path is None else os.fspath(path)


@contextmanager
def _naming(path: str) -> Iterator[None]:
    """Let an error of a file name the file."""
    try:
        yield
    except FileError as error:
        error.path = error.path or without_secrets(path)
        raise
