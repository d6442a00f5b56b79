"""The signatures of published vulnerabilities are found wherever and in whatever container they lie."""

from __future__ import annotations

import json
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy
import pytest

from lstmlint.ir.finding import Diagnostic
from lstmlint.pipeline import analyze
from tests.support import security_files as files
from tests.support.security_files import FORMS, POSITIONS, SIGNATURES, TRAINING_POSITIONS, Form, Hidden, Signature
from tests.support.truth import ROOT

SECURITY = "security"
EVERYWHERE = (*POSITIONS, *TRAINING_POSITIONS)

#: Positions that are tried in every container; in JSON all are.
TELLING = ("layer", "sub-model", "bidirectional", "initializer", "optimizer", "loss")


def security(path: Path) -> list[Diagnostic]:
    return [found for found in analyze(str(path)).diagnostics if found.category == SECURITY]


def rules_and_places(path: Path) -> list[tuple[str, str]]:
    return [(found.rule, found.finding.location.stored) for found in security(path)]


def is_at(found: Diagnostic, hidden: Hidden, form: Form) -> bool:
    """Whether a finding stands where the signature was put."""
    location = found.finding.location
    if hidden.is_training and not form.training:
        stored = "/".join(("training_config", *map(str, hidden.pointer)))
        return location.stored == stored or (form is FORMS["tfjs"] and not location.stored)
    expected = (form.training, *hidden.pointer) if hidden.is_training else hidden.pointer
    return location.pointer == expected


@pytest.mark.parametrize("position", EVERYWHERE)
@pytest.mark.parametrize("signature", SIGNATURES, ids=lambda signature: signature.id)
def test_signature_is_found_everywhere_in_json(signature: Signature, position: str, tmp_path: Path) -> None:
    require_found(signature, position, FORMS["json"], tmp_path)


@pytest.mark.parametrize("container", [name for name in FORMS if name != "json"])
@pytest.mark.parametrize("signature", SIGNATURES, ids=lambda signature: signature.id)
def test_signature_is_found_in_every_container(signature: Signature, container: str, tmp_path: Path) -> None:
    for position in TELLING:
        require_found(signature, position, FORMS[container], tmp_path)


def require_found(signature: Signature, position: str, form: Form, folder: Path) -> None:
    hidden = files.hidden(signature, position)
    path = form.write(folder / f"model{form.suffix}", hidden)
    found = [entry for entry in security(path) if entry.rule == signature.rule]
    assert any(is_at(entry, hidden, form) for entry in found), (position, [entry.finding for entry in found])


def test_nothing_is_found_in_the_same_files_without_a_signature(tmp_path: Path) -> None:
    harmless = Signature("none", "none", files.layer("Dropout", "dropout", rate=0.1), "")
    for position in EVERYWHERE:
        for form in FORMS.values():
            assert security(form.write(tmp_path / f"model{form.suffix}", files.hidden(harmless, position))) == []


HEALTHY_FIXTURES = [
    path
    for folder in ("keras-1.2.2", "keras-2.3.1", "keras-2.15.0", "keras-3.15.1", "broken")
    for path in sorted((ROOT / "fixtures" / folder).iterdir())
    if path.suffix in (".h5", ".keras", ".json") and b"ambda" not in path.read_bytes()
]


@pytest.mark.parametrize("folder", sorted({path.parent.name for path in HEALTHY_FIXTURES}))
def test_nothing_is_found_in_files_of_real_keras(folder: str) -> None:
    from lstmlint.ir.document import NotAModelError, UnreadableError

    for path in (path for path in HEALTHY_FIXTURES if path.parent.name == folder):
        try:
            assert security(path) == [], path
        except (NotAModelError, UnreadableError):
            assert folder == "broken", path


