"""Screens: one module a screen; they paint the model and turn verbs into calls."""
