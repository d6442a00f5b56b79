"""The state of a zoo that the questions share: its files of today, what is shown of their findings, their verdicts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from lstmlint.ir.finding import Diagnostic
from lstmlint.keras.versions import NEWEST, TARGETS
from lstmlint.portability.obstacle import WEIGHTS_ALONE
from lstmlint.settings.settings import Settings
from lstmlint.zoo.asking import shown_findings
from lstmlint.zoo.places import Places

if TYPE_CHECKING:
    import sqlite3


class File(NamedTuple):
    """A file of today that was read, or could not be read (`error` says why).

    `year` is that of the time of the file, `size` its bytes. Numbers are `None` where they are not known.
    """

    path: str
    folder: str
    error: str
    suffix: str
    size: int | None
    year: int | None
    container: str | None
    keras_version: str | None
    layers: int | None
    params: int | None


class Loading(NamedTuple):
    """The outcome of a file in one target, with the obstacle that decided; its texts are empty where there is none.

    `is_mended` says that `lstmlint fix` has a repair for each obstacle that stops it.
    """

    target: str
    outcome: str
    is_mended: bool
    rule: str
    message: str
    cure: str

    @property
    def is_of_weights_alone(self) -> bool:
        """Whether the file holds no architecture that any Keras could load."""
        return self.cure == WEIGHTS_ALONE


class Zoo(NamedTuple):
    """The files of today, and by path what is shown of the findings on each, and where it loads.

    `targets` are the names of those for which the store has verdicts, from old to new. `newest` is the newest Keras
    where it is one of them, and empty otherwise. Files that have nothing to do with Keras are only counted, as
    `skipped`.
    """

    store: sqlite3.Connection
    places: Places
    settings_of: Callable[[str], Settings]
    files: tuple[File, ...]
    skipped: int
    findings: Mapping[str, tuple[Diagnostic, ...]]
    loading: Mapping[str, tuple[Loading, ...]]
    targets: tuple[str, ...]
    newest: str


FILES = """
SELECT c.path, c.folder, CASE c.status WHEN 'error' THEN c.error ELSE '' END, c.suffix, c.size,
       CAST(strftime('%Y', f.mtime_ns / 1000000000, 'unixepoch') AS INTEGER), c.container,
       nullif(c.keras_version, ''), c.layers, c.params
FROM current c JOIN files f ON f.id = c.file_id WHERE c.status IN ('ok', 'error') ORDER BY c.path
"""

SKIPPED = "SELECT count(*) FROM current WHERE status = 'skipped'"

#: What `Loading` holds, of any source that has the columns of `current_verdicts`.
LOADING = "target, outcome, is_mended, coalesce(rule, ''), coalesce(message, ''), coalesce(cure, '')"


def zoo_in(store: sqlite3.Connection, places: Places, settings_of: Callable[[str], Settings]) -> Zoo:
    """The state of the zoo in a store.

    Args:
        store: the store.
        places: the names of files in it.
        settings_of: gives the settings of a file by its path; they say which findings count, and how grave they are.

    Raises:
        BaselineError: a baseline of the settings cannot be read.
    """
    files = tuple(File(places.path(place), *row) for place, *row in store.execute(FILES))
    loading = loading_of(places, store.execute(f"SELECT path, {LOADING} FROM current_verdicts ORDER BY path"))
    judged = {one.target for verdicts in loading.values() for one in verdicts}
    targets = (*(name for name in TARGETS if name in judged), *sorted(judged - TARGETS.keys()))
    return Zoo(
        store, places, settings_of, files,
        skipped=store.execute(SKIPPED).fetchone()[0],
        findings=dict(shown_findings(store, settings_of, places.path)),
        loading=loading,
        targets=targets,
        newest=NEWEST.name if NEWEST.name in judged else "",
    )  # fmt: skip


def loading_of(places: Places, rows: Iterable[Any]) -> dict[str, tuple[Loading, ...]]:
    """The verdicts on each file by its path, from rows of a place and the columns of `LOADING`, in order of places."""
    return {
        places.path(place): tuple(
            Loading(target, outcome, bool(is_mended), *texts) for _, target, outcome, is_mended, *texts in of_file
        )
        for place, of_file in groupby(rows, lambda row: row[0])
    }
