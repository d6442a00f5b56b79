"""The answers about a zoo as tables, in the order in which a keeper wants to see them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from lstmlint.ir.words import counted
from lstmlint.output.fleet.table import Cell, Code, Grade, Part, Row, Table
from lstmlint.portability.verdict import Outcome
from lstmlint.zoo.fleet.ask import Answers
from lstmlint.zoo.fleet.causes import Cause, Kind, by_severity
from lstmlint.zoo.fleet.numbers import Distribution

#: The first files of a group that are named.
MOST_NAMED = 3

#: How the outcomes of files without an architecture are called.
ALONE = "holds weights alone"

MENDED = "'lstmlint fix' has repairs for what stops these files, and says what it leaves"


def tables(answers: Answers) -> Iterator[Table]:
    """The tables that are not empty."""
    for make in TABLES:
        table = make(answers)
        if table is not None and table.rows:
            yield table


def heading(answers: Answers) -> str:
    """The zoo in one line."""
    found = answers.contents
    return (
        f"{counted(found.files, 'file')} in {counted(found.folders, 'folder')}: {found.read:,} read, "
        f"{found.unreadable:,} unreadable, {found.skipped:,} not of Keras"
    )


def sentence(cause: Cause, newest: str) -> str:
    """A cause in one sentence."""
    if cause.kind == Kind.UNREADABLE:
        return f"unreadable: {cause.message}"
    if cause.kind == Kind.FINDING:
        return f"{cause.severity}[{cause.rule}]: {cause.message}"
    if cause.is_mended:
        return f"{newest}: {cause.outcome}; {MENDED}"
    return f"{newest}: {cause.outcome}: {cause.rule}: {cause.message}"


def name(cause: Cause, newest: str) -> str:
    """A cause in a word or two."""
    return cause.rule or (f"{cause.outcome} ({newest})" if cause.outcome else cause.kind)


def what_to_do(cause: Cause) -> str:
    """The cure of a cause, or the command that mends its files."""
    return Code(cause.command) if cause.command else f"to do: {cause.cure}"


def cause_filter(number: int) -> tuple[tuple[str, str], ...]:
    """The filter of the files that share a cause, by its position among all."""
    return (("cause", str(number)),)


def _first(answers: Answers) -> Table:
    rows = (
        Row((one.harm, len(one.files), (sentence(one, answers.newest), what_to_do(one))), cause_filter(number))
        for number, one in enumerate(answers.causes)
        if one.harm
    )
    weighed = "100 in each file that is unreadable or has an error, 10 with a warning"
    refused = f", 10 where {answers.newest} fails or computes differently" if answers.newest else ""
    note = f"Harm is {weighed}{refused}, 1 with a note. Names and numbers are those of the first file."
    return Table("first", "What to do first", ("Harm", "Files", "Cause"), tuple(rows), (note,), (0, 1), "cause")


def _loads(answers: Answers) -> Table:
    columns = answers.loads
    read = answers.contents.read
    numbers: list[tuple[str, Sequence[int | None]]] = [
        *((str(outcome), [column.outcomes[at].files for column in columns]) for at, outcome in enumerate(Outcome)),
        (ALONE, [column.weights_alone for column in columns]),
        ("repairs by 'lstmlint fix'", [column.mended for column in columns]),
    ]
    rows = (
        Row((title, *(None if number is None else Part(number, read) for number in files)))
        for title, files in numbers
        if any(files)
    )
    headers = ("Files", *(column.target for column in columns))
    return Table("loads", "What loads where", headers, tuple(rows), (), tuple(range(1, len(headers))))


def _stops(answers: Answers) -> Table:
    rows = (
        Row((column.target, stop.files, stop.mended if column.mended is not None else None, stop.outcome, stop.rule,
             stop.cure))
        for column in reversed(answers.loads)
        for stop in column.stops
    )  # fmt: skip
    headers = ("Target", "Files", "Repairs", "Outcome", "Rule", "To do")
    return Table("stops", "What stops them", headers, tuple(rows), (), (1, 2), "reason")


def _findings(answers: Answers) -> Table:
    numbers = {id(one): number for number, one in enumerate(answers.causes)}
    rows = (
        Row((Grade(one.severity), one.rule, len(one.files), one.message), cause_filter(numbers[id(one)]))
        for one in by_severity(answers.causes)
    )
    note = "One row for each cause; names and numbers are those of the first file."
    return Table(
        "findings", "Findings by cause", ("Severity", "Rule", "Files", "Message"), tuple(rows), (note,), (2,), "cause"
    )


def _worst(answers: Answers) -> Table:
    rows = (
        Row((one.harm, Code(one.file.path), ", ".join(names_of(answers, one.causes))))
        for one in answers.files
        if one.harm
    )
    return Table("worst", "Worst files", ("Harm", "File", "Causes"), tuple(rows), (), (0,), "file")


def names_of(answers: Answers, numbers: Iterable[int]) -> Iterator[str]:
    """The causes of harm in a file by their rules, outcomes or kinds, each once."""
    harmful = (cause for cause in map(answers.causes.__getitem__, numbers) if cause.weight)
    yield from dict.fromkeys(name(cause, answers.newest) for cause in harmful)


def _recurrent(answers: Answers) -> Table:
    found = answers.recurrent
    rows = (
        Row((one.params, f"{one.percentile:.1f} %", one.class_name, one.units, Code(one.layer), Code(one.path)))
        for one in found.largest
    )
    headers = ("Params", "Percentile", "Class", "Units", "Layer", "File")
    notes = (
        f"Of {counted(found.params.known, 'recurrent layer')} with a known number of parameters"
        f"{_unknown(found.params)}: {_quantiles(found.params)}.",
        "The percentile is the share of these layers that have no more parameters.",
    )
    return Table("recurrent", "Largest recurrent layers", headers, tuple(rows), notes, (0, 1, 3), "layer")


def _duplicates(answers: Answers) -> Table:
    found = answers.duplicates
    kinds = (
        ("equal bytes", found.equal_bytes),
        ("same architecture", found.same_architecture),
        ("same shapes of tensors", found.same_tensor_shapes),
    )
    largest = max((len(groups) for _, groups in kinds), default=0)
    rows = (
        Row((kind, len(group.files), group.contents, group.spare_bytes or None, _named(group.files)))
        for at in range(largest)
        for kind, groups in kinds
        for group in groups[at : at + 1]
    )
    counts = (
        f"{kind}: {counted(sum(len(group.files) for group in groups), 'file')} in {counted(len(groups), 'group')}"
        for kind, groups in kinds
    )
    spare = sum(group.spare_bytes for group in found.equal_bytes)
    notes = (
        f"{'; '.join(counts)}. All but one file of equal bytes: {counted(spare, 'byte')}.",
        "Groups of the last two kinds have several contents; shapes of tensors say nothing of their values.",
    )
    headers = ("Kind", "Files", "Contents", "Spare bytes", "First files")
    return Table("duplicates", "Duplicates", headers, tuple(rows), notes, (1, 2, 3), "group")


def _named(files: tuple[str, ...]) -> Cell:
    more = len(files) - MOST_NAMED
    return (*map(Code, files[:MOST_NAMED]), *((f"and {more:,} more",) if more > 0 else ()))


def _families(answers: Answers) -> Table:
    rows = (
        Row((len(one.files), one.contents, one.tensors, one.common, one.recurrent_kernels, _named(one.files)))
        for one in answers.families
    )
    note = (
        "Files of different contents that hold equal weights of at least 16 different values, each with another one, "
        "directly or through others, such as copies of which a part was trained again."
    )
    headers = ("Files", "Contents", "Shared tensors", "In all of them", "Recurrent kernels", "First files")
    return Table("families", "Families by equal weights", headers, tuple(rows), (note,), (0, 1, 2, 3, 4), "family")


def _trend(answers: Answers) -> Table | None:
    found = answers.trend
    if found is None:
        return None
    rows = [
        *(Row(("worse", Code(one.path), one.before, one.after)) for one in found.worse),
        *(Row(("better", Code(one.path), one.before, one.after)) for one in found.better),
        *(Row(("came", Code(path), None, None)) for path in found.came),
        *(Row(("went", Code(path), None, None)) for path in found.went),
    ]
    note = (
        f"The audit of {found.after}, compared with that of {found.before}: {len(found.came):,} came, "
        f"{len(found.went):,} went, {len(found.changed):,} changed, of which {len(found.worse):,} got worse and "
        f"{len(found.better):,} better."
    )
    told = tuple(rows) or (Row(("no change", None, None, None)),)
    headers = ("Change", "File", "Harm before", "Harm after")
    return Table("trend", "Since the last audit", headers, told, (note,), (2, 3), "file")


def _containers(answers: Answers) -> Table:
    read = answers.contents.read
    rows = (
        Row((one.name or "", Part(one.files, read)), (("container", one.name or ""),))
        for one in answers.contents.containers
    )
    return Table("containers", "Containers", ("Container", "Files"), tuple(rows), (), (1,), "container")


def _versions(answers: Answers) -> Table:
    versions = answers.contents.versions
    found = {one.year for version in versions for one in version.by_year}
    years = sorted(year for year in found if year is not None)
    rows = []
    for version in versions:
        by_year = {one.year: one.files for one in version.by_year}
        files = Part(version.files, answers.contents.read)
        cells = (version.name or "not stated", files, *(by_year.get(year) for year in years))
        rows.append(Row((*cells, by_year.get(None)) if None in found else cells, (("version", version.name or ""),)))
    headers = ("Keras", "Files", *map(str, years), *(("not sure",) if None in found else ()))
    note = "Years are those of the times of the files."
    numbers = tuple(range(1, len(headers)))
    return Table("versions", "Versions of Keras by year", headers, tuple(rows), (note,), numbers, "version")


def _layers(answers: Answers) -> Table:
    rows = (Row((Code(one.name), one.layers, one.files)) for one in answers.contents.layers)
    return Table("layers", "Layers", ("Class", "Layers", "Files"), tuple(rows), (), (1, 2), "class")


def _sizes(answers: Answers) -> Table:
    found = answers.contents
    kinds = (("parameters", found.params), ("bytes of the file", found.bytes))
    percents = [one.percent for _, numbers in kinds[1:] for one in numbers.quantiles]
    rows = (Row((name, *(one.value for one in numbers.quantiles), numbers.total)) for name, numbers in kinds)
    heads = ("smallest", *(f"{percent} %" for percent in percents[1:-1]), "largest", "sum")
    notes = (f"Of {counted(found.params.known, 'model')} with a known number of parameters{_unknown(found.params)}.",)
    numbers = tuple(range(1, len(heads) + 1))
    told = tuple(row for row in rows if len(row.cells) == len(heads) + 1)
    return Table("sizes", "Sizes", ("Of a file", *heads), told, notes, numbers)


def _params(answers: Answers) -> Table:
    found = answers.contents.params
    rows = (Row((_span(one.start), Part(one.values, found.known))) for one in found.decades)
    return Table("params", "Parameters of the models", ("Parameters", "Models"), tuple(rows), (), (1,))


def _span(start: int) -> str:
    return f"{start:,} to {start * 10 - 1:,}" if start else "0"


def _unknown(found: Distribution) -> str:
    return f" ({found.unknown:,} unknown)" if found.unknown else ""


def _quantiles(found: Distribution) -> str:
    names = {0: "smallest", 50: "median", 90: "90 %", 99: "99 %", 100: "largest"}
    return ", ".join(f"{names[one.percent]} {one.value:,}" for one in found.quantiles if one.percent in names)


TABLES: tuple[Callable[[Answers], Table | None], ...] = (
    _first, _trend, _loads, _stops, _findings, _worst, _recurrent, _containers, _versions, _params, _layers, _sizes,
    _duplicates, _families,
)  # fmt: skip
