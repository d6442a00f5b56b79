"""The targets of a file: versions of Keras that may load it, and runtimes for which models are converted."""

from __future__ import annotations

import json
import pkgutil
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType

from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.spelling import LIKENESS_OF_TYPED, closest


class Line(StrEnum):
    """The packages in which Keras was published, and the runtimes."""

    KERAS = "keras"
    TF_KERAS = "tf-keras"
    TFJS = "tfjs"
    ONNX = "onnx"
    TFLITE = "tflite"
    JAX_GPU = "jax-gpu"


#: The packages whose every version is a target of its own.
KERAS_LINES = frozenset({Line.KERAS, Line.TF_KERAS})


@dataclass(frozen=True, slots=True)
class Target:
    """A Keras that may load a file, or a runtime for which models are converted.

    `tf-keras-2.0` to `tf-keras-2.15` are the Keras inside TensorFlow. The name of a runtime has no version; `jax-gpu`
    has the version of the newest known Keras, which loads the file itself.
    """

    name: str
    line: Line
    version: tuple[int, ...] = ()

    @property
    def is_runtime(self) -> bool:
        """Whether the target is a runtime, not a version of Keras."""
        return self.line not in KERAS_LINES

    @property
    def is_keras3(self) -> bool:
        """Whether Keras 3 loads the file."""
        return self.line in (Line.KERAS, Line.JAX_GPU) and self.version[:1] == (3,)

    @property
    def is_tf_keras(self) -> bool:
        """Whether the target is the Keras inside TensorFlow; the package keras has the same code from 2.4 to 2.15."""
        return self.line is Line.TF_KERAS or (self.line is Line.KERAS and (2, 4) <= self.version < (3,))


DATA = "keras/data/versions.json"
VERSIONS_PART = b'"versions":'


class UnknownTargetError(ValueError):
    """A target is not known; the message lists the known ones."""


def examined_versions() -> tuple[tuple[Line, tuple[int, ...]], ...]:
    """The examined versions in `versions.json`, from old to new."""
    lines = (pkgutil.get_data("lstmlint", DATA) or b"").splitlines()
    # The data has one line for each part, and few runs need the rest of it.
    numbers = next(line for line in lines if line.startswith(VERSIONS_PART)).removeprefix(VERSIONS_PART).rstrip(b",")
    return tuple((Line(line), tuple(map(int, version.split(".")))) for line, version in json.loads(numbers))


def _keras_targets() -> tuple[Target, ...]:
    """Every minor release of a generation, from the first examined one to the newest."""
    minors: dict[tuple[Line, int], set[int]] = {}
    for line, (major, minor, *_) in examined_versions():
        minors.setdefault((line, major), set()).add(minor)
    targets = (
        Target(f"{line}-{major}.{minor}", line, (major, minor))
        for (line, major), numbers in minors.items()
        for minor in range(min(numbers), max(numbers) + 1)
    )
    return tuple(sorted(targets, key=lambda target: (target.version, target.line)))


#: The versions of Keras, from old to new.
KERAS_TARGETS: tuple[Target, ...] = _keras_targets()

#: The newest known Keras, and the newest of the package in which Keras 2 lives on.
NEWEST = next(target for target in reversed(KERAS_TARGETS) if target.line is Line.KERAS)
NEWEST_TF_KERAS = next(target for target in reversed(KERAS_TARGETS) if target.line is Line.TF_KERAS)

#: Runtimes for which models are converted, and Keras on a backend that computes differently.
RUNTIME_TARGETS: tuple[Target, ...] = (
    *(Target(str(line), line) for line in (Line.TFJS, Line.ONNX, Line.TFLITE)),
    Target(str(Line.JAX_GPU), Line.JAX_GPU, NEWEST.version),
)

#: Every target by name, first the versions of Keras from old to new.
TARGETS: Mapping[str, Target] = MappingProxyType({target.name: target for target in KERAS_TARGETS + RUNTIME_TARGETS})


def target_of(name: str) -> Target:
    """The target of a name; `keras-3` is the newest of the generation, `keras-3.15.1` is its minor release.

    Raises:
        UnknownTargetError: there is no target of this name.
    """
    if name in TARGETS:
        return TARGETS[name]
    line, _, version = name.rpartition("-")
    numbers = version.split(".")
    shortened = f"{line}-{'.'.join(numbers[:2])}"
    if len(numbers) > 2 and shortened in TARGETS:
        return TARGETS[shortened]
    like = [target for target in KERAS_TARGETS if target.line == line and str(target.version[0]) == version]
    if like:
        return like[-1]
    if line == Line.KERAS and f"{Line.TF_KERAS}-{version}" in TARGETS:  # keras 2.4 to 2.15 are that of TensorFlow
        return TARGETS[f"{Line.TF_KERAS}-{version}"]
    near = _nearest(name)
    known = f"did you mean {near!r}?" if near else f"known are {target_ranges(TARGETS.values())}"
    raise UnknownTargetError(f"there is no target {name!r}; {known}")


def target_ranges(targets: Iterable[Target]) -> str:
    """Targets in one line, the minor releases of a generation as a range: `keras-3.0 to keras-3.15`."""
    generations: dict[tuple[Line, tuple[int, ...]], list[str]] = {}
    for target in targets:
        generations.setdefault((target.line, target.version[:1]), []).append(target.name)
    return ", ".join(names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}" for names in generations.values())


def _nearest(name: str) -> str:
    """The target that a name may mean: the nearest version of its package, else the name of the most like letters."""
    line, _, version = name.rpartition("-")
    numbers = version.split(".")
    if line in KERAS_LINES and all(number.isdecimal() and len(number) < 5 for number in numbers):
        wanted = (*map(int, numbers), 0)[:2]
        of_line = [target for target in KERAS_TARGETS if target.version[0] == wanted[0]]
        nearest = min(of_line, key=lambda one: (abs(one.version[1] - wanted[1]), one.line != line), default=None)
        return nearest.name if nearest is not None else ""
    return closest(name, TARGETS, LIKENESS_OF_TYPED) or ""


def keras_of(name: str) -> Target:
    """The target of a name that is a version of Keras, from 2 on.

    Raises:
        UnknownTargetError: there is none, or it is a runtime.
    """
    target = target_of(name)
    if target not in written_targets():
        raise UnknownTargetError(f"{name} reads no files that can be written; name a Keras from 2 on")
    return target


def written_targets() -> tuple[Target, ...]:
    """The targets whose files can be written: every Keras from 2 on."""
    return tuple(target for target in KERAS_TARGETS if target.version >= (2,))


def targets_of(names: Sequence[str]) -> tuple[Target, ...]:
    """The targets of names, each once.

    Raises:
        UnknownTargetError: there is no target of a name.
    """
    return tuple(dict.fromkeys(target_of(name) for name in names))
