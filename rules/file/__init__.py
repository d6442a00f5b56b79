"""The file and its container."""
