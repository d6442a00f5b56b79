"""Paths as they are written in settings, baselines and reports: relative to a folder, with slashes on every system."""

from __future__ import annotations

import os
from types import ModuleType


def relative(path: str, folder: str = "", system: ModuleType = os.path) -> str:
    """A path from a folder, or from the current one; an absolute path where it lies on another drive of Windows.

    `system` is the module for the paths of a system: `posixpath` or `ntpath`.
    """
    try:
        found: str = system.relpath(path, folder or system.curdir)
    except ValueError:
        found = system.abspath(path)
    return found.replace(system.sep, "/")


def from_folder(path: str, folder: str = "", system: ModuleType = os.path) -> str:
    """A path from a folder, or from the current one; an absolute path where it lies outside of that folder."""
    found = relative(path, folder, system)
    is_outside = found == system.pardir or found.startswith(f"{system.pardir}/")
    return system.abspath(path).replace(system.sep, "/") if is_outside else found
