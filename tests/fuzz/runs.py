"""Every command on one input, in this process, with a bound for its time and its memory."""

from __future__ import annotations

import contextlib
import io
import json
import random
import signal
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lstmlint.cli import main
from lstmlint.inference.answers import DEFECT

MOST_SECONDS = 10
MOST_BYTES = 500_000_000

#: Statuses that a command documents.
STATUSES = {"textconv": (0,)}
USUAL_STATUSES = (0, 1, 2)

#: What is printed only where lstmlint itself failed.
TROUBLE = {"Traceback (most recent call last)": "traceback", "made lstmlint fail": "defect", DEFECT: "layer failed"}
FAILED_RULE = " failed: "
OF_FAILED_RULE = "this is a defect of lstmlint"

CHECK_FORMATS = (
    "text", "concise", "csv", "github", "gitlab", "html", "json", "jsonl", "junit", "markdown", "rdjson", "sarif",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Run:
    """What came of one command: its seconds of processor time, the most memory that it added, and what is wrong."""

    command: str
    status: int
    seconds: float
    peak_bytes: int
    troubles: tuple[str, ...]


class TooSlow(BaseException):
    """The time for a command is over; nothing in lstmlint catches it."""


def arguments(path: Path, original: Path, out: Path, chance: random.Random) -> Iterator[list[str]]:
    """A call of each command, with options by chance."""
    yield [
        "check",
        str(path),
        "--persona",
        "pedantic",
        "--isolated",
        "--jobs",
        "1",
        "--format",
        chance.choice(CHECK_FORMATS),
        *_values(chance),
    ]
    yield [
        "summary",
        str(path),
        "--isolated",
        "--jobs",
        "1",
        *chance.choice((["--expand-nested"], ["--format", "json"])),
        *_values(chance),
    ]
    yield ["explain", str(path), "--isolated", *chance.choice(([], ["--format", "json"], ["--svg"])), *_values(chance)]
    yield ["loads", str(path), "--isolated", "--jobs", "1", "--format", chance.choice(("text", "json", "jsonl", "csv"))]
    yield [
        "fix",
        str(path),
        "--isolated",
        *chance.choice((["--diff"], ["--format", "json"], ["--unsafe", "-o", str(out)])),
    ]
    yield [
        "diff",
        str(original),
        str(path),
        "--isolated",
        "--format",
        chance.choice(("text", "markdown", "json", "html")),
        *_values(chance),
    ]
    yield ["origin", str(path), str(original.parent), "--isolated", "--format", chance.choice(("text", "json"))]
    yield ["report", str(path), "--isolated", "--jobs", "1", "--persona", "pedantic"]
    yield ["textconv", str(path), "--isolated"]
    bill = ["sbom", str(path), "--isolated", "--jobs", "1", "--format", "cyclonedx-1.7"]
    yield [*bill, *chance.choice(([], ["--vex"]))]
    yield ["convert", str(path), "--isolated", "--output", str(out.with_stem("converted"))]


def _values(chance: random.Random) -> list[str]:
    """The wish that stored values are read, by chance."""
    return chance.choice(([], ["--values"]))


def of_zoo(path: Path, out: Path, chance: random.Random) -> Iterator[list[str]]:
    """Calls that keep what is known of a file in a store, and then ask the store."""
    store, answer = str(out / "zoo.db"), chance.choice(("text", "json"))
    audit = ["audit", str(path), "--isolated", "--jobs", "1", "--store", store, "--format", answer]
    yield [*audit, *chance.choice(([], ["--loads", "all"])), *_values(chance)]
    yield ["fleet", store, "--isolated", "--format", chance.choice(("text", "markdown", "json", "html"))]
    yield ["audit", "export", "--store", store, "--csv", str(out / "tables")]


def run(command: list[str]) -> Run:
    """Run one command."""
    stdout, stderr = io.StringIO(), io.StringIO()
    _forget_peak()
    before = _peak()
    started = time.process_time()
    status, troubles = -1, []
    with _limited():
        try:
            status = main(command, stdout, stderr)
        except TooSlow:
            troubles.append("too slow")
        except BaseException as error:
            troubles.append(f"traceback ({type(error).__name__}: {error})")
    seconds, peak = time.process_time() - started, _peak() - before
    if not troubles:
        troubles.extend(_troubles(command, status, stdout.getvalue(), stderr.getvalue()))
    if peak > MOST_BYTES:
        troubles.append("too large")
    return Run(command[0], status, seconds, peak, tuple(troubles))


def _troubles(command: list[str], status: int, output: str, errors: str) -> Iterator[str]:
    said = output + errors
    for words, what in TROUBLE.items():
        if words in said:
            yield f"{what}: {_line(said, words)}"
    if FAILED_RULE in said and OF_FAILED_RULE in said:
        yield f"rule failed: {_line(said, FAILED_RULE)}"
    if status not in STATUSES.get(command[0], USUAL_STATUSES):
        yield f"undocumented status {status}"
    kind = command[command.index("--format") + 1] if "--format" in command else ""
    if kind in PARSERS and output:
        try:
            PARSERS[kind](output)
        except ValueError as error:
            yield f"{kind} cannot be read: {error}"


def _line(text: str, words: str) -> str:
    return next(line for line in text.splitlines() if words in line)[:300] if words in text else ""


def _xml(text: str) -> None:
    try:
        ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise ValueError(str(error)) from None


PARSERS: dict[str, Callable[[str], Any]] = {
    "json": json.loads, "sarif": json.loads, "gitlab": json.loads, "rdjson": json.loads, "junit": _xml,
    "cyclonedx-1.7": json.loads,
    "jsonl": lambda text: [json.loads(line) for line in text.split("\n") if line],
}  # fmt: skip


@contextlib.contextmanager
def _limited() -> Iterator[None]:
    """End what takes more than the time, as the processor counts it."""

    def over(*_: object) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGPROF, over)
    signal.setitimer(signal.ITIMER_PROF, MOST_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _forget_peak() -> None:
    """Let the most memory of this process count from now on (Linux, `man 5 proc_pid_clear_refs`)."""
    with contextlib.suppress(OSError), open("/proc/self/clear_refs", "w", encoding="ascii") as file:
        file.write("5")


def _peak() -> int:
    """The most bytes that this process has had in memory; 0 where a system does not tell."""
    with contextlib.suppress(OSError), open("/proc/self/status", encoding="ascii") as file:
        return 1024 * next(int(line.split()[1]) for line in file if line.startswith("VmHWM"))
    return 0
