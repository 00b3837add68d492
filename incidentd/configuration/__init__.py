"""Reading the three configuration files: every fault at once, each with file, line, key and remedy."""
