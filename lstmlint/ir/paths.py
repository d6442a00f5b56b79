"""Paths as they are written in settings, baselines and reports: relative to a folder, with slashes on every system."""

from __future__ import annotations

import os
from types import ModuleType

from lstmlint.ir.addresses import is_address


def relative(path: str, folder: str = "", system: ModuleType = os.path) -> str:
    """A path from a folder, or from the current one; an absolute path where it lies on another drive of Windows.

    An address stays as it is.

    `system` is the module for the paths of a system: `posixpath` or `ntpath`.
    """
    if is_address(path):
        return path
    try:
        written: str = system.relpath(path, folder or system.curdir)
    except ValueError:
        written = system.abspath(path)
    return written.replace(system.sep, "/")


def from_folder(path: str, folder: str = "", system: ModuleType = os.path) -> str:
    """A path from a folder, or from the current one; an absolute path where it lies outside of that folder."""
    written = relative(path, folder, system)
    is_outside = written == system.pardir or written.startswith(f"{system.pardir}/")
    return system.abspath(path).replace(system.sep, "/") if is_outside else written
