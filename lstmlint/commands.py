"""What the commands do: each turns parsed arguments into one call, writes what comes out, and says the exit status.

Heavy modules are imported where they are used, so that `--help` and a check of JSON files stay quick.
"""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING, Any, TextIO

from lstmlint.settings import Finder

if TYPE_CHECKING:
    from lstmlint.pipeline import Job
    from lstmlint.report import FileReport, Run

CLEAN, FINDINGS, UNUSABLE = 0, 1, 2

#: Settings that narrow what is found, so that what is missing is not gone.
NARROWING = ("select", "ignore", "min-severity", "profile")


class UsageError(Exception):
    """Arguments that cannot be used together; the message is the line to print."""


def check(options: argparse.Namespace, stdout: TextIO, stderr: TextIO) -> int:
    from lstmlint.reporters import reporters
    from lstmlint.reporters.reporter import Style

    jobs = _jobs(options)
    if options.show_files:
        stdout.writelines(f"{job.path}\n" for job in jobs if not job.target.error)
        return UNUSABLE if any(job.target.error for job in jobs) else CLEAN
    if options.show_settings:
        return _show_settings(jobs, stdout)
    run = _against_baseline(options, jobs, _reports(options, jobs, stderr))
    problems = _plugin_problems(stderr)
    if options.statistics:
        from lstmlint.statistics import table

        stdout.write(table(run.reports))
    else:
        is_coloured = stdout.isatty() and not os.environ.get("NO_COLOR")
        style = Style(is_coloured=is_coloured, points_to_pages=options.explain)
        stdout.write(reporters()[options.format].render(run, style))
    if problems or any(report.status == "error" for report in run.reports):
        return UNUSABLE
    return FINDINGS if any(report.fails for report in run.reports) else CLEAN


