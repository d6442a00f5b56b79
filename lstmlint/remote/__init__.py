"""Bytes of files that lie elsewhere: transports by scheme, a stream that fetches ranges, and what to fetch ahead.

This wing may use `ir`. It must not know what a model is. Nothing of it is imported until an address is named.
"""
