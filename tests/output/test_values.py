"""What summary and explain tell of stored values: numbers, and sentences that claim no more than they prove."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import lstmlint
from lstmlint import Settings
from tests.support.commands import printed, said
from tests.support.truth import FIXTURES
from tests.values.files import untrained, write

FOLDER = FIXTURES / "values"
TRAINED = str(FOLDER / "trained.keras")


def test_a_summary_tells_no_values_unless_it_is_asked() -> None:
    assert printed("summary", "--format", "json", TRAINED)["values"] is None
    assert "Moved directions" not in said("summary", TRAINED)
    assert "Moved directions" in said("summary", "--values", TRAINED)


def test_the_figures_are_those_of_numpy(tmp_path: Any) -> None:
    tensors = untrained()
    kernel = np.random.default_rng(0).standard_normal((16, 64)).astype(np.float32)
    tensors["recurrent_kernel"], tensors["kernel"][0, :3] = kernel, [0, np.inf, 7]
    tensors["kernel"][0, 1] = 0
    path = write(tmp_path / "m.h5", tensors)
    values = printed("summary", "--values", "--format", "json", str(path))["values"]
    (one,) = values["recurrent"]
    singular = np.linalg.svd(kernel, compute_uv=False)
    assert one["moved_directions"] == np.count_nonzero(np.abs(singular - 1) > 0.1)
    assert (one["largest_singular"], one["smallest_singular"]) == pytest.approx((singular[0], singular[-1]), rel=1e-4)
    assert (one["exact_zeros"], one["kernel_values"], one["largest_weight"]) == (2, 3 * 64 + 16 * 64, 7)
    assert (values["values"], values["nonfinite"], values["iterations"]) == (3 * 64 + 16 * 64 + 64, 0, None)
    assert values["as_initialised"] == []


def test_what_is_unknown_says_why() -> None:
    values = printed("summary", "--values", "--format", "json", str(FOLDER / "nan.keras"))["values"]
    assert values["nonfinite"] == 1
    assert values["recurrent"][0]["moved_directions"] == "unknown"
    assert "not finite" in values["recurrent"][0]["unknown_because"]
    assert "not measured, because it holds" in said("summary", "--values", str(FOLDER / "nan.keras"))
    assert "they are damaged" in said("summary", "--values", str(FOLDER / "damaged.h5"))


def test_an_untrained_model_is_as_initialised() -> None:
    values = printed("summary", "--values", "--format", "json", str(FOLDER / "untrained.keras"))["values"]
    assert values["as_initialised"] == ["lstm", "dense"]
    assert values["recurrent"][0]["moved_directions"] == 0


def test_explain_says_what_the_figures_mean(tmp_path: Any) -> None:
    text = said("explain", TRAINED, "lstm", "--values")
    assert "moved directions: 8 of 12 directions" in text
    assert "8 of 12" not in said("explain", TRAINED, "lstm")
    assert "untrained" in said("explain", str(FOLDER / "untrained.keras"), "lstm", "--values")
    (layer,) = printed("explain", TRAINED, "lstm", "--values", "--format", "json")["layers"]
    assert layer["values"]["moved_directions"] == 8
    tensors = untrained(units=32)
    tensors["recurrent_kernel"] = tensors["recurrent_kernel"] * np.float32(1)
    tensors["recurrent_kernel"][0] *= 3
    few = said("explain", str(write(tmp_path / "m.h5", tensors)), "rnn", "--values")
    assert "wider than needed or trained too little; training again with 1 to 2 units would tell" in few


def test_python_answers_as_the_commands_do() -> None:
    asked = Settings(values=True)
    assert lstmlint.summary(TRAINED, settings=asked).to_dict() == printed(
        "summary", "--values", "--format", "json", TRAINED
    )
    assert lstmlint.explain(TRAINED, settings=asked).to_dict() == printed(
        "explain", "--values", "--format", "json", TRAINED
    )