@pytest.mark.parametrize(
    "value",
    [
        files.function("builtins", "rmse"),
        {**files.function("builtins", "team>rmse"), "registered_name": "team>rmse"},
        {**files.function("team.losses", "team>rmse"), "registered_name": "team>rmse"},
        {"module": "keras.losses", "class_name": "function", "config": "mean_squared_error", "registered_name": "x"}
        | {"registered_name": "mean_squared_error"},
        files.keras3("qkeras.quantizers", "quantized_bits", "qkeras>quantized_bits", bits=4),
        files.keras3("__main__", "Mine", "Mine", name="mine"),
        {**files.keras3("", "Mine", "Custom>Mine", name="mine"), "module": None},
        files.keras3("keras.src.models.functional", "Functional", "Functional", name="inner", layers=[]),
        files.keras3("keras_hub.layers", "TransformerEncoder", "keras_hub>TransformerEncoder", name="encoder"),
        files.keras2_lambda(function="mean", function_type="function", output_shape=[10, 2], output_shape_type="raw"),
        files.keras2_lambda(function="mean", function_type="function", module="keras_applications.vgg16"),
        files.layer("Lambda", "named", function=files.function("builtins", "mean_of_steps")),
        files.layer("StringLookup", "lookup", vocabulary=["os.system", "builtins.exec", "../a"]),
        files.layer("StringLookup", "lookup", vocabulary=None, vocabulary_size=3),
        files.layer("Dropout", "conv1/bn", rate=0.1),
        files.layer("Dropout", "block..1", rate=0.1),
        files.layer("Reshape", "named_like_code", target_shape=[1, 2, 3]),
        files.layer("Dropout", "os.system", rate=0.1),
        files.layer("Dropout", "enable_unsafe_deserialization", rate=0.1),
        files.layer("Dropout", "next", rate=0.1) | {"inbound_nodes": [[["enable_unsafe_deserialization", 0, 0, {}]]]},
        {"class_name": "__typespec__", "spec_name": "TensorSpec", "module": "tensorflow.python.framework.tensor",
         "config": [[None, 10], "float32"], "registered_name": None},
    ],
    ids=lambda value: value["class_name"],
)  # fmt: skip
def test_what_only_looks_suspicious_is_left_alone(value: Any, tmp_path: Path) -> None:
    for position in ("layer", "initializer", "loss"):
        if position == "layer" and isinstance(value["config"], list):
            continue
        hidden = files.hidden(Signature("none", "none", value, ""), position)
        assert security(FORMS["json"].write(tmp_path / "model.json", hidden)) == []


# The container itself.


def test_a_version_clears_nothing(tmp_path: Path) -> None:
    signature = next(signature for signature in SIGNATURES if signature.id == "CVE-2025-9905-keras-3-form")
    for version in ("2.3.1", "3.15.1", "99.0.0", "none"):
        hidden = files.hidden(signature, "layer")
        hidden.config["keras_version"] = version
        found = security(FORMS["json"].write(tmp_path / "model.json", hidden))
        assert [entry.rule for entry in found] == ["lambda-bytecode"], version


@pytest.mark.parametrize(
    ("link", "target"),
    [
        (h5py.ExternalLink("/private.h5", "/values"), "/private.h5:/values"),
        (h5py.SoftLink("/layers/dense/vars/0"), "/layers/dense/vars/0"),
    ],
)
def test_links_in_hdf5_are_found_and_not_followed(link: Any, target: str, tmp_path: Path) -> None:
    path = files.write_external_link(tmp_path / "model.weights.h5", link)
    (found,) = security(path)
    assert found.rule == "h5-external-storage"
    assert target in found.finding.message
    assert found.finding.location.stored == "layers/lstm/cell/vars/0"


def test_a_link_in_place_of_all_layers_is_found(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "model.weights.h5", "w") as file:
        file["layers"] = h5py.ExternalLink("other.h5", "/layers")
    assert rules_and_places(tmp_path / "model.weights.h5") == [("h5-external-storage", "layers")]


@pytest.mark.parametrize("link", [h5py.ExternalLink("other.h5", "/model_weights"), h5py.SoftLink("/elsewhere")])
def test_a_link_in_place_of_model_weights_is_found(link: Any, tmp_path: Path) -> None:
    path = files.write_h5(tmp_path / "model.h5", Hidden(files.model(files.lstm()), None, (), is_training=False))
    with h5py.File(path, "a") as file:
        del file["model_weights"]
        file["model_weights"] = link
    (found,) = security(path)
    assert (found.rule, found.finding.location.stored) == ("h5-external-storage", "model_weights")
    assert "endangers Keras 3.0.0 to before 3.15.0 (GHSA-27f4-p4xq-cxg8)" in found.finding.help


