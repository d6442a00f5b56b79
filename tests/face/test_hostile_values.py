"""Any value of a real config replaced by any JSON value: each command answers, each repair works, and no rule fails."""

from __future__ import annotations

import copy
import json
import random
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.runs import arguments, run
from tests.fuzz.values import at, places
from tests.support.truth import FIXTURES

SOURCES = sorted(
    path
    for version in ("keras-1.2.2", "keras-2.3.1", "keras-2.15.0", "keras-3.15.1")
    for path in (FIXTURES / version).glob("*.json")
    if path.stat().st_size < 20_000
)

#: What stands at such places in configs, so that it is taken for what it is not.
WORDS = st.sampled_from(["class_name", "config", "name", "layers", "LSTM", "relu", "float32", "", "../x", "a/b"])
NUMBERS = st.integers() | st.integers(-(10**200), 10**200) | st.floats() | st.sampled_from([10**4299, -1, 0, 2**63])
SCALARS = st.none() | st.booleans() | NUMBERS | WORDS | st.text(max_size=8)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS | st.text(max_size=3), inner, max_size=3)
)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(source=st.sampled_from(SOURCES), where=st.randoms(use_true_random=False), value=VALUES)
def test_every_command_answers_whatever_a_value_is(source: Path, where: random.Random, value: Any) -> None:
    config = json.loads(source.read_text(encoding="utf-8"))
    path = where.choice(list(places(config))[1:])
    at(config, path[:-1])[path[-1]] = copy.deepcopy(value)
    with TemporaryDirectory() as folder:
        changed = Path(folder) / source.name
        changed.write_text(json.dumps(config), encoding="utf-8")
        for command in arguments(changed, source, Path(folder) / "fixed.json", where):
            assert not run(command).troubles, (command, path)
        unsafe = ["fix", str(changed), "--isolated", "--unsafe", "-o", str(Path(folder) / "unsafe.json")]
        assert not run(unsafe).troubles, (unsafe, path)
