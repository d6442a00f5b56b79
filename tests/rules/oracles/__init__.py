"""Rules against real Keras, one module a category: what the finding says happens, and the cure prevents it."""
