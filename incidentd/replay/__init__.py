"""Replays: the recorded alerts of a time, lived through again by the real services under another configuration.

The daemon runs this package as a process of its own, with bounds: `python -m incidentd.replay`. It reads the database
in one consistent read, and everything after that happens in memory; no plugin is loaded and nothing is sent.
"""
