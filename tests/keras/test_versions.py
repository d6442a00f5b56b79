"""The versions of Keras: all of them come from the data."""

from __future__ import annotations

import pytest

from lstmlint.keras import versions
from lstmlint.keras.versions import KERAS_TARGETS, NEWEST, Line, Target


def test_every_examined_version_is_a_target_and_each_between_them() -> None:
    names = [target.name for target in KERAS_TARGETS]
    assert {f"{line}-{major}.{minor}" for line, (major, minor, *_) in versions.examined_versions()} <= set(names)
    assert names[:6] == ["keras-1.2", "keras-2.0", "tf-keras-2.0", "keras-2.1", "tf-keras-2.1", "keras-2.2"]
    assert "tf-keras-2.5" in names  # between two that were examined
    assert versions.target_of("keras-3") is NEWEST


def test_one_more_version_in_the_data_is_one_more_target(monkeypatch: pytest.MonkeyPatch) -> None:
    newer = (*versions.examined_versions(), (Line.KERAS, (NEWEST.version[0], NEWEST.version[1] + 1, 0)))
    monkeypatch.setattr(versions, "examined_versions", lambda: newer)
    made = versions._keras_targets()
    assert [target.version for target in made if target.version > NEWEST.version] == [newer[-1][1][:2]]


def test_a_keras_4_is_no_keras_3() -> None:
    assert Target("keras-3.99", Line.KERAS, (3, 99)).is_keras3
    assert not Target("keras-4.0", Line.KERAS, (4, 0)).is_keras3
