"""The values that flow: document, graph, shapes, weights, work, model and finding, all frozen.

This wing may use nothing of lstmlint. It must not know who makes a value, nor who asks for it.
"""
