"""The variables of the optimizer, which are loaded once the model is compiled.

Sources: `load_optimizer_weights_from_hdf5_group` and what is around it in `engine/saving.py` of Keras 2.3.1,
`saving/legacy/hdf5_format.py` of Keras 2.15 and `legacy/saving/legacy_h5_format.py` of Keras 3.15.1. Too many or too
few are dropped with a warning; a listed one that is not there stops Keras. Archives: `load_own_variables` in
`optimizers/base_optimizer.py` of Keras 3.0.5 to 3.15.1.
"""

from __future__ import annotations

from lstmlint.analyses.optimizer_state import miscounted
from lstmlint.ir.dataclass import replace
from lstmlint.ir.document import Container
from lstmlint.portability.loaders import compiling
from lstmlint.portability.loaders.context import Loading, Obstacles
from lstmlint.portability.obstacle import DUMP, STOPPING, Stage, obstacle
from lstmlint.portability.stored.texts import order_texts

GROUP, LIST = "optimizer_weights/", "weight_names"
RULE = "optimizer-slot-mismatch"
CURE = "load it with compile=False, or save the model again with include_optimizer=False"


#: The warning with which Keras 3 leaves out what an archive holds for an optimizer.
SKIPPED = (
    "Skipping variable loading for optimizer '{name}', because it has {variables} variables whereas the saved "
    "optimizer has {stored} variables."
)
TRAINED_ANEW = "training begins with a new optimizer, and predictions are as saved: keep the optimizer that was saved"


def obstacles(loading: Loading) -> Obstacles:
    """The variables of an optimizer that a file lists and does not hold, and those that Keras drops."""
    yield from _listed(loading)
    if loading.target.is_keras3 and not any(one.stage in STOPPING for one in compiling.obstacles(loading)):
        for one in miscounted(loading.model):
            message = SKIPPED.format(name=one.name or DUMP, variables=one.variables, stored=one.stored)
            yield replace(obstacle(RULE, "UserWarning", message, stage=Stage.FORGET), cure=TRAINED_ANEW)


def _listed(loading: Loading) -> Obstacles:
    """Slots of an optimizer that an H5 lists and does not hold."""
    document = loading.document
    if document.container is not Container.H5 or not document.training_config:
        return
    texts = order_texts(loading.target, is_whole=True)
    for name in sorted(place.removeprefix(GROUP) for place in document.lacking if place.startswith(GROUP)):
        said = texts.no_list if name == LIST else texts.no_tensor
        if said is not None:
            message = said[1].format(name=name, last=name.rpartition("/")[2])
            yield replace(obstacle(RULE, said[0], message, stage=Stage.COMPILE), cure=CURE)
