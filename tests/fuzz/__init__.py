"""Damaged and hostile files by chance, put through every command: `python -m tests.fuzz --count 50000`.

Every input follows from the seed and its number, so that `--only NUMBER` makes it again.
"""
