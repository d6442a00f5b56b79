"""A model needs more than the budget in the settings allows.

## Why it matters

A model can be too large for the machine that runs it, but no file names that machine. A team that knows it sets a
budget:

```toml
[tool.lstmlint.budget]
max-params = "1M"
"models/edge/**" = {preset = "edge", max-rnn-params = "50k"}
```

A recurrent layer uses its parameters at every timestep, so multiply-adds are counted for one timestep. The presets are
round numbers of our own choice to begin with. `microcontroller` puts the weights into a quarter of the 1 MB of flash
and the state into a sixteenth of the 256 KB of RAM of a board such as the Arduino Nano 33 BLE Sense. `edge` fits the 2
MB of second-level cache that an Arm Cortex-A53 may have. `mobile` is a small part of an app. Without a budget nothing
is reported.

## Example

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "keyword", "layers": [
  {"class_name": "InputLayer", "config": {"name": "audio", "batch_input_shape": [null, 98, 40]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 128}},
  {"class_name": "Dense", "config": {"name": "dense", "units": 12}}]}}
```

```toml
[budget]
max-rnn-params = "50k"
```

```console
$ lstmlint check example.json
example.json:3:3: warning[over-budget]: lstm: has 86,528 parameters, but its budget is 50,000: 4 gates x 128 units x \
(40 features + 128 units + 1 bias)
    help: 93 units would meet the budget
0 errors, 1 warning, 0 notes in 1 model
```

## Instead

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "keyword", "layers": [
  {"class_name": "InputLayer", "config": {"name": "audio", "batch_input_shape": [null, 98, 40]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 92}},
  {"class_name": "Dense", "config": {"name": "dense", "units": 12}}]}}
```

```toml
[budget]
max-rnn-params = "50k"
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Options

The options are the settings of `[tool.lstmlint.budget]`; a number may be written as text (`"250k"`, `"64KiB"`).

- `max-params` (parameters of the model, default none): all parameters, as `model.summary()` counts them.
- `max-rnn-params` (parameters of one recurrent layer, default none): each direction of a Bidirectional is judged alone.
- `max-bytes` (bytes of the parameters, default none): the dtypes of the weights decide.
- `max-macs-per-step` (multiply-adds of the model in one timestep, default none).
- `max-state-bytes` (bytes of the recurrent state of one sequence, default none).

## Known limits

An unknown number is not over a budget; the report says that it could not be judged. Compression and quantization at
export are not counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from lstmlint.analyses.gates import gate_parts, gated_formula
from lstmlint.analyses.sequences import location_of, recurrent_layers
from lstmlint.inference.costs import model_costs
from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.finding import Finding, Location, Severity, Unjudged
from lstmlint.ir.model import Layer, Model, byte_size
from lstmlint.ir.shape import Count, Unknown, total
from lstmlint.linting.rule import Judgement, rule


@dataclass(frozen=True, slots=True)
class Options:
    """The limits of a model; `None` is no limit."""

    max_params: int | None = None
    max_rnn_params: int | None = None
    max_bytes: int | None = None
    max_macs_per_step: int | None = None
    max_state_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """A quantity of a whole model with its unit and the cure that makes it smaller."""

    of: Callable[[Model], Count]
    unit: str
    cure: str


def parameter_bytes(model: Model) -> Count:
    """Bytes of all parameters by their dtypes."""
    return total(
        weights if isinstance(weights, Unknown) else byte_size(weights) for weights in model.distinct_weights()
    )


MEASURES: Mapping[str, Measure] = {
    "max_params": Measure(lambda model: model.params, "parameters", "fewer units or a narrower input"),
    "max_bytes": Measure(parameter_bytes, "bytes of parameters", "fewer units, or weights of a smaller dtype"),
    "max_macs_per_step": Measure(
        lambda model: model_costs(model).multiply_adds_per_timestep, "multiply-adds in a timestep", "fewer units"
    ),
    "max_state_bytes": Measure(
        lambda model: model_costs(model).state_bytes, "bytes of recurrent state", "fewer units or recurrent layers"
    ),
}


@rule(Severity.WARNING)
def check(model: Model, options: Options) -> Iterator[Judgement]:
    for name, measure in MEASURES.items():
        limit = getattr(options, name)
        if limit is not None:
            yield from _judge(model, measure, limit)
    if options.max_rnn_params is not None:
        for layer in recurrent_layers(model):
            yield from _judge_layer(layer, options.max_rnn_params)


def _judge(model: Model, measure: Measure, limit: int) -> Iterator[Judgement]:
    size = measure.of(model)
    if isinstance(size, Unknown):
        yield Unjudged(Location(""), size)
    elif size > limit:
        yield Finding(
            location=Location(""),
            message=f"the model has {size:,} {measure.unit}, but its budget is {limit:,}{_largest(model)}",
            help=f"bring it down by {size - limit:,}: {measure.cure}",
        )


def _judge_layer(layer: Layer, limit: int) -> Iterator[Judgement]:
    params = layer.params
    if isinstance(params, Unknown):
        yield Unjudged(location_of(layer), params)
    elif params > limit:
        noun = "filters" if gate_parts(layer).window else "units"
        yield Finding(
            location=location_of(layer),
            message=f"has {params:,} parameters, but its budget is {limit:,}: {gated_formula(layer)}",
            help=f"{gate_parts(layer).units_within(limit):,} {noun} would meet the budget",
        )


def _largest(model: Model) -> str:
    """The layer with most parameters, where they are known."""
    sized = [(layer.params, layer.name) for layer in model.layers if isinstance(layer.params, int)]
    size, name = max(sized, default=(0, ""))
    return f"; the largest layer is {name} with {size:,} parameters" if size else ""