def baseline(options: argparse.Namespace, stdout: TextIO, stderr: TextIO) -> int:
    from pathlib import Path

    from lstmlint.baseline import text_of

    reports = _reports(options, _jobs(options), stderr)
    unread = [report for report in reports if report.status == "error"]
    stderr.writelines(f"{report.path}: error: {report.error}\n" for report in unread)
    try:
        Path(options.output).write_text(text_of(reports, os.path.dirname(options.output)), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{options.output}: cannot be written: {error.strerror}") from None
    found = sum(len(report.diagnostics) for report in reports)
    stdout.write(f"{options.output}: {found} {'finding' if found == 1 else 'findings'} of today known from now on\n")
    return UNUSABLE if unread or _plugin_problems(stderr) else CLEAN


def _reports(options: argparse.Namespace, jobs: list[Job], stderr: TextIO) -> list[FileReport]:
    from lstmlint.parallel import ordered
    from lstmlint.pipeline import check, lost
    from lstmlint.progress import shown

    return list(shown(ordered(check, jobs, _processes(options, jobs), lost), len(jobs), stderr))


def _jobs(options: argparse.Namespace) -> list[Job]:
    """The files of a command with their settings.

    Raises:
        SettingsError: the settings of a file cannot be used.
        UsageError: one weights file is named for several files.
    """
    from lstmlint.files import targets
    from lstmlint.pipeline import Job

    finder = Finder(options.config or "", options.isolated, _overrides(options))
    jobs = [Job(target, options.weights, finder.settings(target.path)) for target in targets(options.paths)]
    if options.weights and len(jobs) != 1:
        raise UsageError("--weights belongs to one architecture file; name exactly one")
    return jobs


def _processes(options: argparse.Namespace, jobs: list[Job]) -> int:
    from lstmlint.files import STANDARD_INPUT

    return 1 if any(job.path == STANDARD_INPUT for job in jobs) else int(options.jobs)


def _overrides(options: argparse.Namespace) -> dict[str, Any]:
    """The settings that the command line gives, by the names that they have in a file."""
    names = ("profile", "persona", "select", "extend-select", "ignore", "min-severity", "fail-on", "target")
    given = {name: getattr(options, name.replace("-", "_"), None) for name in names}
    return {name: value for name, value in given.items() if value is not None}


def _against_baseline(options: argparse.Namespace, jobs: list[Job], reports: list[FileReport]) -> Run:
    """The run without what is known; each file has the baseline of its settings, or the one that is named.

    Where the command line narrows what is asked, what is not found is neither gone nor ignored in vain.
    """
    from dataclasses import replace

    from lstmlint.baseline import against
    from lstmlint.report import unused_ignores

    run = against(reports, [options.baseline or job.settings.baseline for job in jobs])
    if any(name in NARROWING for name in _overrides(options)):
        return replace(run, gone=())
    return replace(run, unused_ignores=unused_ignores(reports))


def _show_settings(jobs: list[Job], stdout: TextIO) -> int:
    """The settings that hold for the files, each once, as JSON."""
    import json
    from dataclasses import asdict

    by_settings: dict[str, list[str]] = {}
    for job in jobs:
        by_settings.setdefault(json.dumps(asdict(job.settings), indent=2, default=str), []).append(job.path)
    stdout.writelines(f"{', '.join(paths)}: {text}\n" for text, paths in by_settings.items())
    return CLEAN


def _plugin_problems(stderr: TextIO) -> bool:
    """Say which plug-ins cannot be used."""
    from lstmlint.layers import plugin_layer_types
    from lstmlint.rule import rule_table

    problems = (*rule_table().problems, *plugin_layer_types().problems)
    stderr.writelines(f"lstmlint: error: {problem}\n" for problem in problems)
    return bool(problems)


def summary(options: argparse.Namespace, stdout: TextIO, stderr: TextIO) -> int:
    from functools import partial

    from lstmlint.parallel import ordered
    from lstmlint.progress import shown
    from lstmlint.summarize import FORMATS, lost, summarize

    jobs = _jobs(options)
    one = partial(summarize, format_name=options.format, expand_nested=options.expand_nested)
    results = ordered(one, jobs, _processes(options, jobs), partial(lost, format_name=options.format))
    return FORMATS[options.format].write(shown(results, len(jobs), stderr), stdout, stderr)


def loads(options: argparse.Namespace, stdout: TextIO, stderr: TextIO) -> int:
    from lstmlint.document import NotAModelError, UnreadableError
    from lstmlint.pipeline import load
    from lstmlint.portability import report
    from lstmlint.portability.facts import examined_targets
    from lstmlint.portability.verdict import Outcome, verdict
    from lstmlint.portability.versions import UnknownTargetError, targets_of
    from lstmlint.terminal import fit

    try:
        targets = targets_of(options.target) if options.target else examined_targets()
    except UnknownTargetError as error:
        raise UsageError(str(error)) from None
    files, is_unread, is_refused = [], False, False
    for job in _jobs(options):
        try:
            if job.target.error:
                raise UnreadableError(job.target.error)
            model = load(job.path, job.weights, job.settings)
        except (UnreadableError, NotAModelError) as error:
            stderr.write(fit(f"{job.path}: error: {error}") + "\n")
            is_unread = True
            continue
        verdicts = [verdict(model, target) for target in targets]
        is_refused |= bool(options.target) and any(one.outcome is Outcome.FAILS for one in verdicts)
        if options.format == "text":
            stdout.write(report.text(job.path, verdicts))
        else:
            files.append(report.as_data(job.path, verdicts))
    if options.format == "json":
        stdout.write(report.to_json(files))
    return UNUSABLE if is_unread else FINDINGS if is_refused else CLEAN


def explain(options: argparse.Namespace, stdout: TextIO, stderr: TextIO) -> int:
    from lstmlint.document import NotAModelError, UnreadableError
    from lstmlint.explain import explain, find
    from lstmlint.pipeline import load
    from lstmlint.terminal import fit

    try:
        settings = Finder(options.config or "", options.isolated).settings(options.file)
        model = load(options.file, options.weights, settings)
    except (UnreadableError, NotAModelError) as error:
        stderr.write(fit(f"{options.file}: error: {error}") + "\n")
        return UNUSABLE
    layers = find(model, options.layer)
    if not layers:
        names = ", ".join(layer.full_name for layer in model.all_layers if layer.full_name)
        wanted = f"has no layer {options.layer!r}" if options.layer else "holds no layers to explain"
        stderr.write(fit(f"{options.file}: error: {wanted}; it has {names or 'no architecture'}") + "\n")
        return UNUSABLE
    stdout.write("\n".join(explain(model, layer) for layer in layers))
    return CLEAN


def fix(options: argparse.Namespace, stdout: TextIO, stderr: TextIO) -> int:
    from lstmlint.document import NotAModelError, UnreadableError
    from lstmlint.fix_report import diff, lines
    from lstmlint.fixing import fix, output
    from lstmlint.pipeline import load
    from lstmlint.terminal import fit
    from lstmlint.writers import write
    from lstmlint.writers.certify import certificate
    from lstmlint.writers.writer import UnwritableError

    if not options.output and not options.diff:
        raise UsageError("fix writes a new file: name it with -o, or look at the change with --diff")
    try:
        settings = Finder(options.config or "", options.isolated).settings(options.file)
        fixed = fix(load(options.file, options.weights, settings), allow_unsafe=options.unsafe)
        if options.diff:
            stdout.writelines(f"{line}\n" for line in diff(fixed))
        left_out: tuple[str, ...] = ()
        if options.output:
            left_out = write(output(fixed.draft, keeps_optimizer=not options.strip_optimizer), options.output)
            stdout.write(f"{options.output}: written\n")
            stdout.writelines(f"{line}\n" for line in (*lines(fixed, left_out), *certificate(fixed.draft)))
    except (UnreadableError, NotAModelError) as error:
        stderr.write(fit(f"{options.file}: error: {error}") + "\n")
        return UNUSABLE
    except UnwritableError as error:
        stderr.write(fit(f"{options.output}: error: {error}") + "\n")
        return UNUSABLE
    return FINDINGS if fixed.left else CLEAN


def rules(options: argparse.Namespace, stdout: TextIO, stderr: TextIO) -> int:
    from lstmlint.catalogue import FORMATS

    stdout.write(FORMATS[options.format]())
    return CLEAN


def rule(options: argparse.Namespace, stdout: TextIO, stderr: TextIO) -> int:
    from difflib import get_close_matches

    from lstmlint.rule import rules as registered

    found = registered().get(options.name)
    if found is None:
        close = get_close_matches(options.name, registered(), n=1, cutoff=0.4)
        hint = f"did you mean {close[0]!r}?" if close else "'lstmlint rules' lists them"
        stderr.write(f"lstmlint: error: there is no rule {options.name!r}; {hint}\n")
        return UNUSABLE
    persona = ", pedantic" if found.persona == "pedantic" else ""
    kind = f"{found.category}, {found.severity}, {found.confidence}{persona}"
    stdout.write(f"# {found.name}\n\n{kind}\n\n{found.page.strip()}\n")
    return CLEAN


def completion(options: argparse.Namespace, stdout: TextIO, stderr: TextIO) -> int:
    try:
        import shtab
    except ImportError:
        raise UsageError("completion needs the package shtab; install lstmlint[completion]") from None
    from lstmlint.cli import parser

    stdout.write(shtab.complete(parser(), shell=options.shell) + "\n")
    return CLEAN


def schema(options: argparse.Namespace, stdout: TextIO, stderr: TextIO) -> int:
    from importlib.resources import files

    if options.name == "settings":
        import json

        from lstmlint.settings_schema import settings_schema

        stdout.write(json.dumps(settings_schema(), indent=2) + "\n")
        return CLEAN
    stdout.write((files("lstmlint") / "schemas" / f"{options.name}.schema.json").read_text(encoding="utf-8"))
    return CLEAN
