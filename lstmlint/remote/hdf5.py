"""The metadata of an HDF5 file, fetched level by level before HDF5 asks for it piece by piece.

From the superblock on, every object names the addresses of others. All addresses of one level are fetched at once, so
that a file takes as many rounds as its groups are deep. Nothing is decided here: what is misread, or left out because
the file is damaged or too large, HDF5 itself fetches when it needs it.

The structures are those of the HDF5 File Format Specification 3.0. Offsets and lengths of 8 bytes only.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from typing import NamedTuple

from lstmlint.remote.stream import SMALL, RemoteStream

SIGNATURE = b"\x89HDF\r\n\x1a\n"

#: The guard of the reader looks at so many bytes before and behind each piece.
OVERLAP = 4

#: What HDF5 reads of an object whose size it does not know yet, in bytes, for each kind.
HEADER, LOCAL_HEAP, GLOBAL_HEAP = 512, 512, 4096

#: The most that is fetched ahead for one file: pieces, bytes, and rounds; and the most of one piece.
MOST_PIECES = 50_000
MOST_BYTES = 24 * 1024 * 1024
MOST_ROUNDS = 100
MOST_OF_PIECE = 16 * 1024 * 1024


class Piece(NamedTuple):
    """A part of the file to fetch: its address and size in bytes, and what it names of others."""

    address: int
    size: int
    parse: Callable[[bytes, Sizes, int], Iterator[Piece]]


class Sizes(NamedTuple):
    """The sizes in bytes of nodes of the trees of groups, as the superblock gives them."""

    tree: int = 24 + 32 * 8 + 33 * 8
    symbols: int = 8 + 8 * 40
    chunks: int = 32


def fetch_ahead(stream: RemoteStream, start: int, size: int) -> None:
    """Fetch the metadata of an HDF5 file that lies in a stream, `size` bytes from `start` on.

    Raises:
        UnreadableError: the stream cannot be read.
    """
    if size <= SMALL:
        stream.ahead([(start, start + size)])
        return
    found = _superblock(stream.at(start, 256))
    if found is None:
        return
    sizes, waiting = found
    # The reader looks for a superblock behind each user block that there might be.
    waiting += [Piece(512 << power, 64, _nothing) for power in range((size // 512).bit_length())]
    seen: set[tuple[int, int]] = set()
    budget = MOST_BYTES
    for _ in range(MOST_ROUNDS):
        missing: list[Piece] = []
        while waiting:
            piece = waiting.pop()
            key = piece.address, piece.size
            if key in seen or not 0 <= piece.address < size or not 0 < piece.size <= MOST_OF_PIECE:
                continue
            seen.add(key)
            if len(seen) > MOST_PIECES:
                return
            if not _is_there(stream, start, piece):
                missing.append(piece)
                continue
            waiting += _parsed(stream, start, size, piece, sizes)
        budget -= sum(piece.size for piece in missing)
        if not missing or budget < 0:
            return
        stream.ahead((start + one.address - OVERLAP, start + one.address + one.size + OVERLAP) for one in missing)
        for piece in missing:
            if _is_there(stream, start, piece):
                waiting += _parsed(stream, start, size, piece, sizes)


def _is_there(stream: RemoteStream, start: int, piece: Piece) -> bool:
    begin = start + piece.address
    return stream.has(max(0, begin - OVERLAP), begin + piece.size + OVERLAP)


def _parsed(stream: RemoteStream, start: int, size: int, piece: Piece, sizes: Sizes) -> list[Piece]:
    """The pieces that one names; those up to the first that cannot be parsed."""
    data = stream.at(start + piece.address, min(piece.size, size - piece.address))
    pieces = []
    try:
        for one in piece.parse(data, sizes, piece.address):
            pieces.append(one)
            if len(pieces) > MOST_PIECES:
                break
    except (struct.error, IndexError, OverflowError):
        pass
    return pieces


def _u16(data: bytes, at: int) -> int:
    return int(struct.unpack_from("<H", data, at)[0])


def _u32(data: bytes, at: int) -> int:
    return int(struct.unpack_from("<I", data, at)[0])


def _u64(data: bytes, at: int) -> int:
    return int(struct.unpack_from("<Q", data, at)[0])


def _superblock(data: bytes) -> tuple[Sizes, list[Piece]] | None:
    """The sizes and the root group that a superblock names; `None` where it is none that Keras' files have."""
    if not data.startswith(SIGNATURE) or len(data) < 100:
        return None
    version = data[8]
    if version in (0, 1) and data[13] == data[14] == 8:
        leaf, internal = _u16(data, 16), _u16(data, 18)
        chunks = _u16(data, 24) if version else 32
        sizes = Sizes(24 + 16 * internal + 8 * (2 * internal + 1), 8 + 80 * leaf, chunks)
        return sizes, list(_entry(data, 56 + 4 * version, sizes))
    if version in (2, 3) and data[9] == data[10] == 8:
        return Sizes(), [_header(_u64(data, 36)), _header(_u64(data, 20))]
    return None


