"""The repair of a model by `lstmlint fix`: the repairs that apply, and the tasks left for the user."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from lstmlint.fixing.form import wrong_form
from lstmlint.fixing.repairs import all_repairs, today
from lstmlint.fixing.repairs.repair import MODELS, Applicability, Draft, DraftLayer, Edit, Left, Repair, is_layer
from lstmlint.fixing.repairs.tensorflow_calls import CLASSES
from lstmlint.inference.modelling import modelled
from lstmlint.ir.dataclass import dataclass, replace
from lstmlint.ir.document import UnreadableError
from lstmlint.ir.model import Model
from lstmlint.keras.classes import traits_of
from lstmlint.keras.names import snake_case
from lstmlint.keras.ownership import is_foreign
from lstmlint.keras.serialized import kind_of_key
from lstmlint.keras.versions import NEWEST, Target

if TYPE_CHECKING:
    from lstmlint.fixing.writers.writer import Output

LAMBDA = "Lambda"

CODE = "code"


@dataclass(frozen=True, slots=True)
class Fixed:
    """A repaired model: its draft, its edits, the tasks left for the user, and the unsafe repairs not applied."""

    draft: Draft
    changes: tuple[Edit, ...]
    left: tuple[Left, ...]
    held_back: tuple[Repair, ...] = ()

    @property
    def is_unchanged(self) -> bool:
        """Whether no repair changed anything."""
        return not self.changes


def fix(model: Model, *, allow_unsafe: bool = False, target: Target = NEWEST) -> Fixed:
    """Apply every repair that applies; unsafe ones only if they are allowed, and named otherwise.

    A file for an earlier Keras takes today's form first, and then that of the earlier one.

    Raises:
        UnreadableError: the file holds no architecture, or one that has not the form of Keras.
    """
    document = model.document
    if document.config is None:
        raise UnreadableError("holds weights and no architecture; name the architecture, and this file as its weights")
    draft = Draft(document.config, document.training_config, document, model, target=target)
    if wrong := wrong_form(draft):
        raise UnreadableError(wrong)
    changes: list[Edit] = []
    left: list[Left] = []
    held_back: list[Repair] = []
    for repair in (repair for repair in all_repairs() if repair.is_for(target)):
        repaired, notes = repair.apply(draft)
        done = [note for note in notes if isinstance(note, Edit)]
        if repair.applicability is Applicability.UNSAFE and not allow_unsafe:
            if done:
                held_back.append(repair)
            continue
        draft = repaired
        changes += done
        left += [note for note in notes if isinstance(note, Left)]
    named = {note.layer for note in left}
    left += [note for note in custom_code(draft) if note.layer not in named]
    return Fixed(draft, tuple(changes), tuple(dict.fromkeys(left)), tuple(held_back))


def run_by(model: Model, backend: str | None) -> Model:
    """A model with the backend that ran it, where its file does not say that.

    Raises:
        UnreadableError: the file says another one.
    """
    said = model.document.backend
    if backend is None or said == backend:
        return model
    if said is not None:
        raise UnreadableError(f"says itself that {said} ran it; leave the backend out")
    return replace(model, document=replace(model.document, backend=backend))


def output(draft: Draft, *, keeps_optimizer: bool = True) -> Output:
    """The output to write: the draft, and the model of its new config in the target's Keras.

    Raises:
        UnreadableError: the repaired config is not built like a model's.
    """
    from lstmlint.fixing.writers.writer import Output

    version = today.newest() if draft.target == NEWEST else today.version_of(draft.target)
    document = replace(
        draft.document, config=draft.config, keras_version=version, training_config=draft.training_config,
        stored=None, text=None, slots=(),
    )  # fmt: skip
    return Output(draft, modelled(document), version, keeps_optimizer and draft.target == NEWEST)


def custom_code(draft: Draft) -> Iterator[Left]:
    """The layers whose code is not part of Keras, and the code that the user must supply for each."""
    for layer in draft.layers():
        if layer.class_name == LAMBDA:
            yield Left(CODE, layer.name, lambda_text(layer), layer.pointer)
        elif is_custom(layer):
            yield Left(CODE, layer.name, custom_text(layer), layer.pointer)
        for key, name in custom_functions(layer):
            message = f"its {key} {name!r} is not Keras' own; give it in custom_objects"
            yield Left(CODE, layer.name, message, (*layer.pointer, "config", key))


def is_custom(layer: DraftLayer) -> bool:
    """Whether a layer's class is nowhere in today's Keras, nor one that an earlier one makes of its own."""
    is_made_here = layer.original is not None and layer.original.class_name not in CLASSES
    if layer.class_name in CLASSES and is_made_here:
        return False
    if is_foreign(layer.raw):
        return True
    module = layer.raw.get("module")
    if isinstance(module, str) and module.startswith("keras."):
        return False
    return layer.class_name not in MODELS and not today.has_class(layer.class_name)


def custom_text(layer: DraftLayer) -> str:
    """The text on the class that the user must supply."""
    if traits_of(layer.class_name).is_tensorflow_call:
        called = layer.config.get("function", "a slice")
        return (
            f"calls TensorFlow's {called}, which no layer of today's Keras is; write it with keras.ops and save again"
        )
    return f"{layer.class_name} is not a layer of today's Keras; give its class in custom_objects"


def lambda_text(layer: DraftLayer) -> str:
    """The text on the function that the user must supply for a Lambda, by its name or in place of bytecode."""
    function = layer.config.get("function")
    if isinstance(function, str):
        return f"the Lambda calls {function!r}, whose code the file does not hold; give the function in custom_objects"
    if isinstance(function, Mapping) and function.get("class_name") == "function":
        return f"the Lambda calls {function.get('config')!r}; give the function in custom_objects"
    return "the Lambda holds bytecode of one Python version; write it again as a layer or a named function"


def custom_functions(layer: DraftLayer) -> Iterator[tuple[str, str]]:
    """The functions and objects that a layer applies and that are not Keras' own, each with its key."""
    for key, value in layer.config.items():
        kind = kind_of_key(key)
        if kind is None or is_layer(value):
            continue
        if isinstance(value, Mapping):
            if str(value.get("module")).startswith("keras."):
                continue
            inner = value.get("config")
            value = inner if value.get("class_name") == "function" else value.get("class_name")
        if isinstance(value, str) and not is_known(kind, value.removeprefix("keras.")):
            yield key, value


def is_known(kind: str, name: str) -> bool:
    """Whether today's Keras has a function or object of a kind."""
    known = today.functions(kind)
    return snake_case(name) in known or name.lower() in known
