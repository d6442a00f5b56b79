"""Faults of the file and of the graph that it describes: names, references, config keys."""
