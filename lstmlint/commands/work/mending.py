"""The repair of one file of many, made in any process."""

from __future__ import annotations

import os

from lstmlint import pipeline
from lstmlint.api import carried_out
from lstmlint.commands.work.remaining import remaining
from lstmlint.fixing.fix import fix, run_by
from lstmlint.fixing.writers import is_container_of
from lstmlint.fixing.writers.keras_archive import reads
from lstmlint.fixing.writers.source_tensors import lacks_weights
from lstmlint.fixing.writers.writer import UnwritableError
from lstmlint.ir.document import Document, NotAModelError, UnreadableError
from lstmlint.keras.versions import Target, keras_of
from lstmlint.running.failures import defect
from lstmlint.zoo.mended import Mended, Mending, Patient
from lstmlint.zoo.stamps import ABSENT, beside, stamp_of, trusted


def mend_one(patient: Patient) -> Mended:
    """Repair a file; an error is in the result and is never raised."""
    before, others = stamp_of(patient.path), beside(patient.path)
    try:
        result = _repaired(patient)
    except NotAModelError as error:
        result = Mended(Mending.SKIPPED, str(error))
    except UnreadableError as error:
        result = Mended(Mending.UNREADABLE, str(error))
    except UnwritableError as error:
        result = Mended(Mending.UNWRITABLE, error.reason)
    except OSError as error:
        result = Mended(Mending.UNWRITABLE, f"cannot be written: {error.strerror or error}; check the folder")
    except Exception as error:
        result = Mended(Mending.UNREADABLE, defect(error))
    is_same = beside(patient.path) == others
    return result._replace(stamp=trusted(before, stamp_of(patient.path) if is_same else ABSENT), beside=others)


def _repaired(patient: Patient) -> Mended:
    """What became of a file that can be read.

    Raises:
        UnreadableError: it cannot be read.
        NotAModelError: it has nothing to do with Keras.
        UnwritableError: the new file cannot be written.
        OSError: its folder cannot be made.
    """
    settings, wish, target = patient.settings, patient.wish, keras_of(patient.wish.target)
    model = run_by(pipeline.load(patient.path, None, settings), wish.backend)
    if model.document.config is None:
        return Mended(Mending.WEIGHTS_ALONE)
    fixed = fix(model, allow_unsafe=wish.allows_unsafe, target=target)
    if fixed.is_unchanged:
        left = (*fixed.left, *remaining(model, fixed.left, settings, target))
        output = ""
    else:
        output = _named(patient.output, model.document, target)
        os.makedirs(os.path.dirname(output), exist_ok=True)
        if patient.replaces and os.path.lexists(output):
            os.unlink(output)
        left = carried_out(patient.path, fixed, output, settings, keeps_optimizer=wish.keeps_optimizer).left
    outcomes = (Mending.WHOLE, Mending.LEFT) if fixed.is_unchanged else (Mending.MENDED, Mending.PARTLY)
    said = tuple((one.repair, one.layer, one.message) for one in left)
    return Mended(outcomes[bool(said)], "", len(fixed.changes), said, output)


def _named(output: str, document: Document, target: Target) -> str:
    """The name of the new file: that of the old one where its container can hold the new model."""
    whole = ".json" if lacks_weights(document) else ".keras" if reads(target) else ".h5"
    try:
        is_kept = is_container_of(document, output) and (reads(target) or not output.lower().endswith(".keras"))
    except UnwritableError:
        is_kept = False
    return output if is_kept else f"{output}{whole}"
