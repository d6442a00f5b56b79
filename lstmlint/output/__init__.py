"""Output for people and programs: text, figures, pages, and the formats of reports and comparisons.

This wing may use every noun and the results of the other wings. It must not know commands, and it reads no model file.
"""