def test_links_are_found_where_no_layer_lists_them(tmp_path: Path) -> None:
    path = files.write_h5(tmp_path / "model.h5", Hidden(files.model(files.lstm()), None, (), is_training=False))
    with h5py.File(path, "a") as file:
        file.create_group("optimizer_weights/Adam")["lstm"] = h5py.ExternalLink("other.h5", "/")
        file["model_weights/top_level_model_weights"] = h5py.SoftLink("/optimizer_weights")
    assert rules_and_places(path) == [
        ("h5-external-storage", "model_weights/top_level_model_weights"),
        ("h5-external-storage", "optimizer_weights/Adam/lstm"),
    ]


@pytest.mark.parametrize("place", ["layers/dense/vars/0", "optimizer/vars/0"])
def test_data_elsewhere_is_found(place: str, tmp_path: Path) -> None:
    layout = h5py.VirtualLayout((5,), "float32")
    layout[:] = h5py.VirtualSource("other.h5", "x", (5,), "float32")
    external, virtual = tmp_path / "external.weights.h5", tmp_path / "virtual.weights.h5"
    for path in (external, virtual):
        files.write_external_link(path, h5py.SoftLink("/x"))
    with h5py.File(external, "a") as file:
        file.pop("layers/dense/vars/0")
        del file["layers/lstm"]
        file.create_dataset(place, (3, 2), "float32", external=[("private.bin", 0, 24)])
    with h5py.File(virtual, "a", libver="latest") as file:
        file.pop("layers/dense/vars/0")
        del file["layers/lstm"]
        file.create_virtual_dataset(place, layout)
    for path, name in ((external, "private.bin"), (virtual, "other.h5")):
        (found,) = security(path)
        assert (found.rule, found.finding.location.stored) == ("h5-external-storage", place)
        assert name in found.finding.message


@pytest.mark.parametrize("in_archive", [False, True])
def test_a_shape_bomb_is_found(in_archive: bool, tmp_path: Path) -> None:
    path = files.write_shape_bomb(tmp_path / "model.weights.h5")
    if in_archive:
        path = files.write_archive(tmp_path / "model.keras", {"model.weights.h5": path.read_bytes()})
    found = [entry for entry in security(path) if entry.rule == "h5-shape-bomb"]
    assert [entry.finding.location.stored for entry in found] == ["layers/dense/vars/0"]


def test_what_is_large_or_empty_but_no_bomb_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "model.weights.h5"
    files.write_shape_bomb(path, (1_000_000, 1_000))  # 3.7 GiB, below the floor of Keras
    with h5py.File(path, "a") as file:
        file.create_dataset("layers/lstm/vars/0", data=numpy.zeros((4, 12)), compression="gzip")
        file.create_dataset("layers/gru/vars/0", data=numpy.zeros((0, 12)))
        file.create_dataset("layers/empty/vars/0", data=h5py.Empty("f"))
    assert security(path) == []


def test_many_tensors_that_only_together_are_a_bomb_are_found(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "model.weights.h5", "w") as file:
        for number in range(40):
            file.create_dataset(f"layers/dense_{number}/vars/0", (1 << 20, 1 << 10), "float32")
        file.create_dataset("layers/real/vars/0", data=numpy.zeros(1000))
    (found,) = security(tmp_path / "model.weights.h5")
    assert (found.rule, found.finding.message) == (
        "h5-shape-bomb", "40 tensors declare 160.0 GiB together and store 0 bytes",
    )  # fmt: skip


def test_many_entries_that_only_together_are_a_bomb_are_found(tmp_path: Path) -> None:
    entries = {f"assets/lookup_{number}/vocabulary.txt": bytes(100 << 20) for number in range(3)}
    path = files.write_archive(tmp_path / "model.keras", entries, zipfile.ZIP_DEFLATED)
    assert rules_and_places(path) == [("archive-bomb", "")]


@pytest.mark.parametrize(
    ("path", "is_found"),
    [
        ("group1-shard1of1.bin", False),
        ("weights/group1-shard1of2.bin", False),
        ("../private.bin", True),
        ("/etc/hostname", True),
        ("https://example.org/weights.bin", True),
        ("C:\\weights.bin", True),
    ],
)
def test_weights_outside_of_the_folder_are_found(path: str, is_found: bool, tmp_path: Path) -> None:
    plain = Hidden(files.model(files.lstm()), None, (), is_training=False)
    told = json.loads(files.write_tfjs(tmp_path / "model.json", plain).read_text())
    told["weightsManifest"] = [{"paths": ["a.bin"], "weights": []}, {"paths": [path], "weights": []}]
    (tmp_path / "model.json").write_text(json.dumps(told))
    expected = [("weights-file-path", "weightsManifest/1/paths/0")] if is_found else []
    assert rules_and_places(tmp_path / "model.json") == expected


