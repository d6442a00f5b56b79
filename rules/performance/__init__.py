"""Fast paths that a model misses, and work without a use."""
