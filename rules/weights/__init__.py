"""Stored weights against the config."""
