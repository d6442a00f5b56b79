"""Questions about a model that several wings ask: masks, states, activations, training, totals.

This wing may use models, layer functions and the facts of `keras`. It must not know who asks: no rule, repair or page.
"""
