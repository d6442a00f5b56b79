"""Bounded reading of an untrusted HDF5 file: hard links only, shapes but never values.

h5py is imported inside the functions, because importing it takes ten times as long as checking a JSON file.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias, TypeVar

from lstmlint.ir.document import Allocation, Detour, Elsewhere, Evidence, StoredTensor, UnreadableError
from lstmlint.readers.serialized import MAX_JSON_BYTES

MAX_OBJECTS = 200_000
MAX_DEPTH = 64
MAX_RANK = 16
MAX_STRINGS = 100_000
MAX_SOURCES = 16
MAX_ATTRIBUTE_BYTES = MAX_JSON_BYTES

Group: TypeAlias = Any
"""A low-level `h5py.h5g.GroupID`; the low-level calls cost a third of the `h5py.Group` ones."""

Dataset: TypeAlias = Any
"""A low-level `h5py.h5d.DatasetID`."""

TOO_DEEP = "groups nested too deeply left alone"

Result = TypeVar("Result")

NAMED_LAYOUT_KINDS = "biufc"
"""Kinds of NumPy dtype whose name is enough; bfloat16 and float8 are opaque to NumPy."""


class TooDeepError(UnreadableError):
    """Groups are nested too deeply to be walked; the rest of the file can be read."""


class Tree:
    """The objects of one open HDF5 file. Counts what it opens and remembers what it left alone.

    `has_links` says whether anything but a hard link was met, `lacking` the places of what is listed and not there.
    """

    __slots__ = (
        "_allocations", "_elsewhere", "_looked_at", "_opened", "_type_seen", "has_links", "lacking", "remarks", "root",
    )  # fmt: skip

    def __init__(self, root: Group) -> None:
        self.root = root
        self.remarks: dict[str, None] = {}
        self.lacking: dict[str, None] = {}
        self.has_links = False
        self._opened = 0
        self._type_seen: tuple[Any, str] = (None, "")
        self._looked_at: set[str] = set()
        self._elsewhere: list[Elsewhere] = []
        self._allocations: list[Allocation] = []

    def children(self, group: Group) -> list[bytes]:
        """The names of a group's members behind hard links, in alphabetical order."""
        from h5py import h5l

        if group.get_num_objs() > MAX_OBJECTS:
            raise too_many_objects()
        names: list[bytes] = []

        def collect(name: bytes, link: Any) -> None:
            if link.type == h5l.TYPE_HARD:
                names.append(name)
            else:
                self.has_links = True

        group.links.iterate(collect, info=True)
        return names

    def child(self, group: Group, name: bytes) -> Any:
        """The group or dataset behind one hard link, or `None`."""
        from h5py import h5l

        try:
            kind = group.links.get_info(name).type
        except (KeyError, RuntimeError):  # no such link, or damage
            if group.links.exists(name):
                raise
            return None
        if kind != h5l.TYPE_HARD:
            self.has_links = True
            return None
        return self.member(group, name)

    def member(self, group: Group, name: bytes) -> Any:
        """The group or dataset behind a link that is known to be a hard one."""
        from h5py import h5o

        self._opened += 1
        if self._opened > MAX_OBJECTS:
            raise too_many_objects()
        return h5o.open(group, name)

    def descend(self, group: Group, path: bytes, known: dict[bytes, Any]) -> Any:
        """The object at a path below a group, or `None`; `known` keeps the groups on the way for the next path."""
        parts = [part for part in path.split(b"/") if part]
        if not 0 < len(parts) <= MAX_DEPTH:
            return None
        here = group
        for depth in range(1, len(parts)):
            prefix = b"/".join(parts[:depth])
            if prefix not in known:
                known[prefix] = self.child(here, parts[depth - 1])
            here = known[prefix]
            if not is_group(here):
                return None
        return self.child(here, parts[-1])

    def group(self, group: Group, name: bytes) -> Group | None:
        """The group behind one hard link, or `None`."""
        node = self.child(group, name)
        return node if is_group(node) else None

    def walk(self, group: Group, name: bytes, path: tuple[bytes, ...] = ()) -> Iterator[tuple[tuple[bytes, ...], Any]]:
        """One of a group's `children` and everything below it, each with its path from that group."""
        path = (*path, name)
        if len(path) > MAX_DEPTH:
            raise too_deep()
        node = self.member(group, name)
        yield path, node
        if is_group(node):
            for member in self.children(node):
                yield from self.walk(node, member, path)

    def tensor(self, dataset: Dataset, name: str, place: str) -> StoredTensor | None:
        """A dataset's shape and dtype; `None` where they are in other files, or in none."""
        self._looked_at.add(place)
        # Keras writes contiguous data, which has an offset; without one, other files may be involved.
        if dataset.get_offset() is None and not self._is_plain(dataset, place):
            return None
        shape = tuple(int(size) for size in dataset.shape)
        if len(shape) > MAX_RANK:
            raise UnreadableError(f"holds a tensor of {len(shape)} dimensions; check that this is the right file")
        return StoredTensor(name, place, shape, self._dtype(dataset))

    def _dtype(self, dataset: Dataset) -> str:
        """The name of a tensor's dtype. Most tensors have the type of the one before, and HDF5 compares fast."""
        seen, name = self._type_seen
        try:
            stored = dataset.get_type()
            if seen is not None and stored.equal(seen):
                return name
            dtype = stored.dtype
        except (TypeError, ValueError):
            return written_dtype(dataset) or "unknown"
        if dtype.kind not in NAMED_LAYOUT_KINDS:
            return written_dtype(dataset) or str(dtype)
        self._type_seen = stored, str(dtype.name)
        return str(dtype.name)

    def unless_too_deep(self, read: Callable[[], Result], missing: Result) -> Result:
        """The result of `read`; `missing`, and a remark, where groups are nested too deeply for it."""
        try:
            return read()
        except TooDeepError:
            self.remarks[TOO_DEEP] = None
            return missing

    def evidence(self, group: Group, place: str) -> Evidence:
        """Links and data that lead elsewhere, and the sizes that datasets declare, from everything below a group.

        HDF5 itself walks the links, which costs a fortieth of opening their targets; no soft link is followed.
        """
        self._walk_links(group, place)
        return Evidence(elsewhere=tuple(self._elsewhere), allocations=tuple(self._allocations))

    def _walk_links(self, group: Group, place: str) -> None:
        """Note every link that is not a hard one, and look at the datasets that no layer lists."""
        from h5py import h5l

        links: dict[bytes, int] = {}

        def collect(path: bytes, link: Any) -> Any:
            links[path] = link.type
            return path if len(links) > MAX_OBJECTS or path.count(b"/") > MAX_DEPTH else None

        last = group.links.visit(collect, info=True)
        if len(links) > MAX_OBJECTS:
            raise too_many_objects()
        if last is not None:  # the links met so far are reported all the same
            self.remarks[TOO_DEEP] = None
        groups = {path.rpartition(b"/")[0] for path in links}
        for path, kind in links.items():
            if kind != h5l.TYPE_HARD:
                self._note_link(group, path, kind, place)
            elif path not in groups and joined(place, path) not in self._looked_at:
                self._look_at(group, path, place)

    def _note_link(self, group: Group, path: bytes, kind: int, place: str) -> None:
        from h5py import h5l

        target = group.links.get_val(path) if kind in (h5l.TYPE_SOFT, h5l.TYPE_EXTERNAL) else b""
        file, inside = target if isinstance(target, tuple) else (b"", target)
        detours = {h5l.TYPE_SOFT: Detour.SOFT_LINK, h5l.TYPE_EXTERNAL: Detour.EXTERNAL_LINK}
        named = ":".join(shown(part) for part in (file, inside) if part)
        self._elsewhere.append(Elsewhere(joined(place, path), detours.get(kind, Detour.OTHER_LINK), named))

    def _look_at(self, group: Group, path: bytes, place: str) -> None:
        """Look at a dataset that no layer lists, such as one of an optimizer."""
        from h5py import h5o

        node = h5o.open(group, path)
        if is_dataset(node) and node.get_offset() is None:
            self._is_plain(node, joined(place, path))

    def _is_plain(self, dataset: Dataset, place: str) -> bool:
        """Whether this file alone tells the shape of a dataset. Notes data elsewhere, and the size declared.

        A virtual dataset may take its shape from others: HDF5 opens their files to tell it.
        """
        from h5py import h5d

        properties = dataset.get_create_plist()
        for number in range(min(properties.get_external_count(), MAX_SOURCES)):
            name = shown(properties.get_external(number)[0])
            self._elsewhere.append(Elsewhere(place, Detour.EXTERNAL_STORAGE, name))
        if properties.get_layout() == h5d.VIRTUAL:
            sources = range(min(properties.get_virtual_count(), MAX_SOURCES))
            files = dict.fromkeys(str(properties.get_virtual_filename(number)) for number in sources)
            self._elsewhere.append(Elsewhere(place, Detour.VIRTUAL_DATASET, ", ".join(files)))
            return False
        if dataset.shape is None:
            return False
        shape = tuple(int(size) for size in dataset.shape)
        declared = math.prod(shape) * int(dataset.get_type().get_size())
        self._allocations.append(Allocation(place, shape, declared, int(dataset.get_storage_size())))
        return True


