"""Fast paths that a model misses, and work that is done for nothing."""
