"""What rules ask of a model: pure functions over it, a module for each subject, which judge nothing themselves."""
