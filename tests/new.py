"""Begin a rule, a layer family, a reader or a repair by copying the smallest good one of its kind.

    python -m tests.new rule training/odd-thing
    python -m tests.new layer fourier
    python -m tests.new reader safetensors
    python -m tests.new repair merged-heads

The copy works unchanged and is found at once, since every registry walks its package. Then change the parts that are
different in yours.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of module to begin: the file that is copied, the names in it that are replaced, and the further steps.

    `place` gives the path of the new module from the parts of its name.
    """

    example: str
    names: Callable[[str], dict[str, str]]
    place: Callable[[list[str]], str]
    then: tuple[str, ...]


def _module(name: str) -> str:
    return name.replace("-", "_")


def _class(name: str) -> str:
    return "".join(part.capitalize() for part in name.replace("_", "-").split("-"))


KINDS = {
    "rule": Kind(
        "rules/training/heavy_dropout.py",
        lambda name: {"heavy-dropout": name},
        lambda parts: f"rules/{'/'.join(parts)}.py",
        (
            "write the page: why it matters, an example that fires, another that stays silent, known limits",
            "a healthy file on which it would be false: a test in tests/rules/test_guards_<category>.py",
            "what real Keras shows, for an error: tests/rules/oracles/test_<category>.py",
            "lstmlint rules --format markdown > rules/README.md",
            "python -m tests.rule_rates, and read the hits",
        ),
    ),
    "layer": Kind(
        "lstmlint/inference/layers/regularization.py",
        lambda name: {
            '"Dropout", ': f'"{_class(name)}", ',
            '"GaussianDropout", "GaussianNoise", "AlphaDropout", "ActivityRegularization", ': "",
            "SpatialDropout": _class(name),
        },
        lambda parts: f"lstmlint/inference/layers/{parts[-1]}.py",
        (
            "its traits in lstmlint/keras",
            "cases that real Keras builds: tests/support/layer_cases.py",
        ),
    ),
    "reader": Kind(
        "tests/support/example_reader.py",
        lambda name: {"example-container": name, "example container": name.replace("-", " ")},
        lambda parts: f"lstmlint/readers/{parts[-1]}.py",
        (
            "what `recognises` looks for: no other reader may recognise the same content",
            "a container of its own in lstmlint/ir/document.py",
            "damaged and hostile files: tests/readers/",
        ),
    ),
    "repair": Kind(
        "lstmlint/fixing/repairs/time_major.py",
        lambda name: {"time-major": name, "k3-time-major": "the-rule-it-cures"},
        lambda parts: f"lstmlint/fixing/repairs/{parts[-1]}.py",
        (
            "the phase in which it runs, and whether it is safe",
            "real Keras loads what it wrote: tests/fixing/test_fixing.py",
        ),
    ),
}


def begin(kind_name: str, name: str, root: Path = ROOT) -> Path:
    """Write the new module and return its path.

    Raises:
        FileExistsError: there is a module of that name.
    """
    kind = KINDS[kind_name]
    parts = [_module(part) for part in name.split("/")]
    path = root / kind.place(parts)
    text = (ROOT / kind.example).read_text(encoding="utf-8")
    for old, new in sorted(kind.names(name.rpartition("/")[2]).items(), key=lambda pair: -len(pair[0])):
        text = text.replace(old, new)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("x", encoding="utf-8") as file:
        file.write(text)
    return path


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("name", help="in kebab-case; of a rule with its category, as in training/odd-thing")
    options = parser.parse_args(arguments)
    if (options.kind == "rule") != ("/" in options.name):
        parser.error("a rule needs its category, as in training/odd-thing, and nothing else has one")
    try:
        path = begin(options.kind, options.name)
    except FileExistsError as error:
        parser.error(f"{error.filename} is there already")
    print(f"wrote {path.relative_to(ROOT)}, a copy of {KINDS[options.kind].example}; what is left:")
    print("\n".join(f"  - {step}" for step in KINDS[options.kind].then))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
