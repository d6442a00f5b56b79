"""A file is not what its name promises, or is no regular file of its format.

## Why it matters

Keras chooses its loader by the name of the file: a `.keras` that is HDF5 inside ends in "File not found". JSON that was
encoded twice loads as a text. An HDF5 file that lost its list of layers ends in "Layer count mismatch". `NaN` is not
JSON: Python reads it, but browsers, `jq` and TensorFlow.js refuse the file. A `model.json` of TensorFlow.js is no model
without the files of weights that it names. Links and external storage inside an HDF5
file point to other files, which lstmlint never opens.

## Example

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "masked", "layers": [
  {"class_name": "InputLayer", "config": {"name": "series", "batch_input_shape": [null, 10, 2]}},
  {"class_name": "Masking", "config": {"name": "masking", "mask_value": NaN}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 3}}]}}
```

```console
$ lstmlint check example.json
example.json:1:1: warning[irregular-file]: holds NaN, which is not JSON: many readers refuse the file
    help: write a number or null in its place
0 errors, 1 warning, 0 notes in 1 model
```

## Instead

```json
{"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "masked", "layers": [
  {"class_name": "InputLayer", "config": {"name": "series", "batch_input_shape": [null, 10, 2]}},
  {"class_name": "Masking", "config": {"name": "masking", "mask_value": -1.0}},
  {"class_name": "LSTM", "config": {"name": "lstm", "units": 3}}]}}
```

```console
$ lstmlint check example.json
0 errors, 0 warnings, 0 notes in 1 model
```

## Known limits

Each kind of irregularity is reported once, however often it occurs. Weights files of TensorFlow.js are looked for
beside a `model.json` only; beside one of another name where at least one of them is there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lstmlint.ir.document import Document, WeightNaming
from lstmlint.ir.finding import Finding, Location, Severity
from lstmlint.ir.model import Model
from lstmlint.linting.rule import Judgement, NoOptions, rule

#: A reader's remark -> the message and the cure; other remarks are reported as they are.
MEANINGS: Mapping[str, tuple[str, str]] = {
    "NaN": (
        "holds NaN, which is not JSON: many readers refuse the file",
        "write a number or null in its place",
    ),
    "Infinity": (
        "holds Infinity, which is not JSON: many readers refuse the file",
        "write a number or null in its place",
    ),
    "encoded twice": (
        "is JSON inside a JSON string: Keras reads a text, not a model",
        "write model.to_json() itself to the file, not json.dumps() of it",
    ),
    "weights without a list": (
        "stores weights without the list of their layers (layer_names): Keras finds none of them and refuses the file",
        "save the model again, or take a copy of the file from before it was cut or edited",
    ),
    "training_config is no JSON": (
        "has a training_config that is cut or no JSON: Keras refuses the file where it compiles the model",
        "load it with compile=False, and compile and save the model again",
    ),
}

#: What a remark begins with, before the part that tells more -> the message and the cure.
BEGINNINGS: Mapping[str, tuple[str, str]] = {
    "weights file is missing: ": (
        "names the weights file '{}', which is not beside it: TensorFlow.js does not load the model",
        "put the file beside it, or convert the model again",
    ),
    "weights file is a web page: ": (
        "names the weights file '{}', which is a web page: TensorFlow.js takes its text for weights, or fails",
        "download the file itself, or convert the model again",
    ),
    "weights files are too short: ": (
        "has weights files of {}: TensorFlow.js does not load the model",
        "download the files again, or convert the model again",
    ),
}

#: The remarks on what keeps Keras from loading the file.
REFUSED: Mapping[str, Severity] = {"weights without a list": Severity.ERROR}

#: A reader's name of a container -> the ending that Keras expects of such a file.
ENDINGS: Mapping[str, str] = {"HDF5": ".h5", "zip": ".keras", "JSON": ".json", "YAML": ".yaml"}

#: The ending that Keras 3 and 2.15 expect of a weights file stored by class; they read a plain `.h5` by layer names.
ENDING_OF_WEIGHTS = ".weights.h5"

#: The word between the container and the ending in a reader's remark on a wrong name.
NAMED = " named "

FALLBACK_HELP = "save the model again with model.save()"


@rule(Severity.WARNING)
def check(model: Model, options: NoOptions) -> Iterator[Judgement]:
    for remark in model.document.remarks:
        message, cure = (
            MEANINGS.get(remark)
            or _told_more(remark)
            or _lying_name(remark, model.document)
            or (f"is irregular: {remark}", FALLBACK_HELP)
        )
        yield Finding(Location(""), message, cure, severity=REFUSED.get(remark))


def _told_more(remark: str) -> tuple[str, str] | None:
    for beginning, (message, cure) in BEGINNINGS.items():
        if remark.startswith(beginning):
            return message.format(remark.removeprefix(beginning)), cure
    return None


def _lying_name(remark: str, document: Document) -> tuple[str, str] | None:
    """The message and the cure for a file whose name promises another container."""
    container, named, ending = remark.partition(NAMED)
    if not named or container not in ENDINGS:
        return None
    is_weights_alone = document.config is None and document.stored_by is WeightNaming.CLASS_NAME
    meant = ENDING_OF_WEIGHTS if container == "HDF5" and is_weights_alone else ENDINGS[container]
    return (
        f"is {container} inside, though its name ends in {ending}: Keras chooses its loader by the name",
        f"rename it to end in {meant}",
    )
