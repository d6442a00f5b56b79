"""A layer makes a mask that nothing uses.

## Why it matters

`mask_zero=True` seems to take care of padding. But if no recurrent layer, no attention and no average over the steps
gets the mask, and the mask does not reach the output, where the loss would use it, then the numbers are the same
without it, and index 0 of the vocabulary is wasted.

## Example

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "reviews", "layers": [
  {"class_name": "InputLayer", "config": {"name": "words", "batch_input_shape": [null, 80]}},
  {"class_name": "Embedding", "config": {"name": "vectors", "input_dim": 5000, "output_dim": 32, "mask_zero": true}},
  {"class_name": "GlobalMaxPooling1D", "config": {"name": "strongest"}},
  {"class_name": "Dense", "config": {"name": "score", "units": 1, "activation": "sigmoid"}}]}}
```

```console
$ lstmlint check example.json
example.json:3:3: note[mask-unused]: vectors: makes a mask (mask_zero=True) that nothing uses: strongest cannot keep \
it
    see: example.json:4:3: strongest: loses the mask
    help: set mask_zero=False on 'vectors', or use a layer that leaves padding out: a recurrent layer, attention or \
GlobalAveragePooling1D
0 errors, 0 warnings, 1 note in 1 model
```

## Instead

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "reviews", "layers": [
  {"class_name": "InputLayer", "config": {"name": "words", "batch_input_shape": [null, 80]}},
  {"class_name": "Embedding", "config": {"name": "vectors", "input_dim": 5000, "output_dim": 32, "mask_zero": true}},
  {"class_name": "GlobalAveragePooling1D", "config": {"name": "mean"}},
  {"class_name": "Dense", "config": {"name": "score", "units": 1, "activation": "sigmoid"}}]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

A `Masking` with another `mask_value` than 0 is not reported, as it also sets the masked steps to zero. `mask-dropped`
reports a mask that gets lost before a layer that would have used it. A mask that goes into a custom layer is not
reported, since that layer may use it.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.mask_treatments import MaskFlow, Treatment
from lstmlint.analyses.masks import mask_flow
from lstmlint.analyses.sequences import location_of
from lstmlint.ir.finding import Finding, Related, Severity, Unjudged
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import Unknown
from lstmlint.linting.rule import Judgement, NoOptions, rule

#: Treatments of a mask that another rule reports.
TOLD_ELSEWHERE = frozenset({Treatment.IGNORES, Treatment.REFUSES})


@rule(Severity.NOTE)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    flow = mask_flow(model)
    missed = {missed.lost.source for missed in flow.missed}
    for name, source in flow.sources.items():
        treatments = {call.treatment for call in flow.reached_by(name)}
        is_told = name in missed or bool(treatments & TOLD_ELSEWHERE)
        if is_told or (source.class_name == "Masking" and source.config.get("mask_value")):
            continue
        is_used = flow.is_used(name)
        if isinstance(is_used, Unknown):
            yield Unjudged(location_of(source), is_used)
        elif not is_used:
            yield _finding(flow, name, source)


def _finding(flow: MaskFlow, name: str, source: Layer) -> Finding:
    losing = [call.layer for call in flow.reached_by(name) if call.treatment is Treatment.LOSES]
    ends = f": {' and '.join(dict.fromkeys(layer.full_name for layer in losing))} cannot keep it" if losing else ""
    is_masking = source.class_name == "Masking"
    what = "makes a mask" if is_masking else "makes a mask (mask_zero=True)"
    without = f"remove '{source.name}'" if is_masking else f"set mask_zero=False on '{source.name}'"
    return Finding(
        location=location_of(source),
        message=f"{what} that nothing uses{ends}",
        help=f"{without}, or use a layer that leaves padding out: a recurrent layer, attention or "
        "GlobalAveragePooling1D",
        related=tuple(Related(location_of(layer), "loses the mask") for layer in losing[:1]),
    )
