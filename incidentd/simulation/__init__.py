"""A seeded history of a fictional team, lived through by the real services on a clock that jumps."""
