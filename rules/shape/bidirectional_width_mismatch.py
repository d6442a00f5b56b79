"""The two directions of a Bidirectional have different widths.

## Why it matters

Keras 3 derives the output shape of a Bidirectional from its forward layer alone. With 4 units forward and 6 backward
it declares `(None, 8)` and computes `(None, 10)`, so every following weight is built for the wrong width, and the
first call fails: "expected axis -1 of input shape to have value 8". With a merge by sum, product or average the model
builds, saves and loads, but fails when it is called. Keras 2.15 adds both widths, which is right for `concat`, and
refuses the other merges.

## Example

```json
{"class_name": "Sequential", "keras_version": "3.15.1", "config": {"name": "tagger", "layers": [
  {"class_name": "InputLayer", "config": {"name": "words", "batch_shape": [null, 20, 8]}},
  {"class_name": "Bidirectional", "config": {"name": "both", "merge_mode": "concat",
    "layer": {"class_name": "LSTM", "config": {"name": "lstm", "units": 4}},
    "backward_layer": {"class_name": "LSTM", "config": {"name": "lstm", "units": 6, "go_backwards": true}}}},
  {"class_name": "Dense", "config": {"name": "label", "units": 3}}]}}
```

```console
$ lstmlint check example.json
example.json:3:3: error[bidirectional-width-mismatch]: both: gives (None, 4) forward and (None, 6) backward, of \
which Keras declares only the first
    see: example.json:4:14: both/forward_lstm: gives (None, 4)
    see: example.json:5:23: both/backward_lstm: gives (None, 6)
    help: give both layers inside 'both' the same width
1 error, 0 warnings, 0 notes in 1 model
```

## Instead

```json
{"class_name": "Sequential", "keras_version": "3.15.1", "config": {"name": "tagger", "layers": [
  {"class_name": "InputLayer", "config": {"name": "words", "batch_shape": [null, 20, 8]}},
  {"class_name": "Bidirectional", "config": {"name": "both", "merge_mode": "concat",
    "layer": {"class_name": "LSTM", "config": {"name": "lstm", "units": 4}},
    "backward_layer": {"class_name": "LSTM", "config": {"name": "lstm", "units": 4, "go_backwards": true}}}},
  {"class_name": "Dense", "config": {"name": "label", "units": 3}}]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

Sum, product and average stretch a backward width of 1, which is a warning. `concat` and separate outputs are not
reported in files of Keras 2.4 to 2.15, where they work.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.directions import Directions, directions, last_output
from lstmlint.analyses.sequences import location_of
from lstmlint.ir.finding import Finding, Related, Severity, Unjudged
from lstmlint.ir.model import Model
from lstmlint.ir.shape import Dims, Unknown, contradict, to_text
from lstmlint.linting.rule import Judgement, NoOptions, rule

#: Merge modes that keep the outputs of both directions unchanged.
KEEPING = ("concat", None)


@rule(Severity.ERROR)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    adds_both = model.graph is not None and not model.graph.semantics.bidirectional_doubles_forward
    for pair in directions(model):
        mode = pair.layer.config.get("merge_mode")
        if pair.is_derived or (adds_both and mode in KEEPING):
            continue
        forward, backward = last_output(pair.forward), last_output(pair.backward)
        if isinstance(forward, Unknown) or isinstance(backward, Unknown):
            yield Unjudged(location_of(pair.layer), forward if isinstance(forward, Unknown) else Unknown(str(backward)))
        elif contradict(forward, backward):
            yield _finding(pair, forward, backward, mode)


def _finding(pair: Directions, forward: Dims, backward: Dims, mode: str | None) -> Finding:
    stretches = mode not in KEEPING and backward[-1] == 1
    if mode in KEEPING:
        consequence = "of which Keras declares only the first"
    else:
        consequence = f"which {mode} stretches over the first" if stretches else f"which {mode} cannot join"
    return Finding(
        location=location_of(pair.layer),
        message=f"gives {to_text(forward)} forward and {to_text(backward)} backward, {consequence}",
        help=f"give both layers inside '{pair.layer.name}' the same width",
        related=(
            Related(location_of(pair.forward), f"gives {to_text(forward)}"),
            Related(location_of(pair.backward), f"gives {to_text(backward)}"),
        ),
        severity=Severity.WARNING if stretches else None,
    )
