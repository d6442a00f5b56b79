"""Rows as CSV for spreadsheets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lstmlint.running.terminal import fit

#: Beginnings of a text that a spreadsheet takes for a formula; some also take the wide forms of East Asian keyboards.
FORMULA_STARTS = tuple("=+-@\t\r＝＋－＠")


def csv_text(rows: Iterable[Sequence[str | int]]) -> str:
    """Rows as CSV, a line for each."""
    import csv
    import io

    output = io.StringIO()
    csv.writer(output, lineterminator="\n").writerows([_cell(value) for value in row] for row in rows)
    return output.getvalue()


def _cell(value: str | int) -> str | int:
    """A value that no spreadsheet computes; a text that looks like a formula gets the mark of a text before it."""
    if isinstance(value, int):
        return value
    text = fit(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
