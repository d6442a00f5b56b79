"""The differences between two models, and the changes that break something; git gives the older model.

This wing may use judged models, verdicts and settings. It must not know formats or commands.
"""
