"""From a graph to a model: shapes, weights, parameters and costs of each layer, from three witnesses.

This wing may use the nouns of `ir` and the graphs of `dialects`. It must not know containers, versions
of Keras or rules.
"""
