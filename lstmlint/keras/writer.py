"""The Keras that wrote a file, from the text of its version."""

from __future__ import annotations

import re

from lstmlint.ir.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Writer:
    """The Keras that wrote a file: its version, and whether it is the Keras inside TensorFlow."""

    version: tuple[int, ...]
    is_tf_keras: bool


def parse_version(text: str) -> tuple[int, ...] | None:
    """The leading numbers of a version text (`2.2.4-tf` is `(2, 2, 4)`); `None` if there are none."""
    match = re.match(r"(\d{1,4}(?:\.\d{1,4})*)", text)
    return tuple(int(number) for number in match[1].split(".")) if match else None


def writer_of(text: str, version: tuple[int, ...]) -> Writer:
    """The writer that a version text names.

    Keras inside TensorFlow marks its versions with `-tf` up to 2.3; since 2.4 the standalone package of the same number
    is the same code (release notes of Keras 2.4.0).
    """
    return Writer(version, is_tf_keras="tf" in text or (2, 4) <= version[:2] < (3, 0))