def _entry(data: bytes, at: int, sizes: Sizes) -> Iterator[Piece]:
    """The object of an entry of a group; that of a group tells its tree and its heap at once."""
    yield _header(_u64(data, at + 8))
    if _u32(data, at + 16) == 1:
        yield Piece(_u64(data, at + 24), sizes.tree, _tree)
        yield Piece(_u64(data, at + 32), LOCAL_HEAP, _local_heap)


def _header(address: int) -> Piece:
    return Piece(address, HEADER, _object)


def _nothing(data: bytes, sizes: Sizes, address: int) -> Iterator[Piece]:
    """What names nothing else."""
    return iter(())


def _tree(data: bytes, sizes: Sizes, address: int) -> Iterator[Piece]:
    """A node of the version 1 tree of a group."""
    if data[:4] == b"TREE" and data[4] == 0:
        for at in range(32, 32 + 16 * _u16(data, 6), 16):
            child = _u64(data, at)
            yield Piece(child, sizes.tree, _tree) if data[5] else Piece(child, sizes.symbols, _symbols)


def _symbols(data: bytes, sizes: Sizes, address: int) -> Iterator[Piece]:
    """A node of a group's symbols."""
    if data[:4] == b"SNOD":
        for number in range(_u16(data, 6)):
            yield from _entry(data, 8 + 40 * number, sizes)


def _local_heap(data: bytes, sizes: Sizes, address: int) -> Iterator[Piece]:
    """The names of a group's members."""
    if data[:4] == b"HEAP":
        yield Piece(_u64(data, 24), _u64(data, 8), _nothing)


def _global_heap(data: bytes, sizes: Sizes, address: int) -> Iterator[Piece]:
    """Strings of variable length."""
    if data[:4] == b"GCOL":
        yield Piece(address, _u64(data, 8), _nothing)


def _object(data: bytes, sizes: Sizes, address: int) -> Iterator[Piece]:
    """The header of a group or dataset."""
    if data[:4] == b"OHDR":
        flags, at = data[5], 6
        at += (16 if flags & 0x20 else 0) + (4 if flags & 0x10 else 0)
        width = 1 << (flags & 3)
        end = at + width + int.from_bytes(data[at : at + width], "little")
        if end + 4 > len(data):
            yield Piece(address, end + 4, _object)
        yield from _messages_2(data, at + width, min(end, len(data)), flags, sizes)
    elif data[0] == 1:
        end = 16 + _u32(data, 8)
        if end > len(data):
            yield Piece(address, end, _object)
        yield from _messages_1(data, 16, min(end, len(data)), sizes)


def _continuation_1(data: bytes, sizes: Sizes, address: int) -> Iterator[Piece]:
    return _messages_1(data, 0, len(data), sizes)


def _continuation_of(flags: int) -> Callable[[bytes, Sizes, int], Iterator[Piece]]:
    """The parser of the continuation of a header with these flags."""
    return lambda data, sizes, address: _messages_2(data, 4, len(data) - 4, flags, sizes)


def _messages_1(data: bytes, at: int, end: int, sizes: Sizes) -> Iterator[Piece]:
    while at + 8 <= end:
        length = _u16(data, at + 2)
        yield from _message(_u16(data, at), data[at + 8 : at + 8 + length], sizes, _continuation_1)
        at += 8 + length


