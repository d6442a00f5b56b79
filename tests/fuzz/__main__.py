"""The long run by hand: counts of inputs, runs and statuses, and everything that went wrong, with the input kept."""

from __future__ import annotations

import argparse
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.fuzz.inputs import Input, made, tried
from tests.fuzz.runs import Run

#: A line is printed after so many inputs.
PROGRESS = 1000

#: How many different troubles are told.
MOST_TOLD = 60


def main() -> int:
    """Run as many inputs as are asked, print what came of them; 1 if anything is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--count", type=int, default=1000, help="how many inputs (default: 1000)")
    parser.add_argument("--start", type=int, default=0, help="the number of the first (default: 0)")
    parser.add_argument("--seed", type=int, default=1, help="what all inputs follow from (default: 1)")
    parser.add_argument("--commands", type=int, default=0, help="commands for each input, by chance (default: all)")
    parser.add_argument("--minutes", type=float, default=0, help="stop after so many minutes")
    parser.add_argument("--keep", type=Path, help="a folder for the inputs with which something is wrong")
    options = parser.parse_args()
    counts, troubles, worst = Counter[str](), Counter[str](), Run("", 0, 0, 0, ())
    largest, inputs, started = 0, 0, time.monotonic()
    with TemporaryDirectory() as folder:
        for number in range(options.start, options.start + options.count):
            if options.minutes and time.monotonic() - started > 60 * options.minutes:
                break
            one = made(options.seed, number)
            inputs += 1
            counts[f"input {one.kind}"] += 1
            if inputs % PROGRESS == 0:
                print(f"... {inputs} inputs, {sum(troubles.values())} troubles", flush=True)
            for done in tried(one, Path(folder), options.commands):
                counts[f"{done.command} ended with {done.status}"] += 1
                worst, largest = max(worst, done, key=lambda run: run.seconds), max(largest, done.peak_bytes)
                for trouble in done.troubles:
                    _tell(troubles, done, trouble, one, number, options.keep)
    print(
        f"{inputs} inputs, {sum(count for what, count in counts.items() if 'ended' in what)} runs, seed {options.seed}"
    )
    print("\n".join(f"  {count:8} {what}" for what, count in sorted(counts.items())))
    print(f"slowest run {worst.seconds:.2f} s ({worst.command}), most memory {largest / 1e6:.0f} MB")
    print(f"{sum(troubles.values())} troubles")
    print("\n".join(f"  {count:8} {what}" for what, count in troubles.most_common()))
    return 1 if troubles else 0


def _tell(troubles: Counter[str], done: Run, trouble: str, one: Input, number: int, keep: Path | None) -> None:
    what = f"{done.command}: {trouble}"
    troubles[what[:160]] += 1
    if troubles[what[:160]] > 1 or len(troubles) > MOST_TOLD:
        return
    print(f"input {number} ({one.kind}, {one.name}): {what}", flush=True)
    if keep is not None:
        place = keep / str(number)
        place.mkdir(parents=True, exist_ok=True)
        (place / one.name).write_bytes(one.data)


if __name__ == "__main__":
    raise SystemExit(main())
