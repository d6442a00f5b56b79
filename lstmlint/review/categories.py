"""The categories of breaking changes, and the users or data that each breaks."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Category(StrEnum):
    """The part of a model that a change breaks."""

    FILE = "FILE"
    INPUT = "INPUT"
    OUTPUT = "OUTPUT"
    WEIGHTS = "WEIGHTS"
    NAMES = "NAMES"
    SEMANTICS = "SEMANTICS"
    BUDGET = "BUDGET"


#: Category -> the users or data that its changes break.
BREAKS: Mapping[Category, str] = {
    Category.FILE: "programs that load the file",
    Category.INPUT: "callers that feed the model as before",
    Category.OUTPUT: "callers that read the outputs as before",
    Category.WEIGHTS: "saved weights and checkpoints: they do not fit, or fill other layers",
    Category.NAMES: "code that asks for layers by name (get_layer, load_weights by name, losses and inputs by name)",
    Category.SEMANTICS: "users of the results: the model computes other results with the same weights",
    Category.BUDGET: "the budget of the settings",
}
