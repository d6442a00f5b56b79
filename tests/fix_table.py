"""Print how many recurrent models of the corpus today's Keras loads after `lstmlint fix`: `python -m tests.fix_table`.

    python -m tests.fix_table [--to same|archive] [--limit N] [--failing]

Real Keras loads the files in a subprocess, in safe mode, with its training configuration first and then with
`compile=False`. A whole model is repaired in its own container (`same`) or into a `.keras` archive (`archive`);
architectures become JSON. Models with custom code are counted separately. The run takes some minutes.
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

from lstmlint.fixing.fix import CODE, fix, output
from lstmlint.fixing.writers import write
from lstmlint.fixing.writers.writer import UnwritableError
from lstmlint.ir.document import Container, NotAModelError, UnreadableError
from lstmlint.pipeline import load
from tests.support.truth import CORPUS

SUFFIXES = {Container.H5: ".h5", Container.KERAS: ".keras"}

#: Loads each path that standard input names; runs where Keras is installed.
LOADER = """
import json, logging, os, sys, warnings
os.environ.setdefault("KERAS_BACKEND", "jax")
warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)
import keras
for line in sys.stdin:
    path, answer = line.strip(), {}
    keras.utils.clear_session()
    for compiles in (True, False):
        try:
            if path.endswith(".json"):
                keras.models.model_from_json(open(path, encoding="utf-8").read())
            else:
                keras.models.load_model(path, compile=compiles)
            answer["loads"] = "compiled" if compiles else "with compile=False"
            break
        except BaseException as error:
            answer["error" if compiles else "error without compiling"] = f"{type(error).__name__}: {error}"[-600:]
    print(json.dumps({"path": path, **answer}), flush=True)
"""


@dataclass(frozen=True)
class Case:
    """A model of the corpus after `fix`: its index entry, the faults left for the user, the answer of Keras."""

    entry: dict[str, Any]
    left: tuple[str, ...]
    refusal: str = ""
    path: str = ""

    @property
    def generation(self) -> str:
        return str(self.entry["keras_version"] or "?")[:1]

    @property
    def needs_code(self) -> bool:
        return bool(self.left)


def entries() -> Iterator[dict[str, Any]]:
    """The recurrent models of the corpus that lie there."""
    for line in (CORPUS / "index.jsonl").read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        if entry["has_recurrent"] and entry.get("file"):
            yield entry


def cases(folder: Path, target: str) -> Iterator[Case]:
    """Every model with an architecture, repaired into a folder."""
    for entry in entries():
        try:
            model = load(str(CORPUS / entry["file"]))
        except (UnreadableError, NotAModelError):
            continue
        document = model.document
        if document.config is None:
            continue
        fixed = fix(model)
        left = tuple(note.message for note in fixed.left if note.repair == CODE)
        suffix = SUFFIXES.get(document.container, ".json") if document.stored is not None else ".json"
        suffix = ".keras" if target == "archive" and suffix == ".h5" else suffix
        path = str(folder / f"{entry['id']}{suffix}")
        try:
            write(output(fixed.draft), path)
        except (UnwritableError, UnreadableError) as error:
            yield Case(entry, left, str(error))
        else:
            yield Case(entry, left, path=path)


def answers(paths: list[str], timeout: float = 3600) -> dict[str, dict[str, Any]]:
    """Path of each file -> the answer of real Keras."""
    environment = {**os.environ, "KERAS_BACKEND": os.environ.get("KERAS_BACKEND", "jax")}
    done = subprocess.run(
        [sys.executable, "-c", LOADER], input="\n".join(paths), capture_output=True, text=True, env=environment,
        timeout=timeout, check=False,
    )  # fmt: skip
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith('{"path"')]
    return {line["path"]: line for line in lines}


def main() -> None:
    parser = argparse.ArgumentParser(description="the share of models that load after lstmlint fix")
    parser.add_argument("--to", choices=("same", "archive"), default="same")
    parser.add_argument("--limit", type=int, help="only the first models")
    parser.add_argument("--failing", action="store_true", help="list what does not load, and why")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = list(cases(Path(folder), options.to))[: options.limit]
        said = answers([case.path for case in found if case.path])
    counts: Counter[tuple[str, str]] = Counter()
    for case in found:
        answer = said.get(case.path, {"error": case.refusal or "no answer"})
        verdict = answer.get("loads", "fails")
        kind = "needs the user's code" if case.needs_code else f"Keras {case.generation}, {case.entry['format']}"
        counts[kind, verdict] += 1
        if options.failing and verdict != "compiled":
            print(case.entry["id"], kind, verdict, answer.get("error", "")[-300:].replace("\n", " "), case.left[:1])
    for kind in sorted({kind for kind, _ in counts}):
        of_kind = {verdict: count for (other, verdict), count in counts.items() if other == kind}
        print(f"{kind:32} {of_kind}")
    own = {verdict: sum(n for (kind, v), n in counts.items() if v == verdict and kind.startswith("Keras"))
           for verdict in ("compiled", "with compile=False", "fails")}  # fmt: skip
    loaded, total = own["compiled"] + own["with compile=False"], sum(own.values())
    print(f"without custom code: {loaded} of {total} load ({loaded / max(total, 1):.1%}), {own}")


if __name__ == "__main__":
    main()
