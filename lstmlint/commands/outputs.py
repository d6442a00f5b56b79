"""`--output FORMAT=FILE`: further reports beside the one on standard output, each written whole into its file."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

from lstmlint.commands.command import UsageError
from lstmlint.commands.output_file import check_output
from lstmlint.ir.dataclass import dataclass
from lstmlint.ir.spelling import tip
from lstmlint.output.formats import formats


@dataclass(frozen=True, slots=True)
class Output:
    """A report to write: its format and its file."""

    format: str
    path: str

    def __str__(self) -> str:
        return f"--output {self.format}={self.path}"


def outputs_of(texts: Sequence[str], read: Iterable[str]) -> tuple[Output, ...]:
    """The reports of some `FORMAT=FILE`, checked before the work; `read` are the files of the run.

    Raises:
        UsageError: a text has another form, or a report cannot be written or would replace a file of the run.
    """
    outputs = tuple(map(_parsed, texts))
    files = tuple(read) if outputs else ()
    named: set[str] = set()
    for output in outputs:
        check_output(str(output), output.path, files)
        path = os.path.realpath(output.path)
        if path in named:
            raise UsageError(f"{output}: the file is named twice; give each report its own")
        named.add(path)
    return outputs


def _parsed(text: str) -> Output:
    name, sign, path = text.partition("=")
    if not sign or not path:
        raise UsageError(f"--output {text}: write it as FORMAT=FILE")
    if name not in formats():
        raise UsageError(f"--output {text}: there is no format {name!r}; {tip(name, formats())}")
    if path == "-":
        raise UsageError(f"--output {text}: what goes to standard output is chosen with --format {name}")
    return Output(name, path)
