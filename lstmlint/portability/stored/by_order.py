"""Weights in H5 with a list of layers, which Keras takes in their order, whatever their names are.

Sources: `engine/saving.py` of Keras 2.3.1, `saving/legacy/hdf5_format.py` of Keras 2.15 and
`legacy/saving/legacy_h5_format.py` of Keras 3.15.1 (`load_weights_from_hdf5_group`, `load_model_from_hdf5`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lstmlint.analyses import expected
from lstmlint.analyses.expected import Owned
from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.document import Container, StoredLayer
from lstmlint.ir.model import Layer
from lstmlint.ir.shape import Dims, is_dims
from lstmlint.portability.loaders.axes import drops_axis
from lstmlint.portability.loaders.context import Loading, Obstacles
from lstmlint.portability.obstacle import DUMP, Obstacle, obstacle
from lstmlint.portability.stored import conversions
from lstmlint.portability.stored.texts import OrderTexts, order_texts

GROUP, NAMES, LIST = "model_weights", "layer_names", "weight_names"
DESYNC, COUNT, SHAPE = "weights-config-desync", "param-count-mismatch", "kernel-input-mismatch"


@dataclass(frozen=True, slots=True)
class Match:
    """A layer with weights and the stored layer in its place, counted from 0 among these."""

    number: int
    layer: Layer
    owned: tuple[Owned, ...]
    stored: StoredLayer


def obstacles(loading: Loading) -> Obstacles:
    """The obstacles of the stored weights, in the order of Keras."""
    model, lacking = loading.model, loading.document.lacking
    is_whole = loading.document.container is Container.H5
    texts = order_texts(loading.target, is_whole=is_whole)
    if is_whole and GROUP in lacking:
        yield _refused(DESYNC, *texts.no_group)
        return
    listed = tuple(map(expected.without_state, loading.document.stored or ()))
    if not listed and any(place.endswith(NAMES) for place in lacking) and texts.no_names is not None:
        yield _refused(DESYNC, *texts.no_names)
        return
    unlisted = next((layer for layer in listed if _has_no_list(layer, lacking)), None)
    if unlisted is not None and texts.no_list is not None:
        yield _refused(DESYNC, *texts.no_list)
        return
    lost = next((layer for layer in listed if _is_lost(layer, lacking)), None)
    if lost is not None:
        yield _refused(DESYNC, *_filled(texts.no_layer, name=lost.name))
        return
    is_unbuilt = expected.is_unbuilt(model)
    if _is_of_keras1(loading) or (expected.untold(model) and not is_unbuilt):
        return
    wanted = [layer for layer in model.layers if layer.weights and not is_unbuilt]
    saved = [layer for layer in listed if layer.tensors or _lost_tensors(layer, lacking)]
    if len(wanted) != len(saved):
        yield _refused(DESYNC, "ValueError", texts.layers.format(expected=len(wanted), found=len(saved)))
        return
    pairs = zip(wanted, saved, strict=True)
    matches = [
        Match(number, layer, expected.in_file_order(layer), stored) for number, (layer, stored) in enumerate(pairs)
    ]
    yield from _matched(matches, loading, texts)


def _matched(matches: Sequence[Match], loading: Loading, texts: OrderTexts) -> Obstacles:
    """The layers whose weights differ; Keras 3 fills each layer before it looks at the next one."""
    rest: list[Obstacle] = []
    for match in matches:
        yield from _counted(match, loading, texts)
        if texts.is_filled_at_once:
            rest += _shaped(match, loading, texts)
        else:
            yield from _shaped(match, loading, texts)
    yield from rest


def _counted(match: Match, loading: Loading, texts: OrderTexts) -> Obstacles:
    lost = _lost_tensors(match.stored, loading.document.lacking)
    if lost:
        yield _of(match, DESYNC, *_filled(texts.no_tensor, name=lost[0], last=lost[0].rpartition("/")[2]))
        return
    try:
        wanted, saved = len(match.owned), len(_shapes(match, loading))
    except conversions.RefusedError as refused:
        yield _of(match, "gate-layout-mismatch", "ValueError", str(refused))
        return
    if wanted != saved:
        names = {"number": match.number, "layer": match.layer.name, "stored": match.stored.name}
        yield _of(match, COUNT, texts.error_of_weights, texts.weights.format(**names, expected=wanted, found=saved))


def _shapes(match: Match, loading: Loading) -> conversions.Shapes:
    """The shapes of the stored weights as Keras has rearranged them."""
    stored = tuple(tensor.shape for tensor in match.stored.tensors)
    return stored if loading.target.is_keras3 else conversions.converted(match.layer, stored)


def _shaped(match: Match, loading: Loading, texts: OrderTexts) -> Obstacles:
    try:
        shapes = _shapes(match, loading)
    except conversions.RefusedError:
        return
    for owned, shape in zip(match.owned, shapes, strict=False) if len(shapes) == len(match.owned) else ():
        wanted = _shape(owned, loading)
        if not expected.fits(wanted, shape) and not (texts.takes_any_shape and len(wanted) == len(shape)):
            weight = f"{DUMP}{owned.weight.name.rpartition('/')[2]}"
            names = {"number": match.number, "layer": match.layer.name, "weight": weight}
            open_shape = f"({', '.join('?' * len(shape))}{',' * (len(shape) == 1)})"
            text = texts.shape.format(**names, expected=wanted, found=shape, open=open_shape)
            yield _of(match, SHAPE, "ValueError", text)


def _shape(owned: Owned, loading: Loading) -> Dims:
    """The shape of a weight in a layer whose axis Keras 3 may drop."""
    calls = owned.layer.calls
    given = calls[0].inputs if calls and drops_axis(owned.layer.config.get("axis"), loading.target) else None
    return given[-1:] if is_dims(given) else owned.weight.shape


def _is_lost(layer: StoredLayer, lacking: frozenset[str]) -> bool:
    return any(place.endswith(f"{GROUP}/{layer.name}") or place == layer.name for place in lacking)


def _has_no_list(layer: StoredLayer, lacking: frozenset[str]) -> bool:
    return any(place.endswith(f"{layer.name}/{LIST}") for place in lacking)


def _lost_tensors(layer: StoredLayer, lacking: frozenset[str]) -> list[str]:
    """The tensors that a layer lists and the file does not hold, by the names in its list."""
    starts = (f"{GROUP}/{layer.name}/", f"{layer.name}/")
    names: Iterator[str] = (
        place.removeprefix(start) for place in lacking for start in starts if place.startswith(start)
    )
    return sorted(name for name in names if name != LIST)


def _is_of_keras1(loading: Loading) -> bool:
    """Whether the file is of Keras 1, whose weights later Kerases convert before they count them."""
    version = loading.document.keras_version or ""
    return not version or version.startswith(("0", "1"))


def _refused(rule: str, error: str, message: str) -> Obstacle:
    return obstacle(rule, error, message)


def _of(match: Match, rule: str, error: str, message: str) -> Obstacle:
    return obstacle(rule, error, message, match.layer.pointer, match.layer.full_name)


def _filled(said: tuple[str, str], **values: str) -> tuple[str, str]:
    return said[0], said[1].format(**values)
