"""A model in another container of the Keras that wrote it: nothing of it is changed."""

from __future__ import annotations

from lstmlint.fixing.repairs import today
from lstmlint.fixing.repairs.repair import Draft
from lstmlint.fixing.writers.writer import Output
from lstmlint.ir.document import UnreadableError
from lstmlint.ir.model import Model
from lstmlint.keras.versions import NEWEST, NEWEST_TF_KERAS, Line, Target, UnknownTargetError, target_of
from lstmlint.keras.writer import parse_version, writer_of


def converted(model: Model) -> Output:
    """The parts of a model as they are, to be written in another container.

    Raises:
        UnreadableError: the file holds no architecture.
    """
    document = model.document
    if document.config is None or model.graph is None:
        raise UnreadableError("holds no architecture; name the architecture, and this file as its weights")
    target = writer_target(document.keras_version, model.graph.semantics.generation)
    draft = Draft(document.config, document.training_config, document, model, target=target)
    return Output(draft, model, document.keras_version or today.version_of(target))


def writer_target(version: str | None, generation: int) -> Target:
    """The Keras that wrote a file, as far as it is known: the newest of its generation where it is not."""
    numbers = parse_version(version or "")
    newest = NEWEST if generation > 2 else NEWEST_TF_KERAS
    if version is None or numbers is None:
        return newest
    line = Line.TF_KERAS if writer_of(version, numbers).is_tf_keras else Line.KERAS
    try:
        return target_of(f"{line}-{'.'.join(map(str, numbers[:2]))}")
    except UnknownTargetError:
        return newest
