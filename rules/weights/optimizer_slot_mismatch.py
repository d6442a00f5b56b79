"""The optimizer keeps values for a weight of another shape than any weight of the model.

## Why it matters

Adam, RMSprop and their like keep one or several values for each number that they train, in tensors of the shapes of the
weights. Other shapes are those of another model: layers were exchanged, or weights copied in. Keras 2.15 then
loads an H5 with a warning ("Error in loading the saved optimizer state") and trains on without what the optimizer had
learned, and refuses a `.keras` ("Cannot assign value to variable"). Of 137 public files with such an optimizer not one
had such a shape.

## Example

What Adam keeps for the kernel of this file's LSTM is that of an LSTM on 5 features.

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

Only optimizers that keep whole shapes are judged, so not Adafactor, and not a custom one; nor a `.keras` that does not
name its optimizer, as Keras 3.15 writes them. That a weight has no values is no finding: it was frozen in training.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lstmlint.analyses.sequences import place_of
from lstmlint.inference.stored import agrees, stored_weights
from lstmlint.ir.document import StoredTensor
from lstmlint.ir.finding import Finding, Location, Related, Severity, Unjudged
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import Dims, Unknown, to_text
from lstmlint.keras.compiled import KEEP_WHOLE_SHAPES, optimizer_name
from lstmlint.linting.rule import Judgement, NoOptions, rule


@dataclass(frozen=True, slots=True)
class Place:
    """A shape that a weight has, and where it stands: in the config or, if the file stores it, there."""

    layer: Layer
    name: str
    shape: Dims
    location: Location


@rule(Severity.WARNING)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    slots = [slot for slot in model.document.slots if max(slot.shape, default=1) > 1]  # others are counters
    name = optimizer_name(model.document.training_config or {})
    if not slots or name is None or name.lower() not in KEEP_WHOLE_SHAPES:
        return
    places = [place for layer in model.layers for place in places_of_weights(layer)]
    strays = [slot for slot in slots if not any(agrees(place.shape, slot.shape) for place in places)]
    if not strays:
        return
    untold = [layer for layer in model.layers if isinstance(layer.weights, Unknown)]
    if untold:
        yield from (Unjudged(place_of(layer), layer.weights) for layer in untold if isinstance(layer.weights, Unknown))
    else:
        yield _finding(strays, places)


def places_of_weights(layer: Layer) -> Iterator[Place]:
    """The shapes of a layer's weights: as they are stored, and as the config makes them."""
    for tensor in stored_weights(layer):
        location = Location(layer.full_name, layer.pointer, tensor.place)
        yield Place(layer, tensor.name, tensor.shape, location)
    for weight in () if isinstance(layer.weights, Unknown) else layer.weights:
        yield Place(layer, weight.name, weight.shape, place_of(layer))


def _finding(strays: list[StoredTensor], places: list[Place]) -> Finding:
    slot = strays[0]
    nearest = max(places, key=lambda place: _likeness(place, slot), default=None)
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


def _likeness(place: Place, slot: StoredTensor) -> tuple[bool, bool, int]:
    """How much a weight looks like the one that a slot is for: by the layer's name, by its rank, by its sizes."""
    is_named = any(part == place.layer.name for part in slot.place.split("/"))
    equal = sum(a == b for a, b in zip(place.shape, slot.shape, strict=False))
    return is_named, len(place.shape) == len(slot.shape), equal
