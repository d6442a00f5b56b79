"""A process that works for one thread of another program, which it can neither block nor take down with it.

The workers of a cluster are not ours: others may use them, they must answer their scheduler while a file is read, and
may not fork. So each of their threads starts a Python of its own and talks with it by pipes.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from lstmlint.running.engine import TRIES, EngineError, Failure

Item = TypeVar("Item")
Result = TypeVar("Result")

#: The seconds that a process waits for an item before it ends, since nobody tells it that there will be none.
PATIENCE = 60

_of_thread = threading.local()


def isolated(
    function: Callable[[Item], Result], item: Item, folder: str, timeout: float, prepare: Callable[[], None]
) -> Result | Failure:
    """The result of a function for an item, in a process of this thread, or why there is none after all tries.

    Args:
        function: the work, which can be pickled; it raises nothing.
        item: its argument.
        folder: the working directory, where this machine has it.
        timeout: the seconds that one try may take.
        prepare: imports what the work needs, before the time is taken.

    Raises:
        EngineError: a process cannot start on this machine.
    """
    for _ in range(TRIES):
        child = getattr(_of_thread, "child", None)
        if child is None or child.folder != folder or child.process.poll() is not None:
            # Released before the next one is started, so that a thread never has two.
            child = _of_thread.child = None
            child = _of_thread.child = Child(folder, prepare)
        result: Result | Failure = child.result(function, item, timeout)
        if result is not Failure.DIED:
            return result
    return Failure.DIED


class Child:
    """A process with its working directory; it is ended when nobody holds it."""

    def __init__(self, folder: str, prepare: Callable[[], None]) -> None:
        self.folder = folder
        # It imports from where this process does, and from no working directory besides.
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(os.path.abspath, sys.path))}
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "lstmlint.running.child"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment,
            cwd=folder if os.path.isdir(folder) else None,
        )  # fmt: skip
        weakref.finalize(self, _end, self.process)
        if self._answer(prepare) is not None:
            raise EngineError(f"the worker on {_machine()} cannot start a process that has lstmlint; its log says why")

    def result(self, function: Callable[[Any], Any], item: Any, timeout: float) -> Any:
        """The result of one try, or the failure that ended this process."""
        outlasted = threading.Event()

        def stop() -> None:
            outlasted.set()
            self.process.kill()

        timer = threading.Timer(timeout, stop)
        timer.daemon = True
        timer.start()
        try:
            result = self._answer((function, item, timeout))
        finally:
            timer.cancel()
        if result is Failure.DIED:
            self.process.kill()
            self.process.wait()
            return Failure.OUTLASTED if outlasted.is_set() else result
        return result

    def _answer(self, message: Any) -> Any:
        """What the process sends back, or `Failure.DIED`."""
        data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
        assert self.process.stdin
        assert self.process.stdout
        try:
            self.process.stdin.write(data)
            self.process.stdin.flush()
            return pickle.load(self.process.stdout)
        except (EOFError, OSError, pickle.UnpicklingError):
            return Failure.DIED


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(OSError):  # what was left for a process that is gone
                pipe.close()


def _machine() -> str:
    import platform

    return platform.node() or "a machine without a name"


def _work() -> None:
    """The life of the process: items in, results out, until the other end is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal sends it to all; the first process ends the others
    results = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no result
    messages = sys.stdin.buffer
    try:
        prepare = pickle.load(messages)
        prepare()
        _send(results, None)
        while True:
            _end_after(PATIENCE)
            function, item, timeout = pickle.load(messages)
            _end_after(int(timeout) + 2)  # should the other program be gone, nobody else ends this one
            _send(results, function(item))
    except (EOFError, OSError):
        os._exit(0)


def _send(results: Any, result: Any) -> None:
    pickle.dump(result, results, pickle.HIGHEST_PROTOCOL)
    results.flush()


def _end_after(seconds: int) -> None:
    if hasattr(signal, "alarm"):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(seconds)


if __name__ == "__main__":
    _work()
