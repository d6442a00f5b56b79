"""What a change may break, and for whom."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Category(StrEnum):
    """What a change breaks."""

    FILE = "FILE"
    INPUT = "INPUT"
    OUTPUT = "OUTPUT"
    WEIGHTS = "WEIGHTS"
    NAMES = "NAMES"
    SEMANTICS = "SEMANTICS"
    BUDGET = "BUDGET"


#: For whom a change of each category breaks what.
BREAKS: Mapping[Category, str] = {
    Category.FILE: "whatever loads the file",
    Category.INPUT: "callers that feed the model as before",
    Category.OUTPUT: "callers that read what the model gives as before",
    Category.WEIGHTS: "weights and checkpoints saved before: they do not fit, or fill other layers",
    Category.NAMES: "code that asks for layers by name (get_layer, load_weights by name, losses and inputs by name)",
    Category.SEMANTICS: "who relies on the results: with the same weights the model computes something else",
    Category.BUDGET: "the budget of the settings",
}
