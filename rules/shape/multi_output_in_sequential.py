"""A layer of a Sequential gives several outputs, but the next layer takes a single tensor.

## Why it matters

In a Sequential each layer gets the output of the layer before it. With `return_state=True`, or `merge_mode=None` on a
Bidirectional, the output is a list, and Keras 3.15 stops with "Layer expects 1 input(s), but it received 3 input
tensors". Keras 1 and 2 refuse any such layer in a Sequential, even the last one: "All layers in a Sequential model
should have a single output tensor".

## Example

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "classifier", "layers": [
  {"class_name": "InputLayer", "config": {"name": "words", "batch_input_shape": [null, 20, 8]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 16, "return_state": true}},
  {"class_name": "Dense", "config": {"name": "label", "units": 3}}]}}
```

```console
$ lstmlint check example.json
example.json:3:82: error[multi-output-in-sequential]: lstm: gives 3 outputs, but label takes one
    see: example.json:4:3: label: gets all of them
    help: set return_state=False on 'lstm', or make the model a functional one
1 error, 0 warnings, 0 notes in 1 model
```

## Instead

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "classifier", "layers": [
  {"class_name": "InputLayer", "config": {"name": "words", "batch_input_shape": [null, 20, 8]}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 16, "return_state": false}},
  {"class_name": "Dense", "config": {"name": "label", "units": 3}}]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

In Keras 3 the last layer of a Sequential may have several outputs, and a layer that takes a list (`Concatenate`, `Add`)
may follow a layer with several outputs; neither is reported in files of Keras 3.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.cures import in_code
from lstmlint.analyses.outputs import ManyOutputs, many_outputs
from lstmlint.analyses.sequences import location_of, recurrent_core
from lstmlint.ir.finding import Finding, Location, Related, Severity
from lstmlint.ir.model import Model
from lstmlint.linting.rule import Judgement, NoOptions, rule


@rule(Severity.ERROR)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    for outputs in many_outputs(model):
        key, pointer, cure = _cause(outputs)
        follower = outputs.follower
        yield Finding(
            location=Location(outputs.layer.full_name, (*pointer, *key)),
            message=f"gives {outputs.count} outputs, "
            + (f"but {follower.full_name} takes one" if follower else "but a Sequential of Keras 1 and 2 has one"),
            help=f"{cure}, or make the model a functional one",
            related=() if follower is None else (Related(location_of(follower), "gets all of them"),),
        )


def _cause(outputs: ManyOutputs) -> tuple[tuple[str, ...], tuple[str | int, ...], str]:
    """The key that causes several outputs, the pointer of the layer that holds it, and the cure."""
    layer, core = outputs.layer, recurrent_core(outputs.layer)
    if core is not None and core.config.get("return_state"):
        return ("config", "return_state"), core.pointer, f"set return_state=False on {in_code(core)}"
    if layer.class_name == "Bidirectional":
        return ("config", "merge_mode"), layer.pointer, f"set merge_mode='concat' on '{layer.name}'"
    return (), layer.pointer, f"let '{layer.name}' give one output"
