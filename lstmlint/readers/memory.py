"""A limit on the memory that a C library may take while it reads what a stranger wrote.

HDF5 believes the length that a file gives for a string and clears as much memory before it looks at the string:
one changed byte makes it take 4 GiB. Its interface offers no way to ask for the length first.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

HEADROOM_BYTES = 448 * 1024**2
"""Several times the memory for all copies of the largest attribute that is allowed."""

STATUS_FILE = "/proc/self/statm"

_one_at_a_time = threading.Lock()


@contextmanager
def bounded() -> Iterator[None]:
    """Let this process grow by no more than the headroom; where a system cannot do that (not Linux), do nothing."""
    try:
        import resource

        with open(STATUS_FILE, "rb") as status:
            present = int(status.read().split()[0]) * resource.getpagesize()
    except (ImportError, OSError, ValueError, IndexError):
        yield
        return
    with _one_at_a_time:  # or one thread would restore another's limit
        soft, hard = resource.getrlimit(resource.RLIMIT_AS)
        limit = present + HEADROOM_BYTES
        narrower = soft == resource.RLIM_INFINITY or limit < soft
        try:
            if narrower:
                resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
            yield
        finally:
            if narrower:
                resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
