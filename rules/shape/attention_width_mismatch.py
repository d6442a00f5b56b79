"""The query and the key of an attention layer differ in features, or its key and value in length.

## Why it matters

A score is the product of a query with a key, so both need the same features; a score weighs a position of the value, so
key and value need the same length. Keras 3 checks neither when it builds, saves and loads the model, and stops when the
model is called: `Attention()([query, value])` on (batch, 4, 3) and (batch, 5, 2) has the output shape (None, 4, 2) and
cannot be computed. (tf.keras refuses it at once.)

## Example

```json
{"class_name": "Functional", "module": "keras.src.models.functional", "registered_name": "Functional",
 "keras_version": "3.15.1", "config": {"name": "translator", "layers": [
  {"class_name": "InputLayer", "module": "keras.layers", "registered_name": null, "name": "target",
   "config": {"name": "target", "batch_shape": [null, 4, 3]}, "inbound_nodes": []},
  {"class_name": "InputLayer", "module": "keras.layers", "registered_name": null, "name": "source",
   "config": {"name": "source", "batch_shape": [null, 5, 2]}, "inbound_nodes": []},
  {"class_name": "Attention", "module": "keras.layers", "registered_name": null, "name": "context",
   "config": {"name": "context"}, "inbound_nodes": [{"args": [[
    {"class_name": "__keras_tensor__", "config": {"shape": [null, 4, 3], "dtype": "float32",
     "keras_history": ["target", 0, 0]}},
    {"class_name": "__keras_tensor__", "config": {"shape": [null, 5, 2], "dtype": "float32",
     "keras_history": ["source", 0, 0]}}]], "kwargs": {}}]}],
  "input_layers": [["target", 0, 0], ["source", 0, 0]], "output_layers": [["context", 0, 0]]}}
```

```console
$ lstmlint check example.json
example.json:7:3: warning[attention-width-mismatch]: context: its query (None, 4, 3) has 3 features and its key \
(None, 5, 2) has 2, so Keras 3 builds the model and stops when it is called
    help: project the query or the key with a Dense, so that both have the same features
0 errors, 1 warning, 0 notes in 1 model
```

## Instead

```json
{"class_name": "Functional", "module": "keras.src.models.functional", "registered_name": "Functional",
 "keras_version": "3.15.1", "config": {"name": "translator", "layers": [
  {"class_name": "InputLayer", "module": "keras.layers", "registered_name": null, "name": "target",
   "config": {"name": "target", "batch_shape": [null, 4, 3]}, "inbound_nodes": []},
  {"class_name": "InputLayer", "module": "keras.layers", "registered_name": null, "name": "source",
   "config": {"name": "source", "batch_shape": [null, 5, 3]}, "inbound_nodes": []},
  {"class_name": "Attention", "module": "keras.layers", "registered_name": null, "name": "context",
   "config": {"name": "context"}, "inbound_nodes": [{"args": [[
    {"class_name": "__keras_tensor__", "config": {"shape": [null, 4, 3], "dtype": "float32",
     "keras_history": ["target", 0, 0]}},
    {"class_name": "__keras_tensor__", "config": {"shape": [null, 5, 3], "dtype": "float32",
     "keras_history": ["source", 0, 0]}}]], "kwargs": {}}]}],
  "input_layers": [["target", 0, 0], ["source", 0, 0]], "output_layers": [["context", 0, 0]]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

Only `Attention` and `AdditiveAttention` in files of Keras 3 are judged. Where scores are sums (`AdditiveAttention`,
`score_mode="concat"`), a single feature is stretched over the others, which is not reported. The outcome was measured
on JAX.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.sequences import location_of
from lstmlint.ir.finding import Finding, Severity
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import Dims, Structure, is_dims, to_text
from lstmlint.linting.rule import Judgement, NoOptions, rule

CLASSES = frozenset({"Attention", "AdditiveAttention"})

#: The axes from which an operand has batch, positions and features.
LEAST_RANK = 3

CONSEQUENCE = "so Keras 3 builds the model and stops when it is called"


@rule(Severity.WARNING)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    for inner in model.all_models:
        if inner.graph is None or inner.graph.semantics.outputs_are_traced:
            continue
        for layer, _, shapes in inner.calls():
            operands = _operands(shapes.inputs) if layer.class_name in CLASSES else None
            if operands is not None:
                yield from _judge(layer, *operands)


def _operands(shapes: Structure) -> tuple[Dims, Dims, Dims] | None:
    """Query, value and key, where all are known; the key is the value where the call gives none."""
    if not isinstance(shapes, list) or len(shapes) not in (2, 3):
        return None
    known = [shape for shape in shapes if is_dims(shape) and len(shape) >= LEAST_RANK]
    return (known[0], known[1], known[-1]) if len(known) == len(shapes) else None


def _judge(layer: Layer, query: Dims, value: Dims, key: Dims) -> Iterator[Finding]:
    features = {size for size in (query[-1], key[-1]) if isinstance(size, int)}
    if len(features if _scores_are_products(layer) else features - {1}) > 1:
        yield Finding(
            location=location_of(layer),
            message=f"its query {to_text(query)} has {query[-1]} features and its key {to_text(key)} has {key[-1]}, "
            + CONSEQUENCE,
            help="project the query or the key with a Dense, so that both have the same features",
        )
    lengths = {length for length in (value[-2], key[-2]) if isinstance(length, int)}
    if len(lengths) > 1:
        yield Finding(
            location=location_of(layer),
            message=f"its value {to_text(value)} has {value[-2]} positions and its key {to_text(key)} has {key[-2]}, "
            + CONSEQUENCE,
            help="give it a key and a value of the same length",
        )


def _scores_are_products(layer: Layer) -> bool:
    """Whether a query is multiplied with a key; sums stretch a single feature over the others."""
    return layer.class_name == "Attention" and layer.config.get("score_mode", "dot") == "dot"
