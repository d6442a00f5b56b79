"""Stored weights that contradict the config."""