def _messages_2(data: bytes, at: int, end: int, flags: int, sizes: Sizes) -> Iterator[Piece]:
    ahead = 6 if flags & 4 else 4
    while at + ahead <= end:
        length = _u16(data, at + 1)
        body = data[at + ahead : at + ahead + length]
        yield from _message(data[at], body, sizes, _continuation_of(flags))
        at += ahead + length


def _message(
    kind: int, body: bytes, sizes: Sizes, continuation: Callable[[bytes, Sizes, int], Iterator[Piece]]
) -> Iterator[Piece]:
    """What one message of a header names; nothing where it is cut off."""
    if kind == 0x10:
        yield Piece(_u64(body, 0), _u64(body, 8), continuation)
    elif kind == 0x11:
        yield Piece(_u64(body, 0), sizes.tree, _tree)
        yield Piece(_u64(body, 8), LOCAL_HEAP, _local_heap)
    elif kind == 0x06:
        yield from _link(body, 0)[0]
    elif kind == 0x02:
        yield from _dense(body, 2 + (8 if body[1] & 1 else 0), body[1] & 2)
    elif kind == 0x15:
        yield from _dense(body, 2 + (2 if body[1] & 1 else 0), body[1] & 2)
    elif kind == 0x0C:
        yield from _attribute(body)
    elif kind == 0x08:
        yield from _layout(body, sizes)


def _link(data: bytes, at: int) -> tuple[list[Piece], int]:
    """The object of a hard link, and where the link ends; 0 where there is none."""
    if data[at] != 1:
        return [], 0
    flags, here = data[at + 1], at + 2
    kind = data[here] if flags & 8 else 0
    here += (1 if flags & 8 else 0) + (8 if flags & 4 else 0) + (1 if flags & 16 else 0)
    width = 1 << (flags & 3)
    here += width + int.from_bytes(data[here : here + width], "little")
    if kind == 0:
        return [_header(_u64(data, here))], here + 8
    return [], here + 2 + _u16(data, here)


def _dense(body: bytes, at: int, has_order: int) -> Iterator[Piece]:
    """The heap and the trees of many links or attributes."""
    yield Piece(_u64(body, at), 256, _fractal_heap)
    yield Piece(_u64(body, at + 8), 64, _tree_2)
    if has_order:
        yield Piece(_u64(body, at + 16), 64, _tree_2)


def _attribute(body: bytes) -> Iterator[Piece]:
    """The heaps with the strings of an attribute."""
    version = body[0]
    name, kind, space = struct.unpack_from("<3H", body, 2)
    at = 9 if version == 3 else 8
    if version == 1:
        name, kind, space = ((length + 7) & ~7 for length in (name, kind, space))
    if body[at + name] & 15 != 9:  # no strings of variable length
        return
    for here in range(at + name + kind + space, len(body) - 15, 16):
        address = _u64(body, here + 4)
        if address:
            yield Piece(address, GLOBAL_HEAP, _global_heap)


def _layout(body: bytes, sizes: Sizes) -> Iterator[Piece]:
    """The index of a dataset's chunks."""
    version = body[0]
    if version == 3 and body[1] == 2:
        rank = body[2]
        key = 8 + 8 * rank
        yield Piece(_u64(body, 3), 24 + 16 * sizes.chunks + (2 * sizes.chunks + 1) * key, _chunks(key))
    elif version >= 4 and body[1] == 2:
        flags, rank, width = body[2], body[3], body[4]
        at = 5 + rank * width
        kind = body[at]
        at += 1 + {1: 12 if flags & 2 else 0, 3: 1, 4: 5, 5: 6}.get(kind, 0)
        if kind in INDEXES:
            yield Piece(_u64(body, at), 64, INDEXES[kind])


