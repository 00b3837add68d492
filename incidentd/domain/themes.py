"""Themes: what factors of several incidents have in common, under one name."""

from __future__ import annotations

import unicodedata


def theme_key(name: str) -> str:
    """What makes two names the same one: neither case, width nor white space does."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def theme_name(name: str) -> str:
    """A name as it is kept: on one line."""
    return " ".join(name.split())
