"""States are asked for on calls of every form that a file may hold."""

from __future__ import annotations

from lstmlint.analyses.states import UNFOLLOWED, state_calls
from lstmlint.ir.document import Container, Document
from lstmlint.pipeline import judge, model_of


def test_states_of_a_call_in_a_circle_are_unknown() -> None:
    lstm = {"name": "lstm", "class_name": "LSTM", "config": {"name": "lstm", "units": 2}}
    circle = [[["dense", 0, 0, {"initial_state": [[0.0, 0.0], [0.0, 0.0]]}]]]
    layers = [
        {"name": "x", "class_name": "InputLayer", "config": {"batch_input_shape": [None, 4, 3]}, "inbound_nodes": []},
        {**lstm, "inbound_nodes": circle},
        {"name": "dense", "class_name": "Dense", "config": {"units": 3}, "inbound_nodes": [[["lstm", 0, 0, {}]]]},
    ]
    config = {"name": "m", "layers": layers, "input_layers": [["x", 0, 0]], "output_layers": [["dense", 0, 0]]}
    document = Document("m.json", Container.JSON, {"class_name": "Model", "config": config}, keras_version="2.3.1")
    model = model_of(document)
    assert [reason for _, reason in state_calls(model)] == [UNFOLLOWED]  # type: ignore[misc]
    assert not [one for one in judge(model).diagnostics if "failed" in one.finding.message]
