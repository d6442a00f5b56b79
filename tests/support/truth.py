"""Compare the values that lstmlint infers with records of real Keras for the same file (fixtures and corpus)."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from lstmlint.ir.model import Layer, Model
from lstmlint.ir.shape import Unknown, to_json

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "fixtures"
#: Public files beside the checkout; tests that use them skip without it.
CORPUS = ROOT.parent / ("without-corpus" if "LSTMLINT_WITHOUT_CORPUS" in os.environ else "shared/corpus")
#: Files with at most one fault each, beside the checkout, too. Files made to crash a reader are left out.
CASES = CORPUS.parent / "cases"
CASE_FOLDERS = tuple(CASES / name for name in ("models", "files", "planted", "hostile"))


#: A part of the names of the models that a Keras 1 `Merge` joins.
BRANCH = " branch "


class Verdict(StrEnum):
    RIGHT = "right"
    UNKNOWN = "unknown"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One value of one layer: that of lstmlint (as JSON) and that of Keras."""

    file: str
    layer: str
    class_name: str
    what: str
    ours: Any
    theirs: Any
    verdict: Verdict

    def __str__(self) -> str:
        return f"{self.file} {self.layer or self.class_name} {self.what}: ours {self.ours}, Keras {self.theirs}"


def wrong(comparisons: Iterable[Comparison]) -> list[str]:
    """The wrong values, each as a line that names file, layer and both values."""
    return [str(comparison) for comparison in comparisons if comparison.verdict is Verdict.WRONG]


def compare(file: str, model: Model, truth: Mapping[str, Any], skip: Iterable[str] = ()) -> Iterator[Comparison]:
    """Compare every layer of a model, nested models included, and the totals.

    Keras versions differ in whether a Sequential lists its input layer, so input layers only count where both have one.
    Keras 1 does not list the models that a `Merge` at the head of a Sequential joins.
    """
    ours = list(_flatten(model))
    theirs = list(truth["layers"])
    names = {layer.full_name for layer in ours} & {layer["path"] for layer in theirs}
    ours = [
        layer
        for layer in ours
        if layer.full_name in names or not (layer.class_name == "InputLayer" or BRANCH in layer.full_name)
    ]
    theirs = [layer for layer in theirs if layer["class_name"] != "InputLayer" or layer["path"] in names]
    skipped = set(skip)
    if len(ours) != len(theirs):
        yield Comparison(file, "", "model", "layers", len(ours), len(theirs), Verdict.WRONG)
        return
    for layer, expected in zip(ours, theirs, strict=True):
        if not skipped & {expected["name"], expected["path"]}:
            yield from _layer(file, layer, expected)
    if not skipped:
        for key, value in _totals(model).items():
            if truth.get(key) is None:  # not built, so Keras has no number
                continue
            yield _compared(file, "", truth.get("model_class", "model"), key, value, truth.get(key))


def _flatten(model: Model) -> Iterator[Layer]:
    for layer in model.listed_layers:
        yield layer
        if layer.model is not None:
            yield from _flatten(layer.model)


def _layer(file: str, layer: Layer, expected: Mapping[str, Any]) -> Iterator[Comparison]:
    def against(what: str, ours: Any, theirs: Any) -> Comparison:
        return _compared(file, layer.full_name, expected["class_name"], what, ours, theirs)

    if not expected.get("built", True) and not expected["weights"]:
        return
    shapes = [to_json(call.outputs) for call in layer.calls]
    theirs = expected.get("call_output_shapes") or [expected["output_shape"]]
    if theirs != [None]:
        yield against("output_shape", shapes, theirs)
    yield against("params", layer.params, expected["params"])
    yield against("trainable", layer.trainable_params, expected["trainable"])
    yield against("non_trainable", layer.non_trainable_params, expected["non_trainable"])
    weights: Any = layer.weights
    ours = weights if isinstance(weights, Unknown) else [to_json(weight.shape) for weight in weights]
    yield against("weights", ours, [shape for _, shape in expected["weights"]])


def _totals(model: Model) -> dict[str, Any]:
    return {
        "total_params": model.params,
        "trainable_params": model.trainable_params,
        "non_trainable_params": model.non_trainable_params,
    }


def _compared(file: str, layer: str, class_name: str, what: str, ours: Any, theirs: Any) -> Comparison:
    plain = "unknown" if isinstance(ours, Unknown) else ours
    if "unknown" in json.dumps(theirs):
        return Comparison(file, layer, class_name, what, plain, theirs, Verdict.RIGHT)
    if plain == theirs:
        verdict = Verdict.RIGHT
    elif _agrees(plain, theirs):
        verdict = Verdict.UNKNOWN
    else:
        verdict = Verdict.WRONG
    return Comparison(file, layer, class_name, what, plain, theirs, verdict)


def _agrees(ours: Any, theirs: Any) -> bool:
    """Whether two values are equal where lstmlint claims to know."""
    if ours == "unknown":
        return True
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(_agrees, ours, theirs))
    return bool(ours == theirs)


def corpus_truth() -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """The index entry and the truth of every file of the corpus."""
    truths = {entry["id"]: entry for entry in _lines(CORPUS / "truth.jsonl")}
    for entry in _lines(CORPUS / "index.jsonl"):
        yield entry, truths[entry["id"]]


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def fixture_truth() -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Every fixture that its Keras could load, with the truth of its own format."""
    for file in sorted((FIXTURES / "truth").glob("keras-*.json")):
        recorded = json.loads(file.read_text(encoding="utf-8"))
        for name, formats in sorted(recorded["models"].items()):
            for path in sorted((FIXTURES / file.stem).glob(f"{name}.*")):
                truth = formats.get("all") or formats.get(path.suffix[1:])
                if truth and "layers" in truth:
                    yield path, truth
