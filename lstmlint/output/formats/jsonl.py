"""The format for programs that read line by line: an object for each file, as in `json`, then one with the totals."""

from __future__ import annotations

from lstmlint.linting.report import Run
from lstmlint.output.formats.json_report import VERSION, closing, file_object
from lstmlint.output.formats.reporter import Reporter, Style
from lstmlint.running.json_text import json_text


def render(run: Run, style: Style) -> str:
    objects = [*map(file_object, run.reports), {"version": VERSION, **closing(run)}]
    return "".join(json_text(content, indent=None, is_ascii=True) for content in objects)


JSONL = Reporter("jsonl", render)
