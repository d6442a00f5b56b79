"""Shape and rank: what the shapes of the inputs forbid."""
