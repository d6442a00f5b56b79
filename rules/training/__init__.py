"""Training: loss, output and optimizer that do not fit, activations, initializers, dropout and regularizers."""
