"""Vocabularies of lookup layers of tf.keras, in a config or in a file of their own in an archive.

Source: `layers/preprocessing/index_lookup.py` of Keras 2.15 (`__init__`, `set_vocabulary`, `load_assets`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from lstmlint.analyses import expected
from lstmlint.analyses.vocabularies import SPECIAL_TOKENS, tokens_before
from lstmlint.ir.dataclass import replace
from lstmlint.ir.document import Container, Member
from lstmlint.ir.model import Layer
from lstmlint.portability.loaders.context import Loading, Obstacles, deserializing
from lstmlint.portability.obstacle import obstacle

RULE = "invalid-layer-config"
CURE = "give the layer a vocabulary without repeats that fits its max_tokens, or adapt it and save the model again"

#: The first bytes of a member that are known; what is longer is not judged.
KNOWN_BYTES = 512

#: An archive of so many members or fewer has no assets for Keras.
USUAL_MEMBERS = 3

REPEATED = (
    "The passed vocabulary has at least one repeated term. Please uniquify your dataset. The repeated terms are {terms}"
)
TOO_LONG = (
    "Attempted to set a vocabulary larger than the maximum vocab size. Passed vocab size is {size}, max vocab size is "
    "{most}."
)


def obstacles(loading: Loading) -> Obstacles:
    """The obstacles in the vocabularies of a model; another rule says that Keras 3 needs TensorFlow for them."""
    if loading.target.is_keras3 or not loading.target.is_tf_keras:
        return
    for owner in expected.owners(loading.model):
        if owner.layer.class_name in SPECIAL_TOKENS and not owner.layer.node.is_custom:
            for error, message in _refusals(owner.layer, owner.groups[0], loading):
                yield replace(obstacle(RULE, error, message, owner.layer.pointer, owner.layer.full_name), cure=CURE)


def _refusals(layer: Layer, group: str, loading: Loading) -> Iterator[tuple[str, str]]:
    given = layer.config.get("vocabulary")
    if isinstance(given, str):
        yield _wrapped(layer, f"Vocabulary file {given} does not exist.", loading)
    elif isinstance(given, list):
        for message in _of_words(layer, given):
            yield _wrapped(layer, message, loading)
    elif loading.document.container is Container.KERAS:
        yield from _of_member(layer, group, loading.document.evidence.members)


def _wrapped(layer: Layer, message: str, loading: Loading) -> tuple[str, str]:
    """The error of a constructor, which some classes raise inside another error."""
    if not loading.facts.layer(layer.class_name).is_wrapped:
        return "ValueError", message
    return "TypeError", deserializing(layer.class_name)(message)


def _of_words(layer: Layer, words: Sequence[Any]) -> Iterator[str]:
    """The fault of a list of words, in the order in which Keras looks."""
    if not words:
        yield f"Cannot set an empty vocabulary, you passed {words}."
        return
    repeated = [word for word, count in Counter(map(_hashable, words)).items() if count > 1]
    if repeated:
        yield REPEATED.format(terms=repeated)
    size, most = len(words) + tokens_before(layer, list(words)), layer.config.get("max_tokens")
    if isinstance(most, int) and size > most:
        yield TOO_LONG.format(size=size, most=most)


def _hashable(word: Any) -> Any:
    return word if isinstance(word, str | int | float) else str(word)


def _of_member(layer: Layer, group: str, members: Sequence[Member]) -> Iterator[tuple[str, str]]:
    """The fault of the vocabulary file of a layer in an archive."""
    if len(members) <= USUAL_MEMBERS:
        return
    lookup = "/_lookup_layer" if layer.class_name == "TextVectorization" else ""
    folder = f"assets/{group}{lookup}/"
    vocabulary = next((member for member in members if member.name == f"{folder}vocabulary.txt"), None)
    if vocabulary is None and not any(member.name.startswith(folder) for member in members):
        yield "TypeError", "expected str, bytes or os.PathLike object, not NoneType"
    elif vocabulary is not None and vocabulary.size < KNOWN_BYTES:
        yield from _of_lines(layer, vocabulary.start.decode("utf-8", "replace").split("\n"))


def _of_lines(layer: Layer, lines: list[str]) -> Iterator[tuple[str, str]]:
    words: list[Any] = lines
    if "int" in str(layer.config.get("vocabulary_dtype", "")):
        wrong = next((line for line in lines if not line.strip().lstrip("+-").isdigit()), None)
        if wrong is not None:
            yield "ValueError", f"invalid literal for int() with base 10: {wrong!r}"
            return
        words = [int(line) for line in lines]
    yield from (("ValueError", message) for message in _of_words(layer, words))
