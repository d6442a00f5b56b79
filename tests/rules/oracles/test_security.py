"""Rules of the category security: Keras 3.15.1 refuses what they report, and loads the cured example."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import h5py
import keras
import pytest

from lstmlint.ir.document import UnreadableError
from lstmlint.linting.rule import rules
from lstmlint.pipeline import analyze
from tests.rules.test_rules import examples
from tests.support import security_files as files

#: What the rule calls an error; plain text says nothing to Keras, and other utilities are a warning.
REFUSED = [
    signature
    for signature in files.SIGNATURES
    if signature.rule == "unsafe-callable-reference" and signature.what not in ("switch-as-text", "other-utility")
]


def configs(name: str) -> tuple[str, str]:
    """The configs of a rule's example and of its cure."""
    broken, cured = (example.config for example in examples(rules()[name]))
    assert broken is not None
    assert cured is not None
    return broken, cured


def require_refused(name: str, match: str) -> None:
    """Keras refuses the example of a page with an error that says why, and builds the cure."""
    broken, cured = configs(name)
    with pytest.raises((ValueError, TypeError), match=match):
        keras.models.model_from_json(broken)
    assert keras.models.model_from_json(cured).layers


def test_lambda_bytecode__is_refused_in_safe_mode() -> None:
    require_refused("lambda-bytecode", "potential risk of arbitrary code execution")


def test_lambda_bytecode__is_refused_in_h5(tmp_path: Path) -> None:
    signature = next(signature for signature in files.SIGNATURES if signature.what == "raw-h5-form")
    files.write_h5(tmp_path / "model.h5", files.hidden(signature, "layer"))
    with pytest.raises((ValueError, TypeError)):
        keras.models.load_model(tmp_path / "model.h5")


def test_lambda_bytecode__becomes_no_function_in_a_build_config(tmp_path: Path) -> None:
    """Nor does safe mode refuse it: the message promises no more than that whoever runs it runs what it does."""
    path = kept(tmp_path)
    with zipfile.ZipFile(path) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    config = json.loads(entries["config.json"])
    config["build_config"] = {"x": {"class_name": "__lambda__", "config": {"value": ["bm90IGNvZGU=", None, None]}}}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in (entries | {"config.json": json.dumps(config).encode()}).items():
            archive.writestr(name, content)
    assert keras.models.load_model(path).count_params() == 72
    assert {found.rule for found in analyze(str(path)).diagnostics} == {"lambda-bytecode"}


def test_an_array_of_one_text_is_no_model_config(tmp_path: Path) -> None:
    """As in Keras 2.2.4, 2.3.1 and 2.15.0, which miss `decode` or say the same."""
    path = tmp_path / "model.h5"
    keras.Sequential([keras.Input((10, 2)), keras.layers.LSTM(3)]).save(path)
    with h5py.File(path, "r+") as file:
        file.attrs["model_config"] = [file.attrs["model_config"]]
    with pytest.raises(TypeError, match="the JSON object must be str, bytes or bytearray, not ndarray"):
        keras.models.load_model(path)
    with pytest.raises(UnreadableError, match="has a model_config that is not one text"):
        analyze(str(path))


def test_unsafe_callable_reference__is_not_looked_up() -> None:
    require_refused("unsafe-callable-reference", "Could not locate function 'getcwd'|Could not interpret initializer")


@pytest.mark.parametrize("signature", REFUSED, ids=lambda signature: signature.id)
def test_unsafe_callable_reference__signatures_are_refused(signature: files.Signature) -> None:
    with pytest.raises((ValueError, TypeError, ImportError)):
        keras.saving.deserialize_keras_object(json.loads(json.dumps(signature.value)))


def test_shadowed_builtin__is_refused() -> None:
    require_refused("shadowed-builtin", "does not use registered names")


def test_path_in_name__is_refused() -> None:
    require_refused("path-in-name", "cannot contain character `/`")


