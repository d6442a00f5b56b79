"""What several parts ask of a model: masks, states, activations, training, totals.

This wing may use models, the layer functions and what Keras is. It must not know who asks: no rule, no repair, no page.
"""
