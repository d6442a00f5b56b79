"""The verdicts on a file as a table and as JSON."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from lstmlint.fixing.hints import hint
from lstmlint.keras.versions import NEWEST, Target
from lstmlint.linting.rule import cure_of
from lstmlint.portability.obstacle import STOPPING, WEIGHTS_ALONE, Obstacle, Stage
from lstmlint.portability.verdict import Outcome, Verdict
from lstmlint.running.json_text import json_text
from lstmlint.running.terminal import fit

VERSION = 2

#: The longest text of a message in the table; JSON has all of it.
MESSAGE_WIDTH = 300


def text(path: str, verdicts: Sequence[Verdict]) -> str:
    """The versions in which a file loads, a paragraph for each cause that others give, and what to do."""
    if verdicts and all(one.reason is not None and one.reason.cure == WEIGHTS_ALONE for one in verdicts):
        return f"{fit(path)}\n  {WEIGHTS_ONLY}; {WEIGHTS_ALONE}\n"
    groups = _groups(verdicts)
    width = max((len(group[0].outcome) for group in groups), default=0)
    lines = [fit(path)]
    for group in groups:
        lines.append(f"  {group[0].outcome:<{width}}  {_spans(group, verdicts)}")
        lines += [" " * (width + 4) + line for line in _reasons(group[-1])]
    return "\n".join([*lines, *_needs(verdicts), *_to_do(path, verdicts)]) + "\n"


#: What is said of a file without an architecture.
WEIGHTS_ONLY = "holds weights alone, so no Keras loads a model from it"


def limitations(verdicts: Sequence[Verdict]) -> list[str]:
    """A sentence for each outcome and cause that keeps a file from loading and computing the same."""
    if verdicts and all(one.reason is not None and one.reason.cure == WEIGHTS_ALONE for one in verdicts):
        return [f"{WEIGHTS_ONLY}; {WEIGHTS_ALONE}"]
    return [
        f"{group[0].outcome}: {_spans(group, verdicts)}: {_reasons(group[-1])[0]}"
        for group in _groups(verdicts)
        if group[0].reason is not None
    ]


def _groups(verdicts: Sequence[Verdict]) -> list[list[Verdict]]:
    """The verdicts of one outcome and cause together, the best outcomes first."""
    groups: dict[object, list[Verdict]] = {}
    for one in verdicts:
        reason = one.reason
        groups.setdefault((one.outcome, reason and (reason.rule, reason.pointer)), []).append(one)
    order = list(Outcome)
    return sorted(groups.values(), key=lambda group: order.index(group[0].outcome))


def _spans(group: Sequence[Verdict], verdicts: Sequence[Verdict]) -> str:
    """The targets of a group, with neighbouring versions of one package as one span."""
    return spans([one.target for one in group], [one.target for one in verdicts])


def spans(held: Sequence[Target], targets: Sequence[Target]) -> str:
    """Some of the targets as text, with those that are neighbours among all targets of a package as one span."""
    told = []
    for line in dict.fromkeys(target.line for target in held):
        of_line = [target for target in targets if target.line is line]
        told += [span(list(run)) for is_held, run in groupby(of_line, set(held).__contains__) if is_held]
    return ", ".join(told)


def span(targets: Sequence[Target]) -> str:
    """Neighbouring versions of one package as text."""
    first, last = targets[0].name, targets[-1].name
    return first if first == last else f"{first} to {last.rpartition('-')[2]}"


def _reasons(one: Verdict) -> list[str]:
    """The first sentence of the newest Keras of a group, the number of its other obstacles, and the cure."""
    if one.reason is None:
        return []
    message = fit(" ".join(one.reason.message.split()))
    short = message if len(message) <= MESSAGE_WIDTH else message[: MESSAGE_WIDTH - 1] + "…"
    said = short if one.reason.stage is Stage.COMPUTE or not one.reason.error else f"{one.reason.error}: {short}"
    others = len([obstacle for obstacle in one.obstacles if obstacle.stage is one.reason.stage]) - 1
    more = f" (and {others} more)" if others else ""
    return [f"{said}{more}", f"{one.reason.rule}: {cure(one.reason)}", *_differences(one)]


def _differences(one: Verdict) -> list[str]:
    """That what loads without being compiled computes otherwise as well."""
    differences = [obstacle for obstacle in one.obstacles if obstacle.stage is Stage.COMPUTE]
    if one.outcome is not Outcome.UNCOMPILED or not differences:
        return []
    return [f"computes differently as well: {fit(' '.join(differences[0].message.split()))}"]


def _needs(verdicts: Sequence[Verdict]) -> list[str]:
    """The Kerases that make some layers only with TensorFlow at hand, and what they say without it."""
    needing = [one for one in verdicts if one.needs_tensorflow]
    if not needing:
        return []
    said = NO_TENSORFLOW.format(name=fit(needing[-1].needs_tensorflow[0]))
    return [f"  needs tensorflow installed, on any backend: {_spans(needing, verdicts)}; otherwise {said}"]


#: What Keras 3 says of a layer that needs TensorFlow.
NO_TENSORFLOW = "ImportError: Layer {name} requires TensorFlow. Install it via `pip install tensorflow`."


def _to_do(path: str, verdicts: Sequence[Verdict]) -> list[str]:
    """The command that writes the file anew, where its repairs cure all that stops the newest Keras."""
    newest = next((one for one in verdicts if one.target == NEWEST), None)
    stopping = [obstacle for obstacle in newest.obstacles if obstacle.stage in STOPPING] if newest else []
    if newest is None or not stopping or not all(hint(obstacle.rule.replace("-", "_")) for obstacle in stopping):
        return []
    return [f"  to load it in {newest.target.name}: lstmlint fix {shlex.quote(fit(path))}"]


def as_data(path: str, verdicts: Iterable[Verdict]) -> dict[str, Any]:
    """The verdicts on one file as plain data: what stops several Kerases is there once, and they give its number."""
    told = list(verdicts)
    numbers: dict[Obstacle, int] = {}
    for obstacle in (obstacle for one in told for obstacle in one.obstacles):
        numbers.setdefault(obstacle, len(numbers))
    return {
        "path": path,
        "obstacles": [_plain(obstacle) for obstacle in numbers],
        "verdicts": [
            {
                "target": one.target.name,
                "outcome": str(one.outcome),
                "obstacles": [numbers[obstacle] for obstacle in one.obstacles],
                "needs_tensorflow": list(one.needs_tensorflow),
            }
            for one in told
        ],
    }


def to_object(files: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The verdicts on some files as one versioned object, described by `output/schemas/loads.schema.json`."""
    return {"version": VERSION, "files": list(files)}


def to_json(files: Iterable[Mapping[str, Any]]) -> str:
    """The same as text on one line."""
    return json_text(to_object(files), indent=None, is_ascii=True)


def _plain(obstacle: Obstacle) -> dict[str, Any]:
    return {
        "rule": obstacle.rule,
        "stage": str(obstacle.stage),
        "error": obstacle.error,
        "message": obstacle.message,
        "layer": obstacle.layer,
        "pointer": list(obstacle.pointer),
        "cure": cure(obstacle),
    }


def cure(obstacle: Obstacle) -> str:
    """What helps against an obstacle."""
    return obstacle.cure or cure_of(obstacle.rule)
