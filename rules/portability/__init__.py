"""Whether a file loads in another Keras, and computes the same there."""
