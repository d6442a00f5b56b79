"""An audit of a zoo in a bucket or behind a web server: the store of the local zoo, whatever happens on the way."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

import lstmlint
from lstmlint.remote import versions
from tests.support.range_server import serving
from tests.support.truth import FIXTURES, ROOT

MODELS = [
    FIXTURES / "keras-3.15.1" / "lstm-72.keras", FIXTURES / "keras-2.15.0" / "lstm-72.h5",
    FIXTURES / "broken" / "missing-return-sequences.json", FIXTURES / "broken" / "truncated.h5",
    FIXTURES / "keras-2.3.1" / "lstm-72.json",
]  # fmt: skip


def kept(store: Path, base: str) -> list[tuple[Any, ...]]:
    """What a store says of its files and models, without where they lie and when they were read."""
    query = """
        SELECT f.path, f.name, s.status, s.error, m.container, m.keras_version, m.layers, m.params, m.tensor_shapes,
            m.size, (SELECT group_concat(rule || message || layer) FROM findings d WHERE d.model_id = m.id),
            (SELECT group_concat(target || outcome) FROM verdicts v WHERE v.model_id = m.id),
            (SELECT group_concat(path || params || output_json) FROM layers l WHERE l.model_id = m.id)
        FROM files f JOIN states s ON file_id = f.id AND to_run IS NULL LEFT JOIN models m ON m.id = model_id
        ORDER BY f.path
    """
    with closing(sqlite3.connect(store)) as connection:
        return [(row[0].removeprefix(base), *row[1:]) for row in connection.execute(query)]


@pytest.fixture
def zoo(tmp_path: Path) -> Path:
    folder = tmp_path / "zoo"
    for number in range(12):
        model = MODELS[number % len(MODELS)]
        place = folder / f"part-{number % 3}" / f"{number}{model.suffix}"
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(model, place)
    return folder


@pytest.fixture
def bucket(zoo: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The zoo in a bucket of a local S3, by its address."""
    server_of = pytest.importorskip("moto.server")
    import boto3
    import s3fs

    server = server_of.ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "hidden-name")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hidden-word")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    client = boto3.client("s3")
    client.create_bucket(Bucket="models")
    for path in sorted(zoo.rglob("*.*")):
        client.upload_file(str(path), "models", f"zoo/{path.relative_to(zoo).as_posix()}")
    s3fs.S3FileSystem.clear_instance_cache()
    versions._seen.clear()
    yield "s3://models/zoo"
    s3fs.S3FileSystem.clear_instance_cache()
    server.stop()


def local(zoo: Path, tmp_path: Path) -> list[tuple[Any, ...]]:
    lstmlint.audit([zoo], tmp_path / "local.db", jobs=1)
    return kept(tmp_path / "local.db", "zoo/")


def test_a_bucket_has_the_store_of_its_folder(zoo: Path, bucket: str, tmp_path: Path) -> None:
    import boto3

    store = tmp_path / "remote.db"
    audit = lstmlint.audit([bucket], store, jobs=2)
    assert not audit.problems
    assert kept(store, f"{bucket}/") == local(zoo, tmp_path)
    assert b"hidden-" not in store.read_bytes()

    versions._seen.clear()
    assert lstmlint.audit([bucket], store, jobs=2).tally.read == 0

    client = boto3.client("s3")
    client.delete_object(Bucket="models", Key="zoo/part-0/0.keras")
    client.upload_file(str(MODELS[0]), "models", "zoo/part-1/1.h5")
    again = lstmlint.audit([bucket], store, jobs=2)
    assert again.tally.read == 1
    with closing(sqlite3.connect(store)) as connection:
        (gone,) = connection.execute("SELECT path FROM current WHERE status = 'vanished'").fetchone()
    assert gone == f"{bucket}/part-0/0.keras"


def test_the_workers_of_a_cluster_read_a_bucket(zoo: Path, bucket: str, tmp_path: Path) -> None:
    lstmlint.audit([bucket], tmp_path / "remote.db", jobs=2, engine="dask")
    assert kept(tmp_path / "remote.db", f"{bucket}/") == local(zoo, tmp_path)
    assert b"hidden-" not in (tmp_path / "remote.db").read_bytes()
    assert lstmlint.audit([bucket], tmp_path / "remote.db", jobs=2, engine="dask").tally.read == 0


def test_a_failing_server_gives_the_same_store(zoo: Path, tmp_path: Path) -> None:
    paths = sorted(zoo.rglob("*.*"))
    with serving(failing_at_random=0.3) as server:
        server.files = {path.relative_to(zoo).as_posix(): path for path in paths}
        listed = tmp_path / "list.txt"
        listed.write_text("".join(f"{server.url(path.relative_to(zoo).as_posix())}\n" for path in paths))
        lstmlint.audit([f"@{listed}"], tmp_path / "remote.db", jobs=2)
        assert kept(tmp_path / "remote.db", f"{server.address}/") == local(zoo, tmp_path)
        assert server.requests > len(paths)


def test_what_could_not_be_fetched_is_asked_for_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lstmlint.remote.http.FIRST_WAIT", 0.001)
    store = tmp_path / "zoo.db"
    with serving(files={"a.keras": MODELS[0]}, failing=[503] * 50) as server:
        first = lstmlint.audit([server.url("a.keras")], store, jobs=1)
        assert len(first.tally.failed) == 1
        server.failing.clear()
        assert not lstmlint.audit([server.url("a.keras")], store, jobs=1).tally.failed


def rows_of(store: Path) -> int:
    """How many files a store has; none where there is no store yet."""
    if not store.exists():
        return 0
    with closing(sqlite3.connect(store)) as connection, suppress(sqlite3.OperationalError):  # its tables are being made
        return int(connection.execute("SELECT count(*) FROM files").fetchone()[0])
    return 0


#: The command line, writing each file at once and slowly enough to be killed between two.
SLOWLY = """
import time
from lstmlint.zoo import audit
from lstmlint.cli import run
audit.BATCH = 1
write = audit.write_answer
audit.write_answer = lambda *given: (time.sleep(0.2), write(*given))
run()
"""


def test_a_killed_audit_goes_on(zoo: Path, bucket: str, tmp_path: Path) -> None:
    store = tmp_path / "remote.db"
    arguments = ["audit", bucket, "--store", str(store), "--isolated", "--jobs", "1"]
    for _ in range(2):
        before = rows_of(store)
        process = subprocess.Popen(
            [sys.executable, "-c", SLOWLY, *arguments], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        while rows_of(store) == before:
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert before < rows_of(store) < len(list(zoo.rglob("*.*")))
    command = [sys.executable, "-m", "lstmlint", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=dict(os.environ))
    assert done.returncode == 2, done.stderr  # for the broken file
    assert kept(store, f"{bucket}/") == local(zoo, tmp_path)


def test_a_secret_in_a_list_is_refused(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("https://me:word@host/x.h5\n")
    with pytest.raises(lstmlint.SourceError, match=r"https://\*\*\*@host/x.h5: holds a secret"):
        lstmlint.audit([f"@{tmp_path / 'list.txt'}"], tmp_path / "zoo.db")
