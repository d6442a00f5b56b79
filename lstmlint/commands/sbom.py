"""`lstmlint sbom`: what models are made of, as a bill of materials that other programs read."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from typing import TextIO

from lstmlint.commands.arguments import add_paths
from lstmlint.commands.command import CLEAN, UNUSABLE, Command, UsageError
from lstmlint.commands.jobs import jobs_of
from lstmlint.commands.passing import passing

EXAMPLES = """\
examples:
  lstmlint sbom model.keras > model.cdx.json      a machine learning bill of materials (CycloneDX 1.7)
  lstmlint sbom zoo/ > zoo.cdx.json               one bill for every model in a folder
  lstmlint sbom zoo.db > zoo.cdx.json             the same of the models in the store of an audit
  lstmlint sbom --vex model.h5                    with each advisory on Keras: affected or not, and why

exit status:
  0  every model is in the bill
  2  wrong usage, or a path that could not be read; the other files are in the bill
"""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_paths(parser)
    parser.add_argument(
        "--format", choices=("cyclonedx-1.7",), default="cyclonedx-1.7", help="default: cyclonedx-1.7, as JSON"
    )
    parser.add_argument(
        "--vex", action="store_true", help="add for each advisory on Keras whether the models are affected"
    )


def _run(options: argparse.Namespace, stdout: TextIO, stderr: TextIO) -> int:
    from lstmlint.api import bill_entry
    from lstmlint.ir.document import NotAModelError, UnreadableError
    from lstmlint.output.results.bill import Bill
    from lstmlint.running.failures import defect
    from lstmlint.running.terminal import fit

    options.paths = list(_without_stores(options.paths))
    entries, is_unread, passed = [], False, passing(options, stderr)
    for job in jobs_of(options):
        skipped = ""
        try:
            entries.append(bill_entry(job.path, job.weights, job.settings, vex=options.vex, error=job.target.error))
        except NotAModelError as error:
            skipped = str(error)
        except Exception as error:
            reason = error if isinstance(error, UnreadableError) else defect(error)
            stderr.write(fit(f"{job.path}: error: {reason}") + "\n")
            is_unread = True
        passed.meet(job.target, skipped)
    fails = passed.fails() or is_unread
    if entries or not fails:
        stdout.write(f"{Bill(tuple(entries), is_vex=options.vex)}\n")
    passed.tell_skipped()
    return UNUSABLE if fails else CLEAN


def _without_stores(paths: Sequence[str]) -> Iterator[str]:
    """The paths, with the models that a store names in its place.

    Raises:
        UsageError: a store cannot be used.
    """
    from lstmlint.zoo.store import StoreError
    from lstmlint.zoo.today import is_store, models_of

    try:
        for path in paths:
            yield from models_of(path) if is_store(path) else (path,)
    except StoreError as error:
        raise UsageError(str(error)) from None


SBOM = Command(
    "sbom", "print a bill of materials in CycloneDX, for inventories and audits", _add_arguments, _run, EXAMPLES
)
