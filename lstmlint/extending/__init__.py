"""Registries: walk a package or the installed plug-ins and collect what their modules declare.

This wing may use nothing of lstmlint. It must not know what is declared.
"""
