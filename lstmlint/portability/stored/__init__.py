"""Loading of stored weights and members by each Keras: one module for each mechanism, with the words of each Keras."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lstmlint.ir.dataclass import replace
from lstmlint.ir.document import Container, Document, WeightNaming
from lstmlint.ir.model import Model
from lstmlint.keras.facts import facts_of
from lstmlint.keras.versions import NEWEST, NEWEST_TF_KERAS
from lstmlint.keras.writer import parse_version
from lstmlint.portability.loaders.context import Loading, Obstacles
from lstmlint.portability.obstacle import Obstacle, Stage
from lstmlint.portability.stored import by_order, by_path, slots, vocabularies

#: What loads the weights that a container holds, by how they are named.
MECHANISMS: dict[WeightNaming, Callable[[Loading], Obstacles]] = {
    WeightNaming.LAYER_NAME: by_order.obstacles,
    WeightNaming.CLASS_NAME: by_path.obstacles,
    WeightNaming.CHECKPOINT_NAME: by_path.obstacles,
}


#: What helps where config and weights are not of one model.
CURE = "save config and weights of the model together again, or restore the config that they were trained with"

#: What helps a model in a model where Keras 3 refuses H5 that it wrote itself: it stores trainable weights first there,
#: of parts of layers too, and reads them by their order. A `.keras` file holds them by their place.
CURE_OF_NESTED = "save the model again as .keras, which holds the weights of a model in a model by their places"


def obstacles(loading: Loading) -> Obstacles:
    """The obstacles of a Keras in the stored weights of a model, as if its config were loaded."""
    yield from vocabularies.obstacles(loading)
    yield from _in_weights(loading)


def _in_weights(loading: Loading) -> Obstacles:
    document = loading.document
    if document.config is None or not _holds_weights(document):
        return
    for obstacle in MECHANISMS[document.stored_by](loading):
        yield replace(obstacle, cure=CURE_OF_NESTED if _is_nested_in_h5(loading, obstacle) else CURE)
    yield from slots.obstacles(loading)


def _is_nested_in_h5(loading: Loading, obstacle: Obstacle) -> bool:
    is_h5 = loading.target.is_keras3 and loading.document.container is Container.H5
    nested = (layer for layer in loading.model.layers if layer.model is not None)
    return is_h5 and any(layer.full_name == obstacle.layer for layer in nested)


def fault(model: Model) -> Obstacle | None:
    """The obstacle in the stored weights for a Keras of the writing generation; `None` where it loads them."""
    loading = _by_its_writer(model)
    if loading is None:
        return None
    return next((one for one in _in_weights(loading) if one.stage is Stage.LOAD), None)


def vocabulary_faults(model: Model) -> Iterator[Obstacle]:
    """The obstacles in the vocabularies of a model for a Keras of the writing generation."""
    loading = _by_its_writer(model)
    if loading is not None:
        yield from vocabularies.obstacles(loading)


def _by_its_writer(model: Model) -> Loading | None:
    """A model that is loaded by the newest Keras of the generation that wrote it; `None` where that tells nothing."""
    version = parse_version(model.document.keras_version or "") or (0,)
    target = {2: NEWEST_TF_KERAS, 3: NEWEST}.get(version[0])
    if target is None or version[:2] in FIRST_ARCHIVES:
        return None
    return Loading(model, target, facts_of(target))


#: The Kerases whose archives later ones read in part: groups were named otherwise.
FIRST_ARCHIVES = frozenset({(2, 12), (2, 13), (2, 14)})


def _holds_weights(document: Document) -> bool:
    """Whether Keras loads weights at all: those of a whole model, or those beside an architecture.

    TensorFlow.js takes weights by their names, and SavedModels are variables of TensorFlow.
    """
    if document.container in (Container.TFJS, Container.SAVED_MODEL):
        return False
    return document.container in (Container.H5, Container.KERAS) or bool(document.stored)
