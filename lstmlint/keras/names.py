"""Names that Keras derives from classes."""

from __future__ import annotations

import re
from functools import lru_cache


@lru_cache(maxsize=1024)
def snake_case(class_name: str) -> str:
    """The name that Keras derives from a class: `TimeDistributed` becomes `time_distributed`, `LSTM` becomes `lstm`."""
    words = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", re.sub(r"\W+", "", class_name))
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", words).lower()
