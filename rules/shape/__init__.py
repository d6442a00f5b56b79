"""Shapes and ranks that contradict each other."""
