"""Results as text for a terminal, and their plain JSON beside it."""
