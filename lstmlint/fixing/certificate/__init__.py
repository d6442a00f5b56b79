"""Recurrent layers in plain NumPy, computed as in the Keras that wrote a file and as in the Keras that reads it.

Formulas and layouts of tensors follow these versions. The repairs share no code with them, so that the certificate
checks the repairs.
"""