def _chunks(key: int) -> Callable[[bytes, Sizes, int], Iterator[Piece]]:
    """The parser of a node of chunks whose keys have a size."""

    def parse(data: bytes, sizes: Sizes, address: int) -> Iterator[Piece]:
        if data[:4] == b"TREE" and data[4] == 1 and data[5]:
            for number in range(_u16(data, 6)):
                yield Piece(_u64(data, 24 + key + number * (key + 8)), len(data), parse)

    return parse


def _fixed_array(data: bytes, sizes: Sizes, address: int) -> Iterator[Piece]:
    if data[:4] == b"FAHD":
        yield Piece(_u64(data, 16), 18 + data[6] * _u64(data, 8), _nothing)


def _fractal_heap(data: bytes, sizes: Sizes, address: int) -> Iterator[Piece]:
    """The blocks of a heap of links or attributes; filtered heaps are left alone."""
    if data[:4] != b"FRHP" or _u16(data, 7):
        return
    shape = Heap(_u16(data, 110), _u64(data, 112), _u64(data, 120), (_u16(data, 128) + 7) // 8, data[9])
    root, rows = _u64(data, 132), _u16(data, 140)
    if rows:
        yield Piece(root, shape.offset + 17 + 8 * rows * shape.width, _indirect(shape, rows))
    else:
        yield Piece(root, shape.starting, _direct(shape))


class Heap(NamedTuple):
    """A heap: blocks in a row, bytes of the first block and of the largest direct one, bytes of an offset, flags."""

    width: int
    starting: int
    most: int
    offset: int
    flags: int


def _indirect(shape: Heap, rows: int) -> Callable[[bytes, Sizes, int], Iterator[Piece]]:
    def parse(data: bytes, sizes: Sizes, address: int) -> Iterator[Piece]:
        if data[:4] != b"FHIB":
            return
        at = 13 + shape.offset
        for row in range(rows):
            size = shape.starting << max(0, row - 1)
            if size > shape.most:  # other indirect blocks: more links than Keras writes into a group
                return
            for _ in range(shape.width):
                yield Piece(_u64(data, at), size, _direct(shape))
                at += 8

    return parse


def _direct(shape: Heap) -> Callable[[bytes, Sizes, int], Iterator[Piece]]:
    """The parser of a block of links, which lie one behind the other; that of attributes names nothing."""

    def parse(data: bytes, sizes: Sizes, address: int) -> Iterator[Piece]:
        at = 13 + shape.offset + (4 if shape.flags & 2 else 0)
        while data[:4] == b"FHDB" and at < len(data):
            pieces, at = _link(data, at)
            yield from pieces
            if not at:
                return

    return parse


def _tree_2(data: bytes, sizes: Sizes, address: int) -> Iterator[Piece]:
    """The root of a version 2 tree, and its nodes where it is two levels deep."""
    if data[:4] == b"BTHD":
        node, record, depth = _u32(data, 6), _u16(data, 10), _u16(data, 12)
        yield Piece(_u64(data, 16), node, _node_2(node, record, depth, _u16(data, 24)))


def _node_2(node: int, record: int, depth: int, count: int) -> Callable[[bytes, Sizes, int], Iterator[Piece]]:
    """The parser of a node of a version 2 tree with `count` records, `depth` levels above the leaves."""

    def parse(data: bytes, sizes: Sizes, address: int) -> Iterator[Piece]:
        if data[:4] != b"BTIN" or not record:
            return
        numbers = _width((node - 10) // record)
        pointer = 8 + numbers + (sum(_width(most) for most in _totals(node, record, depth - 1)) if depth > 1 else 0)
        for number in range(count + 1):
            at = 6 + count * record + number * pointer
            held = int.from_bytes(data[at + 8 : at + 8 + numbers], "little")
            yield Piece(_u64(data, at), node, _node_2(node, record, depth - 1, held))

    return parse


def _totals(node: int, record: int, depth: int) -> Iterator[int]:
    """The most records below a node of a depth."""
    yield ((node - 10) // record) ** (depth + 1)


def _width(most: int) -> int:
    """The bytes of a number that is at most so large."""
    return (most.bit_length() + 7) // 8


#: The indexes of chunks of version 4 by their number: a fixed array, and a tree.
INDEXES = {3: _fixed_array, 5: _tree_2}
