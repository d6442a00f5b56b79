"""Stored values of a model: read block by block, and measured.

This wing may use readers, and which part of a model owns a tensor. It must not know rules or formats of reports.
"""
