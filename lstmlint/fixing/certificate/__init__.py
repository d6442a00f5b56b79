"""Recurrent layers computed in plain NumPy, as the Keras that wrote a file computes them and as its reader does.

Formulas and layouts of tensors are those of the versions themselves: nothing here is shared with the repairs, so that
one can tell whether the other is right.
"""
