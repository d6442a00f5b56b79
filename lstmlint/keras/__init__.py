"""What Keras is, as data: versions, defaults, mask support, config schemas, and what each version knows.

This wing may use the nouns of `ir`. It must not know files, models or findings.
"""
