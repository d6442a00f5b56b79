"""Small models in two versions, with the edit between them and the lines by which a diff should describe it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import keras

from lstmlint.review.change import Diff, Kind, Row
from lstmlint.review.compare import compare
from lstmlint.review.facts import ABSENT
from lstmlint.review.sources import ModelPlace, read
from lstmlint.settings.settings import Settings

L = keras.layers

CONTAINERS = (".h5", ".keras")
DEFAULTS = Settings()


@dataclass(frozen=True)
class Spec:
    """A layer to build: a class, its arguments, and a name (empty: Keras makes one up)."""

    class_name: str
    name: str = ""
    arguments: dict[str, Any] = field(default_factory=dict)
    inner: tuple[Spec, ...] = ()

    def layer(self) -> Any:
        named = {"name": self.name} if self.name else {}
        if self.class_name == "Nested":
            return keras.Sequential([one.layer() for one in self.inner], **named)
        if self.inner:
            return getattr(L, self.class_name)(self.inner[0].layer(), **self.arguments, **named)
        return getattr(L, self.class_name)(**self.arguments, **named)


def lstm(name: str, units: int = 4, **arguments: Any) -> Spec:
    return Spec("LSTM", name, {"units": units, "return_sequences": True, **arguments})


def dense(name: str, units: int = 5, **arguments: Any) -> Spec:
    return Spec("Dense", name, {"units": units, **arguments})


def dropout(name: str, rate: float = 0.5) -> Spec:
    return Spec("Dropout", name, {"rate": rate})


def built(specs: Sequence[Spec], kind: str = "sequential") -> Any:
    """A model of some layers, one after the other."""
    keras.utils.clear_session(free_memory=False)
    layers = [spec.layer() for spec in specs]
    if kind == "sequential":
        return keras.Sequential([keras.Input((6, 3), name="series"), *layers], name="model")
    first = tensor = keras.Input((6, 3), name="series")
    for layer in layers:
        tensor = layer(tensor)
    return keras.Model(first, tensor, name="model")


def saved(model: Any, folder: Path, name: str) -> str:
    path = folder / name
    model.save(path)
    return str(path)


def difference(old: str, new: str) -> Diff:
    return compare(*(read(ModelPlace(path, path), lambda _: DEFAULTS) for path in (old, new)))


def between(old: Sequence[Spec], new: Sequence[Spec], folder: Path, kind: str, suffix: str) -> Diff:
    return difference(
        saved(built(old, kind), folder, f"old{suffix}"), saved(built(new, kind), folder, f"new{suffix}")
    )  # fmt: skip


def described(rows: Sequence[Row]) -> Iterator[str]:
    """A changed layer as a line, those of nested models behind theirs."""
    for row in rows:
        if row.kind is Kind.UNCHANGED:
            continue
        names = " > ".join(dict.fromkeys(one.name for one in (row.old, row.new) if one))
        said = [f"{one.key} {_told(one.old)} > {_told(one.new)}" for one in row.changes]
        said += [
            word for word, holds in (("moved", row.has_moved), ("nests", row.nests), ("spills", row.spills)) if holds
        ]
        if row.inputs and not row.has_moved:
            said.append("called otherwise")
        yield " | ".join([f"{row.kind} {names}", *said])
        yield from (f"  {line}" for line in described(row.inner))


def _told(value: Any) -> Any:
    return "not set" if value is ABSENT else value


BASE = [lstm("encoder"), dropout("drop"), dense("middle", 7), dense("scores", 5, activation="softmax")]

#: Edit of a model -> the new layers, and the lines that describe the edit.
EDITS: dict[str, tuple[list[Spec], list[str]]] = {
    "rename": (
        [lstm("reader"), *BASE[1:]],
        ["changed encoder > reader"],
    ),
    "insert": (
        [BASE[0], lstm("second", 4), *BASE[1:]],
        ["added second"],
    ),
    "insert first": (
        [dense("front", 3), *BASE],
        ["added front"],
    ),
    "insert last": (
        [*BASE, dropout("late", 0.1)],
        ["added late"],
    ),
    "remove": (
        [BASE[0], *BASE[2:]],
        ["removed drop"],
    ),
    "remove first of two alike": (
        [BASE[0], BASE[1], BASE[3]],
        ["removed middle", "changed scores"],
    ),
    "change units": (
        [lstm("encoder", 8), *BASE[1:]],
        ["changed encoder | units 4 > 8", "changed drop", "changed middle"],
    ),
    "change activation": (
        [*BASE[:3], dense("scores", 5, activation="sigmoid")],
        ["changed scores | activation softmax > sigmoid"],
    ),
    "change rate": (
        [BASE[0], dropout("drop", 0.25), *BASE[2:]],
        ["changed drop | rate 0.5 > 0.25"],
    ),
    "swap": (
        [BASE[0], BASE[2], BASE[1], BASE[3]],
        ["changed drop | moved"],
    ),
    "rename and change": (
        [lstm("reader", 4, go_backwards=True), *BASE[1:]],
        ["changed encoder > reader | go_backwards False > True"],
    ),
    "exchange the class": (
        [Spec("GRU", "encoder", {"units": 4, "return_sequences": True}), *BASE[1:]],
        ["changed encoder"],
    ),
    "nest": (
        [BASE[0], Spec("Nested", "head", inner=(BASE[1], BASE[2])), BASE[3]],
        ["added head | nests"],
    ),
    "wrap": (
        [BASE[0], BASE[1], Spec("TimeDistributed", "middle", inner=(dense("inner", 7),)), BASE[3]],
        ["changed middle"],
    ),
    "make bidirectional": (
        [Spec("Bidirectional", "both", {"merge_mode": "sum"}, inner=(lstm("encoder"),)), *BASE[1:]],
        ["changed encoder > both | layer.zero_output_for_mask False > True | merge_mode not set > sum"],
    ),
}  # fmt: skip
