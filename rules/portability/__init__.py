"""Faults that keep a file from loading in another Keras, or change its outputs there."""
