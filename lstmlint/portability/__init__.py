"""The obstacles that a Keras meets while it loads, compiles and runs a model.

This wing may use models, analyses and what each Keras knows. It must not know rules, repairs or settings.
"""
