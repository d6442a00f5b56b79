"""Preprocessing of categories and texts: each value becomes an index, or a sample becomes a vector of them.

Keras 3 states the shapes that these layers declare, which are not always those that they return. tf.keras runs the
layers, which accept at most one axis behind the batch.
"""

from __future__ import annotations

from typing import Any

from lstmlint.inference.layers.call import Call, Signature, Undetermined, layer
from lstmlint.ir.shape import Dim, Dims, Incompatible, Unknown, to_text
from lstmlint.ir.weight import Weight

#: Current names of output modes by older name.
MODES = {"binary": "multi_hot", "tf-idf": "tf_idf"}

VERSIONS_DIFFER = "versions of Keras 3 differ in the shape that they state for this output_mode"

#: Token of `TextVectorization` for all tokens that its vocabulary lacks, the default of `StringLookup`.
OUT_OF_VOCABULARY = "[UNK]"


@layer("CategoryEncoding", weights=False)
def category_encoding(call: Call) -> Signature:
    """Vectors of `num_tokens`."""
    shape, depth = call.shape(), call.positive("num_tokens")
    if call.semantics.outputs_are_traced:
        return Signature(_traced(shape, _mode(call), depth))
    if _mode(call) == "one_hot":
        return Signature(_one_hot(shape, depth))
    return Signature(_in_place(shape, depth))


@layer("Hashing", weights=False)
def hashing(call: Call) -> Signature:
    """An index, or vectors of `num_bins`; Keras 3 states one vector for each sample, whatever the mode."""
    shape, depth = call.shape(), call.positive("num_bins")
    if _mode(call) == "int":
        return Signature(shape)
    if call.semantics.outputs_are_traced:
        return Signature(_traced(shape, _mode(call), depth))
    return Signature(_in_place(shape, depth))


@layer("HashedCrossing", weights=False)
def hashed_crossing(call: Call) -> Signature:
    """An index or a vector of `num_bins` for the values of several inputs.

    Raises:
        Incompatible: the inputs are fewer than two, differ, or (tf.keras) hold several values for each sample.
    """
    shapes = [shape for shape in call.tensors() if not isinstance(shape, Unknown)]
    if len(shapes) != len(call.tensors()):
        raise Undetermined("not all of its inputs are known")
    is_traced, depth = call.semantics.outputs_are_traced, call.positive("num_bins")
    if len(shapes) < 2 or (len(shapes) > 2 and not is_traced):
        raise Incompatible(f"expects two inputs and gets {len(shapes)}")
    if any(shape[-1:] != shapes[0][-1:] for shape in shapes):
        raise Incompatible(f"expects inputs of one shape and gets {to_text(list(shapes))}")
    if is_traced and (len(shapes[0]) > 2 or shapes[0][1:] not in ((), (1,))):
        raise Incompatible(f"expects one value for each sample and gets {to_text(shapes[0])}")
    if _mode(call) == "int":
        return Signature(shapes[0])
    if is_traced:
        return Signature(_traced(shapes[0], _mode(call), depth))
    return Signature(_in_place(shapes[0], depth) if _is_one(shapes[0]) else (*shapes[0], depth))


@layer("Discretization")
def discretization(call: Call) -> Signature:
    """The index of a bin, or vectors of all bins."""
    shape, mode = call.shape(), _mode(call)
    is_traced = call.semantics.outputs_are_traced
    weights = Unknown("its summary grows with the data") if is_traced and not _boundaries(call) else ()
    if mode == "int":
        return Signature(shape, weights)
    if is_traced:
        return Signature(_traced(shape, mode, _bins(call)), weights)
    if not call.semantics.encodings_keep_axes:
        return Signature(Unknown(VERSIONS_DIFFER), weights)
    if mode == "one_hot":
        return Signature(_one_hot(shape, _bins(call)))
    return Signature((shape[0], *shape[2:], _bins(call)) if len(shape) > 1 else (_bins(call),))


@layer("StringLookup", "IntegerLookup")
def lookup(call: Call) -> Signature:
    """The index of a token, or vectors as long as the vocabulary.

    There are no weights, except that tf.keras keeps the number of documents for `tf_idf`.
    """
    shape, mode = call.shape(), _mode(call)
    if mode == "int":
        return Signature(shape)
    return _looked_up(call, shape, mode, call.config.get("oov_token"), call.integer("num_oov_indices"))


@layer("TextVectorization")
def text_vectorization(call: Call) -> Signature:
    """The `output_sequence_length` tokens of a text, or a vector as long as the vocabulary."""
    shape, mode, split = call.shape(), _mode(call), call.config.get("split")
    if mode == "int":
        return Signature(_tokens(call, shape))
    if call.semantics.outputs_are_traced:
        looked_up = _split_texts(call, shape)
    else:
        looked_up = (*shape, None) if split is not None else shape if len(shape) > 1 else (*shape, 1)
    return _looked_up(call, looked_up, mode, OUT_OF_VOCABULARY, 1)


