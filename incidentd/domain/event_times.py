"""Times in the data of an event."""

from __future__ import annotations

from datetime import datetime
from typing import Any


def instant(value: Any) -> datetime | None:
    """A time in an event's data: a datetime before the commit, text when read back."""
    if isinstance(value, str):
        return datetime.fromisoformat(value)
    return value if isinstance(value, datetime) else None
