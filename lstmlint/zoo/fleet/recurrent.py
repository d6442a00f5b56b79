"""The largest recurrent layers, measured against all recurrent layers of the zoo."""

from __future__ import annotations

from typing import NamedTuple

from lstmlint.zoo.fleet.numbers import Distribution, distribution, percentile
from lstmlint.zoo.fleet.zoo import Zoo


class Recurrent(NamedTuple):
    """A recurrent layer; `percentile` is the share of the recurrent layers of the zoo that have no more parameters."""

    path: str
    layer: str
    class_name: str
    units: int | None
    params: int
    percentile: float


class RecurrentLayers(NamedTuple):
    """The distribution of the parameters of all recurrent layers of a zoo, and the largest ones."""

    params: Distribution
    largest: tuple[Recurrent, ...]


#: The most layers that are told.
MOST = 50

NUMBERS = "SELECT params FROM current_layers WHERE is_recurrent"

LARGEST = """
SELECT file_path, path, class_name, units, params FROM current_layers
WHERE is_recurrent AND params IS NOT NULL ORDER BY params DESC, file_path, position LIMIT ?
"""


def recurrent_layers(zoo: Zoo) -> RecurrentLayers:
    """The recurrent layers of the files of today."""
    params = [number for (number,) in zoo.store.execute(NUMBERS)]
    known = sorted(number for number in params if number is not None)
    largest = (
        Recurrent(zoo.places.path(place), layer, class_name, units, number, percentile(number, known))
        for place, layer, class_name, units, number in zoo.store.execute(LARGEST, (MOST,))
    )
    return RecurrentLayers(distribution(params), tuple(largest))