def attribute(owner: Any, name: bytes) -> list[bytes] | None:
    """The strings in an attribute, or `None` if there is no such attribute.

    Raises:
        UnreadableError: it does not hold strings, or more of them than any model has.
    """
    import numpy
    from h5py import h5a, h5t

    if not h5a.exists(owner, name):
        return None
    handle = h5a.open(owner, name)
    count = handle.get_space().get_simple_extent_npoints()
    if count == 0:  # HDF5 tells neither size nor type of an empty list of names; NumPy makes it float64
        return []
    if count > MAX_STRINGS or handle.get_storage_size() > MAX_ATTRIBUTE_BYTES:
        raise too_large(name)
    if not isinstance(handle.get_type(), h5t.TypeStringID):
        raise UnreadableError(f"has a {shown(name)} that is not text; save the model again")
    array = numpy.empty(handle.shape, dtype=handle.dtype)
    handle.read(array)
    values = [value if isinstance(value, bytes) else str(value).encode() for value in array.ravel().tolist()]
    # The storage of strings of variable length does not include the strings.
    if sum(map(len, values)) > MAX_ATTRIBUTE_BYTES:
        raise too_large(name)
    return values


def names(owner: Any, name: str) -> list[bytes] | None:
    """A list of names that Keras splits into `name0`, `name1` ... when it is too long for one attribute."""
    whole = attribute(owner, name.encode())
    if whole is not None:
        return whole
    parts: list[bytes] = []
    number = 0
    while (part := attribute(owner, f"{name}{number}".encode())) is not None:
        parts += part
        number += 1
        if len(parts) > MAX_STRINGS:
            raise UnreadableError(f"has more {name} than any model; check that this is the right file")
    return parts if number else None


