"""The number of ids that a lookup gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


def vocabulary(layer: Layer, stored: Sequence[str] | None = None) -> Vocabulary | None:
    """The ids that a layer gives; `None` if it gives none, or where the file does not state their number.

    Args:
        layer: the layer.
        stored: the words that an archive holds for it beside the config.
    """
    config = layer.config
    if layer.node.is_custom or config.get("output_mode") != "int" or config.get("invert"):
        return None
    if layer.class_name == "Hashing":
        bins = config.get("num_bins")
        return Vocabulary(bins, f"num_bins={bins}", is_exact=True) if isinstance(bins, int) else None
    if layer.class_name not in SPECIAL_TOKENS:
        return None
    tokens, largest, size = config.get("vocabulary"), config.get("max_tokens"), config.get("vocabulary_size")
    if tokens is None and stored is not None:
        tokens = list(stored)
    if isinstance(tokens, list):
        added = tokens_before(layer, tokens)
        words = f"{len(tokens):,} in the vocabulary" + (f", {added} before them" if added else "")
        return Vocabulary(len(tokens) + added, words, is_exact=True)
    if tokens is None and isinstance(size, int) and size > len(special_tokens(layer)):
        return Vocabulary(size, f"vocabulary_size={size}", is_exact=False)
    if tokens is None and isinstance(largest, int):
        return Vocabulary(largest, f"max_tokens={largest}", is_exact=False)
    return None


def tokens_before(layer: Layer, tokens: Sequence[Any]) -> int:
    """The number of special tokens that a lookup puts before a list of words; none where the list begins with them."""
    special = special_tokens(layer)
    return 0 if begins_with(tokens, special) else len(special)


def begins_with(tokens: Sequence[Any], special: Sequence[Any]) -> bool:
    """Whether a list of words begins with the special tokens; numbers may be words of a text."""
    return list(map(str, tokens[: len(special)])) == list(map(str, special))


def special_tokens(layer: Layer) -> list[Any]:
    """The padding, if the layer gives an id to it, and the unknown word, as often as it has ids."""
    padding, unknown = SPECIAL_TOKENS[layer.class_name]
    config = layer.config
    padding, unknown = config.get("mask_token", padding), config.get("oov_token", unknown)
    indices = config.get("num_oov_indices", 1)
    has_padding = padding is not None and config.get("output_mode", "int") == "int"
    return [padding] * has_padding + [unknown] * (max(0, indices) if isinstance(indices, int) else 1)
