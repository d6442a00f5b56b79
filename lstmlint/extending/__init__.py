"""Registries: a walk over a package or the installed plug-ins collects the declarations of their modules.

This wing may use nothing of lstmlint. It must not know the declared kinds of objects.
"""
