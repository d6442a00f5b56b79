"""Numbers with units in settings: `250k`, `1.5M`, `64 KiB`."""

from __future__ import annotations

import re
from collections.abc import Mapping

#: A number with an optional unit; `k`, `M`, `G` are powers of 1000 (SI), `Ki`, `Mi`, `Gi` of 1024 (IEC 80000-13).
PATTERN = r"^\s*([0-9][0-9_,]*(?:\.[0-9]+)?)\s*(k|M|G|T|Ki|Mi|Gi|Ti)?B?\s*$"

FACTORS: Mapping[str | None, int] = {
    None: 1,
    "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12,
    "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40,
}  # fmt: skip


def quantity(value: int | str) -> int:
    """A whole number from an int or from text such as `"250k"`.

    Raises:
        ValueError: the text is not such a number.
    """
    if isinstance(value, int):
        return value
    match = re.match(PATTERN, value)
    if match is None:
        raise ValueError(f"{value!r} is no number such as 250000, '250k' or '64 KiB'")
    digits = re.sub("[_,]", "", match[1])
    return round(float(digits) * FACTORS[match[2]]) if "." in digits else int(digits) * FACTORS[match[2]]
