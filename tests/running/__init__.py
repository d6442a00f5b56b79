"""How the program runs: text for terminals and programs, temporary files."""
