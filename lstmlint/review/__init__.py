"""Two models beside each other, and what a change breaks; git tells where the older one is.

This wing may use judged models, verdicts and settings. It must not know formats or commands.
"""
