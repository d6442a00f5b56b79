"""Paths of every system, on whichever the tests run."""

from __future__ import annotations

import ntpath
import posixpath
from types import ModuleType

import pytest

from lstmlint.ir.paths import from_folder, relative


@pytest.mark.parametrize(
    ("path", "folder", "system", "expected"),
    [
        ("/a/b/c.h5", "/a", posixpath, "b/c.h5"),
        ("/a/c.h5", "/a/b", posixpath, "../c.h5"),
        ("/a/b\\c.h5", "/a", posixpath, "b\\c.h5"),
        ("C:\\a\\b\\c.h5", "C:\\a", ntpath, "b/c.h5"),
        ("C:/a/b/c.h5", "c:\\A", ntpath, "b/c.h5"),
        ("C:\\a\\c.h5", "C:\\a\\b", ntpath, "../c.h5"),
        ("D:\\zoo\\c.h5", "C:\\a", ntpath, "D:/zoo/c.h5"),
        ("\\\\server\\zoo\\c.h5", "C:\\a", ntpath, "//server/zoo/c.h5"),
    ],
)
def test_a_path_from_a_folder(path: str, folder: str, system: ModuleType, expected: str) -> None:
    assert relative(path, folder, system) == expected


@pytest.mark.parametrize(
    ("path", "folder", "system", "expected"),
    [
        ("/a/b/c.h5", "/a", posixpath, "b/c.h5"),
        ("/x/c.h5", "/a", posixpath, "/x/c.h5"),
        ("/a/..c.h5", "/a", posixpath, "..c.h5"),
        ("C:\\x\\c.h5", "C:\\a", ntpath, "C:/x/c.h5"),
        ("D:\\zoo\\c.h5", "C:\\a", ntpath, "D:/zoo/c.h5"),
    ],
)
def test_a_path_outside_of_a_folder_is_absolute(path: str, folder: str, system: ModuleType, expected: str) -> None:
    assert from_folder(path, folder, system) == expected
