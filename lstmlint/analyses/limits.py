"""Limits for the numbers that configs hold."""

from __future__ import annotations


def exceeds(number: float, limit: float) -> bool:
    """Whether a number of a config is above a limit.

    Keras stores many settings as float32 and writes 0.1 as 0.10000000149. So both numbers are rounded to the six digits
    that float32 surely holds, and that messages show.
    """
    return _rounded(number) > _rounded(limit)


def _rounded(number: float) -> float:
    return float(f"{number:.6g}")
