"""Make a zoo: a folder of thousands of saved models, for trials and benchmarks of commands that take many.

    python -m tests.make_zoo FOLDER [--count 10000] [--seed 1]

Half of the files are JSON, 35 % H5 and 15 % `.keras`, by topic and year; one in 200 cannot be read. The models are
those of the fixtures in other widths, with other names and weights; some have the bytes, the architecture or the
weights of an earlier file. The same count and seed give the same bytes and the same times of modification. Neither
Keras nor TensorFlow is needed.
"""

from __future__ import annotations

import argparse
import calendar
import os
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from pathlib import Path

from lstmlint.linting.report import Status
from lstmlint.pipeline import Job, check
from lstmlint.readers.files import InputFile
from tests.support.truth import FIXTURES
from tests.support.zoo_models import FACTORS, Recipe, content, templates

COUNT, SEED = 10_000, 1

#: The suffixes with their parts of a hundred.
SHARES = {"json": 50, "h5": 35, "keras": 15}

#: Every so many files one cannot be read: in turn a broken fixture, and the first part of a model.
BROKEN_EVERY = 200

TOPICS = (
    "anomalies", "captions", "energy", "faces", "finance", "forecasts", "games", "genomes", "handwriting", "keywords",
    "logs", "music", "reviews", "robots", "satellites", "sensors", "speech", "tagging", "traffic", "translation",
)  # fmt: skip


class Kind(StrEnum):
    """The relation of a file to an earlier one."""

    NEW = "new"
    EQUAL_BYTES = "equal bytes"
    SAME_ARCHITECTURE = "same architecture"
    SAME_WEIGHTS = "same weights"
    BROKEN = "broken"


#: The parts of a hundred of files that repeat an earlier one; the others are new.
REPEATED = {Kind.EQUAL_BYTES: 4, Kind.SAME_ARCHITECTURE: 4, Kind.SAME_WEIGHTS: 4}


@dataclass(frozen=True)
class Planned:
    """A file of a zoo: its path in it, its relation to an earlier file, the recipe, and for a broken file its bytes."""

    path: str
    kind: Kind
    recipe: Recipe
    data: bytes | None = None


def plan(count: int = COUNT, seed: int = SEED) -> Iterator[Planned]:
    """The files of a zoo, in the order in which they are written."""
    chance = random.Random(seed)
    earlier: dict[str, list[Recipe]] = {suffix: [] for suffix in SHARES}
    suffixes = [suffix for suffix, share in SHARES.items() for _ in range(share)]
    for number in range(count):
        if number % len(suffixes) == 0:
            chance.shuffle(suffixes)
        suffix = suffixes[number % len(suffixes)]
        kind = _kind(chance, suffix, has_earlier=bool(earlier[suffix]))
        recipe = _new(chance, suffix) if kind is Kind.NEW else _again(chance, kind, chance.choice(earlier[suffix]))
        template = recipe.template
        folder = f"{chance.choice(TOPICS)}/{template.year}"
        if number % BROKEN_EVERY == BROKEN_EVERY - 1:
            name, data = _broken(number // BROKEN_EVERY, recipe)
            yield Planned(f"{folder}/{number:05}-{name}", Kind.BROKEN, recipe, data)
        else:
            earlier[suffix].append(recipe)
            yield Planned(f"{folder}/{template.name}-{number:05}.{suffix}", kind, recipe)


def make(folder: Path, count: int = COUNT, seed: int = SEED) -> Counter[str]:
    """Write a zoo into a folder, and return the numbers of its files by suffix and by relation to an earlier file.

    Raises:
        FileExistsError: a file of the zoo is there already.
    """
    counts: Counter[str] = Counter()
    for number, planned in enumerate(plan(count, seed)):
        path = folder / planned.path
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            file.write(planned.data if planned.data is not None else content(planned.recipe))
        modified = _time_in(planned.recipe.template.year, number)
        os.utime(path, (modified, modified))
        counts[path.suffix[1:]] += 1
        counts[planned.kind] += 1
    return counts


def _kind(chance: random.Random, suffix: str, *, has_earlier: bool) -> Kind:
    drawn = chance.randrange(100)
    for kind, share in REPEATED.items():
        if drawn < share:
            # JSON holds no weights to be the same.
            return Kind.NEW if not has_earlier or (suffix, kind) == ("json", Kind.SAME_WEIGHTS) else kind
        drawn -= share
    return Kind.NEW


def _new(chance: random.Random, suffix: str) -> Recipe:
    number = chance.randrange(len(templates()[suffix]))
    return Recipe(suffix, number, chance.choice(FACTORS), chance.randrange(1000), chance.randrange(1 << 30))


def _again(chance: random.Random, kind: Kind, recipe: Recipe) -> Recipe:
    if kind is Kind.EQUAL_BYTES:
        return recipe
    if kind is Kind.SAME_WEIGHTS:
        return replace(recipe, naming=recipe.naming + 1)
    return replace(recipe, naming=recipe.naming + 1, values=chance.randrange(1 << 30))


def _broken(number: int, recipe: Recipe) -> tuple[str, bytes]:
    unreadable = _unreadable()[recipe.suffix]
    if number % 2 == 0:
        path = unreadable[number // 2 % len(unreadable)]
        return path.name, path.read_bytes()
    whole = content(recipe)
    return f"cut.{recipe.suffix}", whole[: len(whole) * 2 // 3]


@cache
def _unreadable() -> dict[str, list[Path]]:
    """The broken fixtures that hold no model, by suffix."""
    broken = sorted((FIXTURES / "broken").iterdir())
    unread = [path for path in broken if check(Job(InputFile(str(path)))).status is Status.ERROR]
    return {suffix: [path for path in unread if path.suffix == f".{suffix}"] for suffix in SHARES}


def _time_in(year: int, number: int) -> float:
    return calendar.timegm((year, 1 + number % 12, 1 + number % 28, 12, 0, 0))


def main() -> None:
    """Make the zoo that the arguments name, and print its numbers."""
    parser = argparse.ArgumentParser(prog="python -m tests.make_zoo", description=__doc__)
    parser.add_argument("folder", metavar="FOLDER", type=Path, help="the folder to make or to fill")
    parser.add_argument("--count", type=int, default=COUNT, help=f"how many files (default: {COUNT})")
    parser.add_argument("--seed", type=int, default=SEED, help=f"what all files follow from (default: {SEED})")
    options = parser.parse_args()
    counts = make(options.folder, options.count, options.seed)
    print("\n".join(f"{count:8,} {what}" for what, count in sorted(counts.items())))


if __name__ == "__main__":
    main()
