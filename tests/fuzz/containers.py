"""Changes of files: their bytes, the JSON in them, the members of archives, the groups and attributes of HDF5."""

from __future__ import annotations

import io
import json
import random
import zipfile
from collections.abc import Callable
from typing import Any

import h5py
import numpy

from tests.fuzz.originals import Original
from tests.fuzz.values import changed, junk

MOST_INSERTED = 64

#: Where HDF5 keeps what Keras says of a model.
ATTRIBUTES = ("model_config", "training_config", "keras_version", "backend", "layer_names", "weight_names")


def damaged(original: Original, chance: random.Random) -> bytes:
    """The bytes of a file with something changed that follows from chance alone."""
    if original.kind in WITH_PARTS and chance.random() < 0.75:
        return WITH_PARTS[original.kind](original.data, chance)
    return bytes_changed(original.data, chance)


def bytes_changed(data: bytes, chance: random.Random) -> bytes:
    """Bytes with one to eight of them turned, taken out, put in, or copied from elsewhere; or only their beginning."""
    found = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4, 8))):
        start = chance.randrange(len(found) + 1)
        match chance.randrange(6):
            case 0 | 1 if start < len(found):
                found[start] ^= 1 << chance.randrange(8)
            case 2:
                del found[start : start + chance.randrange(1, MOST_INSERTED)]
            case 3:
                found[start:start] = chance.randbytes(chance.randrange(1, MOST_INSERTED))
            case 4:
                other = chance.randrange(len(found) + 1)
                found[start:start] = found[other : other + chance.randrange(1, MOST_INSERTED)]
            case _ if chance.random() < 0.2:
                del found[start:]
    return bytes(found)


def json_changed(data: bytes, chance: random.Random) -> bytes:
    """JSON with values changed; what is no JSON, and one in ten of the others, with its bytes changed."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return bytes_changed(data, chance)
    if chance.random() < 0.1:
        return bytes_changed(data, chance)
    text = json.dumps(changed(value, chance), ensure_ascii=chance.random() < 0.7)
    return text.encode("utf-8", "surrogatepass")


def archive_changed(data: bytes, chance: random.Random) -> bytes:
    """An archive with its members changed, left out, doubled, renamed or packed otherwise."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [(name, archive.read(name)) for name in archive.namelist()]
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError):
        return bytes_changed(data, chance)
    index = chance.randrange(len(members)) if members else 0
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", chance.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as archive:
        for at, (name, content) in enumerate(members):
            for written, new in _member(name, content, chance) if at == index else ((name, content),):
                archive.writestr(written, new)
    return memory.getvalue()


def _member(name: str, content: bytes, chance: random.Random) -> list[tuple[str, bytes]]:
    match chance.randrange(10):
        case 0:
            return []
        case 1:
            other = chance.choice(
                ("config.json", "metadata.json", "../x", "/x", "model.weights.h5", "assets/x/vocabulary.txt", "é\\")
            )
            return [(other, content)]
        case 2:
            return [(name, content), (f"{name}2", content)]
        case 3:
            return [(name, chance.choice((b"", b"{}", b"\x80\x04.", chance.randbytes(200))))]
    new = h5_changed(content, chance) if name.endswith(".h5") else json_changed(content, chance)
    return [(name, new)]


def h5_changed(data: bytes, chance: random.Random) -> bytes:
    """HDF5 with an attribute, a dataset or a link changed."""
    memory = io.BytesIO(data)
    try:
        with h5py.File(memory, "r+") as file:
            for _ in range(chance.choice((1, 1, 2))):
                change = chance.choice((_attribute_changed, _attribute_changed, _link_changed))
                change(file, chance.choice(_owners(file)), chance)
    except (OSError, RuntimeError, ValueError, TypeError, KeyError):  # some changes h5py itself refuses
        return bytes_changed(data, chance)
    return memory.getvalue()


def _owners(file: h5py.File) -> list[Any]:
    """The file, its groups and datasets. HDF5 crashes where a change is made in a group that was taken out before."""
    owners: list[Any] = [file]
    file.visititems(lambda _, item: owners.append(item))
    return owners


def _attribute_changed(file: h5py.File, owner: Any, chance: random.Random) -> None:
    if "model_config" in file.attrs and chance.random() < 0.5:
        owner = file
    name = chance.choice([*owner.attrs, chance.choice(ATTRIBUTES)])
    value = owner.attrs.get(name)
    if name.endswith("_config") and value is not None and chance.random() < 0.8:
        text = value if isinstance(value, bytes) else str(value).encode()
        owner.attrs[name] = numpy.bytes_(json_changed(text, chance))
    elif chance.random() < 0.2 and value is not None:
        del owner.attrs[name]
    else:
        owner.attrs[name] = _array(chance)


def _array(chance: random.Random) -> Any:
    """Something that an attribute or a dataset can hold."""
    texts = b"", b"lstm", "text", json.dumps(junk(chance)).encode(), [b"a/b", b"../c"], numpy.array([b"\xff\xfe"])
    numbers = 0, 1.5, True, numpy.zeros((0,)), numpy.zeros((2, 3), "i8"), numpy.zeros((), "c8"), h5py.Empty("f4")
    return chance.choice((*texts, *numbers))


def _link_changed(file: h5py.File, owner: Any, chance: random.Random) -> None:
    group = owner if isinstance(owner, h5py.Group) else owner.parent
    names = list(group)
    name = chance.choice(names) if names and chance.random() < 0.8 else "x"
    if name in group and chance.random() < 0.3:
        group.move(name, chance.choice(("y", "lstm", "0", "vars", "é")))
        return
    if name in group:
        del group[name]
    match chance.randrange(6):
        case 0:
            group[name] = h5py.SoftLink(chance.choice(("/", "/missing", group.name)))
        case 1:
            group[name] = h5py.ExternalLink("other.h5", "/")
        case 2:
            group[name] = file["/"]
        case 3:
            group.create_dataset(name, data=_array(chance))
        case 4:
            shape = chance.choice(((10**6, 10**6), (2**40,), (0, 5), (1,) * 20))
            group.create_dataset(name, shape, "f4", chunks=tuple(min(length, 4) or 1 for length in shape))


WITH_PARTS: dict[str, Callable[[bytes, random.Random], bytes]] = {
    "json": json_changed,
    "tfjs": json_changed,
    "shards": json_changed,
    "keras": archive_changed,
    "h5": h5_changed,
}
