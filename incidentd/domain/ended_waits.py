"""What ended while it waited for somebody's hours: one message at their start names all of it, instead of nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from incidentd.domain.display import safe_line

REASON = "it could wait for your hours, and was over before they began"
_LINE = 200
_TITLE = 250
_LISTED = 40
_MORE = "and more: incidentctl page list --state all"


def line(page_id: int, title: str, began: datetime, ended: datetime) -> str:
    """One thing that ended; the times are UTC."""
    return safe_line(f"P-{page_id} {title} ({began:%a %H:%M} to {ended:%a %H:%M} UTC)", _LINE)


def with_line(lines: Sequence[str], new: str) -> tuple[str, ...]:
    """The lines of the message once `new` is known too; beyond forty it says that there are more."""
    if new in lines or (lines and lines[-1] == _MORE):
        return tuple(lines)
    return (*lines, new if len(lines) < _LISTED else _MORE)


def title(lines: Sequence[str]) -> str:
    """ "2 things ended while they waited: the first one"."""
    many = "many" if lines[-1] == _MORE else str(len(lines))
    what = "thing ended while it" if len(lines) == 1 else "things ended while they"
    return safe_line(f"{many} {what} waited: {lines[0]}", _TITLE)
