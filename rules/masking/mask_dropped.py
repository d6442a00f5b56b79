"""A mask gets lost before the layer or the loss that would have left the padding out.

## Why it matters

Keras silently passes masks from layer to layer. Behind a layer that cannot keep its mask, all layers take padding for
data: an LSTM continues over the padded steps, and its last state is that of the padding. Keras 3 warns once, the Keras
of TensorFlow 2 does not warn, and Keras 1 and the standalone Keras 2 refuse to build the model ("Layer ... does not
support masking, but was passed an input_mask"; Keras issues 4978, 10895 and 13189). In all of them convolutions,
pooling, `Reshape`, `Permute` and operations on tensors lose a mask; a `TimeDistributed` around such a layer refuses it
in the Keras of TensorFlow 2 as well. Two more layers lose a mask in Keras 3: `Add` and the other elementwise merges of
a masked and an unmasked tensor, and a recurrent layer that is called with an `initial_state`, to which Keras passes no
mask.

## Example

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "reviews", "layers": [
  {"class_name": "InputLayer", "config": {"name": "words", "batch_input_shape": [null, 80]}},
  {"class_name": "Embedding", "config": {"name": "vectors", "input_dim": 5000, "output_dim": 32, "mask_zero": true}},
  {"class_name": "Conv1D", "config": {"name": "phrases", "filters": 32, "kernel_size": [3], "padding": "same"}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 32}},
  {"class_name": "Dense", "config": {"name": "score", "units": 1, "activation": "sigmoid"}}]}}
```

```console
$ lstmlint check example.json
example.json:4:3: warning[mask-dropped]: phrases: loses the mask of 'vectors', so 'lstm' counts padding as data
    see: example.json:3:3: vectors: makes the mask
    see: example.json:5:3: lstm: would leave padding out
    help: put 'lstm' before 'phrases', or set mask_zero=False on 'vectors' if padding is meant to count
0 errors, 1 warning, 0 notes in 1 model
```

## Instead

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "reviews", "layers": [
  {"class_name": "InputLayer", "config": {"name": "words", "batch_input_shape": [null, 80]}},
  {"class_name": "Embedding", "config": {"name": "vectors", "input_dim": 5000, "output_dim": 32, "mask_zero": true}},
  {"class_name": "Dense", "config": {"name": "phrases", "units": 32, "activation": "relu"}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 32}},
  {"class_name": "Dense", "config": {"name": "score", "units": 1, "activation": "sigmoid"}}]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

A lost mask is followed only as long as the output is a sequence: behind `Flatten`, global pooling or `RepeatVector`
there is no padding to leave out any more. A custom layer may do anything with a mask, so behind it nothing is reported.
A mask that a custom layer reads from its input by itself, or that the loss gets as sample weights, is not seen. The
Keras of TensorFlow is judged by version 2.15.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.analyses.mask_treatments import Lost, MaskedCall, MaskFlow, Treatment, without_mask
from lstmlint.analyses.masks import mask_flow
from lstmlint.analyses.sequences import location_of, recurrent_core
from lstmlint.ir.finding import Confidence, Finding, Related, Severity, Unjudged
from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import Unknown
from lstmlint.keras.classes import traits_of
from lstmlint.linting.rule import Judgement, NoOptions, rule


@rule(Severity.WARNING, Confidence.LIKELY)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    flow = mask_flow(model)
    by_loss: dict[Lost, list[Layer | None]] = {}
    for missed in flow.missed:
        by_loss.setdefault(missed.lost, []).append(missed.reader)
    for lost, readers in by_loss.items():
        yield _lost(flow, lost, readers)
    for call in flow.calls:
        yield from _at(flow, call)


def _at(flow: MaskFlow, call: MaskedCall) -> Iterator[Judgement]:
    if isinstance(call.mask, Unknown):
        return
    if isinstance(call.treatment, Unknown):
        yield Unjudged(location_of(call.layer), call.treatment)
    elif call.treatment is Treatment.IGNORES:
        yield _ignored(flow, call)
    elif call.treatment is Treatment.REFUSES and not _is_cudnn(call.layer):
        yield _refused(flow, call)


def _is_cudnn(layer: Layer) -> bool:
    core = recurrent_core(layer)
    return core is not None and traits_of(core.class_name).is_cudnn


def _lost(flow: MaskFlow, lost: Lost, readers: list[Layer | None]) -> Finding:
    by, source = flow.calls[lost.by], flow.sources[lost.source]
    names = [f"'{reader.full_name}'" if reader else "the loss" for reader in readers]
    unmasked = without_mask(by)
    why = f", as '{unmasked.full_name}' has none" if unmasked else ""
    return Finding(
        location=location_of(by.layer),
        message=f"loses the mask of '{source.full_name}'{why}, so {_listed(names)} {_counts(names)} padding as data",
        help=f"{_instead(by.layer, readers, unmasked)}, or {without_mask_at(source)} if padding is meant to count",
        related=(
            Related(location_of(source), "makes the mask"),
            *(Related(location_of(reader), "would leave padding out") for reader in readers if reader),
        ),
    )


def _instead(layer: Layer, readers: list[Layer | None], unmasked: Layer | None) -> str:
    if unmasked is not None:
        return f"give '{unmasked.name}' the same mask"
    reader = next((reader for reader in readers if reader), None)
    if reader is None:
        return f"use a layer that keeps masks in place of '{layer.name}'"
    return f"put '{reader.name}' before '{layer.name}'"


def _ignored(flow: MaskFlow, call: MaskedCall) -> Finding:
    source = flow.sources[min(call.mask)] if not isinstance(call.mask, Unknown) and call.mask else call.layer
    return Finding(
        location=location_of(call.layer),
        message=f"is called with an initial_state: Keras then does not pass it the mask of '{source.full_name}', "
        "so it counts padding as data",
        help=f"call '{call.layer.name}' with the mask as well: mask={source.name}.compute_mask(...)",
        related=(Related(location_of(source), "makes the mask"),),
    )


def _refused(flow: MaskFlow, call: MaskedCall) -> Finding:
    source = flow.sources[min(call.mask)] if not isinstance(call.mask, Unknown) and call.mask else call.layer
    inner = call.layer.children.get("layer")
    what = f"'{inner.name}' inside it" if inner is not None else "it"
    return Finding(
        location=location_of(call.layer),
        message=f"gets the mask of '{source.full_name}' and refuses it: {what} does not support masking",
        help=f"{without_mask_at(source)}, or end the mask before '{call.layer.name}' with a recurrent layer",
        related=(Related(location_of(source), "makes the mask"),),
        severity=Severity.ERROR,
        confidence=Confidence.CERTAIN,
    )


def without_mask_at(source: Layer) -> str:
    """The cure that removes the mask of a source."""
    return f"remove '{source.name}'" if source.class_name == "Masking" else f"set mask_zero=False on '{source.name}'"


def _listed(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _counts(names: list[str]) -> str:
    return "counts" if len(names) == 1 else "count"