def test_a_bomb_among_the_entries_is_found(tmp_path: Path) -> None:
    path = files.write_archive_bomb(tmp_path / "model.keras")
    assert rules_and_places(path) == [("archive-bomb", "assets/lookup/vocabulary.txt")]


def test_a_bomb_in_place_of_the_weights_is_found_and_not_expanded(tmp_path: Path) -> None:
    path = files.write_archive(tmp_path / "model.keras", {"model.weights.h5": bytes(300 << 20)}, zipfile.ZIP_DEFLATED)
    assert rules_and_places(path) == [("archive-bomb", "model.weights.h5")]


@pytest.mark.parametrize(
    "name", ["../start", "assets/../../start", "/etc/start", "..\\start", "C:\\start", "c:/start", "assets\\..\\x"]
)
def test_entries_that_lead_out_of_the_archive_are_found(name: str, tmp_path: Path) -> None:
    path = files.write_archive(tmp_path / "model.keras", {name: b"words"})
    assert rules_and_places(path) == [("archive-traversal", name)]


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_entries_that_are_no_files_are_found(kind: int, tmp_path: Path) -> None:
    path = files.write_symlink(tmp_path / "model.keras", kind | 0o777)
    assert rules_and_places(path) == [("archive-traversal", "assets/lookup")]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("data.pkl", b"words"),
        ("assets/vocabulary.txt", b"\x80\x04words"),
        ("payload.py", b"words"),
        ("assets/data.bin", b"cposixpath\njoin\n(S'words'\ntR."),
        ("assets/data.bin", b"GIF89a" + bytes(20) + b"\x80\x04\x95" + bytes([9, *bytes(7)]) + b"words"),
        ("assets/run", b"\x7fELFwords"),
        ("assets/run.dat", b"MZ\x90\x00words"),
        ("run", b"#!/bin/words"),
        ("assets/inner.txt", b"PK\x03\x04words"),
        ("assets/tokens.tar", b"words"),
    ],
)
def test_foreign_entries_are_found(name: str, content: bytes, tmp_path: Path) -> None:
    path = files.write_archive(tmp_path / "model.keras", {name: content}, zipfile.ZIP_DEFLATED)
    assert rules_and_places(path) == [("foreign-archive-member", name)]


def test_assets_of_lookup_layers_are_no_foreign_entries(tmp_path: Path) -> None:
    members = {
        "assets/layers/string_lookup/vocabulary.txt": b"one\ntwo\n",
        "assets/tokenizer/merges.txt": b"#version\n",
        "assets/layers/": b"",
        "assets/proto.spm": b"\n\x0e\n\x05<unk>",
    }
    assert security(files.write_archive(tmp_path / "model.keras", members)) == []


def test_an_encrypted_entry_is_found(tmp_path: Path) -> None:
    path = files.write_archive(tmp_path / "model.keras", {"assets/words.txt": b"words"})
    files.encrypted(path, "assets/words.txt")
    assert rules_and_places(path) == [("foreign-archive-member", "assets/words.txt")]


def test_weights_that_are_pickles_are_found(tmp_path: Path) -> None:
    path = files.write_npz(tmp_path / "model.keras", ("layers/lstm", files.array_header("()", "|O")))
    assert rules_and_places(path) == [("foreign-archive-member", "model.weights.npz")]


def test_plain_arrays_are_no_pickles_and_bombs_among_them_are_found(tmp_path: Path) -> None:
    plain = files.write_npz(tmp_path / "a.keras", ("layers/lstm", numpy.zeros((3, 12))))
    assert security(plain) == []
    bomb = files.write_npz(tmp_path / "b.keras", ("layers/lstm", files.array_header("(2000000, 100000)")))
    assert rules_and_places(bomb) == [("archive-bomb", "model.weights.npz/layers/lstm.npy")]


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", ["config.json", "CONFIG.json", "./config.json", "Model.Weights.h5"])
def test_entries_of_one_name_are_found(name: str, tmp_path: Path) -> None:
    path = files.write_archive(tmp_path / "model.keras")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(name, json.dumps(files.model(files.lstm())))
    assert rules_and_places(path) == [("ambiguous-content", name)]


