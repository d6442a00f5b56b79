"""The optimizer keeps values that do not fit the weights of the model, in shape or in number.

## Why it matters

Adam, RMSprop and similar optimizers keep one or several values for each number that they train, in tensors of the
shapes of the weights. Other shapes come from another model: layers were exchanged, or weights were copied into the
file. Keras 2.15 then loads an H5 with a warning ("Error in loading the saved optimizer state") and continues to train
without the stored state of the optimizer; it refuses a `.keras` ("Cannot assign value to variable"). None of 137 public
files with such an optimizer had such a shape.

Keras 3 loads the variables of an optimizer from a `.keras` only where there are as many as the optimizer has; otherwise
it warns ("Skipping variable loading for optimizer") and training begins with a new optimizer. Their number is another
where layers were frozen or added after training, or where the optimizer was exchanged or cut off.

## Example

The values of Adam for the kernel of this file's LSTM belong to an LSTM on 5 features.

```console
$ lstmlint check --ignore portability fixtures/broken/optimizer-slot-mismatch.h5
fixtures/broken/optimizer-slot-mismatch.h5:optimizer_weights/Adam/m/lstm/lstm_cell/kernel:0: \
warning[optimizer-slot-mismatch]: lstm: its optimizer keeps values of shape (5, 24), which no weight of the model has, \
and 1 more like it
    see: fixtures/broken/optimizer-slot-mismatch.h5:model_weights/lstm/lstm/lstm_cell/kernel:0: lstm: \
its kernel is (2, 24)
    help: save the model with include_optimizer=False, or together with the optimizer that trained these weights
0 errors, 1 warning, 0 notes in 1 model
```

## Instead

```console
$ lstmlint check --ignore portability fixtures/keras-2.15.0/compiled.h5
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

Only optimizers that keep whole shapes are judged: neither Adafactor nor custom optimizers are. A `.keras` that does not
name its optimizer, as Keras 3.15 writes it, is not judged. A weight without values is not reported, since it may have
been frozen in training. The number of variables is judged in a `.keras` of Keras 3, for optimizers whose number is
known from the real ones (not Muon, wrapped or custom ones), and not where the optimizer was never used.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.optimizer_state import Miscounted, miscounted
from lstmlint.analyses.sequences import location_of
from lstmlint.inference.stored import agrees, stored_weights
from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.document import StoredTensor
from lstmlint.ir.finding import Finding, Location, Related, Severity, Unjudged
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import Dims, Unknown, to_text
from lstmlint.keras.compiled import KEEP_WHOLE_SHAPES, optimizer_name
from lstmlint.keras.writer import parse_version
from lstmlint.linting.rule import Judgement, NoOptions, rule


@dataclass(frozen=True, slots=True)
class WeightShape:
    """A shape of a weight, with the location of the config or the stored tensor that states it."""

    layer: Layer
    name: str
    shape: Dims
    location: Location


@rule(Severity.WARNING)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    is_of_keras3 = (parse_version(model.document.keras_version or "") or ())[:1] == (3,)
    dropped = miscounted(model) if is_of_keras3 else ()
    yield from (_dropped(optimizer, model.document.slots[0].place) for optimizer in dropped)
    slots = [slot for slot in model.document.slots if max(slot.shape, default=1) > 1]  # others are counters
    name = optimizer_name(model.document.training_config or {})
    if dropped or not slots or name is None or name.lower() not in KEEP_WHOLE_SHAPES:
        return
    known = [weight for layer in model.layers for weight in weight_shapes(layer)]
    strays = [slot for slot in slots if not any(agrees(weight.shape, slot.shape) for weight in known)]
    if not strays:
        return
    untold = [layer for layer in model.layers if isinstance(layer.weights, Unknown)]
    if untold:
        yield from (
            Unjudged(location_of(layer), layer.weights) for layer in untold if isinstance(layer.weights, Unknown)
        )
    else:
        yield _finding(strays, known)


def _dropped(optimizer: Miscounted, place: str) -> Finding:
    return Finding(
        location=Location("", stored=place),
        message=f"the file holds {optimizer.stored} variables of the optimizer, whereas its {optimizer.class_name} has "
        f"{optimizer.variables}: Keras 3 drops them, and training begins with a new optimizer",
        help="freeze, unfreeze and compile before training, and save the model with the optimizer that trained it; "
        "predictions are as saved",
    )


def weight_shapes(layer: Layer) -> Iterator[WeightShape]:
    """The shapes of a layer's weights: those in the file, then those that the config makes."""
    for tensor in stored_weights(layer):
        location = Location(layer.full_name, layer.pointer, tensor.place)
        yield WeightShape(layer, tensor.name, tensor.shape, location)
    for weight in () if isinstance(layer.weights, Unknown) else layer.weights:
        yield WeightShape(layer, weight.name, weight.shape, location_of(layer))


def _finding(strays: list[StoredTensor], known: list[WeightShape]) -> Finding:
    slot = strays[0]
    nearest = max(known, key=lambda weight: _likeness(weight, slot), default=None)
    others = f", and {len(strays) - 1} more like it" if len(strays) > 1 else ""
    return Finding(
        location=Location(
            layer=nearest.layer.full_name if nearest else "",
            pointer=nearest.layer.pointer if nearest else (),
            stored=slot.place,
        ),
        message=f"its optimizer keeps values of shape {to_text(slot.shape)}, which no weight of the model has{others}",
        help="save the model with include_optimizer=False, or together with the optimizer that trained these weights",
        related=(Related(nearest.location, f"its {nearest.name} is {to_text(nearest.shape)}"),) if nearest else (),
    )


def _likeness(weight: WeightShape, slot: StoredTensor) -> tuple[bool, bool, int]:
    """The likeness of a weight to that of a slot: by the layer's name, by the rank, by the number of equal sizes."""
    is_named = any(part == weight.layer.name for part in slot.place.split("/"))
    equal = sum(a == b for a, b in zip(weight.shape, slot.shape, strict=False))
    return is_named, len(weight.shape) == len(slot.shape), equal
