"""Painters: pure functions from the model to lines of styled text."""
