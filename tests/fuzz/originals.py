"""What inputs are made from: small files of every container."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.support.readers_files import DATA, nested_bytes, tfjs_model
from tests.support.truth import FIXTURES

#: Larger files are not taken: what is wrong with one of them is wrong with a small one.
MOST_BYTES = 32_000

#: By the kind of a container: where its files are, and under which suffix they are read.
FILES = {
    "json": [*FIXTURES.glob("keras-*/*.json"), *FIXTURES.glob("broken/*.json")],
    "h5": [*FIXTURES.glob("keras-*/*.h5"), *FIXTURES.glob("broken/*.h5"), *FIXTURES.glob("suspicious/*.h5")],
    "keras": [
        *FIXTURES.glob("keras-*/*.keras"),
        *FIXTURES.glob("broken/*.keras"),
        *FIXTURES.glob("suspicious/*.keras"),
    ],
    "yaml": [*DATA.glob("*.yaml")],
    "pb": [*DATA.glob("saved_model/*.pb")],
}


@dataclass(frozen=True, slots=True)
class Original:
    """A file: its container, the name under which it is read, its bytes, and those of a file that lies beside it."""

    kind: str
    name: str
    data: bytes
    beside: tuple[str, bytes] | None = None


@cache
def originals() -> dict[str, list[Original]]:
    """All of them by container, in an order that does not change."""
    found = {kind: [_read(kind, path) for path in sorted(paths) if _is_small(path)] for kind, paths in FILES.items()}
    jsons = [original for original in found["json"] if original.name.startswith("lstm")]
    found["tfjs"] = [_tfjs(original) for original in jsons]
    found["shards"] = [_shards()]
    return found


def _is_small(path: Path) -> bool:
    return 0 < path.stat().st_size <= MOST_BYTES


def _read(kind: str, path: Path) -> Original:
    return Original(kind, "keras_metadata.pb" if kind == "pb" else path.name, path.read_bytes())


def _tfjs(original: Original) -> Original:
    config = json.loads(original.data)
    topology = {"keras_version": config.get("keras_version"), "backend": "tensorflow", "model_config": config}
    return Original(
        "tfjs", "model.json", json.dumps(tfjs_model(topology)).encode(), ("group1-shard1of1.bin", bytes(288))
    )


def _shards() -> Original:
    index = {
        "metadata": {"total_size": 288},
        "weight_map": {"/layers/lstm/cell/vars": ["model_00000.weights.h5"]},
    }
    return Original(
        "shards", "model.weights.json", json.dumps(index).encode(), ("model_00000.weights.h5", nested_bytes())
    )
