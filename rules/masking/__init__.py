"""Masks of sequences: where they are made, used and lost."""
