"""The language lint: an explainable lexicon and a small grammar, which suggest other words and never block anybody."""
