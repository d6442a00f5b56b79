"""Runs for tests of the formats: the fixtures, the corpus, none, and files with hostile names."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from lstmlint.ir.finding import Diagnostic
from lstmlint.linting.report import FileReport, IgnoreUse, Known, Run, run_on
from lstmlint.linting.rule import Persona
from lstmlint.output.formats import reporter_of
from lstmlint.output.formats.reporter import Style
from lstmlint.pipeline import Job, check
from lstmlint.readers.files import targets
from lstmlint.settings.settings import Settings
from tests.support.truth import CORPUS, ROOT

EVERYTHING = Settings(persona=Persona.PEDANTIC, target=("keras-3.15",))

#: Names in a file that harm one of the formats.
HOSTILE = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "--><b>", "]]></failure>", "&lt;b&gt; &amp;",
    "a|b", "a\\|b", "a\\\\|b", "trailing\\", "`code`", "``", "*bold* _it_ ~~no~~", "# heading", "- item",
    "[click](javascript:alert(1))", "[x\\](http://evil.example)", "![p](http://evil.example/p.png)", "[see](1)",
    "http://evil.example www.evil.example a@evil.example", "@everyone @org/team #12 !3 $x$",
    "\x1b[31mred\x1b[0m", "line\nbreak", "\r\n::error file=x::y", "::error file=x,line=1::y", "##[add-mask]x",
    "100%", "%0A%25", "a:b,c;d", "=HYPERLINK(\"http://evil.example\")", "+1", "-1", "@SUM(A1)", "\t=1",
    "＝1+1", "＋1", "－1", "＠SUM(A1)",
    '"quoted"', "'single'", "{0} {name} {{", "\u202eright to left", "zero\u200bwidth", "\ud800 lone", "\ufffe", "\x00",
    "é 𐐀 漢字", " ", "a/b/../c", "x" * 500,
)  # fmt: skip

#: Names of files that a file system allows.
HOSTILE_FILES = (
    "plain.json", "a b%20#?.json", "ü 漢字.json", "new\nline.json", "<b>|`x`.json", "a:b,c.json", "=1+1.json", "-.json",
    "::error::.json", "[a](b).json", "..dots.json", "folder/in folder.json", "bytes\udcff.json", "{0}@x.json",
)  # fmt: skip


@cache
def run_of(name: str) -> Run:
    """A run by its name: `fixtures` or `corpus`, with every rule asked."""
    paths = {"fixtures": "fixtures", "corpus": os.path.relpath(CORPUS / "files", ROOT)}
    before = os.getcwd()
    os.chdir(ROOT)
    try:
        return run_on(check(Job(target, settings=EVERYTHING)) for target in targets([paths[name]]))
    finally:
        os.chdir(before)


EMPTY = run_on(())


def hostile_run() -> Run:
    """Files with hostile names and layers, written into the current folder; the remarks are hostile, too."""
    for number, name in enumerate(HOSTILE):
        write_stack(Path(HOSTILE_FILES[number % len(HOSTILE_FILES)]).with_suffix(f".{number}.json"), name)
    Path("broken <b>|\n.json").write_text('{"class_name": "Sequential", ', encoding="utf-8")
    Path("custom.json").write_text(custom_layer("<b>|\n@x"), encoding="utf-8")
    run = run_on(check(Job(target, settings=EVERYTHING)) for target in targets(["."]))
    run.tally.known = 1
    run.tally.gone = tuple(Known(name, "rule", name, "1") for name in HOSTILE)
    run.tally.unused_ignores = tuple(IgnoreUse("s.toml", name, (name,), is_used=False) for name in HOSTILE)
    return run


def write_stack(path: Path, name: str, indent: int | None = None) -> None:
    """A model whose first recurrent layer, of a given name, returns no sequence."""
    path.parent.mkdir(parents=True, exist_ok=True)
    layers = [
        {"class_name": "InputLayer", "config": {"name": "漢字 é", "batch_input_shape": [None, 4, 2]}},
        {"class_name": "LSTM", "config": {"name": name, "units": 3}},
        {"class_name": "LSTM", "config": {"name": "lstm_2 " + name, "units": 3}},
    ]
    content = {"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": name, "layers": layers}}
    text = json.dumps(content, indent=indent, ensure_ascii="\ud800" in name)
    path.write_text(text, encoding="utf-8")


def custom_layer(class_name: str) -> str:
    """The text of a model whose first layer is unknown, so that rules cannot judge what follows."""
    layers = [
        {"class_name": "InputLayer", "config": {"name": "series", "batch_input_shape": [None, 4, 2]}},
        {"class_name": class_name, "config": {"name": class_name}},
        {"class_name": "LSTM", "config": {"name": "lstm", "units": 3}},
    ]
    content = {"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "m", "layers": layers}}
    return json.dumps(content)


def rendered(name: str, run: Run) -> str:
    return reporter_of(name).render(run, Style())


def findings(run: Run) -> Iterator[tuple[FileReport, Diagnostic]]:
    for report in run.reports:
        for diagnostic in report.diagnostics:
            yield report, diagnostic
