"""Will a file load in another Keras, and does it still compute the same there."""
