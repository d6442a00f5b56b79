"""Bills of materials: valid under the official schema, equal for equal bytes, and true to the models."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import h5py
import pytest

import lstmlint
from lstmlint.cli import main
from lstmlint.keras.advisories import advisories
from lstmlint.output.bills.vex import affected_ranges, fixed_ranges, unnamed_ranges
from tests.readers.test_readers_shards import SHARDS, write_index
from tests.support import security_files as files
from tests.support.cyclonedx import validator
from tests.support.truth import FIXTURES, ROOT
from tests.support.zoos import fill

FOLDERS = sorted(folder.name for folder in FIXTURES.iterdir() if folder.is_dir() and folder.name != "scripts")

LSTM = FIXTURES / "keras-3.15.1" / "lstm-72.keras"


def bill(path: Path, *, vex: bool = False) -> Any:
    return lstmlint.sbom(path, vex=vex).to_dict()


def errors(content: Any) -> list[str]:
    return [f"{error.json_path}: {error.message[:200]}" for error in validator().iter_errors(content)]


def values(component: Any) -> dict[str, str]:
    return {one["name"]: one["value"] for one in component["properties"]}


def run(*arguments: str) -> tuple[int, str, str]:
    output, problems = io.StringIO(), io.StringIO()
    return main(["sbom", "--isolated", *arguments], output, problems), output.getvalue(), problems.getvalue()


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("vex", [False, True])
def test_every_fixture_has_a_valid_bill(folder: str, vex: bool) -> None:
    content = bill(FIXTURES / folder, vex=vex)
    assert errors(content) == []
    components = content["components"]
    references = [one["bom-ref"] for one in (*components, *content.get("vulnerabilities", ()))]
    assert len(references) == len(set(references))


def test_the_validator_is_strict() -> None:
    content = bill(LSTM)
    content["components"][0]["modelCard"]["modelParameters"]["tasks"] = "regression"
    content["components"][0]["hashes"][0]["content"] = "no digest"
    assert len(errors(content)) == 2


def test_equal_bytes_are_one_component(tmp_path: Path) -> None:
    for name in ("a.keras", "b.keras"):
        shutil.copy(LSTM, tmp_path / name)
    (component,) = bill(tmp_path)["components"]
    assert component["hashes"] == [{"alg": "SHA-256", "content": hashlib.sha256(LSTM.read_bytes()).hexdigest()}]
    assert [one["location"] for one in component["evidence"]["occurrences"]] == [
        str(tmp_path / "a.keras"), str(tmp_path / "b.keras"),
    ]  # fmt: skip


def test_the_same_files_give_the_same_bytes() -> None:
    asked = [sys.executable, "-m", "lstmlint", "sbom", "--isolated", "--vex", str(LSTM)]
    runs = [
        subprocess.run(
            asked, cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    ]
    assert runs[0] == runs[1]
    assert json.loads(runs[0])["serialNumber"].startswith("urn:uuid:")


def test_other_files_give_another_serial_number() -> None:
    assert bill(LSTM)["serialNumber"] != bill(LSTM.with_name("gru.json"))["serialNumber"]


def test_each_number_says_where_it_comes_from() -> None:
    told = values(bill(LSTM)["components"][0])
    assert told["lstmlint:recorded:keras_version"] == "3.15.1"
    assert told["lstmlint:inferred:params"] == "72"
    assert told["lstmlint:inferred:layer:lstm:output_shape"] == "(None, 3)"
    assert told["lstmlint:inferred:layer:lstm:weight:kernel"] == "float32 (2, 12)"
    assert told["lstmlint:stored:tensor:layers/lstm/cell/vars/0"] == "float32 (2, 12)"


def test_what_only_tensors_show_is_stored() -> None:
    told = values(bill(FIXTURES / "broken" / "weights-only.h5")["components"][0])
    assert "lstmlint:stored:params" in told
    assert not any(name.startswith("lstmlint:inferred:layer:") and ":weight:" in name for name in told)


@pytest.mark.parametrize(
    "path", sorted(FIXTURES.glob("keras-*/*.json")), ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_the_parameters_are_those_of_the_summary(path: Path) -> None:
    counted = lstmlint.summary(path).params
    told = values(bill(path)["components"][0])
    assert int(told.get("lstmlint:inferred:params", -1)) == (-1 if isinstance(counted, lstmlint.Unknown) else counted)


def test_weights_in_another_file_are_hashed_as_well(tmp_path: Path) -> None:
    for suffix in ("json", "h5"):
        shutil.copy(FIXTURES / "keras-2.3.1" / f"lstm-72.{suffix}", tmp_path / f"model.{suffix}")
    entry = lstmlint.sbom(tmp_path / "model.json", weights=tmp_path / "model.h5").to_dict()["components"][0]
    (part,) = entry["components"]
    assert part["hashes"][0]["content"] == hashlib.sha256((tmp_path / "model.h5").read_bytes()).hexdigest()


def test_shards_are_hashed_as_well(tmp_path: Path) -> None:
    index = write_index(tmp_path)
    (entry,) = lstmlint.sbom(index).to_dict()["components"]
    hashes = {part["name"]: part["hashes"][0]["content"] for part in entry["components"]}
    assert hashes == {name: hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() for name in SHARDS}
    with h5py.File(tmp_path / SHARDS[0], "a") as file:
        file["vars/0"][...] = 1
    (other,) = lstmlint.sbom(index).to_dict()["components"]
    assert other["bom-ref"] != entry["bom-ref"]
    assert list(validator().iter_errors(lstmlint.sbom(index).to_dict())) == []


def test_the_graph_and_the_variables_of_a_saved_model_are_hashed_as_well(tmp_path: Path) -> None:
    files.write_pb(tmp_path / "keras_metadata.pb", files.Hidden(files.model(files.lstm()), {}, (), is_training=False))
    (tmp_path / "variables").mkdir()
    for name in ("saved_model.pb", "variables/variables.index", "variables/variables.data-00000-of-00001"):
        (tmp_path / name).write_bytes(name.encode())
    (entry,) = lstmlint.sbom(tmp_path / "keras_metadata.pb").to_dict()["components"]
    assert [part["name"] for part in entry["components"]] == [
        "saved_model.pb", "variables.data-00000-of-00001", "variables.index"
    ]  # fmt: skip


def test_the_bill_of_a_store_is_that_of_its_models(tmp_path: Path) -> None:
    zoo = fill(tmp_path / "zoo")
    lstmlint.audit([zoo], tmp_path / "zoo.db", jobs=1)
    told = lstmlint.sbom(tmp_path / "zoo.db").to_dict()
    assert told == lstmlint.sbom(zoo).to_dict()
    assert json.loads(run(str(tmp_path / "zoo.db"))[1]) == told
    (zoo / "new" / "gru.keras").unlink()
    gone = lstmlint.sbom(tmp_path / "zoo.db")
    assert [Path(path).name for path, _ in gone.unread] == ["gru.keras"]


@pytest.mark.parametrize(
    ("loss", "output", "task"),
    [
        ("mean_squared_error", [None, 10, 3], "regression"),
        ("sparse_categorical_crossentropy", [None, 10, 3], "classification"),
        ("binary_crossentropy", [None, 10, 3], None),
        ("binary_crossentropy", [None, 1], "classification"),
        ("kl_divergence", [None, 10, 3], None),
        ("someones_loss", [None, 10, 3], None),
    ],
)
def test_a_loss_tells_the_task(loss: str, output: list[Any], task: str | None, tmp_path: Path) -> None:
    layer = files.lstm(return_sequences=True) if len(output) == 3 else files.layer("LSTM", "lstm", units=1)
    found = files.Hidden(files.model(layer), {"loss": loss}, (), is_training=True)
    card = bill(files.write_json(tmp_path / "model.json", found))["components"][0]["modelCard"]
    assert card["modelParameters"]["outputs"] == [{"format": f"lstm: ({', '.join(map(str, output))})"}]
    assert card["modelParameters"].get("task") == task


def test_verdicts_are_limitations() -> None:
    card = bill(FIXTURES / "keras-2.15.0" / "lstm-72.h5")["components"][0]["modelCard"]
    limits = card["considerations"]["technicalLimitations"]
    assert any(limit.startswith("fails: keras-3.4 to 3.15") and "time_major" in limit for limit in limits)


#: Callables that a rule reports for what they may do, while no advisory is known to be about them.
NOT_NAMED = frozenset({"package-of-others", "other-utility"})


@pytest.mark.parametrize(
    "signature", [one for one in files.SIGNATURES if one.vulnerability in advisories()], ids=lambda one: one.id
)
def test_a_model_with_a_signature_is_affected(signature: files.Signature, tmp_path: Path) -> None:
    form = files.FORMS["h5" if signature.vulnerability == "CVE-2025-9905" else "keras"]
    content = bill(form.write(tmp_path / f"model{form.suffix}", files.hidden(signature, "layer")), vex=True)
    assert errors(content) == []
    states = {(one["id"], one["analysis"]["state"]) for one in content["vulnerabilities"]}
    wanted = {"in_triage"} if signature.what in NOT_NAMED else {"exploitable", "resolved"}
    assert {(signature.vulnerability, state) for state in wanted} <= states
    assert (signature.vulnerability, "not_affected") not in states


def test_a_harmless_model_is_not_affected_by_any_advisory() -> None:
    told = bill(LSTM, vex=True)["vulnerabilities"]
    assert [one["id"] for one in told] == list(advisories())
    assert {one["analysis"]["state"] for one in told} == {"not_affected"}
    assert {one["analysis"]["justification"] for one in told} == {"code_not_reachable"}


@pytest.mark.parametrize("identifier", sorted(advisories()))
def test_each_version_is_in_one_range(identifier: str) -> None:
    advisory = advisories()[identifier]
    ranges = [*affected_ranges(advisory), *fixed_ranges(advisory), *unnamed_ranges(advisory)]
    bounds = {bound for one in advisory.affected for bound in one if bound}
    for version in {"2.4.0", "3.0.1", "4.0.0", *bounds}:
        assert sum(contains(one, version) for one in ranges) == 1


def contains(span: str, version: str) -> bool:
    number = tuple(map(int, version.split(".")))
    bounds = [(one.startswith(">="), tuple(map(int, one.lstrip("<>=").split(".")))) for one in span.split("|")]
    return all(number >= bound if is_lower else number < bound for is_lower, bound in bounds)


def test_the_command_prints_what_the_function_gives() -> None:
    status, output, _ = run("--vex", str(LSTM))
    assert status == 0
    assert json.loads(output) == bill(LSTM, vex=True)


def test_a_broken_file_is_told_and_the_others_are_in_the_bill(tmp_path: Path) -> None:
    shutil.copy(LSTM, tmp_path / "good.keras")
    (tmp_path / "broken.keras").write_bytes(b"PK\x03\x04 and nothing else")
    status, output, problems = run(str(tmp_path))
    assert status == 2
    assert [one["name"] for one in json.loads(output)["components"]] == ["good.keras"]
    assert problems.count("\n") == 1
    assert "broken.keras: error: " in problems
    assert [path for path, _ in lstmlint.sbom(tmp_path).unread] == [str(tmp_path / "broken.keras")]


def test_standard_input_has_no_bill() -> None:
    status, output, problems = run("-")
    assert (status, output) == (2, "")
    assert problems == "-: error: has no bytes to hash once it is read; name a file\n"


@pytest.mark.parametrize(
    ("class_name", "family"),
    [
        ("LSTM", "LSTM neural network"), ("CuDNNGRU", "GRU neural network"), ("SimpleRNN", "recurrent neural network"),
        ("ConvLSTM2D", "convolutional LSTM neural network"), ("Conv2DTranspose", "convolutional neural network"),
        ("SeparableConv2D", "convolutional neural network"), ("MaxPooling2D", None), ("Dense", None),
    ],
)  # fmt: skip
def test_layers_tell_the_family(class_name: str, family: str | None, tmp_path: Path) -> None:
    model = files.Hidden(files.model(files.layer(class_name, "layer")), {}, (), is_training=False)
    card = bill(files.write_json(tmp_path / "model.json", model))["components"][0]["modelCard"]
    assert card["modelParameters"].get("architectureFamily") == family


def test_a_folder_is_told_beyond_a_file_that_makes_lstmlint_fail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.keras", "b.keras"):
        shutil.copy(LSTM, tmp_path / name)
    load = lstmlint.pipeline.load

    def failing(path: str, *others: Any) -> Any:
        if path.endswith("a.keras"):
            raise KeyError("nobody expected this")
        return load(path, *others)

    monkeypatch.setattr(lstmlint.pipeline, "load", failing)
    told = lstmlint.sbom(tmp_path)
    assert [entry.file.path for entry in told.entries] == [str(tmp_path / "b.keras")]
    ((path, reason),) = told.unread
    assert path == str(tmp_path / "a.keras")
    assert "KeyError" in reason
    assert "defect of lstmlint" in reason
