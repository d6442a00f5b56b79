"""Print what becomes of recurrent models after `lstmlint fix`: `python -m tests.fix_table`.

    python -m tests.fix_table [--to same|archive] [--limit N] [--failing] [--fixtures]

The files are those of the corpus, where it lies beside the checkout, and of the fixtures. Real Keras loads what is
written in a subprocess, in safe mode; what is compiled is fitted for one batch, saved and loaded again. A model is a
silent failure where Keras stops at any of that and nothing was left to the user. The outputs are compared where an old
Keras recorded its own (`fixtures/numerics`). It takes some minutes.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lstmlint
from lstmlint.fixing.fix import CODE
from lstmlint.ir.document import Container, NotAModelError, UnreadableError
from tests.support.numerics import runs
from tests.support.truth import CORPUS, FIXTURES

SUFFIXES = {Container.H5: ".h5", Container.KERAS: ".keras"}

#: Keras 3.15.1 cannot train a model that it loaded from its own H5: its optimizer is built without variables.
OWN_H5 = "3."

#: Loads each path that standard input names, trains it and runs it; runs where Keras is installed.
LOADER = """
import json, logging, os, sys, tempfile, warnings
os.environ.setdefault("KERAS_BACKEND", "jax")
warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)
import keras, numpy
def drawn(shapes, length=12):
    if isinstance(shapes, dict):
        return {name: drawn(shape) for name, shape in shapes.items()}
    if isinstance(shapes, list):
        return [drawn(shape) for shape in shapes]
    whole = (shapes[0] or 2, *(dim or length for dim in shapes[1:]))
    return numpy.random.default_rng(0).integers(0, 2, whole).astype("float32")
def load(path, compiles=True):
    if path.endswith(".json"):
        return keras.models.model_from_json(open(path, encoding="utf-8").read())
    return keras.models.load_model(path, compile=compiles)
def train(model):
    wanted = drawn(model.output_shape)
    if "sparse" in json.dumps(model.get_compile_config() or {}, default=str):
        wanted = keras.tree.map_structure(lambda value: value[..., 0], wanted)
    model.fit(drawn(model.input_shape), wanted, verbose=0)
    with tempfile.TemporaryDirectory() as folder:
        model.save(folder + "/again.keras")
        load(folder + "/again.keras")
for line in sys.stdin:
    case, answer = json.loads(line), {}
    path = case["path"]
    keras.utils.clear_session()
    for compiles in (True, False):
        try:
            model = load(path, compiles)
            answer["loads"] = "compiled" if compiles else "with compile=False"
            break
        except BaseException as error:
            answer["error" if compiles else "error without compiling"] = f"{type(error).__name__}: {error}"[-600:]
    if answer.get("loads") == "compiled" and model.compiled and case["trains"]:
        try:
            train(model)
            answer["trains"] = True
        except BaseException as error:
            answer["trains"], answer["error"] = False, f"{type(error).__name__}: {error}"[-600:]
    print(json.dumps({"path": path, **answer}), flush=True)
