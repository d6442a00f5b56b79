"""Files at addresses are read as local ones, of large ones only what is needed, whatever a server does."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

import lstmlint
from lstmlint import readers
from lstmlint.cli import main
from lstmlint.ir.addresses import file_part, has_secrets, is_address, scheme_of, without_secrets
from lstmlint.ir.document import NotAModelError, UnreadableError
from lstmlint.readers import hdf5
from lstmlint.readers.files import targets
from lstmlint.remote import hdf5 as ahead
from lstmlint.remote import http, stream
from tests.support.large_files import h5, keras
from tests.support.range_server import Server, serving
from tests.support.truth import FIXTURES, ROOT

LSTM = FIXTURES / "keras-3.15.1" / "lstm-72.keras"
OLD = FIXTURES / "keras-2.15.0" / "lstm-72.h5"


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


@pytest.fixture
def rounds(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of requests of each round behind the first."""
    sizes: list[int] = []
    fetch = http.Http.fetch

    def counted(self: http.Http, ranges: Sequence[tuple[int, int]]) -> list[bytes]:
        sizes.append(len(ranges))
        return fetch(self, ranges)

    monkeypatch.setattr(http.Http, "fetch", counted)
    return sizes


def answer(path: str) -> str:
    """What is read of a file, or why nothing is, without its path."""
    try:
        return repr(readers.read(path)).replace(path, "PATH")
    except NotAModelError as error:
        return f"NotAModelError: {error}"
    except UnreadableError as error:
        return f"UnreadableError: {error}"


@pytest.mark.parametrize("path", [LSTM, OLD, FIXTURES / "keras-2.3.1" / "lstm-72.json"], ids=lambda path: path.suffix)
def test_a_small_file_is_one_request(server: Server, path: Path) -> None:
    server.files[path.name] = path
    assert answer(server.url(path.name)) == answer(str(path))
    assert server.requests == 1


FORMS = [
    {"layers": 3}, {"layers": 60}, {"layers": 60, "libver": "latest"}, {"layers": 30, "chunks": True},
    {"layers": 30, "chunks": True, "libver": "latest"}, {"layers": 5, "words": 100_000},
    {"layers": 5, "words": 100_000, "libver": "latest"},
]  # fmt: skip


@pytest.mark.parametrize("write", [h5, keras], ids=lambda write: str(write.__name__))
@pytest.mark.parametrize("form", FORMS, ids=str)
def test_of_a_large_file_only_what_is_needed_is_fetched(
    server: Server, rounds: list[int], tmp_path: Path, write: Any, form: dict[str, Any]
) -> None:
    path = tmp_path / f"big.{write.__name__}"
    write(path, 3, **form)
    server.files[path.name] = path
    assert answer(server.url(path.name)) == answer(str(path))
    assert 1 + len(rounds) <= 10
    assert server.sent < 1_000_000 < path.stat().st_size


def test_without_the_prefetcher_the_same_is_read_in_many_more_rounds(
    server: Server, rounds: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "big.h5"
    h5(path, 3, 60)
    server.files["big.h5"] = path
    monkeypatch.setattr(ahead, "fetch_ahead", lambda *_: None)
    assert answer(server.url("big.h5")) == answer(str(path))
    assert len(rounds) > 30


def damaged(data: bytes, chance: random.Random) -> bytes:
    """Data with some bytes changed, most of them in the structures at its beginning."""
    changed = bytearray(data)
    for _ in range(chance.choice((1, 3, 10))):
        place = chance.randrange(chance.choice((200, 4000, len(data))))
        changed[place % len(data)] = chance.choice((0, 1, 255, chance.randrange(256)))
    return bytes(changed[: chance.choice((len(data), len(data), chance.randrange(1, len(data))))])


class Memory:
    """A transport of bytes in memory that counts its requests."""

    def __init__(self, data: bytes, head: int) -> None:
        self.data, self.head, self.rounds, self.requests = data, head, 0, 0

    def begin(self) -> tuple[bytes, int, str]:
        return self.data[: self.head], len(self.data), ""

    def fetch(self, ranges: Sequence[tuple[int, int]]) -> list[bytes]:
        self.rounds += 1
        self.requests += len(ranges)
        return [self.data[first:end] for first, end in ranges]


def read_in_parts(transport: Memory, monkeypatch: pytest.MonkeyPatch, *, is_fetched_ahead: bool) -> str:
    """What is read of bytes behind a transport."""
    with monkeypatch.context() as patch:
        patch.setattr("lstmlint.remote.transports.transport_of", lambda address: transport)
        for module in (stream, ahead):
            patch.setattr(module, "SMALL", 0)
        if not is_fetched_ahead:
            patch.setattr(ahead, "fetch_ahead", lambda *_: None)
        return answer("memory://file.h5")


@pytest.mark.parametrize("libver", ["earliest", "latest"])
def test_the_prefetcher_never_changes_what_is_read_of_damaged_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, libver: str
) -> None:
    path = tmp_path / "file.h5"
    h5(path, 0.05, 6, libver=libver, chunks=True)
    chance = random.Random(5)
    monkeypatch.setattr(hdf5, "IMAGE_BYTES", 0)  # the local file is read in pieces as well
    whole, outcomes = path.read_bytes(), set()
    for _ in range(150):
        data = damaged(whole, chance)
        path.write_bytes(data)
        local = answer(str(path))
        parts = Memory(data, 4096), Memory(data, 4096)
        assert read_in_parts(parts[0], monkeypatch, is_fetched_ahead=True) == local
        assert read_in_parts(parts[1], monkeypatch, is_fetched_ahead=False) == local
        assert parts[0].requests < 400
        outcomes.add(local.partition(":")[0][:20])
    assert len(outcomes) > 1  # some are refused, some are read


