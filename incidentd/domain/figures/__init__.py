"""Figures of how a team responds, each a small pure function over facts that were read from the log: facts -> cases."""
