"""A shape that the file records differs from the shape that its configs give.

## Why it matters

Keras 3 records the shape of every tensor and the input shape of each layer. When it loads the file, it builds the
weights from that record, not from the graph. After an edit of the config alone the two disagree: in a character model
whose input was changed from 57 to 58 features, Keras 3.15 still builds a kernel of 57 rows, and the model fails or is
refused when it is called.

## Example

```json
{"module": "keras", "class_name": "Sequential", "registered_name": null, "keras_version": "3.15.1", "config": {
  "name": "edited", "layers": [
  {"module": "keras.layers", "class_name": "InputLayer", "registered_name": null,
    "config": {"name": "series", "batch_shape": [null, 10, 58]}},
  {"module": "keras.layers", "class_name": "LSTM", "registered_name": null,
    "config": {"name": "lstm", "units": 16}, "build_config": {"input_shape": [null, 10, 57]}}]}}
```

```console
$ lstmlint check example.json
example.json:5:3: error[recorded-shape-mismatch]: lstm: was built for (None, 10, 57) by its build_config, \
but gets (None, 10, 58)
    see: example.json:3:3: series: gives (None, 10, 58)
    help: change the build_config of 'lstm' together with the input, and train it again; its weights fit the old shape
1 error, 0 warnings, 0 notes in 1 model
```

## Instead

```json
{"module": "keras", "class_name": "Sequential", "registered_name": null, "keras_version": "3.15.1", "config": {
  "name": "edited", "layers": [
  {"module": "keras.layers", "class_name": "InputLayer", "registered_name": null,
    "config": {"name": "series", "batch_shape": [null, 10, 57]}},
  {"module": "keras.layers", "class_name": "LSTM", "registered_name": null,
    "config": {"name": "lstm", "units": 16}, "build_config": {"input_shape": [null, 10, 57]}}]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

A layer is only reported where the record gives other weights than the input needs; an open dimension agrees with every
number. A layer that is called several times is judged by its first call.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.sequences import location_of
from lstmlint.ir.finding import Finding, Related, Severity
from lstmlint.ir.graph import references
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import Unknown, contradict, to_text
from lstmlint.ir.weight import Weights
from lstmlint.linting.rule import Judgement, NoOptions, rule


@rule(Severity.ERROR)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    for inner in model.all_models:
        for layer in inner.layers:
            if layer.demanded is not None and layer.calls and _disagree(layer.weights, layer.demanded):
                yield _finding(inner, layer)


def _disagree(built: Weights, demanded: Weights) -> bool:
    if isinstance(built, Unknown) or isinstance(demanded, Unknown):
        return False
    return contradict([weight.shape for weight in built], [weight.shape for weight in demanded])


def _finding(model: Model, layer: Layer) -> Finding:
    producers = [model.producer(reference) for reference in references(layer.node.calls[0].inputs)]
    recorded = layer.node.build_shape
    built_for = "another input" if recorded is None else to_text(recorded)
    return Finding(
        location=location_of(layer),
        message=f"was built for {built_for} by its build_config, but gets {to_text(layer.calls[0].inputs)}",
        help=f"change the build_config of '{layer.name}' together with the input, and train it again; "
        "its weights fit the old shape",
        related=tuple(
            Related(location_of(producer), f"gives {to_text(producer.outputs)}")
            for producer in producers
            if producer is not None
        ),
    )
