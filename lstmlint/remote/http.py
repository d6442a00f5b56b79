"""Files behind http and https, in the session that fsspec makes, so that its configuration counts."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, NamedTuple

import aiohttp
import fsspec
from fsspec.asyn import sync

from lstmlint.remote.transport import HEAD_BYTES, Beginning, ElsewhereError, MissingError, Range

#: Requests that are under way at once.
AT_ONCE = 32

#: What a server may answer for a while, the number of tries, and the seconds before the second; each wait is twice
#: the one before, or what the server asks for.
TRANSIENT = frozenset({408, 425, 429, 500, 502, 503, 504})
TRIES = 6
FIRST_WAIT = 0.25
LONGEST_WAIT = 20.0

#: The seconds for a connection, between two pieces of a body, and for a whole request.
PATIENCE = aiohttp.ClientTimeout(total=120, sock_connect=15, sock_read=30)

#: The largest file that is taken whole from a server that sends no ranges.
MOST_WHOLE = 64 * 1024 * 1024
PIECE = 256 * 1024

REFUSALS = {
    401: "may not be read (401); give fsspec a credential for this server",
    403: "may not be read (403); give fsspec a credential for this server",
    404: "does not exist (404); check the address",
    410: "does not exist any more (410); check the address",
}


class Reply(NamedTuple):
    """A body with what its header says: the status, the first byte, the size of the file, the ETag."""

    status: int
    first: int
    size: int
    tag: str
    body: bytes


class Http:
    """A file behind http or https."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._files: Any = fsspec.filesystem("https")
        self._size, self._tag = 0, ""

    def begin(self) -> Beginning:
        """As `Transport.begin` says."""
        reply: Reply = sync(self._files.loop, self._get, (0, HEAD_BYTES))
        self._size, self._tag = reply.size, reply.tag
        return Beginning(reply.body, reply.size, reply.tag)

    def fetch(self, ranges: Sequence[Range]) -> list[bytes]:
        """As `Transport.fetch` says."""
        bodies: list[bytes] = sync(self._files.loop, self._all, ranges)
        return bodies

    async def _all(self, ranges: Sequence[Range]) -> list[bytes]:
        free = asyncio.Semaphore(AT_ONCE)

        async def one(wanted: Range) -> bytes:
            async with free:
                reply = await self._get(wanted)
            if (reply.size, reply.tag) != (self._size, self._tag):
                raise ElsewhereError("changed while it was read; read it again")
            if reply.status != 206 or reply.first != wanted[0] or len(reply.body) != wanted[1] - wanted[0]:
                raise ElsewhereError("comes from a server that sends other bytes than asked for; download it first")
            return reply.body

        tasks = [asyncio.ensure_future(one(wanted)) for wanted in ranges]
        try:
            return list(await asyncio.gather(*tasks))
        finally:
            for task in tasks:
                task.cancel()

    async def _get(self, wanted: Range) -> Reply:
        """The reply to a request for a range, asked again while the server is busy."""
        wait = FIRST_WAIT
        why = ""
        for number in range(TRIES):
            if number:
                await asyncio.sleep(wait)
                wait = min(2 * wait, LONGEST_WAIT)
            try:
                reply, asked = await self._once(wanted)
            except (aiohttp.NonHttpUrlRedirectClientError, aiohttp.TooManyRedirects, aiohttp.InvalidURL):
                raise ElsewhereError("is redirected to what is no file behind http; check the address") from None
            except (TimeoutError, aiohttp.ClientError, ConnectionError) as error:
                why = type(error).__name__
                continue
            if reply.status not in TRANSIENT:
                return reply
            why = str(reply.status)
            wait = min(max(wait, asked), LONGEST_WAIT)
        raise ElsewhereError(f"cannot be fetched after {TRIES} tries ({why}); try it later")

    async def _once(self, wanted: Range) -> tuple[Reply, float]:
        """The reply to one request, and the seconds that the server asks to wait."""
        session = await self._files.set_session()
        headers = {"Range": f"bytes={wanted[0]}-{wanted[1] - 1}", "Accept-Encoding": "identity"}
        options = {**self._files.kwargs, "timeout": PATIENCE, "max_redirects": 5}
        options["headers"] = {**options.get("headers", {}), **headers}
        async with session.get(self._address, **options) as response:
            status: int = response.status
            if self._address.startswith("https:") and response.url.scheme != "https":
                raise ElsewhereError("is redirected from https to http, which anybody could change; check the address")
            if status in TRANSIENT:
                return Reply(status, 0, 0, "", b""), _seconds(response.headers.get("Retry-After", ""))
            tag = response.headers.get("ETag") or response.headers.get("Last-Modified") or ""
            unit, _, span = response.headers.get("Content-Range", "").partition(" ")
            bounds, _, total = span.partition("/")
            size = int(total) if unit == "bytes" and total.isdecimal() else -1
            if status == 416 and size == 0:
                return Reply(206, 0, 0, tag, b""), 0
            if status not in (200, 206):
                kind = MissingError if status in (404, 410) else ElsewhereError
                raise kind(REFUSALS.get(status, f"cannot be fetched ({status}); check the address"))
            if response.headers.get("Content-Encoding", "identity") != "identity":
                raise ElsewhereError("comes compressed from its server, without being asked; download it first")
            if status == 206:
                first = bounds.partition("-")[0]
                if size < 0 or not first.isdecimal():
                    raise ElsewhereError("comes from a server that does not tell its size; download it first")
                return Reply(status, int(first), size, tag, await _body(response, wanted[1] - wanted[0])), 0
            if wanted[0]:  # no use for the whole file
                return Reply(status, 0, self._size, self._tag, b""), 0
            body = await _body(response, MOST_WHOLE)
            return Reply(status, 0, len(body), tag, body), 0


async def _body(response: Any, limit: int) -> bytes:
    """The body of a response.

    Raises:
        ElsewhereError: it is larger than `limit` bytes, or says so.
    """
    too_large = ElsewhereError(
        f"comes from a server that sends no parts of files, and is larger than {limit >> 20} MB; download it first"
        if limit == MOST_WHOLE
        else "comes from a server that sends more than asked for; download it first"
    )
    if (response.content_length or 0) > limit:
        raise too_large
    pieces, size = [], 0
    async for piece in response.content.iter_chunked(PIECE):
        size += len(piece)
        if size > limit:
            raise too_large
        pieces.append(piece)
    return b"".join(pieces)


def _seconds(text: str) -> float:
    """The seconds of a Retry-After; a date counts as none."""
    return float(text) if text.isdecimal() else 0.0
