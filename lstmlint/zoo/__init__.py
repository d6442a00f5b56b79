"""Many files: where they lie, what was read of them, and the store that keeps it.

This wing may use the nouns of `ir`, and of the wings before it what they say of one model. It must not know reports,
and it reads no model itself: the work on one file is a function that it is given.
"""
