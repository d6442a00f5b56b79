"""The version of lstmlint, which the metadata of the package uses."""

__version__ = "0.1.0"
