"""The number of ids that a lookup gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.model import Layer

#: The ids besides those of words, by class, where the config does not state them: the padding, and the unknown word.
SPECIAL_TOKENS: Mapping[str, tuple[Any, Any]] = {
    "TextVectorization": ("", "[UNK]"),
    "StringLookup": (None, "[UNK]"),
    "IntegerLookup": (None, -1),
}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The ids from 0 to `size - 1`, and words for them; not exact where only the largest possible number is known."""

    size: int
    words: str
    is_exact: bool


def vocabulary(layer: Layer) -> Vocabulary | None:
    """The ids that a layer gives; `None` if it gives none, or where the file does not state their number."""
    config = layer.config
    if layer.node.is_custom or config.get("output_mode") != "int" or config.get("invert"):
        return None
    if layer.class_name == "Hashing":
        bins = config.get("num_bins")
        return Vocabulary(bins, f"num_bins={bins}", is_exact=True) if isinstance(bins, int) else None
    if layer.class_name not in SPECIAL_TOKENS:
        return None
    tokens, largest = config.get("vocabulary"), config.get("max_tokens")
    if isinstance(tokens, list):
        added = tokens_before(layer, tokens)
        words = f"{len(tokens):,} in the vocabulary" + (f", {added} before them" if added else "")
        return Vocabulary(len(tokens) + added, words, is_exact=True)
    if tokens is None and isinstance(largest, int):
        return Vocabulary(largest, f"max_tokens={largest}", is_exact=False)
    return None


def tokens_before(layer: Layer, tokens: list[Any]) -> int:
    """The number of special tokens that a lookup puts before a list of words; none where the list begins with them."""
    padding, unknown, indices = _special_tokens(layer)
    special = len(padding) + indices
    begins = tokens[: len(padding)] == padding and all(word == unknown for word in tokens[len(padding) : special])
    return 0 if special <= len(tokens) and begins else special


def _special_tokens(layer: Layer) -> tuple[list[Any], Any, int]:
    """The padding, if the layer has one, the unknown word, and the number of its indices."""
    padding, unknown = SPECIAL_TOKENS[layer.class_name]
    padding, unknown = layer.config.get("mask_token", padding), layer.config.get("oov_token", unknown)
    indices = layer.config.get("num_oov_indices", 1)
    return [] if padding is None else [padding], unknown, max(0, indices) if isinstance(indices, int) else 1
