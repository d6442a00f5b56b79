"""Three panels that explain the count of a recurrent layer: its matrices to scale, its steps in time, its formula.

Colours mean the same in all three: weights that read the features are blue, weights that read the units are violet, and
biases are brown.
"""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.ir.dataclass import dataclass
from lstmlint.output.figures.anatomy import LAST, SEQUENCE, Part, Term, timesteps
from lstmlint.output.figures.lettering import MONOSPACED, width
from lstmlint.output.figures.markup import Child, Markup, decimal, element

#: The width of a panel: a phone shows one, a page shows two side by side.
WIDTH = 344.0
#: The largest side of a number's square, the smallest with lines between the squares, the smallest side of a matrix.
LARGEST, LINED, LEAST = 20.0, 4.0, 1.5
TALLEST = 210.0
HEADING = 24.0
BAND_GAP = 10.0
TITLE_SIZE = 11.5

#: The font sizes of a formula; the theme has a class for each.
FORMULA_SIZES = (15, 13, 11, 9)

#: The largest number of units and of features that are drawn for a timestep.
MOST_UNITS, MOST_FEATURES = 6, 4


@dataclass(frozen=True, slots=True)
class Panel:
    """A drawing with its width and height, and its content in words."""

    what: str
    height: float
    content: Markup
    width: float = WIDTH


@dataclass(frozen=True, slots=True)
class Band:
    """The matrices of one kind, one for each gate: their title, their role and their rows."""

    title: str
    role: str
    rows: int


def panels(part: Part) -> tuple[Panel, Panel, Panel]:
    """The matrices, the timesteps and the formula of a part."""
    return weights_panel(part), time_panel(part), formula_panel(part)


def weights_panel(part: Part) -> Panel:
    """The matrices of each gate to one scale: the area is the number of parameters."""
    bands = list(_bands(part))
    numbers, gates = part.numbers, len(part.gates)
    pitch = WIDTH / gates
    across, down = min(pitch - 10, 150.0), TALLEST / sum(band.rows for band in bands)
    scale = min(LARGEST, across / numbers.units, down)
    wide = max(LEAST, numbers.units * scale)
    y, drawn, enlarged = HEADING, [_gate_names(part, pitch)], [] if wide == numbers.units * scale else ["columns"]
    for band in bands:
        tall = max(LEAST, band.rows * scale)
        if tall > band.rows * scale:
            enlarged.append(band.title.partition(":")[0])
        room = max(0.0, WIDTH - width(band.title, TITLE_SIZE))
        beside = min(room, (pitch - wide) / 2)  # above the first matrix, if the title does not leave the panel there
        drawn.append(element("text", band.title, x=beside, y=y + 12, class_=f"small {band.role}"))
        y += 19
        for gate in range(gates):
            left = pitch * gate + (pitch - wide) / 2
            drawn.append(_matrix(left, y, wide, tall, (band.rows, numbers.units), scale, band.role))
        y += tall + BAND_GAP
    for line in _scale_notes(part, scale, enlarged):
        drawn.append(element("text", line, x=0.0, y=y + 10, class_="small soft"))
        y += 16
    told = f"{_gates(part)}, each with {', '.join(band.title for band in bands)} parameters"
    return Panel(told, y + 2, element("g", *drawn))


def time_panel(part: Part) -> Panel:
    """The layer at each timestep: the same units and weights, which pass their state on."""
    steps, has_gap = _columns(part)
    pitch = WIDTH / max(len(steps), 3)
    units, features = min(part.numbers.units, MOST_UNITS), min(part.numbers.inputs, MOST_FEATURES)
    tall = max(units, 2) * 17 + 12.0 + (12 if part.numbers.units > units else 0)
    top = HEADING + 26.0
    foot = top + tall
    drawn: list[Child] = [*_legend(part)]
    for at, label in enumerate(steps):
        centre = pitch * (at + 0.5)
        if label:
            drawn += _column(part, centre, top, tall, units, features, label, _gives(part, at, len(steps)))
        else:
            drawn.append(element("text", "…", x=centre, y=top + tall / 2 + 4, text_anchor="middle", class_="title"))
        if at:
            drawn.append(_handed_on(centre - pitch, centre, top + tall / 2, part.timing.is_backwards, pitch))
    y = foot + 26 + features * 11 + 18
    for line in _time_notes(part, has_gap):
        y += 16
        drawn.append(element("text", line, x=0.0, y=y, class_="small soft"))
    told = f"{timesteps(part.timing)}; every step has the same {part.units} and the same weights"
    return Panel(told, y + 6, element("g", *drawn))


