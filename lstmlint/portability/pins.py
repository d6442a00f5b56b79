"""The fewest sets of packages in which files load."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import combinations

from lstmlint.ir.dataclass import dataclass
from lstmlint.keras.packages import PackageSet
from lstmlint.keras.versions import Target
from lstmlint.portability.verdict import Outcome


@dataclass(frozen=True, slots=True)
class FileOutcomes:
    """The outcomes of a file; `needs_tensorflow` means that Keras 3 must find TensorFlow, on any backend."""

    path: str
    outcomes: Mapping[Target, Outcome]
    needs_tensorflow: bool = False

    def targets_in(self, packages: PackageSet) -> tuple[Target, ...]:
        """The Kerases of a set that load the file without reservation."""
        return tuple(target for target in packages.targets if self._loads(target, packages))

    def _loads(self, target: Target, packages: PackageSet) -> bool:
        is_short = target.is_keras3 and self.needs_tensorflow and not packages.has_tensorflow
        return self.outcomes.get(target) is Outcome.LOADS and not is_short

    @property
    def best(self) -> tuple[Outcome, tuple[Target, ...]]:
        """The best outcome, with the targets that have it."""
        order = list(Outcome)
        outcome = min(self.outcomes.values(), key=order.index)
        return outcome, tuple(target for target, one in self.outcomes.items() if one is outcome)


@dataclass(frozen=True, slots=True)
class Pin:
    """A chosen set, with the files that it loads and the Kerases in it that do."""

    packages: PackageSet
    files: Mapping[str, tuple[Target, ...]]


@dataclass(frozen=True, slots=True)
class Pins:
    """The chosen sets of the `tried` ones, and the files that load in none."""

    chosen: tuple[Pin, ...]
    without: tuple[FileOutcomes, ...]
    tried: int

    @property
    def models(self) -> int:
        """The number of files that load in a chosen set."""
        return len({path for pin in self.chosen for path in pin.files})


def pins(files: Sequence[FileOutcomes], sets: Sequence[PackageSet]) -> Pins:
    """The fewest of the sets in which every file loads that loads in any.

    Of equally many sets those with the fewest packages are chosen, and of these the newest, which stand last.
    """
    newest_first = sets[::-1]
    loading = [[one.targets_in(packages) for packages in newest_first] for one in files]
    homes = [frozenset(at for at, targets in enumerate(of_file) if targets) for of_file in loading]
    chosen = fewest(set(homes) - {frozenset()}, [len(packages.packages) for packages in newest_first])
    return Pins(
        tuple(
            Pin(newest_first[at], {one.path: told[at] for one, told in zip(files, loading, strict=True) if told[at]})
            for at in chosen
        ),
        tuple(one for one, home in zip(files, homes, strict=True) if not home),
        len(sets),
    )


def fewest(homes: Collection[frozenset[int]], costs: Sequence[int]) -> tuple[int, ...]:
    """The fewest positions of which each home holds one, the cheapest of these, and of these the first."""
    hardest = [home for home in homes if not any(other < home for other in homes)]
    positions = sorted(frozenset().union(*hardest))
    for size in range(len(positions) + 1):
        covers = [
            chosen for chosen in combinations(positions, size) if all(not home.isdisjoint(chosen) for home in hardest)
        ]
        if covers:
            return min(covers, key=lambda chosen: sum(costs[at] for at in chosen))
    raise ValueError("a home is empty")
