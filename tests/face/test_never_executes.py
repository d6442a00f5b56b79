"""No command runs, imports, unpickles, fetches or follows anything that a file holds or names.

Python tells what it does by audit events (PEP 578). A process of its own runs every command on a healthy file of each
container first, so that all modules of lstmlint are there, and then on the files; what happens then is recorded.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import security_files as files
from tests.support.security_files import FORMS, SIGNATURES
from tests.support.truth import CORPUS, FIXTURES, ROOT

HOSTILE = ROOT.parent / "shared" / "cases" / "hostile"

PROGRAM = r"""
import contextlib, io, json, os, re, sys, warnings
from lstmlint.cli import main
from lstmlint.commands.work.listing import listing
from lstmlint.settings.settings import Settings

warnings.simplefilter("ignore")
healthy, paths, scratch, own, brief = json.loads(sys.stdin.read())
events, armed, now = [], False, ""
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
NEVER = ("subprocess.", "socket.", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "pty.", "urllib.",
         "http.", "ftplib.", "smtplib.", "pickle.", "code.", "ctypes.", "webbrowser.", "shelve.", "dbm.")
trusted = tuple(os.path.realpath(path) for path in own)
GENERATED = re.compile(r"<\w+\.__\w+__>|<frozen .*>")  # methods of lstmlint's own values, made when they are first used

def is_trusted(path):
    is_of_process = path == "/proc/self/statm" or GENERATED.fullmatch(path) is not None
    return is_of_process or os.path.realpath(path).startswith(trusted)

def hook(event, arguments):
    if not armed:
        return
    told = None
    if event == "open":
        path, _, flags = arguments
        if isinstance(path, (str, bytes)):
            path = os.fsdecode(path)
            place = os.path.realpath(path)
            is_own = place.startswith(os.path.realpath(scratch)) or path == os.devnull
            if flags is not None and flags & WRITING and not is_own:
                told = f"writes {path}"
            elif not is_own and os.path.dirname(place) != os.path.dirname(now) and not is_trusted(path):
                told = f"reads {path}"
    elif event == "import":
        name, place = arguments[0], arguments[1]
        if place is not None and not is_trusted(place):
            told = f"imports {name} from {place}"
    elif event == "exec":
        place = arguments[0].co_filename
        if not is_trusted(place):
            told = f"executes {place}"
    elif event == "compile":
        place = arguments[1]
        if isinstance(place, (str, bytes)) and not is_trusted(os.fsdecode(place)):
            told = f"compiles {place}"
    elif event.startswith(NEVER):
        told = f"{event} {arguments!r}"
    if told:
        events.append([now, told])

def run(path, commands):
    global now
    now = os.path.realpath(path)
    for name, arguments in commands.items():
        for file in os.listdir(scratch):
            os.unlink(os.path.join(scratch, file))
        main([name, "--isolated", *[part.format(path=path, scratch=scratch) for part in arguments]],
             io.StringIO(), io.StringIO())
    with contextlib.suppress(OSError):
        listing(path, Settings())

EVERY = {
    "check": ["--format", "sarif", "--output", "html={scratch}/a.html", "{path}"],
    "summary": ["{path}"], "explain": ["{path}"], "loads": ["{path}"], "diff": ["{path}", "{path}"],
    "fix": ["{path}", "--unsafe", "-o", "{scratch}/new.keras"], "report": ["{path}", "-o", "{scratch}/a.html"],
    "baseline": ["{path}", "-o", "{scratch}/a.json"],
}
SOME = {name: EVERY[name] for name in ("check", "loads", "fix")}
for path in healthy:
    run(path, EVERY)
sys.addaudithook(hook)
before = set(sys.modules)
armed = True
for path in paths:
    run(path, EVERY)
for path in brief:
    run(path, SOME)
