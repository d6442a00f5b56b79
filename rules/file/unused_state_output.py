"""A recurrent layer returns its states, and nothing reads them.

## Why it matters

`return_state=True` returns the final states as further outputs, from which another layer can start. Unread states do no
harm, but a reader of the model looks for a decoder that is not there, and the layer no longer fits into a Sequential
(`multi-output-in-sequential`).

## Example

```json
{"class_name": "Functional", "keras_version": "2.15.0", "config": {"name": "classifier", "layers": [
  {"class_name": "InputLayer", "name": "words", "config": {"name": "words", "batch_input_shape": [null, 20, 8]},
    "inbound_nodes": []},
  {"class_name": "LSTM", "name": "lstm", "config": {"name": "lstm", "units": 16, "return_state": true},
    "inbound_nodes": [[["words", 0, 0, {}]]]},
  {"class_name": "Dense", "name": "label", "config": {"name": "label", "units": 3},
    "inbound_nodes": [[["lstm", 0, 0, {}]]]}],
  "input_layers": [["words", 0, 0]], "output_layers": [["label", 0, 0]]}}
```

```console
$ lstmlint check --persona pedantic example.json
example.json:4:98: note[unused-state-output]: lstm: returns 2 states that nothing reads
    help: set return_state=False on 'lstm', unless a model outside this file reads them
0 errors, 0 warnings, 1 note in 1 model
```

## Instead

```json
{"class_name": "Functional", "keras_version": "2.15.0", "config": {"name": "classifier", "layers": [
  {"class_name": "InputLayer", "name": "words", "config": {"name": "words", "batch_input_shape": [null, 20, 8]},
    "inbound_nodes": []},
  {"class_name": "LSTM", "name": "lstm", "config": {"name": "lstm", "units": 16, "return_state": false},
    "inbound_nodes": [[["words", 0, 0, {}]]]},
  {"class_name": "Dense", "name": "label", "config": {"name": "label", "units": 3},
    "inbound_nodes": [[["lstm", 0, 0, {}]]]}],
  "input_layers": [["words", 0, 0]], "output_layers": [["label", 0, 0]]}}
```

```console
$ lstmlint check --persona pedantic example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

A layer that itself starts from a state is not reported: it may be the decoder of a sequence-to-sequence model, whose
states are read by another model, which is built of the same layers and decodes step by step. An encoder that is kept
for such a model is reported.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.connections import used_outputs
from lstmlint.analyses.cures import in_code
from lstmlint.analyses.sequences import recurrent_core, sequence_calls
from lstmlint.ir.finding import Confidence, Finding, Location, Severity
from lstmlint.ir.model import Model
from lstmlint.ir.shape import leaves
from lstmlint.linting.rule import Judgement, NoOptions, Persona, rule

#: The number of outputs before the states: of a layer that merges its directions, and of one that does not.
OUTPUTS, SEPARATE_OUTPUTS = 1, 2


@rule(Severity.NOTE, Confidence.CERTAIN, Persona.PEDANTIC)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    for inner in model.all_models:
        if inner.graph is None or inner.graph.is_sequential:
            continue
        used = used_outputs(inner)
        carrying = {call.layer.name for call in sequence_calls(inner) if call.has_initial_state}
        for layer in inner.layers:
            core = recurrent_core(layer)
            if core is None or not core.config.get("return_state") or layer.name in carrying:
                continue
            own = SEPARATE_OUTPUTS if layer.config.get("merge_mode", "") is None else OUTPUTS
            states = len(list(leaves(layer.outputs))) - own
            if states > 0 and max(used.get(layer.name, {own})) < own:
                yield Finding(
                    location=Location(layer.full_name, (*core.pointer, "config", "return_state")),
                    message=f"returns {'its state' if states == 1 else f'{states} states'} that nothing reads",
                    help=f"set return_state=False on {in_code(core)}, unless a model outside this file reads them",
                )
