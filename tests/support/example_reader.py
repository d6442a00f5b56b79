"""A container that does not exist: a line that names it, and the config of a model as JSON behind it.

It is the smallest whole reader, from which `python -m tests.new reader NAME` begins a new one.
"""

from __future__ import annotations

import json

from lstmlint.ir.document import Container, Document, UnreadableError
from lstmlint.readers.reader import Reader
from lstmlint.readers.source import Source

START = b"example-container\n"


def recognises(source: Source) -> bool:
    """Whether a file begins like this container."""
    return source.head.startswith(START)


def read(source: Source) -> Document:
    """The document in a file.

    Raises:
        UnreadableError: the text behind the first line is no JSON object.
    """
    try:
        config = json.loads(source.read()[len(START) :])
    except (ValueError, RecursionError):
        raise UnreadableError("holds no JSON behind its first line; save the model again") from None
    if not isinstance(config, dict):
        raise UnreadableError("holds no model behind its first line; save the model again")
    return Document(source.path, Container.JSON, config)


reader = Reader("example container", recognises, read, Container.JSON)
