"""What is asked, of whom, and how grave it is: settings files, profiles, budgets and their schema.

This wing may use rules for their options, and Keras versions for targets. It must not know files of models or commands.
"""
