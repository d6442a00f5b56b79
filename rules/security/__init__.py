"""What a file could do to its reader: code, references to functions, paths, links and bombs."""
