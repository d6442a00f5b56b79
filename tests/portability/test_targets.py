"""The runtimes among the targets: what lstmlint says of small models is what the runtimes said of them.

`tests/data/targets.jsonl` is made by `fixtures/scripts/targets/`, which says what its lines hold.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from lstmlint.cli import main
from lstmlint.ir.model import Model
from lstmlint.keras.versions import NEWEST, RUNTIME_TARGETS, TARGETS, UnknownTargetError, target_of
from lstmlint.linting.rule import cure_of, rules
from lstmlint.pipeline import load, model_of
from lstmlint.portability.obstacle import DUMP, Stage
from lstmlint.portability.verdict import Outcome, Verdict, verdict
from tests.rules.test_rules import examples
from tests.support.truth import ROOT

DATA = ROOT / "tests" / "data" / "targets.jsonl"

#: What a runtime says, by what lstmlint makes of it. Messages are compared for `fails`.
OUTCOMES = {
    "same": {Outcome.LOADS}, "loads": {Outcome.LOADS, Outcome.DIFFERS}, "differs": {Outcome.DIFFERS},
    "fails": {Outcome.FAILS},
}  # fmt: skip

#: Cases that differ by the precision of their dtype alone, which no rule is about.
HALF_PRECISION = frozenset({"mixed-dtype"})

#: What TensorFlow.js says of the shapes of layers that are not recurrent, which lstmlint does not follow there.
UNJUDGED = 'The shape of the input to "Flatten" is not fully defined'


@cache
def lines() -> tuple[dict[str, Any], ...]:
    return tuple(json.loads(line) for line in DATA.read_text(encoding="utf-8").splitlines())


def said(target: str) -> Iterator[tuple[dict[str, Any], Mapping[str, Any]]]:
    """Each line about a target with what it says of the model as it is."""
    for line in lines()[1:]:
        says = line["says"].get(target)
        if says is not None:
            yield line, says[0] if isinstance(says, list) else says


def text_of(says: Mapping[str, Any]) -> str:
    return str(lines()[0]["messages"][says["message"]]) if "message" in says else ""


def model_in(line: Mapping[str, Any], folder: Path) -> Model:
    """The model of a line, with weights where it is a case, as those were run with them."""
    if "file" in line:
        return load(str(ROOT / line["file"]))
    path = folder / "model.json"
    path.write_text(json.dumps({"keras_version": line["writer"], **line["config"]}), encoding="utf-8")
    return model_of(replace(load(str(path)).document, stored=()))


def holds(message: str, printed: str) -> bool:
    """Whether the pieces of a message, where lstmlint leaves out parts, stand in what was printed in this order."""
    at = 0
    for piece in message.split(DUMP):
        at = printed.find(piece, at)
        if at < 0:
            return False
    return True


def wrong(found: Verdict, says: Mapping[str, Any]) -> bool:
    if found.outcome not in OUTCOMES[says["status"]]:
        return True
    return says["status"] == "fails" and not (found.reason and holds(found.reason.message, text_of(says)))


@pytest.mark.parametrize("target", [target.name for target in RUNTIME_TARGETS])
def test_verdicts_are_what_the_runtime_said(target: str, tmp_path: Path) -> None:
    missed = []
    judged = 0
    for line, says in said(target):
        if line.get("case") in HALF_PRECISION or text_of(says).startswith(UNJUDGED):
            continue
        found = verdict(model_in(line, tmp_path), TARGETS[target])
        judged += 1
        if wrong(found, says):
            name = line.get("file") or f"{line['case']} of {line['writer']}"
            missed.append((name, says["status"], text_of(says)[:100], str(found.outcome), found.reason))
    assert not missed, missed
    assert judged >= 60


def test_what_tflite_refuses_it_converts_with_a_fixed_batch_or_select_ops() -> None:
    refused = 0
    for line in lines()[1:]:
        ways = line["says"].get("tflite", ())
        if len(ways) > 1 and line["case"] != "cudnn-lstm":  # which no way converts
            refused += 1
            assert ways[-1]["status"] == "same", line["case"]
    assert refused > 30


def test_tf2onnx_converts_reversed_sequences_and_hard_sigmoid_to_the_same() -> None:
    fused = set()
    for line, says in said("onnx"):
        if "case" in line and ("backwards" in line["case"] or "hard-sigmoid" in line["case"]):
            assert says["status"] == "same", line["case"]
            fused |= set(says["operations"])
    assert {"LSTM", "GRU"} <= fused


def test_cudnn_is_taken_where_lstmlint_says_that_jax_takes_it(tmp_path: Path) -> None:
    from lstmlint.portability.loaders.jax_gpu import takes_cudnn

    for line, says in said("jax-gpu"):
        is_masked = "mask" in line["case"]
        model = model_in(line, tmp_path)
        taken = any(takes_cudnn(layer) for layer in model.all_layers) and not is_masked
        assert taken == says["takes_cudnn"], line["case"]


def checked(*arguments: str) -> tuple[int, str]:
    output = io.StringIO()
    return main([*arguments], output, output), output.getvalue()


@pytest.mark.parametrize(
    "rule", ["tfjs-keras3", "tfjs-layer-refused", "tfjs-drift", "tflite-dynamic-rnn", "onnx-state-lost",
             "jax-gpu-time-order"],
)  # fmt: skip
def test_rules_fire_for_their_target_only(rule: str, tmp_path: Path) -> None:
    example = next(iter(examples(rules()[rule])))
    path = tmp_path / "example.json"
    path.write_text(example.config or "", encoding="utf-8")
    [own] = [name for name in example.command.split() if name in TARGETS]
    assert f"[{rule}]" in checked("check", "--isolated", "--target", own, str(path))[1]
    others = [target.name for target in (*RUNTIME_TARGETS, NEWEST) if target.name != own]
    said_of_others = checked("check", "--isolated", *(f"--target={name}" for name in others), str(path))[1]
    assert f"[{rule}]" not in said_of_others
    assert f"[{rule}]" not in checked("check", "--isolated", str(path))[1]
    assert cure_of(rule)


@pytest.mark.parametrize("rule", ["tfjs-keras3", "tfjs-layer-refused", "tfjs-drift"])
def test_a_converted_model_is_judged_by_the_one_program_that_reads_it(rule: str, tmp_path: Path) -> None:
    example = next(iter(examples(rules()[rule])))
    path = tmp_path / "model.json"
    path.write_text(json.dumps({"modelTopology": json.loads(example.config or "")}), encoding="utf-8")
    assert f"[{rule}]" in checked("check", "--isolated", str(path))[1]
    assert f"[{rule}]" not in checked("check", "--isolated", f"--target={NEWEST.name}", str(path))[1]


def test_loads_judges_a_runtime_where_it_is_named() -> None:
    path = str(ROOT / "fixtures" / "keras-3.15.1" / "lstm-72.h5")
    status, output = checked("loads", "--isolated", "--target", "tfjs", "--target", "onnx", path)
    assert status == 1
    assert "fails  tfjs" in output
    assert "loads  onnx" in output
    assert "tfjs" not in checked("loads", "--isolated", path)[1]


def test_jax_gpu_is_the_newest_keras_and_refuses_what_that_refuses() -> None:
    model = load(str(ROOT / "fixtures" / "keras-2.15.0" / "lstm-72.h5"))
    here, there = (verdict(model, TARGETS[name]) for name in (NEWEST.name, "jax-gpu"))
    assert [one.message for one in there.obstacles] == [one.message for one in here.obstacles]
    assert there.outcome is Outcome.FAILS


def test_weights_alone_are_no_model_to_convert(tmp_path: Path) -> None:
    import h5py

    path = tmp_path / "weights.h5"
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = [b"lstm"]
        file.create_group("lstm").attrs["weight_names"] = [b"lstm/kernel:0"]
        file["lstm/lstm/kernel:0"] = [[0.0] * 8] * 2
    for name in ("tfjs", "onnx", "tflite"):
        found = verdict(load(str(path)), TARGETS[name])
        assert [one.stage for one in found.obstacles] == [Stage.LOAD]
        assert found.reason is not None
        assert "no architecture" in found.reason.message


@pytest.mark.parametrize(
    ("name", "like"), [("tf-lite", "tflite"), ("onxx", "onnx"), ("jaxgpu", "jax-gpu"), ("tfjs-4.22", "tfjs")]
)
def test_wrong_names_are_told_the_nearest_target(name: str, like: str) -> None:
    with pytest.raises(UnknownTargetError, match=f"did you mean '{like}'"):
        target_of(name)


def test_help_names_every_runtime() -> None:
    from lstmlint.commands.arguments import RUNTIMES

    assert RUNTIMES.split(", ") == [target.name for target in RUNTIME_TARGETS]
