"""Samples of what hosted tools answer, in directories named after them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest


@pytest.fixture
def pages():
    """The documents in a file, which stand one after another there."""

    def pages(path: Path) -> list:
        text, at, found = path.read_text(encoding="utf-8"), 0, []
        while at < len(text):
            value, at = json.JSONDecoder().raw_decode(text, at)
            found.append(value)
            at += len(text[at:]) - len(text[at:].lstrip())
        return found

    return pages
