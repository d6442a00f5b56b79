"""The work of a command for one file, done in any process; only the command that needs it imports it."""
