"""The format for programs that read line by line: an object for each file, as in `json`, then one with the totals."""

from __future__ import annotations

from lstmlint.linting.report import FileReport, Tally
from lstmlint.output.formats.json_report import VERSION, closing, file_object
from lstmlint.output.formats.reporter import Pieces, Style, told_by_file
from lstmlint.running.json_text import json_text


def of_file(report: FileReport, style: Style) -> str:
    return json_text(file_object(report), indent=None, is_ascii=True)


def of_end(tally: Tally, style: Style) -> str:
    return json_text({"version": VERSION, **closing(tally)}, indent=None, is_ascii=True)


JSONL = told_by_file("jsonl", Pieces(of_file, of_end))
