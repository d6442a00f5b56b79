"""What flows: document, graph, shapes, weights, work, model and finding, each a frozen value.

This wing may use nothing of lstmlint. It must not know how a value is made, nor who asks for it.
"""
