"""Limits for the numbers that configs hold."""

from __future__ import annotations

import math
import struct


def exceeds(number: float, limit: float) -> bool:
    """Whether a number of a config is above a limit.

    Keras keeps many settings in float32 and writes what came of them: 0.1 as 0.10000000149. So both are compared as
    float32 holds them.
    """
    return _single(number) > _single(limit)


def _single(number: float) -> float:
    try:
        return float(struct.unpack("f", struct.pack("f", number))[0])
    except OverflowError:
        return math.copysign(math.inf, number)
