"""Times as they are typed into dialogs."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from incidentd_tui import phrases
from incidentd_tui.forms.base import Values

if TYPE_CHECKING:
    from incidentd_tui.app import IncidentdApp

AGO = "12m or 2h ago, 14:05 or 2026-03-13 09:00"
HINT = "45m, 2h, 3d, 18:00 or 2026-03-13 09:00"


def times(tui: IncidentdApp, values: Values) -> tuple[datetime | None, datetime]:
    """(start, None for now, and end) of the fields `starts` and `ends`; a length counts from the start.

    Raises `ValueError` naming the field.
    """
    now = values["starts"].lower() == "now"
    starts = None if now else time_of(tui, "From", values["starts"])
    return starts, time_of(tui, "For, or until", values["ends"], starts)


def time_of(tui: IncidentdApp, label: str, text: str, since: datetime | None = None) -> datetime:
    """The instant that `text` names, counted from `since` (default: now). Raises `ValueError` naming the field."""
    try:
        return phrases.end_of(text, since or tui.model.now(), tui.model.zone)
    except ValueError as error:
        raise ValueError(f"{label}: {error}") from None


def was_at(tui: IncidentdApp, label: str, text: str) -> datetime | None:
    """The instant in the past that `text` names, None for "" and now. Raises `ValueError` naming the field."""
    if text.strip().lower() in ("", "now"):
        return None
    try:
        return phrases.past_of(text, tui.model.now(), tui.model.zone)
    except ValueError as error:
        raise ValueError(f"{label}: {error}") from None
