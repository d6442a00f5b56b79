"""Whether bytes are a Python pickle, told from its operations; nothing is unpickled.

A pickle of protocol 0 or 1 has no mark of its own, and every pickle may begin with operations that do nothing. So the
operations are read as `pickletools` lists them, with the stack that they need and leave. A text that happens to begin
with letters of operations needs values on the stack that nothing has put there.
"""

from __future__ import annotations

import re

from lstmlint.ir.lazy_pattern import lazy_pattern

#: A pickle anywhere: the mark of protocols 2 to 5 with the operation that Python writes behind it, a frame or a global.
MARKED = lazy_pattern(rb"\x80[\x04\x05]\x95.{5}\x00{3}|\x80[\x02\x03]c[A-Za-z_][\w.]*\n[A-Za-z_]\w*\n", re.DOTALL)
#: Operations that call something, so that loading the pickle runs it.
CALLS = frozenset({"BUILD", "INST", "NEWOBJ", "NEWOBJ_EX", "OBJ", "REDUCE"})
NAMES = frozenset({"GLOBAL", "INST", "STACK_GLOBAL"})
#: Operations by which a pickle without calls is told from a text: those of a container that is filled.
FILLS = frozenset({"APPENDS", "SETITEMS", "APPEND", "SETITEM"})
#: Operations that keep a value under a number, and those that recall it.
KEEPS = frozenset({"PUT", "BINPUT", "LONG_BINPUT"})
RECALLS = frozenset({"GET", "BINGET", "LONG_BINGET"})


def is_pickle(start: bytes, size: int) -> bool:
    """Whether an entry of `size` bytes with this beginning is a pickle, or holds the mark of one."""
    return MARKED.search(start) is not None or _is_carried_out(start, size)


def _is_carried_out(start: bytes, size: int) -> bool:
    """Whether every operation finds what it needs, up to the end of the pickle or of what is known of it."""
    import pickletools

    stack: list[object] = []
    kept: list[object] = []
    met: set[str] = set()
    try:
        for operation, argument, _ in pickletools.genops(start):
            if not _step(operation, stack) or not _is_meant(operation.name, argument, kept):
                return False
            if operation.name in KEEPS or operation.name == "MEMOIZE":
                kept.append(len(kept) if argument is None else argument)
            met.add(operation.name)
    except (ValueError, IndexError) as error:  # the rest is no operation, or lies behind the known bytes
        is_cut = size > len(start) and "unknown" not in str(error)
        return is_cut and not met.isdisjoint(NAMES) and not met.isdisjoint(CALLS)
    return not met.isdisjoint(CALLS | FILLS)


def _is_meant(name: str, argument: object, kept: list[object]) -> bool:
    """Whether an operation names what can be named, and recalls what was kept."""
    if name in ("GLOBAL", "INST"):
        return all(part.isidentifier() for part in str(argument).replace(".", " ").split(" "))
    return name not in RECALLS or argument in kept


def _step(operation: object, stack: list[object]) -> bool:
    """Take from the stack what an operation needs and put there what it leaves; False where it is not there."""
    from pickletools import anyobject, markobject, pytuple

    before, after = list(operation.stack_before), operation.stack_after  # type: ignore[attr-defined]
    if markobject in before:
        if markobject not in stack:
            return False
        while stack.pop() is not markobject:
            pass
        before = before[: before.index(markobject)]
    taken = stack[len(stack) - len(before) :]
    if len(taken) < len(before) or markobject in taken:
        return False
    if operation.name == "REDUCE" and (taken[0] is not anyobject or taken[1] not in (anyobject, pytuple)):  # type: ignore[attr-defined]
        return False
    del stack[len(stack) - len(before) :]
    stack.extend(after)
    return True
