"""From a model to a repaired copy of its file: repairs, writers, and the certificate of equal outputs.

This wing may use models, analyses, dialects and the readers of what it writes. It must not know rules,
settings or commands.
"""
