"""Faults that only the stored values show; they are read where `--values` or the setting `values` asks for them."""
