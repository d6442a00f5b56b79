"""Keras as data: versions, classes, defaults, mask support, config schemas, and the names that each version knows.

This wing may use the nouns of `ir`. It must not know files, models or findings.
"""
