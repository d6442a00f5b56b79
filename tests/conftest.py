"""Real Keras, where a test needs it, runs on JAX."""

import os

os.environ.setdefault("KERAS_BACKEND", "jax")
