"""The sets of packages in which real Kerases loaded saved models."""

from __future__ import annotations

import json
import pkgutil

from lstmlint.ir.dataclass import dataclass
from lstmlint.keras.versions import Target, target_of

DATA = "keras/data/packages.json"


@dataclass(frozen=True, slots=True)
class PackageSet:
    """Packages that were installed together and loaded a sample of models.

    `targets` are the Kerases in it, `packages` the pins that bring them (`tensorflow==2.15.1`), and `pythons` the minor
    releases for which pip finds every pin on Linux x86-64. `tried_python` and `tried_packages` are what was installed,
    `backends` are those of the targets.
    """

    targets: tuple[Target, ...]
    packages: tuple[str, ...]
    pythons: tuple[str, ...]
    tried_python: str
    tried_packages: tuple[str, ...]
    backends: tuple[str, ...]

    @property
    def has_tensorflow(self) -> bool:
        """Whether TensorFlow is among the packages."""
        return any(package.startswith("tensorflow==") for package in self.packages)


def package_sets() -> tuple[PackageSet, ...]:
    """Every set that was tried, from old to new."""
    told = json.loads(pkgutil.get_data("lstmlint", DATA) or b"{}")["sets"]
    return tuple(
        PackageSet(
            tuple(map(target_of, one["targets"])),
            tuple(one["packages"]),
            tuple(one["pythons"]),
            one["tried"]["python"],
            tuple(one["tried"]["packages"]),
            tuple(one["tried"]["backends"]),
        )
        for one in told
    )
