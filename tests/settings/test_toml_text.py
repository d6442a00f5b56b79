"""What `--show-settings` prints makes the same settings again."""

from __future__ import annotations

import io
import tomllib
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from lstmlint.cli import main
from lstmlint.settings.finder import Finder
from lstmlint.settings.presets import BUDGET_PRESETS, PROFILES
from lstmlint.settings.schema import problem, settings_schema
from lstmlint.settings.toml_text import toml_text
from tests.settings.test_settings import CHANGES

EVERYTHING = r"""
profile = "pre-commit"
persona = "pedantic"
select = []
extend-select = ["size"]
ignore = ["recurrence", "rnn-params-large"]
min-severity = "warning"
fail-on = "never"
baseline = "known/base line.json"
target = ["keras-3", "tfjs"]
values = true

[per-file-ignores]
"zoo/*" = ["size"]
"a \\ \"quoted\"\\*::lstm \u0001\u0085\U0001F600" = ["weights", "shape"]

[severity]
size = "note"
rnn-params-large = "error"

[budget]
preset = "edge"
max-params = "250k"

[budget."tiny/*.keras"]
max-params = 3

[budget."a.json"]
preset = "mobile"

[rules.rnn-params-large]
warning-above = "1.5M"

[layers]
Decoder = ["(batch, units)", "(batch, timesteps, units)"]
"Odd name" = "same-shape"
"""


def given(folder: Path, text: str) -> dict[str, Any]:
    """The settings of a text in a file."""
    path = folder / "lstmlint.toml"
    path.write_text(text, encoding="utf-8")
    return asdict(Finder(str(path)).settings("model.json"))


TEXTS = (*CHANGES, EVERYTHING, *(f'profile = "{name}"' for name in PROFILES),
         *(f'[budget]\npreset = "{name}"' for name in BUDGET_PRESETS))  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_the_settings_that_are_shown_are_the_same_when_read_again(text: str, tmp_path: Path) -> None:
    before = given(tmp_path, text)
    shown = toml_text(Finder(before["source"]).settings("model.json"))
    assert problem(tomllib.loads(shown)) == ""
    assert given(tmp_path, shown) == before


def test_all_settings_are_tried() -> None:
    assert tomllib.loads(EVERYTHING).keys() == settings_schema()["properties"].keys()


def test_the_command_pastes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("known.json").write_text("{}", encoding="utf-8")
    output = io.StringIO()
    assert main(["check", "--isolated", "--ignore", "size", "--show-settings", "known.json"], output, output) == 0
    assert output.getvalue().startswith("# known.json\n# from no file with settings\n")
    Path("lstmlint.toml").write_text(output.getvalue(), encoding="utf-8")
    again = io.StringIO()
    assert main(["check", "--show-settings", "known.json"], again, again) == 0
    assert again.getvalue().splitlines()[2:] == output.getvalue().splitlines()[2:]