def formula_panel(part: Part) -> Panel:
    """The formula, the formula with numbers, and its value."""
    terms = [f"out = {part.units}", f"inp = {part.features}"]
    if part.numbers.gates > 1:
        terms.insert(0, f"{part.numbers.gates} gates")
    biases = {0: "no bias", 1: "1 bias"}.get(part.numbers.biases, f"{part.numbers.biases} biases")
    biases += f" for each {'filter' if part.numbers.window else 'unit'}" + (" and gate" if len(part.gates) > 1 else "")
    if part.numbers.window:
        biases += f", k = {' x '.join(map(str, part.numbers.window))} kernel"
    plain, total = "".join(term.text for term in part.values), f"= {part.params:,} parameters"
    drawn = [
        _formula(part.symbols, HEADING - 8),
        _formula(part.values, HEADING + 14),
        element("text", total, x=0.0, y=HEADING + 38, class_="sum", font_weight="700"),
        element("text", ", ".join(terms), x=0.0, y=HEADING + 60, class_="small soft"),
        element("text", biases, x=0.0, y=HEADING + 76, class_="small soft"),
    ]
    return Panel(f"{plain} {total}", HEADING + 84, element("g", *drawn))


def _bands(part: Part) -> Iterator[Band]:
    numbers, window = part.numbers, part.window
    each = f"{' × '.join(map(str, numbers.window))} × " if numbers.window else ""
    kernels = (
        ("kernel", "inp", numbers.inputs, part.features),
        ("recurrent kernel", "unit", numbers.units, part.units),
    )
    for title, role, rows, counted_rows in kernels:
        size = f"{window * rows * numbers.units:,}"
        told = f"{title}: {each}{counted_rows} × {part.units} = {size}"
        is_long = width(told, TITLE_SIZE) > WIDTH
        yield Band(f"{title}: {each}{rows:,} × {numbers.units:,} = {size}" if is_long else told, role, window * rows)
    if numbers.biases == 1:
        yield Band(f"bias: {part.units} = {numbers.units:,}", "bias", 1)
    elif numbers.biases:
        size = f"{numbers.biases * numbers.units:,}"
        yield Band(f"biases: {numbers.biases} × {part.units} = {size}", "bias", numbers.biases)


def _gates(part: Part) -> str:
    names = ", ".join(part.gates)
    return f"{len(part.gates)} gates ({names})" if len(part.gates) > 1 else "no gates"


def _gate_names(part: Part, pitch: float) -> Markup:
    names = [name or "no gates: one of each" for name in part.gates]
    texts = (
        element("text", name, x=pitch * (at + 0.5), y=13.0, text_anchor="middle", class_="name small")
        for at, name in enumerate(names)
    )
    return element("g", *texts)


def _matrix(x: float, y: float, wide: float, tall: float, shape: tuple[int, int], scale: float, role: str) -> Markup:
    """A matrix, with lines between its numbers where they are large enough."""
    outline = element("rect", x=x, y=y, width=wide, height=tall, class_=role)
    if scale < LINED:
        return outline
    rows, columns = shape
    across = "".join(f"M{decimal(x)} {decimal(y + row * scale)}h{decimal(wide)}" for row in range(1, rows))
    down = "".join(f"M{decimal(x + column * scale)} {decimal(y)}v{decimal(tall)}" for column in range(1, columns))
    lines = element("path", d=across + down, class_=f"{role} lines") if across or down else None
    return element("g", outline, lines)


def _scale_notes(part: Part, scale: float, enlarged: list[str]) -> Iterator[str]:
    yield f"rows: what is read; columns: the {'filters' if part.numbers.window else 'units'}"
    if scale >= LINED:
        yield "each square is one number: area is parameters"
    else:
        yield "all to one scale: area is parameters"
    if enlarged:
        yield f"thicker than to scale: {', '.join(dict.fromkeys(enlarged))}"


