"""What changed between two models, and what that breaks."""
