"""The published advisories on files that Keras loads: what they say, and which versions they are about."""

from __future__ import annotations

import json
import pkgutil
from functools import cache
from typing import NamedTuple

DATA = "keras/data/advisories.json"


class Advisory(NamedTuple):
    """An advisory.

    `affected` are ranges of versions: the first affected one, empty where it is not known, and the first fixed one.
    `rule` finds the `signature`, and `test` is the identifier of its files among the tests, or the test that makes one.
    """

    id: str
    what: str
    affected: tuple[tuple[str, str], ...]
    rule: str
    signature: str
    test: str

    @property
    def versions(self) -> str:
        """The affected versions in words."""
        return ", ".join(f"{first} to before {fixed}" if first else f"before {fixed}" for first, fixed in self.affected)


@cache
def advisories() -> dict[str, Advisory]:
    """Every advisory by its identifier."""
    told = json.loads(pkgutil.get_data("lstmlint", DATA) or b"{}")["advisories"]
    entries = (Advisory(**{**one, "affected": tuple(map(tuple, one["affected"]))}) for one in told)
    return {advisory.id: advisory for advisory in entries}


def with_versions(cure: str, *ids: str) -> str:
    """A cure with the versions of Keras that a file endangers, by the advisories on them."""
    told = (f"endangers Keras {one.versions} ({one.id})" for one in (advisories()[id] for id in ids))
    return "; ".join((cure, *told))
