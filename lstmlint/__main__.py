"""The command line as `python -m lstmlint`."""

from lstmlint.cli import run

run()
