"""Dangers for the reader of a file: code, references to functions, paths, links and bombs."""
