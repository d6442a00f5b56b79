"""Values of any bits, types, layouts and sizes: counts are NumPy's, and damage costs no other tensor."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from lstmlint.ir.measured import Measured
from lstmlint.pipeline import load_asked
from lstmlint.settings.settings import Settings
from lstmlint.values.measures.tensors import LARGEST_HALF, SMALLEST_NORMAL
from tests.fuzz.runs import run
from tests.values.files import Array, untrained, write

LAYOUTS: dict[str, dict[str, Any]] = {
    "contiguous": {}, "gzip": {"compression": "gzip"},
    "shuffled": {"chunks": (1, 5), "shuffle": True, "fletcher32": True},
}  # fmt: skip


def kernels() -> dict[str, Array]:
    """The tensors of a layer without a bias, for layouts of two axes."""
    return {name: one for name, one in untrained().items() if one.ndim == 2}


def measured(path: Path) -> Measured:
    model = load_asked(str(path), None, Settings(values=True))
    assert model.measured is not None
    return model.measured


def any_bits(dtype: str, shape: tuple[int, ...], seed: int) -> Array:
    """Values of random bits, NaN of any payload among them, with zeros, infinities and subnormal numbers."""
    random = np.random.default_rng(seed)
    kind = np.dtype(dtype)
    values = np.frombuffer(random.bytes(int(np.prod(shape)) * kind.itemsize), kind).copy()
    if kind.kind == "f":
        exponent = np.frombuffer(random.bytes(values.size), np.uint8) < 64
        values[exponent] = (random.standard_normal(int(exponent.sum())) * np.finfo(kind).tiny / 2).astype(kind)
        values[:4] = [0.0, -0.0, np.inf, -np.inf]
    return values.reshape(shape)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("dtype", ["<f4", ">f4", "<f8", ">f8", "<f2", ">f2", "|i1", "<i8", ">u2", "|b1"])
def test_counts_of_any_bits_are_those_of_numpy(dtype: str, layout: str, tmp_path: Path) -> None:
    bits = any_bits("|u1" if dtype == "|b1" else dtype, (3, 64), seed=len(dtype + layout))
    values = (bits > 9).astype(bool) if dtype == "|b1" else bits
    path = write(tmp_path / "m.h5", {**kernels(), "kernel": values}, **LAYOUTS[layout])
    (found,) = [one for place, one in measured(path).tensors.items() if place.endswith("/kernel:0")]
    wide = values.astype(np.float64)
    finite = wide[np.isfinite(wide)]
    assert (found.size, found.nans) == (wide.size, np.isnan(wide).sum())
    assert found.infinities == np.isinf(wide).sum()
    assert found.zeros == (wide == 0).sum()
    assert found.subnormal == ((np.abs(finite) < SMALLEST_NORMAL) & (finite != 0)).sum()
    assert found.beyond_half == (np.abs(finite) > LARGEST_HALF).sum()
    assert (found.least, found.greatest) == (finite.min(), finite.max())


def odd_type(group: h5py.Group, dtype: Any) -> None:
    group.create_dataset("rnn/kernel:0", data=np.zeros((3, 64), dtype))


def bfloat16(group: h5py.Group) -> None:
    bits = np.frombuffer(np.random.default_rng(3).bytes(3 * 64 * 2), np.uint16).reshape(3, 64)
    group.create_dataset("rnn/kernel:0", data=bits.view("V2")).attrs["dtype"] = "bfloat16"


def texts(group: h5py.Group) -> None:
    group.create_dataset("rnn/kernel:0", data=[["a"] * 64] * 3, dtype=h5py.string_dtype())


def of_shape(group: h5py.Group, shape: tuple[int, ...]) -> None:
    group.create_dataset("rnn/kernel:0", data=np.ones(shape, np.float32))


def growing(group: h5py.Group) -> None:
    group.create_dataset("rnn/kernel:0", shape=(0, 64), maxshape=(None, 64), dtype="f4")


def never_written(group: h5py.Group) -> None:
    group.create_dataset("rnn/kernel:0", shape=(3, 64), dtype="f4")


def nothing(group: h5py.Group) -> None:
    group["rnn/kernel:0"] = h5py.Empty("f4")


def damaged(group: h5py.Group) -> None:
    dataset = group.create_dataset("rnn/kernel:0", shape=(3, 64), dtype="f4", chunks=(1, 64), compression="gzip")
    dataset[:2] = 1
    dataset.id.write_direct_chunk((2, 0), b"\x78\x9c no stream")


STRANGE: dict[str, Callable[[h5py.Group], None]] = {
    "bfloat16": bfloat16, "texts": texts, "growing": growing, "never written": never_written, "nothing": nothing,
    "damaged": damaged,
    **{f"type {dtype}": partial(odd_type, dtype=dtype)
       for dtype in ("c8", "S4", "f16", "V3", "i4,f4", "(2,)f4", h5py.enum_dtype({"a": 1}))},
    **{f"shape {shape}": partial(of_shape, shape=shape)
       for shape in ((), (0,), (0, 64), (3, 0), (64,), (1, 1, 1, 1), (3, 64, 1))},
}  # fmt: skip


@pytest.mark.parametrize("name", STRANGE)
def test_every_command_answers_and_other_tensors_are_read(name: str, tmp_path: Path) -> None:
    path = write(tmp_path / "m.h5", untrained())
    with h5py.File(path, "a") as file:
        del file["model_weights/rnn/rnn/kernel:0"]
        STRANGE[name](file["model_weights/rnn"])
    answers(path)
    assert sum(one.endswith(("recurrent_kernel:0", "bias:0")) for one in measured(path).tensors) == 2


@pytest.mark.parametrize("options", LAYOUTS.values(), ids=LAYOUTS)
def test_a_file_that_ends_anywhere_has_an_answer(options: dict[str, Any], tmp_path: Path) -> None:
    whole = write(tmp_path / "whole.h5", kernels(), **options).read_bytes()
    for share in np.linspace(0.3, 1, 7, endpoint=False):
        path = tmp_path / "cut.h5"
        path.write_bytes(whole[: int(share * len(whole))])
        answers(path)


@pytest.mark.parametrize("seed", range(8))
def test_damaged_bytes_of_values_have_an_answer(seed: int, tmp_path: Path) -> None:
    random = np.random.default_rng(seed)
    path = write(tmp_path / "m.h5", kernels(), **list(LAYOUTS.values())[1 + seed % 2])
    content = bytearray(path.read_bytes())
    for at in random.integers(len(content) // 3, len(content), 20):
        content[at] = random.integers(256)
    path.write_bytes(content)
    answers(path)


def answers(path: Path) -> None:
    """Every command that reads values ends as documented on a file."""
    file, options = str(path), ["--isolated", "--format", "json"]
    store = f"{path}.db"
    for command in (
        ["check", file, "--values", "--jobs", "1", *options], ["summary", file, "--values", "--jobs", "1", *options],
        ["explain", file, "--values", *options], ["diff", file, file, "--values", *options],
        ["origin", file, file, *options], ["audit", file, "--values", "--jobs", "1", "--store", store, *options],
        ["fleet", store, *options],
    ):  # fmt: skip
        assert not run(command).troubles, command
    os.unlink(store)
