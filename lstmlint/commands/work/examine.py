"""The answer about one file for an audit, made in any process: what was read of it, with findings and verdicts."""

from __future__ import annotations

import os

from lstmlint.ir.addresses import is_address
from lstmlint.ir.document import Container, NotAModelError, UnreadableError
from lstmlint.keras.versions import TARGETS
from lstmlint.linting.analysis import Analysis
from lstmlint.pipeline import analyze_whole
from lstmlint.portability.verdict import Verdict, verdict
from lstmlint.readers.digest import sha256_of
from lstmlint.readers.others import shards_beside
from lstmlint.running.failures import defect
from lstmlint.settings.settings import Settings
from lstmlint.zoo.answers import Answer, Question, State
from lstmlint.zoo.asked import content_key, digest, unfiltered
from lstmlint.zoo.record import recorded
from lstmlint.zoo.stamps import ABSENT, beside, stamp_of, trusted


def examine(question: Question) -> Answer:
    """The answer to a question; an error is in it and is never raised."""
    path = question.path
    if is_address(path):
        return _examined_elsewhere(question)
    before, others = stamp_of(path), beside(path, shards_beside(path))
    known = Answer(State.ERROR, stamp=before, beside=others)
    if before == ABSENT and not os.path.lexists(path):
        return Answer(State.VANISHED)
    try:
        known = known._replace(sha256=sha256_of(path))
        answer = _read(question, known)
    except NotAModelError as error:
        answer = known._replace(state=State.SKIPPED, error=str(error))
    except UnreadableError as error:
        answer = known._replace(error=str(error))
    except Exception as error:
        answer = known._replace(error=defect(error))
    is_same = beside(path, [one.name for one in others]) == others
    return answer._replace(stamp=trusted(before, stamp_of(path) if is_same else ABSENT))


def _examined_elsewhere(question: Question) -> Answer:
    """The answer about a file at an address: what was read of it is its key, as nobody fetches it whole for a hash.

    What could not be fetched is asked for again by the next audit.
    """
    path = question.path
    try:
        analysis = analyze_whole(path, None, _settings(question))
        record = recorded(analysis, _verdicts(analysis, question.targets))
    except NotAModelError as error:
        return Answer(State.SKIPPED, str(error), stamp_of(path))
    except UnreadableError as error:
        stamp = ABSENT if is_fetch_failure(error) else stamp_of(path)
        return Answer(State.ERROR, str(error), stamp)
    except Exception as error:
        return Answer(State.ERROR, defect(error), stamp_of(path))
    stamp = stamp_of(path)
    is_index = analysis.document.container is Container.SHARDS
    others = beside(path, shards_beside(path)) if is_index else ()
    key = content_key(question.asked, os.path.basename(path), digest([stamp.size, record]), ())
    return Answer(State.OK, stamp=stamp, beside=others, key=key, record=record)


def is_fetch_failure(error: UnreadableError) -> bool:
    """Whether an error says that a file could not be fetched, not that it is broken."""
    from lstmlint.remote.transport import ElsewhereError

    return isinstance(error, ElsewhereError)


def _read(question: Question, known: Answer) -> Answer:
    """The answer about a file that can be hashed.

    Raises:
        UnreadableError: it cannot be read.
        NotAModelError: it has nothing to do with Keras.
    """
    path, folder = question.path, os.path.dirname(question.path)
    digests = {one.name: _digest(os.path.join(folder, one.name)) for one in known.beside}
    key = content_key(question.asked, os.path.basename(path), known.sha256 or "", digests.items())
    if key in question.known:
        return known._replace(state=State.OK, key=key)
    analysis = analyze_whole(path, None, _settings(question))
    weights = os.path.basename(analysis.document.weights_path or "")
    return known._replace(
        state=State.OK,
        weights_sha256=digests.get(weights),
        key=key,
        record=recorded(analysis, _verdicts(analysis, question.targets)),
    )


def _verdicts(analysis: Analysis, names: tuple[str, ...]) -> tuple[Verdict, ...]:
    """The verdicts of some targets; none where the config is not that of a model."""
    model = analysis.model
    if model.graph is None and model.document.config is not None:
        return ()
    return tuple(verdict(model, TARGETS[name]) for name in names)


#: How many settings are kept at hand.
MOST_KEPT = 64

#: The settings by which files are judged, by the digest of what is asked: rules are chosen once for each.
_kept: dict[str, Settings] = {}


def _settings(question: Question) -> Settings:
    if question.asked not in _kept:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        _kept[question.asked] = unfiltered(question.settings, question.path)
    return _kept[question.asked]


def _digest(path: str) -> str:
    """The SHA-256 of a file beside the one that is read; empty where it cannot be read."""
    try:
        return sha256_of(path)
    except UnreadableError:
        return ""