def repeated_in_json(path: Path) -> Path:
    return files.write_repeated_key(path.with_suffix(".json"))


def repeated_in_h5(path: Path) -> Path:
    text = files.write_repeated_key(path.with_suffix(".json")).read_bytes()
    with h5py.File(path.with_suffix(".h5"), "w") as file:
        file.attrs["model_config"] = text
    return path.with_suffix(".h5")


def repeated_in_keras(path: Path) -> Path:
    text = files.write_repeated_key(path.with_suffix(".json")).read_bytes()
    return files.write_archive(path.with_suffix(".keras"), {"config.json": text})


@pytest.mark.parametrize("write", [repeated_in_json, repeated_in_h5, repeated_in_keras])
def test_a_key_that_is_there_twice_is_found(write: Callable[[Path], Path], tmp_path: Path) -> None:
    (found,) = security(write(tmp_path / "model"))
    assert found.rule == "ambiguous-content"
    assert found.finding.location.pointer == ("config", "layers", 1, "class_name")


def test_a_key_that_is_there_twice_beside_the_model_is_found(tmp_path: Path) -> None:
    path = files.write_h5(tmp_path / "model.h5", Hidden(files.model(files.lstm()), None, (), is_training=False))
    with h5py.File(path, "a") as file:
        file.attrs["training_config"] = b'{"loss": "a", "loss": "mse"}'
    assert rules_and_places(path) == [("ambiguous-content", "training_config/loss")]


def test_a_layer_of_a_saved_model_that_only_its_own_node_shows_is_found(tmp_path: Path) -> None:
    dump = files.keras2_lambda(function=files.DUMP, function_type="lambda")
    plain = {"class_name": "Sequential", "config": files.model(files.lstm())["config"]}
    for root in (plain, {"class_name": "Mine", "name": "mine"}):
        node = files.saved_node("root.layer-1", "_tf_keras_layer", {"name": "scale", **dump})
        kind = "_tf_keras_sequential" if "config" in root else "_tf_keras_model"
        path = tmp_path / "keras_metadata.pb"
        path.write_bytes(files.saved_node("root", kind, root) + node)
        assert rules_and_places(path) == [("lambda-bytecode", "root.layer-1/config/function")]


def test_a_node_that_repeats_a_layer_is_not_reported_again(tmp_path: Path) -> None:
    dump = files.keras2_lambda(function=files.DUMP, function_type="lambda")
    root = {"class_name": "Sequential", "config": files.model(dump)["config"]}
    path = tmp_path / "keras_metadata.pb"
    node = files.saved_node("root.layer-1", "_tf_keras_layer", {"name": "scale", **dump})
    path.write_bytes(files.saved_node("root", "_tf_keras_sequential", root) + node)
    assert [found.rule for found in security(path)] == ["lambda-bytecode"]


@pytest.mark.parametrize("value", [files.function("os", "getcwd"), files.keras2_lambda(function=files.DUMP)])
def test_what_is_no_model_at_all_is_judged_all_the_same(value: Any, tmp_path: Path) -> None:
    (tmp_path / "model.json").write_text(json.dumps(value))
    assert len(security(tmp_path / "model.json")) == 1


def test_a_config_that_asks_for_more_than_there_is(tmp_path: Path) -> None:
    for large in (
        files.layer("Embedding", "large", input_dim=2_000_000_000, output_dim=200),
        files.layer("Dense", "large", units=2_000_000_000_000),
        files.layer("LSTM", "large", units=3_000_000),
    ):
        config = files.model(large, name="m")
        if large["class_name"] == "Embedding":
            config["config"]["layers"][0] = files.layer("InputLayer", "tokens", batch_shape=[None, 10])
        (tmp_path / "model.json").write_text(json.dumps(config))
        assert [found.rule for found in security(tmp_path / "model.json")] == ["config-shape-bomb"]


def test_archives_are_opened_as_little_as_possible(tmp_path: Path) -> None:
    """Of the usual entries nothing is read twice, and nothing at all of a directory."""
    path = files.write_archive(tmp_path / "model.keras")
    from lstmlint import readers

    document = readers.read(str(path))
    assert [member.start for member in document.evidence.members] == [b"", b"", b""]
    assert document.evidence.elsewhere == ()
    assert document.evidence.allocations == ()