def test_a_tree_that_names_itself_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file.h5"
    h5(path, 0.05, 6)
    data = bytearray(path.read_bytes())
    at = data.find(b"TREE")
    while at >= 0:  # every node has itself for a child, and says that it is no leaf
        data[at + 5] = 1
        data[at + 32 : at + 40] = at.to_bytes(8, "little")
        at = data.find(b"TREE", at + 1)
    transport = Memory(bytes(data), 4096)
    assert "UnreadableError" in read_in_parts(transport, monkeypatch, is_fetched_ahead=True)
    assert transport.rounds < 100


def test_very_many_groups_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import h5py

    with h5py.File(tmp_path / "file.h5", "w") as file:
        for number in range(30_000):
            file.create_group(f"layers/group_{number}")
    monkeypatch.setattr(stream, "MOST_REQUESTS", 60)
    transport = Memory((tmp_path / "file.h5").read_bytes(), 4096)
    text = read_in_parts(transport, monkeypatch, is_fetched_ahead=True)
    assert "takes more than 60 requests" in text or transport.requests <= 60


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_server_is_asked_again(server: Server, monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    monkeypatch.setattr(http, "FIRST_WAIT", 0.001)
    server.files["lstm.keras"] = LSTM
    server.failing = [status] * 3
    assert answer(server.url("lstm.keras")) == answer(str(LSTM))
    assert server.requests == 4


def test_a_server_that_stays_busy_is_given_up(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "FIRST_WAIT", 0.001)
    server.failing = [503] * 99
    assert answer(server.url("lstm.keras")).endswith("cannot be fetched after 6 tries (503); try it later")


def test_a_failure_in_the_middle_is_no_damage(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "FIRST_WAIT", 0.001)
    h5(tmp_path / "big.h5", 3, 60)
    server.files["big.h5"] = tmp_path / "big.h5"
    monkeypatch.setattr(ahead, "fetch_ahead", lambda *_: None)
    fetch, number = http.Http.fetch, 0

    def failing(self: http.Http, ranges: Sequence[tuple[int, int]]) -> list[bytes]:
        nonlocal number
        number += 1
        if number == 20:
            raise UnreadableError("cannot be fetched; try it later")
        return fetch(self, ranges)

    monkeypatch.setattr(http.Http, "fetch", failing)
    assert answer(server.url("big.h5")) == "UnreadableError: cannot be fetched; try it later"


def test_a_server_without_ranges_sends_a_file_whole(server: Server, tmp_path: Path) -> None:
    keras(tmp_path / "big.keras", 1, 3)
    server.files["big.keras"] = tmp_path / "big.keras"
    server.has_ranges = False
    assert answer(server.url("big.keras")) == answer(str(tmp_path / "big.keras"))
    assert server.requests == 1


def test_an_endless_body_ends(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "MOST_WHOLE", 3 * 1024 * 1024)
    server.is_endless = True
    assert "sends no parts of files, and is larger than 3 MB" in answer(server.url("model.h5"))


@pytest.mark.parametrize("target", ["file:///etc/hostname", "ftp://localhost/x.h5", "gopher://x/"])
def test_a_redirect_leads_nowhere_but_to_http(server: Server, target: str) -> None:
    server.redirects["model.h5"] = target
    assert "is redirected to what is no file behind http" in answer(server.url("model.h5"))


def test_a_redirect_within_http_is_followed_and_a_circle_is_not(server: Server) -> None:
    server.files["lstm.keras"] = LSTM
    server.redirects = {"a.keras": server.url("lstm.keras"), "b.keras": server.url("b.keras")}
    assert answer(server.url("a.keras")) == answer(str(LSTM))
    assert "is redirected" in answer(server.url("b.keras"))


def test_a_file_that_changes_while_it_is_read(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, megabytes in (("a.h5", 2), ("b.h5", 3)):
        h5(tmp_path / name, megabytes, 20)
    server.files["x.h5"] = tmp_path / "a.h5"
    fetch = http.Http.fetch

    def changing(self: http.Http, ranges: Sequence[tuple[int, int]]) -> list[bytes]:
        server.files["x.h5"] = tmp_path / "b.h5"
        return fetch(self, ranges)

    monkeypatch.setattr(http.Http, "fetch", changing)
    assert answer(server.url("x.h5")) == "UnreadableError: changed while it was read; read it again"


def test_what_is_not_there(server: Server) -> None:
    assert answer(server.url("x.h5")) == "UnreadableError: does not exist (404); check the address"
    server.files["empty.h5"] = b""
    assert "is empty" in answer(server.url("empty.h5"))


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://me:secret@host/x.h5", "https://***@host/x.h5"),
        ("https://host/x.h5?X-Amz-Signature=secret&a=1", "https://host/x.h5?X-Amz-Signature=***&a=1"),
        ("zip://a.h5::https://me:secret@host/x.zip", "zip://a.h5::https://***@host/x.zip"),
        ("s3://bucket/a@b.h5", "s3://bucket/a@b.h5"),
        ("hf://org/repo@main/x.h5", "hf://org/repo@main/x.h5"),
        ("https://host/x.h5?download=true", "https://host/x.h5?download=true"),
    ],
)
def test_no_secret_is_shown(address: str, shown: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert without_secrets(address) == shown
    if has_secrets(address):
        for command in (["check", address], ["explain", address], ["audit", address]):
            assert main(command, sys.stdout, sys.stderr) == 2
        with pytest.raises(UnreadableError, match=r"holds a secret") as raised:
            lstmlint.load(address)
        out, err = capsys.readouterr()
        assert "secret@" not in out + err + str(raised.value)
        assert "=secret" not in out + err + str(raised.value)


def test_addresses() -> None:
    assert is_address("s3://bucket/x.h5")
    assert not is_address("C:\\models\\x.h5")
    assert not is_address("HEAD~1:models/x.h5")
    assert scheme_of("zip://x.h5::https://host/x.zip") == "zip"
    assert file_part("https://host/x.h5?download=true") == "https://host/x.h5"
    assert file_part("zip://a/x.h5::https://host/x.zip") == "zip://a/x.h5"


def test_archives_and_folders_are_listed(tmp_path: Path) -> None:
    archive = tmp_path / "models.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.write(LSTM, "models/a/lstm.keras")
        file.write(OLD, "models/old.h5")
        file.writestr("models/readme.txt", "none")
        file.writestr("models/.hidden/x.h5", "none")
    chained = f"zip://::{archive}"
    addresses = [target.path for target in targets([chained])]
    assert addresses == [f"zip://models/old.h5::{archive}", f"zip://models/a/lstm.keras::{archive}"]
    assert answer(addresses[0]) == answer(str(OLD)).replace(str(OLD), "PATH")
    assert answer(addresses[1]) == answer(str(LSTM))
    folder = f"file://{tmp_path}/sub"
    os.makedirs(tmp_path / "sub" / "b")
    (tmp_path / "sub" / "b" / "x.h5").write_bytes(OLD.read_bytes())
    assert [target.path for target in targets([folder, f"{folder}/**/*.h5"])] == [f"{folder}/b/x.h5"]


def test_commands_take_addresses(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    server.files["lstm.keras"] = LSTM
    for command in ("check", "summary", "explain", "loads", "sbom", "report"):
        main([command, str(LSTM), *(["--isolated"] if command == "check" else [])], sys.stdout, sys.stderr)
        local = capsys.readouterr().out
        url = server.url("lstm.keras")
        main([command, url, *(["--isolated"] if command == "check" else [])], sys.stdout, sys.stderr)
        assert capsys.readouterr().out.replace(url, str(LSTM)).splitlines()[1:8] == local.splitlines()[1:8], command
    assert main(["diff", str(LSTM), server.url("lstm.keras")], sys.stdout, sys.stderr) == 0


WITHOUT = """
import sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("fsspec", "aiohttp", "s3fs"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Blocked())
from lstmlint.cli import main
print(main(sys.argv[1:], sys.stdout, sys.stdout), [name for name in sys.modules if name.startswith("lstmlint.remote")])
"""


def test_without_the_extra_one_line_says_what_to_install() -> None:
    def said(path: str) -> str:
        command = [sys.executable, "-c", WITHOUT, "check", "--isolated", path]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout

    text = said("https://localhost/x.h5")
    assert "lies elsewhere, and aiohttp is not installed; pip install 'lstmlint[remote]'" in text
    assert "Traceback" not in text
    assert said(str(OLD)).splitlines()[-1].endswith(" []")  # a local file imports nothing of it
