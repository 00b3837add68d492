"""Loads plugins, runs what they offer, and keeps their faults to themselves."""
