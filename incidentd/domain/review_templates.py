"""The templates of a review's document, by the names of their files."""

from __future__ import annotations

STYLE = "style.css"
NAMES = ("internal.md", "internal.html", "external.md", "external.html", STYLE)
"""Those that come with the program; a team's directory may hold any of them, and parts that they include."""