def test_lookup_file_path__is_refused_in_safe_mode() -> None:
    """Lookup layers need TensorFlow, which the tests do without; the refusal is in their code."""
    from keras.src.layers.preprocessing import index_lookup

    source = Path(str(index_lookup.__file__)).read_text(encoding="utf-8")
    assert "Requested the loading of a vocabulary file outside of the" in source


def test_h5_external_storage__is_refused(tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((10, 2)), keras.layers.LSTM(3, name="lstm")])
    for link in (h5py.ExternalLink("private.h5", "/values"), h5py.SoftLink("/layers/dense/vars/0")):
        path = files.write_external_link(tmp_path / "model.weights.h5", link)
        with pytest.raises(ValueError, match="Not allowed: H5 file with"):
            model.load_weights(path)
        path.unlink()


def test_h5_external_storage__is_not_read_where_no_layer_asks_for_it(tmp_path: Path) -> None:
    """So the message speaks of whoever reads it, not of loading."""
    model = keras.Sequential([keras.Input((10, 2)), keras.layers.LSTM(3, name="lstm")])
    path = tmp_path / "model.weights.h5"
    model.save_weights(path)
    with h5py.File(path, "r+") as file:
        file.create_dataset("layers/lstm/more", (4,), "float32", external=[(str(tmp_path / "none"), 0, 16)])
    model.load_weights(path)
    assert [found.finding.message.partition(" so ")[2] for found in analyze(str(path)).diagnostics][:1] == [
        "whoever reads it reads another file"
    ]


def test_h5_shape_bomb__is_refused(tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    path = files.write_shape_bomb(tmp_path / "model.weights.h5")
    with pytest.raises(ValueError, match="potential decompression/shape bomb"):
        model.load_weights(path)


def kept(tmp_path: Path) -> Path:
    """A model of real Keras, saved as an archive."""
    model = keras.Sequential([keras.Input((10, 2)), keras.layers.LSTM(3, name="lstm")])
    model.save(tmp_path / "model.keras")
    return tmp_path / "model.keras"


def test_archive_bomb__is_refused(tmp_path: Path) -> None:
    from keras.src.saving import saving_lib

    path = files.write_archive_bomb(tmp_path / "model.keras")
    with zipfile.ZipFile(path) as archive, pytest.raises(ValueError, match="a potential decompression bomb"):
        saving_lib._reject_zip_extract_bomb(archive)


@pytest.mark.filterwarnings("ignore:Skipping")
def test_archive_traversal__is_not_unpacked(tmp_path: Path) -> None:
    """Of an archive whose assets it needs, Keras leaves out what would land elsewhere."""
    from keras.src.utils import file_utils

    path = kept(tmp_path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("../start.txt", "words")
    (tmp_path / "inner").mkdir()
    with zipfile.ZipFile(path) as archive:
        file_utils.extract_open_archive(archive, str(tmp_path / "inner"))
    assert not (tmp_path / "start.txt").exists()
    assert (tmp_path / "inner" / "config.json").exists()


def test_foreign_archive_member__pickled_weights_are_refused(tmp_path: Path) -> None:
    from keras.src.saving import saving_lib

    model = keras.Sequential([keras.Input((10, 2)), keras.layers.LSTM(3, name="lstm")])
    with (tmp_path / "model.keras").open("wb") as file:
        saving_lib._save_model_to_fileobj(model, file, "npz")
    with pytest.raises(ValueError, match="allow_pickle=False"):
        keras.models.load_model(tmp_path / "model.keras")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_ambiguous_content__keras_takes_the_last_and_others_the_first(tmp_path: Path) -> None:
    path = kept(tmp_path)
    with zipfile.ZipFile(path) as archive:
        config: dict[str, Any] = json.loads(archive.read("config.json"))
    config["config"]["layers"][1]["config"]["name"] = "other"
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("config.json", json.dumps(config))
    assert [layer.name for layer in keras.models.load_model(path).layers] == ["other"]
    with zipfile.ZipFile(path) as archive:
        first = archive.open(archive.infolist()[1]).read()
    assert b'"lstm"' in io.BytesIO(first).read()
