"""The meaning of axes: role and origin of every axis of every tensor, or unknown; it knows no numbers of its own."""
