"""Vocabularies of lookup layers, in a config or in a file of their own in an archive.

Source: `layers/preprocessing/index_lookup.py` of Keras 2.15, 3.3, 3.8 and 3.15 (`__init__`, `set_vocabulary`,
`load_assets`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

from lstmlint.analyses import expected
from lstmlint.analyses.vocabularies import SPECIAL_TOKENS, begins_with, special_tokens
from lstmlint.analyses.vocabulary_files import VocabularyFile, vocabulary_files, without_files
from lstmlint.ir.dataclass import dataclass, replace
from lstmlint.ir.document import Container
from lstmlint.ir.model import Layer
from lstmlint.keras.names import snake_case
from lstmlint.portability.loaders.context import Loading, Obstacles, deserializing
from lstmlint.portability.obstacle import Stage, obstacle
from lstmlint.portability.stored.texts import FAILED

RULE = "invalid-vocabulary"
CURE = "give the layer a vocabulary without repeats that fits its max_tokens, or adapt it and save the model again"

#: The first Keras that ignores empty lines at the end of a file, and keeps the frequencies of its words.
FIRST_TRIMMED = (3, 14)

#: A number from which on numpy has no type for it.
TOO_LARGE = 2**64


@dataclass(frozen=True, slots=True)
class Texts:
    """Messages on the words of a lookup."""

    empty: str
    repeated: str
    too_long: str
    few_numbers: str
    few_number_ids: str


REPEATED = "The passed vocabulary has at least one repeated term. Please uniquify your dataset. The repeated terms are"
TOO_LONG = "Attempted to set a vocabulary larger than the maximum vocab size."
FEW_TOKENS = "If set, `max_tokens` must be greater than 1. Received: max_tokens={number}"
FEW_NUMBERS = "If `max_tokens` is set for `IntegerLookup`, it must be greater than 1. Received: max_tokens={number}"
FEW_IDS = "`num_oov_indices` must be greater than or equal to 0. Received: num_oov_indices={number}"
FEW_NUMBER_IDS = "The value of `num_oov_indices` argument for `IntegerLookup` must >= 0. Received"
KERAS2 = Texts(
    empty="Cannot set an empty vocabulary, you passed [].",
    repeated=f"{REPEATED} {{terms}}",
    too_long=f"{TOO_LONG} Passed vocab size is {{size}}, max vocab size is {{most}}.",
    few_numbers=f"{FEW_NUMBERS}.",
    few_number_ids=f"{FEW_NUMBER_IDS} num_oov_indices={{number}}.",
)
KERAS3 = Texts(
    empty="Cannot set an empty vocabulary. Received: vocabulary=[]",
    repeated=f"{REPEATED}: {{terms}}",
    too_long=f"{TOO_LONG} Received vocabulary size is {{size}}; `max_tokens` is {{most}}.",
    few_numbers=FEW_NUMBERS,
    few_number_ids=f"{FEW_NUMBER_IDS}: num_oov_indices={{number}}",
)
RESERVED = (
    "Found reserved {kind} token at unexpected location in `vocabulary`. Note that passed `vocabulary` does not need "
    "to include the OOV and mask tokens. Either remove all mask and OOV tokens, or include them only at the start of "
    "the vocabulary in precisely this order: {special}. Received: {field}={token} at vocabulary index [{index}]"
)
NO_TOKENS = "keys and values cannot be empty tensors. [Op:LookupTableImportV2]"
NOT_OF_ONE_TYPE = "Failed to convert a NumPy array to a Tensor (Unsupported object type {type})."
NO_NUMBER = "invalid literal for int() with base 10: {word!r}"
RESIZED = (
    "When using `output_mode={mode}` and `pad_to_max_tokens=False`, the vocabulary size cannot be changed after the "
    "layer is called. Old vocab size is {old}, new vocab size is {new}"
)
NO_WEIGHTS = (
    "When specifying the `vocabulary` argument, in TF-IDF output mode, the `idf_weights` argument must also be "
    "provided."
)
UNKNOWN_FREQUENCIES = "'StringLookup' object has no attribute 'idf_weights'"
NO_FREQUENCIES = "object of type 'bool' has no len()"
OTHER_FREQUENCIES = (
    "`idf_weights` must be the same length as vocabulary. len(idf_weights) is {stored}; len(vocabulary) is {words}"
)
NO_FOLDER = "expected str, bytes or os.PathLike object, not NoneType"
NO_FILE = "[Errno 2] No such file or directory: 'vocabulary.txt'"
NOT_INITIALIZED = "Exception encountered when calling {class_name}.call(). Table not initialized."


def obstacles(loading: Loading) -> Obstacles:
    """The obstacles in the vocabularies of a model, as a Keras on TensorFlow meets them."""
    if not loading.target.is_tf_keras and not loading.target.is_keras3:
        return
    for owner in expected.owners(loading.model):
        if owner.layer.class_name in SPECIAL_TOKENS and not owner.layer.node.is_custom:
            for error, message in _of_config(owner.layer, loading):
                yield replace(obstacle(RULE, error, message, owner.layer.pointer, owner.layer.full_name), cure=CURE)
    if loading.document.container is Container.KERAS:
        yield from _of_files(loading)


def _of_config(layer: Layer, loading: Loading) -> Iterator[tuple[str, str]]:
    """The error of a constructor, which some classes raise inside another error."""
    texts = _texts(loading)
    message = next(chain(_of_limits(layer, texts), _of_given(layer, loading, texts)), None)
    if message is not None and not loading.facts.layer(layer.class_name).is_wrapped:
        yield "ValueError", message
    elif message is not None:
        yield "TypeError", deserializing(layer.class_name)(message)


def _of_limits(layer: Layer, texts: Texts) -> Iterator[str]:
    """Too few tokens or ids, which Keras refuses before it looks at the words."""
    is_of_numbers = layer.class_name == "IntegerLookup"
    most, unknown = layer.config.get("max_tokens"), layer.config.get("num_oov_indices")
    if isinstance(most, int) and most <= 1:
        yield (texts.few_numbers if is_of_numbers else FEW_TOKENS).format(number=most)
    if isinstance(unknown, int) and unknown < 0 and layer.class_name != "TextVectorization":
        yield (texts.few_number_ids if is_of_numbers else FEW_IDS).format(number=unknown)


def _of_given(layer: Layer, loading: Loading, texts: Texts) -> Iterator[str]:
    """The faults of the words that stand in the config."""
    given = layer.config.get("vocabulary")
    if isinstance(given, str) and loading.target.is_tf_keras:
        yield f"Vocabulary file {given} does not exist."
    elif isinstance(given, list) and loading.target.is_keras3 and _lacks_frequencies(layer):
        yield NO_WEIGHTS
    elif isinstance(given, list):
        yield from _of_words(layer, given, texts)


def _lacks_frequencies(layer: Layer) -> bool:
    return layer.config.get("output_mode") == "tf_idf" and layer.config.get("idf_weights") is None


def _texts(loading: Loading) -> Texts:
    return KERAS3 if loading.target.is_keras3 else KERAS2


def _of_files(loading: Loading) -> Obstacles:
    """The obstacles in the files of an archive: Keras 3 tells how many there are, and the first."""
    files = vocabulary_files(loading.model)
    if without_files(loading.model):
        yield from _uncallable(files, loading)
        return
    faults = [(file, fault) for file in files for fault in _of_file(file, loading)]
    if not faults:
        return
    file, (error, message) = faults[0]
    if loading.target.is_keras3:
        shown = [_shown(file) for file, _ in faults]
        objects = ", ".join(shown)
        error, message = "ValueError", FAILED.format(count=len(shown), object=shown[0], error=message, objects=objects)
    yield replace(obstacle(RULE, error, message, file.layer.pointer, file.layer.full_name), cure=CURE)


def _uncallable(files: Sequence[VocabularyFile], loading: Loading) -> Obstacles:
    """An archive without any file: Keras 3 loads it and fails at the first call."""
    for layer in (file.layer for file in files if loading.target.is_keras3 and not file.is_inner):
        if loading.target.version < FIRST_TRIMMED and _lacks_frequencies(layer):
            error = "AttributeError"
            yield replace(obstacle(RULE, error, UNKNOWN_FREQUENCIES, layer.pointer, layer.full_name), cure=CURE)
            continue
        message = NOT_INITIALIZED.format(class_name=layer.class_name)
        uncallable = obstacle(RULE, "FailedPreconditionError", message, layer.pointer, layer.full_name, Stage.CALL)
        yield replace(uncallable, cure=f"adapt '{layer.name}' and save the model again")


def _shown(file: VocabularyFile) -> str:
    if file.is_inner:
        return f"<StringLookup name={snake_case('StringLookup')}, built=False>"
    return f"<{file.layer.class_name} name={file.layer.name}, built=True>"


def _of_file(file: VocabularyFile, loading: Loading) -> Iterator[tuple[str, str]]:
    """The first fault of a file; that of a TextVectorization itself is read by Keras 3 only."""
    is_keras3, layer = loading.target.is_keras3, file.layer
    if not is_keras3 and layer.class_name == "TextVectorization" and not file.is_inner:
        return
    if file.member is None:
        yield ("FileNotFoundError", NO_FILE) if file.has_folder else ("TypeError", NO_FOLDER)
    elif file.content is not None:
        try:
            words = _read(layer, file.content, loading)
        except ValueError as error:
            yield type(error).__name__, str(error)
            return
        message = next(_of_learned(layer, words, loading), None)
        if message is not None:
            yield "TypeError" if message == NO_FREQUENCIES else "ValueError", message


def _read(layer: Layer, content: bytes, loading: Loading) -> list[Any]:
    """The words of a file as Keras reads them.

    Raises:
        ValueError: in the words of Python, as Keras does.
    """
    text = content.decode().replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    if loading.target.is_keras3 and loading.target.version >= FIRST_TRIMMED:
        lines = text.splitlines()
        while lines and not lines[-1]:
            lines.pop()
    return [int(line) for line in lines] if layer.class_name == "IntegerLookup" else lines


def _of_learned(layer: Layer, words: Sequence[Any], loading: Loading) -> Iterator[str]:
    """The faults of words that stand in a file of their own."""
    yield from _of_words(layer, words, _texts(loading))
    if layer.class_name == "IntegerLookup" and any(abs(word) >= TOO_LARGE for word in words):
        yield NOT_OF_ONE_TYPE.format(type="int")
    config, mode = layer.config, layer.config.get("output_mode", "int")
    old, new = config.get("vocabulary_size"), _size(layer, words)
    if mode != "int" and not config.get("pad_to_max_tokens") and isinstance(old, int) and old != new:
        yield RESIZED.format(mode=mode, old=old, new=new)
    if mode == "tf_idf" and loading.target.is_keras3:
        stored = _frequencies(layer)
        if loading.target.version < FIRST_TRIMMED:
            yield NO_FREQUENCIES
        elif stored is not None and stored != len(words):
            yield OTHER_FREQUENCIES.format(stored=stored, words=len(words))


def _frequencies(layer: Layer) -> int | None:
    """The number of stored frequencies of a layer; `None` where none are known."""
    tensors = layer.stored.tensors if layer.stored is not None else ()
    return next((tensor.shape[0] for tensor in tensors if tensor.place.endswith("idf_weights") and tensor.shape), None)


def _size(layer: Layer, words: Sequence[Any]) -> int:
    special = special_tokens(layer)
    return len(words) if begins_with(words, special) else len(words) + len(special)


def _of_words(layer: Layer, words: Sequence[Any], texts: Texts) -> Iterator[str]:
    """The faults of a list of words, in the order in which Keras looks."""
    if not words:
        yield texts.empty
        return
    special, config = special_tokens(layer), layer.config
    tokens = list(words[len(special) :] if begins_with(words, special) else words)
    repeated = [word for word, count in Counter(map(_hashable, tokens)).items() if count > 1]
    if repeated:
        yield texts.repeated.format(terms=repeated)
    yield from _reserved(layer, words, tokens, special)
    size, most = _size(layer, words), config.get("max_tokens")
    if isinstance(most, int) and size > most:
        yield texts.too_long.format(size=size, most=most)
    if not tokens:
        yield NO_TOKENS
    yield from _of_types(tokens, are_numbers=layer.class_name == "IntegerLookup")


def _of_types(tokens: Sequence[Any], *, are_numbers: bool) -> Iterator[str]:
    """Words that numpy and TensorFlow make no array of text or numbers of."""
    has_text = any(isinstance(word, str) for word in tokens)
    if None in tokens:
        kept = next(word for word in tokens if not isinstance(word, str))
        yield NOT_OF_ONE_TYPE.format(type=type(kept).__name__)
    elif are_numbers and has_text:
        yield from (NO_NUMBER.format(word=str(word)) for word in tokens if not _is_number(str(word)))
    elif not are_numbers and not has_text:
        widest = next((kind for kind in (float, int, bool) if any(type(word) is kind for word in tokens)), None)
        if widest is not None:
            yield NOT_OF_ONE_TYPE.format(type=widest.__name__)


def _is_number(word: str) -> bool:
    try:
        int(word)
    except ValueError:
        return False
    return True


def _reserved(layer: Layer, words: Sequence[Any], tokens: Sequence[Any], special: Sequence[Any]) -> Iterator[str]:
    """The padding or, where numbers are turned into words, the unknown word among the others."""
    padding, unknown = SPECIAL_TOKENS[layer.class_name]
    config = layer.config
    reserved = (
        ("mask", "mask_token", config.get("mask_token", padding), True),
        ("OOV", "oov_token", config.get("oov_token", unknown), bool(config.get("invert"))),
    )
    for kind, field, token, is_looked_for in reserved:
        if is_looked_for and token is not None and token in tokens:
            index = max(number for number, word in enumerate(words) if word == token)
            yield RESERVED.format(kind=kind, special=list(special), field=field, token=token, index=index)


def _hashable(word: Any) -> Any:
    return word if isinstance(word, str | int | float) else str(word)