armed = False
print(json.dumps([events, sorted(set(sys.modules) - before), len(paths) + len(brief)]))
"""


def healthy() -> list[str]:
    names = (
        "keras-3.15.1/lstm-72.keras", "keras-2.15.0/lstm-72.h5", "keras-2.15.0/lstm-72.json", "keras-2.3.1/lstm-72.h5",
        "suspicious/archive-plain.keras", "broken/weights-only.h5", "suspicious/archive-pickle.keras",
        "broken/missing-return-sequences.json",
    )  # fmt: skip
    return [str(FIXTURES / name) for name in names]


def happened(paths: list[Path], brief: list[Path], folder: Path) -> tuple[list[list[str]], list[str]]:
    """What a process does that runs every command on some files, and the modules that it imports."""
    scratch = folder / "scratch"
    scratch.mkdir()
    own = [str(ROOT), sys.prefix, sys.base_prefix, os.path.dirname(os.__file__), *sys.path[1:]]
    lists = [healthy(), list(map(str, paths)), str(scratch), [path for path in own if path], list(map(str, brief))]
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM], input=json.dumps(lists), capture_output=True, text=True, check=False,
        cwd=folder, env={**os.environ, "TMPDIR": str(scratch), "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr[-2000:]
    events, modules, count = json.loads(ran.stdout.splitlines()[-1])
    assert count == len(paths) + len(brief)
    return events, modules


#: Modules of Python and of the packages of lstmlint that a command may need for the first file of a kind.
LATE = (
    "lstmlint",
    "h5py",
    "numpy",
    "yaml",
    "tabulate",
    "lzma",
    "bz2",
    "_lzma",
    "_bz2",
    "_compression",
    "encodings",
    "_cython",
)


def require_nothing(paths: list[Path], brief: list[Path], folder: Path) -> None:
    events, modules = happened(paths, brief, folder)
    assert sorted({told for _, told in events}) == []
    assert [name for name in modules if not name.startswith(LATE)] == []


#: Each fourth file of the corpus in a usual run, since the whole takes minutes; all with LSTMLINT_EVERY_CASE=1.
EVERY = 1 if os.environ.get("LSTMLINT_EVERY_CASE") else 4


def test_nothing_of_the_signatures_is_carried_out(tmp_path: Path) -> None:
    paths = []
    for number, signature in enumerate(SIGNATURES):
        for form in (FORMS["json"], FORMS["keras"], FORMS["h5"]):
            path = tmp_path / "files" / f"{number}{form.suffix}"
            path.parent.mkdir(exist_ok=True)
            paths.append(form.write(path, files.hidden(signature, "layer")))
    require_nothing(paths, [], tmp_path)


@pytest.mark.skipif(not HOSTILE.is_dir(), reason="the cases do not lie beside the checkout")
def test_nothing_of_the_cases_and_of_the_corpus_is_carried_out(tmp_path: Path) -> None:
    cases = [path for path in sorted(HOSTILE.iterdir()) if path.name != "index.json"]
    require_nothing(cases, sorted((CORPUS / "files").iterdir())[::EVERY], tmp_path)


def test_the_record_tells_what_is_carried_out(tmp_path: Path) -> None:
    """A test that cannot fail is none: a rule that imports what a file names is told."""
    path = tmp_path / "model.json"
    hidden = files.hidden(files.Signature("none", "none", files.function("antigravity_of_nobody", "x"), ""), "layer")
    FORMS["json"].write(path, hidden)
    module = tmp_path / "antigravity_of_nobody.py"
    module.write_text("x = 1\n")
    harmful = PROGRAM.replace(
        "armed = True\n", "armed = True\nsys.path.insert(0, os.getcwd())\nimport antigravity_of_nobody\n"
    )
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    lists = [[], [str(path)], str(scratch), [str(ROOT), sys.prefix, sys.base_prefix], []]
    ran = subprocess.run(
        [sys.executable, "-c", harmful], input=json.dumps(lists), capture_output=True, text=True, check=True,
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    events, modules, _ = json.loads(ran.stdout.splitlines()[-1])
    assert "antigravity_of_nobody" in modules
    assert any("antigravity_of_nobody.py" in told for _, told in events)
