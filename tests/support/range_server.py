"""A web server on this machine that sends ranges, counts what it sends, and errs as it is told."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


@dataclass
class Server:
    """A running server: its address, how it behaves, and what it has sent.

    `files` are contents by path, `redirects` targets by path. `has_ranges` is whether ranges are answered by parts,
    `failing` the statuses that are sent instead of answers, one after the other, `failing_at_random` the share of
    requests that are answered by 503. An `endless` body never ends.
    """

    address: str = ""
    files: dict[str, bytes | Path] = field(default_factory=dict)
    redirects: dict[str, str] = field(default_factory=dict)
    has_ranges: bool = True
    is_endless: bool = False
    failing: list[int] = field(default_factory=list)
    failing_at_random: float = 0.0
    requests: int = 0
    sent: int = 0
    headers: list[dict[str, str]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def url(self, name: str) -> str:
        """The address of a file."""
        return f"{self.address}/{name}"


@contextmanager
def serving(**settings: object) -> Iterator[Server]:
    """A server with some settings, as long as it is needed."""
    server = Server(**settings)  # type: ignore[arg-type]
    chance = random.Random(7)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:
            pass

        def do_GET(self) -> None:
            with server.lock:
                server.requests += 1
                server.headers.append(dict(self.headers))
                status = server.failing.pop(0) if server.failing else 0
                if not status and chance.random() < server.failing_at_random:
                    status = 503
            name = self.path.partition("?")[0].lstrip("/")
            if status:
                self._empty(status)
            elif name in server.redirects:
                self._empty(302, Location=server.redirects[name])
            elif server.is_endless:
                self._endless()
            elif name not in server.files:
                self._empty(404)
            else:
                self._file(server.files[name])

        def _empty(self, status: int, **headers: str) -> None:
            self.send_response(status)
            for key, value in {"Content-Length": "0", "Retry-After": "0", **headers}.items():
                self.send_header(key, value)
            self.end_headers()

        def _endless(self) -> None:
            self.send_response(200)
            self.send_header("Connection", "close")
            self.end_headers()
            self.close_connection = True
            try:
                while True:
                    self.wfile.write(bytes(1 << 20))
                    server.sent += 1 << 20
            except OSError:
                pass

        def _file(self, content: bytes | Path) -> None:
            size = len(content) if isinstance(content, bytes) else content.stat().st_size
            first, last = 0, size - 1
            wanted = self.headers.get("Range", "") if server.has_ranges else ""
            if wanted:
                begin, _, end = wanted.removeprefix("bytes=").partition("-")
                first, last = int(begin), min(int(end), size - 1)
                if first >= size:
                    self._empty(416, **{"Content-Range": f"bytes */{size}"})
                    return
            if isinstance(content, bytes):
                data = content[first : last + 1]
            else:
                with content.open("rb") as stream:
                    stream.seek(first)
                    data = stream.read(last - first + 1)
            self.send_response(206 if wanted else 200)
            if wanted:
                self.send_header("Content-Range", f"bytes {first}-{last}/{size}")
            self.send_header("Content-Length", str(len(data)))
            self.send_header("ETag", f'"{size}"')
            self.end_headers()
            self.wfile.write(data)
            with server.lock:
                server.sent += len(data)

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 256

        def handle_error(self, request: object, client_address: object) -> None:
            pass

    http = Quiet(("127.0.0.1", 0), Handler)
    server.address = f"http://127.0.0.1:{http.server_address[1]}"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