def _looked_up(call: Call, shape: Dims, mode: str, out_of_vocabulary: Any, indices: int) -> Signature:
    depth = _vocabulary_size(call, out_of_vocabulary, indices)
    if call.semantics.outputs_are_traced:
        counts_documents = mode == "tf_idf" and call.config.get("vocabulary") is None
        weights = (Weight("num_documents", (), trainable=False, dtype="int64"),) if counts_documents else ()
        return Signature(_traced(shape, mode, depth), weights)
    encoded = _one_hot(shape, depth) if mode == "one_hot" else _in_place(shape, depth)
    if not call.semantics.encodings_keep_axes and encoded != (shape[0], depth):
        raise Undetermined(VERSIONS_DIFFER)
    return Signature(encoded)


def _tokens(call: Call, shape: Dims) -> Dims:
    """The shape of indices: Keras 3 states one text for each sample; tf.keras keeps axes unless it splits or cuts."""
    length = None if call.config.get("output_sequence_length") is None else call.integer("output_sequence_length")
    if not call.semantics.outputs_are_traced:
        return (shape[0], length)
    texts = _split_texts(call, shape)
    if call.config.get("split") is not None:
        return (texts[0], length)
    return texts if length is None else (None,) * len(texts)


def _split_texts(call: Call, shape: Dims) -> Dims:
    """The tokens of each text in tf.keras, which squeezes an axis of 1 before it splits."""
    if call.config.get("ngrams") is not None and call.config.get("split") is None:
        raise Undetermined("its number of n-grams depends on the data")
    if call.config.get("split") is None:
        return shape
    if len(shape) > 1 and not isinstance(shape[-1], Unknown) and shape[-1] != 1:
        raise Incompatible(f"expects one text for each sample and gets {to_text(shape)}")
    if len(shape) > 2:
        raise Undetermined(f"its input is of rank {len(shape)}")
    return (shape[0], None)


def _mode(call: Call) -> str:
    mode = call.text("output_mode")
    return MODES.get(mode, mode)


def _traced(shape: Dims, mode: str, depth: Dim) -> Dims:
    """The shape of vectors in tf.keras: one for each sample; a batch of single values is one sample, but in `one_hot`.

    Raises:
        Incompatible: the vectors would be of rank 3 or more.
    """
    if len(shape) == 1:
        return (shape[0], depth) if mode == "one_hot" else (depth,)
    if len(shape) > 2 or (mode == "one_hot" and shape[1] != 1 and not isinstance(shape[1], Unknown)):
        raise Incompatible(f"expects to encode one axis of values for each sample and gets {to_text(shape)}")
    return (shape[0], depth)


def _one_hot(shape: Dims, depth: Dim) -> Dims:
    """A vector for each value; it replaces a last axis of 1."""
    if len(shape) > 1 and _is_one(shape):
        return _in_place(shape, depth)
    return (*shape, depth)


def _is_one(shape: Dims) -> bool:
    if isinstance(shape[-1], Unknown):
        raise Undetermined(shape[-1].reason)
    return shape[-1] == 1


def _in_place(shape: Dims, depth: Dim) -> Dims:
    """A vector in place of the last axis."""
    return (*shape[:-1], depth)


def _boundaries(call: Call) -> list[Any]:
    value = call.config.get("bin_boundaries")
    return value if isinstance(value, list) else []


def _bins(call: Call) -> int:
    """The number of bins: one more than the boundaries; without boundaries, Keras 3 uses the number in the config."""
    if isinstance(call.config.get("bin_boundaries"), list):
        return len(_boundaries(call)) + 1
    if call.semantics.outputs_are_traced:
        raise Undetermined("its bins follow from the data that it was adapted to")
    return call.integer("num_bins")


def _vocabulary_size(call: Call, out_of_vocabulary: Any, indices: int) -> Dim:
    """The length of a vector: the tokens, and the indices for tokens out of the vocabulary.

    Raises:
        Undetermined: the file does not hold the vocabulary or its size.
    """
    if call.flag("pad_to_max_tokens"):
        return call.integer("max_tokens")
    size, vocabulary = call.config.get("vocabulary_size"), call.config.get("vocabulary")
    if isinstance(size, int):
        return size
    if isinstance(vocabulary, list):
        is_told = 0 <= indices <= len(vocabulary) and all(word == out_of_vocabulary for word in vocabulary[:indices])
        return len(vocabulary) + (0 if is_told else indices)
    if "vocabulary_size" in call.config and vocabulary is None and not call.semantics.outputs_are_traced:
        return None
    raise Undetermined("the file does not hold its vocabulary")
