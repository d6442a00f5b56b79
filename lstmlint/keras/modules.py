"""The names in the modules of Keras: those of models, and of all other classes that a loader finds there.

`fixtures/scripts/modules` asked the versions that `data/modules.json` lists.
"""

from __future__ import annotations

import json
import pkgutil
from functools import cache
from typing import NamedTuple

DATA = "keras/data/modules.json"


class Names(NamedTuple):
    """`classes` and `functions` are what a config may name; `others` are the other classes in modules of Keras."""

    classes: frozenset[str]
    functions: frozenset[str]
    others: frozenset[str]


@cache
def names() -> Names:
    """The names in any of the Kerases that were asked."""
    data = json.loads(pkgutil.get_data("lstmlint", DATA) or b"{}")
    return Names(*(frozenset(data[kind].split()) for kind in Names._fields))
