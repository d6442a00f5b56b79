"""The measures of stored values, against NumPy on the same arrays."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest

from lstmlint.ir.measured import CellMeasures, Measured
from lstmlint.keras.classes import kind_of
from lstmlint.pipeline import load
from lstmlint.values.measures import cells
from lstmlint.values.measures.tensors import FEW, tensor_measures, uniformity
from lstmlint.values.measuring import measured, ranges
from tests.values.files import Array, orthogonal, untrained, write

KERNEL = "model_weights/rnn/rnn/kernel:0"
RECURRENT = "model_weights/rnn/rnn/recurrent_kernel:0"


def measures(path: Path) -> Measured:
    return measured(load(str(path)))


def cell(path: Path) -> CellMeasures:
    (only,) = measures(path).cells
    return only


@pytest.mark.parametrize("kind", ["LSTM", "GRU", "SimpleRNN"])
def test_an_untrained_cell_looks_as_initialised(tmp_path: Path, kind: str) -> None:
    found = measures(write(tmp_path / "m.h5", untrained(kind), kind))
    (one,) = found.cells
    assert one.orthogonality < 1e-5
    assert one.has_initial_bias
    assert one.moved == 0
    assert one.kernels == (KERNEL,)
    of_kernel = found.tensors[KERNEL].uniformity
    assert of_kernel is not None
    assert of_kernel < 2.5


def test_singular_values_are_those_of_numpy(tmp_path: Path) -> None:
    tensors = untrained()
    tensors["recurrent_kernel"] = np.random.default_rng(5).standard_normal((16, 64)).astype(np.float32)
    one = cell(write(tmp_path / "m.h5", tensors))
    singular = np.linalg.svd(tensors["recurrent_kernel"], compute_uv=False)
    assert one.singular == pytest.approx((singular[0], singular[-1]), rel=1e-4)
    assert one.moved == np.count_nonzero(np.abs(singular - 1) > 0.1)


def test_counts_are_those_of_numpy(tmp_path: Path) -> None:
    tensors = untrained()
    tensors["kernel"][0, :6] = [np.nan, np.inf, -np.inf, 1e5, 1e-39, 0]
    found = measures(write(tmp_path / "m.h5", tensors))
    one = found.tensors[KERNEL]
    assert (one.nans, one.infinities, one.zeros, one.subnormal, one.beyond_half) == (1, 2, 1, 1, 1)
    finite = tensors["kernel"][np.isfinite(tensors["kernel"])].astype(np.float64)
    assert (one.least, one.greatest) == (finite.min(), finite.max())
    assert (one.mean, one.deviation) == pytest.approx((finite.mean(), finite.std()), rel=1e-5)
    assert found.cells[0].unmeasured is not None


def test_units_that_stand_out(tmp_path: Path) -> None:
    tensors = untrained()
    random = np.random.default_rng(2)
    kernel, recurrent, bias = (tensors[name] for name in ("kernel", "recurrent_kernel", "bias"))
    kernel[:], recurrent[:] = random.standard_normal(kernel.shape), random.standard_normal(recurrent.shape)
    for gate in range(4):
        kernel[:, gate * 16 + 4] = recurrent[:, gate * 16 + 4] = 0
        kernel[:, gate * 16 + 9], recurrent[:, gate * 16 + 9] = kernel[:, gate * 16], recurrent[:, gate * 16]
    recurrent[4] = 0
    bias[3 * 16 + 7] = -500
    found = cell(write(tmp_path / "m.h5", tensors)).of_units
    assert found.dead == (4,)
    assert found.duplicates == ((0, 9),)
    assert found.stuck == {"output": (7,)}


def cudnn(matrix: Array, gates: int) -> Array:
    """A kernel in the layout that cuDNN reads (Keras 2.3.1, `engine/saving.py`, `transform_kernels`)."""
    return np.hstack([part.T.reshape(part.shape) for part in np.hsplit(matrix, gates)])


def test_units_are_those_that_cudnn_computes(tmp_path: Path) -> None:
    plain = untrained()
    random = np.random.default_rng(3)
    plain["kernel"] = random.standard_normal(plain["kernel"].shape).astype(np.float32)
    plain["recurrent_kernel"] = random.standard_normal((16, 64)).astype(np.float32)
    for gate in range(4):
        for name in ("kernel", "recurrent_kernel"):
            plain[name][:, gate * 16 + 5] = plain[name][:, gate * 16]
    turned = {
        "kernel": cudnn(plain["kernel"], 4),
        "recurrent_kernel": cudnn(plain["recurrent_kernel"], 4),
        "bias": np.concatenate([plain["bias"] * 0, plain["bias"]]),
    }
    one = cell(write(tmp_path / "m.h5", turned, "CuDNNLSTM"))
    assert one.of_units.duplicates == ((0, 5),)
    assert one.has_initial_bias


def test_keras_1_keeps_each_gate_apart(tmp_path: Path) -> None:
    """Keras 1 draws each gate as an orthogonal matrix of its own (Keras 1.2.2, `layers/recurrent.py`)."""
    path = write(tmp_path / "m.h5", untrained())
    with h5py.File(path, "r+") as file:
        group = file["model_weights/rnn"]
        del group["rnn"]
        names = []
        for number, gate in enumerate(kind_of("LSTM").keras1_letters):
            values = {
                "W": untrained()["kernel"][:, :16],
                "U": orthogonal(16, 1, number),
                "b": np.full(16, float(gate == "f")),
            }
            for role, value in values.items():
                names.append(f"rnn_{role}_{gate}".encode())
                group[names[-1]] = value.astype(np.float32)
        group.attrs["weight_names"] = names
        file.attrs["keras_version"] = "1.2.2"
    one = cell(path)
    assert one.is_gate_wise
    assert len(one.recurrents) == 4
    assert one.orthogonality < 1e-5
    assert one.has_initial_bias


@pytest.mark.parametrize(
    "options", [{}, {"chunks": (1,), "compression": "gzip"}, {"chunks": (2,), "shuffle": True, "compression": "lzf"}]
)
def test_layouts_of_hdf5_hold_the_same_values(tmp_path: Path, options: dict[str, object]) -> None:
    tensors = untrained()
    path = write(tmp_path / "m.h5", tensors)
    with h5py.File(path, "r+") as file:
        group = file["model_weights/rnn/rnn"]
        for name, values in tensors.items():
            chunks = {**options, "chunks": (1,) * values.ndim} if options else {}
            del group[f"{name}:0"]
            group.create_dataset(f"{name}:0", data=values, **chunks)
    found = measures(path)
    assert not found.unread
    assert {place.split("/")[-1]: one.digest for place, one in found.tensors.items()} == {
        f"{name}:0": tensor_measures([values], values.shape, 0).digest for name, values in tensors.items()
    }


@pytest.mark.parametrize("dtype", [">f4", ">f8", "<f8", "<f2", ">f2"])
def test_dtypes_are_read_as_numbers(tmp_path: Path, dtype: str) -> None:
    tensors = {name: values.astype(dtype) for name, values in untrained().items()}
    found = measures(write(tmp_path / "m.h5", tensors))
    assert not found.unread
    one = found.tensors[RECURRENT]
    assert (one.least, one.greatest) == (tensors["recurrent_kernel"].min(), tensors["recurrent_kernel"].max())


def test_bfloat16_is_the_upper_half_of_float32(tmp_path: Path) -> None:
    path = write(tmp_path / "m.h5", untrained())
    halves = (untrained()["kernel"].view(np.uint32) >> 16).astype("<u2")
    with h5py.File(path, "r+") as file:
        group = file["model_weights/rnn/rnn"]
        del group["kernel:0"]
        group.create_dataset("kernel:0", data=halves.view("V2")).attrs["dtype"] = "bfloat16"
    one = measures(path).tensors[KERNEL]
    assert one.greatest == float((halves.astype(np.uint32) << 16).view(np.float32).max())


def test_a_truncated_chunk_costs_one_tensor(tmp_path: Path) -> None:
    path = write(tmp_path / "m.h5", untrained())
    with h5py.File(path, "r+") as file:
        group = file["model_weights/rnn/rnn"]
        del group["kernel:0"]
        damaged = group.create_dataset("kernel:0", shape=(3, 64), dtype="f4", chunks=(3, 64), compression="gzip")
        damaged.id.write_direct_chunk((0, 0), b"no deflated bytes")
    found = measures(path)
    assert list(found.unread) == [KERNEL]
    assert found.unread[KERNEL].is_damaged
    assert RECURRENT in found.tensors
    assert not found.cells


def test_what_expands_beyond_measure_is_not_read(tmp_path: Path) -> None:
    path = write(tmp_path / "m.h5", untrained())
    with h5py.File(path, "r+") as file:
        group = file["model_weights/rnn/rnn"]
        del group["kernel:0"]
        group.create_dataset("kernel:0", shape=(1 << 30, 64), dtype="f4", chunks=(1024, 64), compression="gzip")
    assert "expand" in measures(path).unread[KERNEL].reason


def test_a_tensor_of_no_numbers(tmp_path: Path) -> None:
    path = write(tmp_path / "m.h5", untrained())
    with h5py.File(path, "r+") as file:
        group = file["model_weights/rnn/rnn"]
        del group["bias:0"]
        group["bias:0"] = np.array([b"text"] * 64)
    assert list(measures(path).unread) == ["model_weights/rnn/rnn/bias:0"]


def test_an_empty_tensor_has_measures() -> None:
    one = tensor_measures([np.zeros((0, 4), np.float32)], (0, 4), 1.0)
    assert (one.size, one.least, one.uniformity, one.is_zero) == (0, 0.0, None, False)


def test_few_different_values_are_counted() -> None:
    lattice = np.tile(np.linspace(-1, 1, FEW, dtype=np.float32), 100)
    assert tensor_measures([lattice], lattice.shape, 0).distinct == FEW
    more = np.append(lattice, np.float32(3))
    assert tensor_measures([more], more.shape, 0).distinct is None


def test_uniformity_tells_other_distributions() -> None:
    random = np.random.default_rng(0)
    values = random.uniform(-0.05, 0.05, 50_000).astype(np.float32)
    of_uniform = tensor_measures([values], values.shape, 0.05).uniformity
    of_normal = tensor_measures([np.clip(values**3 * 400, -0.05, 0.05)], values.shape, 0.05).uniformity
    assert of_uniform is not None
    assert of_uniform < 2.5
    assert of_normal is not None
    assert of_normal > 20
    assert uniformity(np.full(10, 7)) == pytest.approx(0)


def test_ranges_of_indices() -> None:
    assert list(ranges([0, 4, 5, 6, 9])) == [(0, 0), (4, 6), (9, 9)]
    assert list(ranges([])) == []


def test_duplicates_of_columns_of_zeros_are_none() -> None:
    assert cells.duplicates(np.zeros((4, 4), np.float32)) == ((), 0.0)
