"""Helpers for the tests of the readers."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from lstmlint import readers
from lstmlint.ir.document import Document, UnreadableError


def shapes(document: Document) -> dict[str, dict[str, tuple[int, ...]]]:
    """The stored shapes by layer and tensor."""
    return {layer.name: {tensor.name: tensor.shape for tensor in layer.tensors} for layer in document.stored or ()}


def refusal(data: bytes, name: str = "model.json") -> str:
    """The message with which bytes are refused, checked for its form."""
    with pytest.raises(UnreadableError) as caught:
        readers.read_bytes(data, name)
    message = str(caught.value)
    assert "\n" not in message, message
    assert "!" not in message, message
    assert name not in message, message
    assert ";" in message, f"says what to do: {message}"
    assert message[0].islower(), message
    return message


def refused_file(path: Path) -> str:
    """The message with which a file is refused."""
    with pytest.raises(UnreadableError) as caught:
        readers.read(str(path))
    return str(caught.value)


def printed_by(code: str, path: Path) -> str:
    """The output of Python code that runs in its own process, with a path as its argument."""
    command = [sys.executable, "-c", code, str(path)]
    root = Path(readers.__file__).parents[2]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True, cwd=root).stdout
