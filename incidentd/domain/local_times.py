"""Instants in sentences, told in the viewer's zone: the daemon writes UTC, for it does not know who will read."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

_INSTANT = re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|\+00:00)(?!\w)")


def localised(text: str, zoned: Callable[[datetime], datetime], beside: datetime | None = None) -> str:
    """`text` with its instants in UTC as `zoned` has them: the hour alone on the day of `beside`."""

    def told(found: re.Match[str]) -> str:
        try:
            at = zoned(datetime.fromisoformat(found[0]))
        except (ValueError, OverflowError):  # the text came from outside, and this is no time at all
            return found[0]
        today = beside is not None and zoned(beside).date() == at.date()
        return at.strftime("%H:%M:%S" if today else "%Y-%m-%d %H:%M:%S %Z")

    return _INSTANT.sub(told, text)
