"""Size and cost."""
