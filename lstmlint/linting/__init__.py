"""From a model to findings: rules, their judgement, reports, baselines and statistics.

This wing may use the nouns of `ir`. It must not know settings files or formats. It knows single rules
only in `explanations`, which says which rule explains another.
"""
