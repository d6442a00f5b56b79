"""The rules, one module each, in a folder for each category; a rule's page is its module's docstring."""
