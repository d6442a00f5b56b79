"""From a model to findings: what a rule is, asking rules, reports, baselines and statistics.

This wing may use the nouns of `ir`. It must not know settings files or formats, and of single rules
only which explains which (`explanations`).
"""