def _columns(part: Part) -> tuple[list[str], bool]:
    """The labels of the drawn timesteps, and whether some are left out; an empty label stands for those."""
    known = [step for step in part.timing.steps if isinstance(step, int)]
    if len(part.timing.steps) == 1 and known:
        last = known[0]
        if last <= 4:
            return [str(at + 1) for at in range(last)], False
        return ["1", "2", "", f"{last:,}"], True
    return ["1", "2", ""], True


def _gives(part: Part, at: int, columns: int) -> bool:
    """Whether the output of a drawn step leaves the layer: that of every step, or only that of the last."""
    if part.timing.gives == SEQUENCE:
        return True
    last = 0 if part.timing.is_backwards else columns - 1
    return part.timing.gives == LAST and at == last


def _legend(part: Part) -> Iterator[Markup]:
    yield element("circle", cx=6.0, cy=9.0, r=5.5, class_="unit")
    yield element("text", part.units, x=17.0, y=13.0, class_="small unit")
    x = 17 + width(part.units, 12) + 22
    yield element("rect", x=x, y=4.0, width=10, height=10, class_="inp")
    yield element("text", part.features, x=x + 16, y=13.0, class_="small inp")


def _column(
    part: Part, centre: float, top: float, tall: float, units: int, features: int, label: str, gives: bool
) -> Iterator[Markup]:
    """One timestep: the units in their box, the features below it, and the output above it, if it leaves the layer."""
    yield element("rect", x=centre - 17, y=top, width=34, height=tall, rx=8, class_="box")
    for unit in range(units):
        yield element("circle", cx=centre, cy=top + 14.5 + unit * 17, r=6, class_="unit")
    if part.numbers.units > units:
        yield element("text", "…", x=centre, y=top + tall - 7, text_anchor="middle", class_="name unit")
    foot = top + tall
    yield _arrow(centre, foot + 22, foot + 3)
    for feature in range(features):
        yield element("rect", x=centre - 5, y=foot + 24 + feature * 11, width=10, height=10, class_="inp")
    below = foot + 24 + features * 11 + 13
    more = ", …" if part.numbers.inputs > features else ""
    yield element("text", f"t = {label}", x=centre, y=below, text_anchor="middle", class_="small")
    if more:
        yield element("text", "…", x=centre + 12, y=below - 16, class_="small inp")
    if gives:
        yield _arrow(centre, top - 2, top - 18)


def _arrow(x: float, start: float, end: float) -> Markup:
    """An arrow upwards."""
    return element(
        "g",
        element("path", d=f"M{decimal(x)} {decimal(start)}V{decimal(end + 5)}", class_="edge"),
        element("path", d=f"M{decimal(x)} {decimal(end)}l-4 7h8z", class_="tip"),
    )


def _handed_on(left: float, right: float, y: float, is_backwards: bool, pitch: float) -> Markup:
    """The state on its way from one timestep to the next."""
    start, end = left + 18, right - 18
    tip, turn = (start, 1) if is_backwards else (end, -1)
    return element(
        "g",
        element("path", d=f"M{decimal(start)} {decimal(y)}H{decimal(end)}", class_="edge"),
        element("path", d=f"M{decimal(tip)} {decimal(y)}l{7 * turn} -4v8z", class_="tip"),
    )


def _time_notes(part: Part, has_gap: bool) -> Iterator[str]:
    yield timesteps(part.timing)
    yield f"each uses the same {part.params:,} weights, so the"
    yield "unrolled axis does not enter the count"
    if part.timing.is_backwards:
        yield "it reads the sequence from its end"


def _formula(terms: tuple[Term, ...], y: float) -> Markup:
    """A formula on one line, in smaller letters where it is long."""
    length = sum(len(term.text) for term in terms)
    size = next((size for size in FORMULA_SIZES if length * size * MONOSPACED <= WIDTH), FORMULA_SIZES[-1])
    spans = (element("tspan", term.text, class_=term.role or None) for term in terms)
    return element("text", *spans, x=0.0, y=y, class_=f"mono size-{size}")