"""


@dataclass(frozen=True)
class Case:
    """A model after `fix`: what it was, what was left for the user, why it was not written."""

    name: str
    version: str
    container: str
    left: tuple[str, ...]
    needs_code: bool = False
    refusal: str = ""
    path: str = ""

    @property
    def kind(self) -> str:
        return "needs the user's code" if self.needs_code else f"Keras {self.version[:1] or '?'}, {self.container}"

    @property
    def can_train(self) -> bool:
        """Whether the Keras that wrote the file could train it after loading it."""
        return not (self.container == Container.H5 and self.version.startswith(OWN_H5))


def sources(*, only_fixtures: bool = False) -> Iterator[Path]:
    """The recurrent models of the corpus that lie there, and those of the fixtures."""
    index = CORPUS / "index.jsonl"
    lines = index.read_text(encoding="utf-8").splitlines() if index.exists() and not only_fixtures else ()
    for entry in map(json.loads, lines):
        if entry["has_recurrent"] and entry.get("file"):
            yield CORPUS / entry["file"]
    for path in sorted(FIXTURES.glob("keras-*/*")):
        if path.suffix in (".h5", ".keras", ".json"):
            yield path


def cases(folder: Path, target: str, paths: Iterator[Path]) -> Iterator[Case]:
    """Every model with an architecture, repaired into a folder."""
    for number, source in enumerate(paths):
        try:
            document = lstmlint.load(source).document
        except (UnreadableError, NotAModelError):
            continue
        if document.config is None:
            continue
        suffix = SUFFIXES.get(document.container, ".json")
        suffix = ".keras" if target == "archive" and suffix == ".h5" else suffix
        told = (source.name, document.keras_version or "", str(document.container))
        new = folder / f"{number}{suffix}"
        try:
            fixed = lstmlint.fix(source, new)
        except (lstmlint.UnwritableError, UnreadableError) as error:
            yield Case(*told, (error.reason,), refusal=error.reason)
        else:
            left = tuple(note.message for note in fixed.left)
            needs_code = any(note.repair == CODE for note in fixed.left)
            yield Case(*told, left, needs_code, path=str(new if fixed.output else source))


def answers(found: list[Case], timeout: float = 7200) -> dict[str, dict[str, Any]]:
    """What real Keras says of some files, by their paths."""
    environment = {**os.environ, "KERAS_BACKEND": "jax"}
    given = "\n".join(json.dumps({"path": case.path, "trains": case.can_train}) for case in found if case.path)
    done = subprocess.run(
        [sys.executable, "-c", LOADER], input=given, capture_output=True, text=True, env=environment,
        timeout=timeout, check=False,
    )  # fmt: skip
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith('{"path"')]
    return {line["path"]: line for line in lines}


def is_silent(case: Case, answer: dict[str, Any]) -> bool:
    """Whether Keras stops at a written file of which nothing was left to the user."""
    return bool(case.path) and not case.left and (answer.get("loads") != "compiled" or answer.get("trains") is False)


def equal_outputs(folder: Path) -> tuple[int, int]:
    """How many models of old Kerases give their recorded outputs after `fix`, of how many."""
    os.environ["KERAS_BACKEND"] = "numpy"  # compiles nothing
    import keras
    import numpy as np

    from tests.fixing.test_numerics import ON_THEANO

    equal = 0
    for run in runs():
        backend = "theano" if run.version == "1.2.2" and run.name in ON_THEANO else None
        new = folder / f"{run.version}-{run.file}"
        lstmlint.fix(run.unpack(folder), new, backend=backend)
        model = keras.models.load_model(new, compile=False)
        given = keras.tree.flatten(model(list(run.inputs) if len(run.inputs) > 1 else run.inputs[0], training=False))
        equal += all(
            np.allclose(np.asarray(one), old, atol=run.tolerance, rtol=0)
            for one, old in zip(given, run.outputs, strict=True)
        )
    return equal, len(runs())


def main() -> None:
    parser = argparse.ArgumentParser(description="what becomes of models after lstmlint fix")
    parser.add_argument("--to", choices=("same", "archive"), default="same")
    parser.add_argument("--limit", type=int, help="only the first models")
    parser.add_argument("--failing", action="store_true", help="list what does not load or train, and why")
    parser.add_argument("--fixtures", action="store_true", help="leave the corpus out")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        every = list(sources(only_fixtures=options.fixtures))[: options.limit]
        found = list(cases(Path(folder), options.to, iter(every)))
        said = answers(found)
        equal, compared = equal_outputs(Path(folder))
    counts: Counter[tuple[str, str]] = Counter()
    for case in found:
        answer = said.get(case.path, {"error": case.refusal or "no answer"})
        counts[case.kind, "written"] += bool(case.path)
        counts[case.kind, "loads"] += "loads" in answer
        counts[case.kind, "trains"] += answer.get("trains") is True
        counts[case.kind, "does not train"] += answer.get("trains") is False
        counts[case.kind, "silent failures"] += is_silent(case, answer)
        if options.failing and (is_silent(case, answer) or "error" in answer):
            print(case.name, case.kind, answer.get("error", "")[-300:].replace("\n", " "), case.left[:1])
    columns = ("written", "loads", "trains", "does not train", "silent failures")
    for kind in sorted({kind for kind, _ in counts}):
        print(f"{kind:28}", "  ".join(f"{column} {counts[kind, column]}" for column in columns))
    silent = sum(count for (_, column), count in counts.items() if column == "silent failures")
    print(f"outputs equal to those of the old Keras: {equal} of {compared}; silent failures: {silent}")


if __name__ == "__main__":
    main()
