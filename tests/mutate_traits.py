"""Take each trait out of each class and list those that no check misses: `python -m tests.mutate_traits`.

The checks of `tests/keras/test_classes.py` run in this process, on behaviour of the layers that is recorded before.
`--recurrent` tries only recurrent classes, and the gates and states of their kinds with the quick tests that compute
them. The exit status is 1 where a recurrent class has a survivor.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "jax")

from lstmlint.keras.classes import CLASSES, KINDS, Traits
from lstmlint.keras.classes.traits import NOTHING_KNOWN, Era
from tests.keras.test_classes import CHECKS
from tests.keras.test_kinds import KIND_CHECKS


@dataclass(frozen=True, slots=True)
class Mutation:
    """A claim of a record that is taken out."""

    name: str
    trait: str
    value: Any
    mutated: Any

    def __str__(self) -> str:
        return f"{self.name}.{self.trait} = {self.value!r}"


def mutations(name: str, traits: Traits) -> Iterator[Mutation]:
    """Every single claim of a class; a claim for several eras is taken out era by era."""
    for field in fields(Traits):
        value, nothing = getattr(traits, field.name), getattr(NOTHING_KNOWN, field.name)
        if isinstance(value, Era):
            for era in value:
                yield Mutation(name, field.name, era, _with(traits, field.name, value & ~era))
        elif value != nothing:
            yield Mutation(name, field.name, value, _with(traits, field.name, nothing))


def _with(record: Any, field: str, value: Any) -> Any:
    """A record with another value in a field of any name."""
    return replace(record, **{field: value})


def is_killed(mutation: Mutation) -> bool:
    """Whether a check fails on it."""
    return any(_fails(check, mutation.name, mutation.mutated) for check in CHECKS)


def _fails(check: Any, *arguments: Any) -> bool:
    try:
        check(*arguments)
    except Exception:
        return True
    return False


def kind_mutations() -> Iterator[Mutation]:
    """Every claim of a kind of recurrence: without a gate, with two gates exchanged, without a state ..."""
    for name, kind in KINDS.items():
        yield Mutation(name, "states", kind.states, replace(kind, states=kind.states[1:]))
        yield Mutation(name, "kept", kind.kept, replace(kind, kept=kind.kept - 1))
        for key in kind.cudnn:
            rest = {other: value for other, value in kind.cudnn.items() if other != key}
            yield Mutation(name, f"cudnn[{key!r}]", kind.cudnn[key], replace(kind, cudnn=rest))
        for at, gate in enumerate(kind.gates):
            others = (*kind.gates[:at], *kind.gates[at + 1 :])
            yield Mutation(name, f"gates[{at}]", gate, replace(kind, gates=others))
            for field in fields(gate):
                if getattr(gate, field.name):
                    changed = _with(gate, field.name, "")
                    gates = (*kind.gates[:at], changed, *kind.gates[at + 1 :])
                    yield Mutation(name, f"gates[{at}].{field.name}", gate, replace(kind, gates=gates))
        for at in range(1, len(kind.gates)):
            order = list(kind.gates)
            order[at - 1 : at + 1] = reversed(order[at - 1 : at + 1])
            yield Mutation(name, f"order of gates {at}", kind.letters, replace(kind, gates=tuple(order)))
            letters = list(kind.keras1_order)
            letters[at - 1 : at + 1] = reversed(letters[at - 1 : at + 1])
            told = replace(kind, keras1_order="".join(letters))
            yield Mutation(name, f"keras1_order {at}", kind.keras1_order, told)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recurrent", action="store_true", help="only recurrent classes")
    wanted = parser.parse_args(arguments)
    classes = {name: traits for name, traits in CLASSES.items() if traits.form is not None or not wanted.recurrent}
    wrong = [name for name, traits in classes.items() for check in CHECKS if _fails(check, name, traits)]
    if wrong or any(_fails(check, kind) for kind in KINDS.values() for check in KIND_CHECKS):
        print(f"the checks fail before anything is taken out: {', '.join(dict.fromkeys(wrong)) or 'of the kinds'}")
        return 1
    tried = [mutation for name, traits in classes.items() for mutation in mutations(name, traits)]
    survivors = [mutation for mutation in tried if not is_killed(mutation)]
    of_kinds = list(kind_mutations())
    survivors += [one for one in of_kinds if not any(_fails(check, one.mutated) for check in KIND_CHECKS)]
    for survivor in survivors:
        print(f"survives: {survivor}")
    print(f"{len(survivors)} of {len(tried) + len(of_kinds)} survive")
    recurrent = {name for name, traits in CLASSES.items() if traits.form is not None} | KINDS.keys()
    return int(any(survivor.name in recurrent for survivor in survivors))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
