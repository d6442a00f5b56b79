"""The run of the program: processes, progress, terminals, its own failures and its version.

This wing may use nothing of lstmlint. It must not know models or findings.
"""
