"""The work of a command for one file, done in whichever process; imported only by the command that needs it."""