def has_attribute(owner: Any, name: bytes) -> bool:
    """Whether an object has an attribute of that name."""
    from h5py import h5a

    return bool(h5a.exists(owner, name))


def is_array(owner: Any, name: bytes) -> bool:
    """Whether an existing attribute holds an array, even one of a single value."""
    from h5py import h5a

    return bool(h5a.open(owner, name).shape != ())


def has_names(owner: Any, name: str) -> bool:
    """Whether `names` would find anything."""
    return has_attribute(owner, name.encode()) or has_attribute(owner, f"{name}0".encode())


def shown(name: bytes) -> str:
    """A name in the file as text that can be printed, whatever bytes it has."""
    return name.decode("utf-8", "backslashreplace")


def joined(place: str, name: bytes) -> str:
    """A path in the file, without a slash at its beginning."""
    return f"{place}/{shown(name)}" if place else shown(name)


def is_group(node: Any) -> bool:
    """Whether an object is a group."""
    from h5py import h5g

    return isinstance(node, h5g.GroupID)


def is_dataset(node: Any) -> bool:
    """Whether an object is a dataset."""
    from h5py import h5d

    return isinstance(node, h5d.DatasetID)


def written_dtype(dataset: Dataset) -> str:
    """The name of a dtype that HDF5 does not have, as Keras wrote it beside the tensor; empty where it did not."""
    try:
        written = attribute(dataset, b"dtype")
    except UnreadableError:
        written = None
    return shown(written[0]) if written and len(written) == 1 else ""


def too_large(name: bytes) -> UnreadableError:
    """The error for an attribute larger than in any model."""
    return UnreadableError(f"has a {shown(name)} larger than any model's; check that this is the right file")


def too_deep() -> TooDeepError:
    """The error for a file whose groups are nested more deeply than in any model."""
    return TooDeepError("holds groups nested too deeply for a Keras model; check that this is the right file")


def too_many_objects() -> UnreadableError:
    """The error for a file with more objects than any model."""
    return UnreadableError(f"holds more than {MAX_OBJECTS} objects; check that this is the right file")
