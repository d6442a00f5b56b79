"""A recurrent layer that could run on cuDNN gets a mask, which cuDNN only takes for padding on the right.

## Why it matters

On a GPU an LSTM with default settings runs on cuDNN, several times as fast as step by step. cuDNN only takes sequences
that are padded on the right and have at least one step. With other masks the Keras of TensorFlow 2 silently uses the
slow kernel; Keras 3 on TensorFlow does so only in eager mode and stops in a compiled function ("RNN mask that does not
correspond to right-padded sequences"); on JAX and PyTorch any mask means the slow loop. Rows of nothing but padding
have crashed cuDNN (TensorFlow issues 33148, 36139 and 43103). `pad_sequences` pads on the left by default.

## Example

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "reviews", "layers": [
  {"class_name": "InputLayer", "config": {"name": "words", "batch_input_shape": [null, 80]}},
  {"class_name": "Embedding", "config": {"name": "vectors", "input_dim": 5000, "output_dim": 32, "mask_zero": true}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 32}}]}}
```

```console
$ lstmlint check --persona pedantic example.json
example.json:4:3: note[mask-and-cudnn]: lstm: would run on cuDNN on a GPU, which takes the mask of 'vectors' only if \
every sequence is padded on the right and none is empty
    see: example.json:3:3: vectors: makes the mask
    help: pad on the right (pad_sequences(..., padding="post")) and leave out empty sequences
0 errors, 0 warnings, 1 note in 1 model
```

## Instead

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "reviews", "layers": [
  {"class_name": "InputLayer", "config": {"name": "words", "batch_input_shape": [null, 80]}},
  {"class_name": "Embedding", "config": {"name": "vectors", "input_dim": 5000, "output_dim": 32, "mask_zero": false}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 32}}]}}
```

```console
$ lstmlint check --persona pedantic example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

The rule follows the sources of Keras 2.15 and 3.15; nothing was run on a GPU. No saved file tells the side of the
padding. Keras 1 and standalone Keras 2 never choose cuDNN by themselves.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.mask_treatments import Treatment
from lstmlint.analyses.masks import mask_flow
from lstmlint.analyses.sequences import location_of, recurrent_core
from lstmlint.ir.finding import Finding, Related, Severity
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import Unknown
from lstmlint.keras.classes import Form, traits_of
from lstmlint.linting.rule import Judgement, NoOptions, Persona, rule


@rule(Severity.NOTE, persona=Persona.PEDANTIC)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    if model.graph is None or not model.graph.semantics.recurrent_layers_choose_cudnn:
        return
    flow = mask_flow(model)
    for call in flow.calls:
        core = recurrent_core(call.layer)
        if core is None or call.treatment not in (Treatment.USES, Treatment.ENDS) or not _is_eligible(core):
            continue
        if isinstance(call.mask, Unknown) or not call.mask & set(flow.sources):
            continue
        source = flow.sources[min(call.mask & set(flow.sources))]
        yield Finding(
            location=location_of(call.layer),
            message=f"would run on cuDNN on a GPU, which takes the mask of '{source.full_name}' only if every sequence "
            "is padded on the right and none is empty",
            help='pad on the right (pad_sequences(..., padding="post")) and leave out empty sequences',
            related=(Related(location_of(source), "makes the mask"),),
        )


def _is_eligible(core: Layer) -> bool:
    """Whether Keras chooses cuDNN."""
    traits = traits_of(core.class_name)
    if traits.kind is None or traits.form is not Form.LAYER or not traits.kind.cudnn:
        return False
    return all(core.config.get(key) == value for key, value in traits.kind.cudnn.items())
