"""When a review may be held, as rows say it: a few cells in a list, lines beside an incident, a section in its room."""

from __future__ import annotations

from datetime import datetime

from rich.style import Style

from incidentd import wire
from incidentd_tui import paint, phrases, theme
from incidentd_tui.model import Model


def mark(incident: wire.Incident, now: datetime) -> paint.Span | None:
    """What the list says in nine cells; None where no review waits."""
    opens, due = incident.review_opens_at, incident.review_due_at
    if not incident.review_standing or opens is None or due is None:
        return None
    if incident.review_standing == "late":
        return f"!{phrases.age(due, now)} late", theme.warning
    if incident.review_standing == "waiting":
        return f"in {phrases.age(now, opens)}", theme.faint
    return f"{phrases.age(now, due)} left", _style(incident)


def _style(incident: wire.Incident) -> Style:
    return theme.warning if incident.review_standing in ("soon", "late") else theme.muted


def line(model: Model, incident: wire.Incident) -> paint.Line:
    """One sentence about it; nothing where no review waits."""
    opens, due = incident.review_opens_at, incident.review_due_at
    if not incident.review_standing or opens is None or due is None:
        return []
    now, zone = model.now(), model.zone
    text = {
        "waiting": f"from {phrases.day_hour(opens, now, zone)} on, people rest first",
        "open": f"may be held now, until {phrases.day_hour(due, now, zone)}",
        "soon": f"is due soon: until {phrases.day_hour(due, now, zone)}",
        "late": f"is {phrases.span(now - due)} late",
    }.get(incident.review_standing, "")
    return [(text, _style(incident))]
