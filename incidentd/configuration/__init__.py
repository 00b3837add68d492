"""Reading the three configuration files: what each may say, and faults that name file, line, key and remedy."""
