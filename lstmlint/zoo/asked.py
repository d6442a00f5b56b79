"""What is asked of a file, as a digest: where it is the same, and the file too, nothing is read again.

It is the version of lstmlint, the installed plug-ins, the targets of verdicts, and the settings that change what is
found. Settings that only change what is shown of it are no part: they apply when the store is asked.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lstmlint.extending.plugins import installed
from lstmlint.ir.dataclass import replace
from lstmlint.ir.finding import Severity
from lstmlint.readers import is_own_name
from lstmlint.running.version import __version__
from lstmlint.settings.settings import Budget, Settings

#: The settings that change what is found in a file, and those that change what is shown of it.
FINDING = frozenset(
    {"select", "extend_select", "ignore", "options", "budgets", "layers", "persona", "target", "values"}
)
SHOWING = frozenset({"source", "root", "ignores", "severity", "min_severity", "fail_on", "baseline"})


def unfiltered(settings: Settings, path: str) -> Settings:
    """The settings by which a file is judged for the store: what is found, before anything of it is hidden.

    They are the same for all files of which the same is asked (`asked`).
    """
    return replace(
        settings, budgets=_budgets(settings, path), ignores=(), severity={}, min_severity=Severity.NOTE, baseline=""
    )


def asked(settings: Settings, path: str, targets: Sequence[str]) -> str:
    """The digest of what is asked of a file under some settings.

    Args:
        settings: the settings of the file.
        path: the file, on which the budgets depend.
        targets: the names of the targets for which verdicts are asked.
    """
    values: dict[str, Any] = {name: getattr(settings, name) for name in sorted(FINDING)}
    values["budgets"] = [budget.limits for budget in _budgets(settings, path)]
    return digest([__version__, installed(), list(targets), values])


def _budgets(settings: Settings, path: str) -> tuple[Budget, ...]:
    """The budgets that apply to a file, as budgets of all files."""
    return tuple(
        Budget("", budget.limits)
        for budget in settings.budgets
        if not budget.files or settings.matches(path, budget.files)
    )


def content_key(asked_digest: str, name: str, sha256: str, beside: Iterable[tuple[str, str]]) -> str:
    """The key of what is read of one content.

    Args:
        asked_digest: what is asked (`asked`).
        name: the name of the file. Its ending promises a container, and some names are those of one container alone.
        sha256: of the content.
        beside: the name and the SHA-256 of each file beside it that may belong to it.
    """
    others = sorted(beside)
    # The whole name counts where it pairs the file with others, and where it belongs to one container.
    is_own = bool(others) or is_own_name(name)
    return digest([asked_digest, name if is_own else _endings(name), sha256, others])


def _endings(name: str) -> str:
    """The last two endings of a name, such as `.weights.h5`."""
    stem, last = os.path.splitext(name.lower())
    return os.path.splitext(stem)[1] + last


def suffix_of(name: str) -> str:
    """The ending of a name, as readers know it."""
    return os.path.splitext(name)[1].lower()


def digest(value: Any) -> str:
    """The SHA-256 of plain data, in hexadecimal digits."""
    text = json.dumps(value, sort_keys=True, default=_plain, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, frozenset | set):
        return sorted(value)
    return str(value)
