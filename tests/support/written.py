"""The files of this repository that a real Keras wrote and loads again, each with its version and container."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from tests.support.containers import Saved, take_weights
from tests.support.truth import FIXTURES, ROOT

#: Folder of a file -> the version that was asked to load it; a near version for folders without an answer.
ASKED: Mapping[str, str] = {
    "keras-1.2.2": "keras-1.2.2", "keras-2.3.1": "keras-2.3.1", "keras-2.15.0": "tf-keras-2.15.1",
    "keras-3.15.1": "keras-3.15.1", "loads/keras-1.2.2": "keras-1.2.2", "loads/keras-2.1.6": "keras-2.2.4",
    "loads/keras-2.3.1": "keras-2.3.1", "loads/tf-keras-2.3.4": "tf-keras-2.9.3",
    "loads/tf-keras-2.15.1": "tf-keras-2.15.1", "loads/keras-3.15.1": "keras-3.15.1",
}  # fmt: skip

#: Whole H5 files before Keras 3, whose `save_weights` wrote the same without the model.
HAVE_LEGACY_WEIGHTS = ("keras-1", "keras-2", "tf-keras-2")

PACKED = FIXTURES / "containers"


def loaded(folder: Path) -> Iterator[Saved]:
    """The fixtures and the packed models of `loads/` that their Keras loads; they are unpacked into a folder."""
    for archive in sorted((FIXTURES / "loads").glob("*.tar.xz")):
        unpack(archive, folder / "loads" / archive.name.removesuffix(".tar.xz"))
    for name, says in _answers().items():
        group = name.rpartition("/")[0]
        if not isinstance(says.get(ASKED[group], "?"), list | str):
            path = folder / name if group.startswith("loads/") else FIXTURES / name
            yield Saved(group.removeprefix("loads/"), path.suffix[1:], str(path))


@cache
def _answers() -> Mapping[str, Mapping[str, Any]]:
    """The answer of each version: nothing, a number where a file loads without compiling, a list where it fails."""
    lines = (ROOT / "tests/data/loads.jsonl").read_text(encoding="utf-8").splitlines()
    head, *files = map(json.loads, lines)
    return {file["file"]: dict(zip(head["versions"], file["says"], strict=True)) for file in files}


def legacy_weights(whole: Saved, folder: Path) -> Iterator[Saved]:
    """The file that `save_weights` writes for the model in a whole H5, alone and beside the JSON of that model."""
    if whole.container != "h5" or not whole.keras.startswith(HAVE_LEGACY_WEIGHTS):
        return
    apart = folder / Path(whole.path).parents[1].name / whole.keras
    path = apart / f"{whole.name.removesuffix('.h5')}-alone.h5"
    path.parent.mkdir(parents=True, exist_ok=True)
    take_weights(Path(whole.path), path)
    yield Saved(whole.keras, "weights-only h5", str(path))
    architecture = Path(whole.path).with_suffix(".json")
    if architecture.exists():
        yield Saved(whole.keras, "json and weights", str(architecture), str(path))


def layer_models(folder: Path) -> Iterator[Saved]:
    """The single layers of `fixtures/layers`, as JSON."""
    for lines in sorted((FIXTURES / "layers").glob("*.jsonl")):
        (folder / lines.stem).mkdir(parents=True, exist_ok=True)
        for number, line in enumerate(lines.read_text(encoding="utf-8").splitlines()):
            path = folder / lines.stem / f"{number}.json"
            path.write_text(json.dumps(json.loads(line)["model"]), encoding="utf-8")
            yield Saved(lines.stem, "json", str(path))


def containers(version: str, folder: Path) -> Iterator[Saved]:
    """The files of `containers/` of one version, unpacked into folders by kind, with weights beside their JSON."""
    truth = containers_truth(version)
    unpack(PACKED / f"{version}.tar.xz", folder / "packed")
    for path in sorted((folder / "packed").iterdir()):
        name, _, container = path.name.partition(".")
        if path.name == "truth.json":
            continue
        # Apart from each other, or JSON would be read with the weights that have its name.
        apart = folder / container / f"{name}.{container}"
        apart.parent.mkdir(parents=True, exist_ok=True)
        path.rename(apart)
        yield Saved(version, container, str(apart))
        if truth.get(path.name, {}).get("pairs") and (folder / "json" / f"{name}.json").exists():
            yield Saved(version, "json and weights", str(folder / "json" / f"{name}.json"), str(apart))


@cache
def containers_truth(version: str) -> Mapping[str, Any]:
    """The answers of Keras on the files of `containers/`: the groups of archives, and the weights of each JSON."""
    with tarfile.open(PACKED / f"{version}.tar.xz") as archive:
        member = archive.extractfile("truth.json")
        truth: Mapping[str, Any] = json.loads(member.read()) if member else {}
    return truth


def unpack(archive: Path, folder: Path) -> None:
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")


#: The versions of `containers/`.
PACKED_VERSIONS = sorted(path.name.removesuffix(".tar.xz") for path in PACKED.glob("*.tar.xz"))
