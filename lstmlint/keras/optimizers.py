"""The number of variables of the optimizers of Keras 3, learned by building them.

`fixtures/scripts/optimizers/README.md` says how the data was made.
"""

from __future__ import annotations

import json
import pkgutil
from collections.abc import Mapping
from functools import cache
from typing import Any

DATA = "keras/data/optimizers.json"

#: The option that takes the variable of the rate away where it is an object, which is a schedule.
RATE = "learning_rate"


def variables_of(class_name: str, config: Mapping[str, Any], weights: int) -> int | None:
    """The number of variables that an optimizer has in Keras 3.

    Args:
        class_name: its class, as Keras looks it up: in any case.
        config: its config.
        weights: the number of weights that it trains.

    Returns:
        The number; `None` where it is not known for the class.
    """
    row = _table().get(class_name.lower())
    if row is None:
        return None
    own, each = row["own"], row["each"]
    for option, (more, more_each) in row["options"].items():
        if _is_set(option, config.get(option)):
            own, each = own + more, each + more_each
    return int(own + each * weights)


def _is_set(option: str, value: Any) -> bool:
    return isinstance(value, dict) if option == RATE else bool(value)


@cache
def _table() -> Mapping[str, Mapping[str, Any]]:
    loaded: Mapping[str, Mapping[str, Any]] = json.loads(pkgutil.get_data("lstmlint", DATA) or b"{}")
    return {name.lower(): row for name, row in loaded.items()}
