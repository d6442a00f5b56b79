"""From a model to findings: what a rule is, asking rules, reports, baselines and statistics.

This wing may use the nouns of `ir`. It must not know single rules, settings files or formats.
"""
