"""Attributes and methods of ragged and sparse tensors, which tf.keras makes layers: unknown or right, never wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lstmlint.ir.document import Container, Document
from lstmlint.ir.shape import Shape, Unknown, leaves
from lstmlint.pipeline import judge, model_of

DATA: list[dict[str, Any]] = json.loads(
    Path(__file__).parent.parent.joinpath("data", "tensor_attributes.json").read_text(encoding="utf-8")
)

OF_TENSORS = ("ClassMethod", "InstanceMethod", "InstanceProperty")


def test_every_kind_of_attribute_is_there() -> None:
    written = {layer["class_name"] for case in DATA for layer in case["model"]["config"]["layers"]}
    assert written >= set(OF_TENSORS)


@pytest.mark.parametrize("case", DATA, ids=lambda case: case["expression"])
def test_what_is_known_is_right(case: dict[str, Any]) -> None:
    model = model_of(Document("m.json", Container.JSON, case["model"], keras_version=case["model"]["keras_version"]))
    assert [layer.name for layer in model.layers] == list(case["outputs"])
    for layer in model.layers:
        said = list(leaves(layer.outputs))
        assert layer.calls[0].conflict is None
        assert not isinstance(layer.params, Unknown) or layer.class_name not in OF_TENSORS
        assert all(map(is_unknown_or_right, said, case["outputs"][layer.name])), layer.name
    assert judge(model).diagnostics == ()


def is_unknown_or_right(ours: Shape, theirs: list[int | None] | None) -> bool:
    if isinstance(ours, Unknown):
        return bool(ours.reason)
    return (
        theirs is not None
        and len(ours) == len(theirs)
        and all(isinstance(dim, Unknown) or dim == size for dim, size in zip(ours, theirs, strict=True))
    )
