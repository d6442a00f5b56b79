"""Settings of a check: files, profiles, budgets and their schema.

This wing may use rules for their options, and Keras versions for targets. It must not know model files or commands.
"""
