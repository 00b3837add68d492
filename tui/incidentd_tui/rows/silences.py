"""Rows of the silences: state, what they match, whose they are, when they end; and one in full."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from incidentd.wire import silences as wire_silences
from incidentd_tui import paint, phrases, theme
from incidentd_tui.model import Model
from incidentd_tui.rows import inbox

VIEWS = (("current", "Current"), ("active", "Active"), ("pending", "Pending"), ("expired", "Expired"), ("all", "All"))
_MARKS = {"active": ("● ", theme.success), "pending": ("○ ", theme.primary), "expired": ("  ", theme.muted)}
SOON = timedelta(hours=1)
"""A silence that ends within an hour is shown in amber: its owner is written to by then."""


def shown_in(view: str, silence: wire_silences.Silence) -> bool:
    return view == "all" or silence.status == view or (view == "current" and silence.status != "expired")


def hidden_counts(model: Model) -> Counter[str]:
    """How many firing alerts each silence hides now."""
    firing = (alert for alert in model.alerts.values() if alert.status == "firing")
    return Counter(str(one) for alert in firing for one in alert.silenced_by)


def header(width: int) -> paint.Line:
    who = f"{'BY':<9}" if width >= 60 else ""
    room = width - 1 - 10 - 11 - len(who) - 6 - 10
    text = f" {'STATE':<10}{'ID':<11}{paint.fit('MATCHERS', max(room, 8))}{who}{'HIDES':>6}{'ENDS':>10}"
    return [(text, theme.faint)]


def row(model: Model, silence: wire_silences.Silence, hides: int, width: int) -> paint.Line:
    """One row, `width` cells without the gutter of one."""
    mark, style = _MARKS.get(silence.status, ("  ", theme.muted))
    over = silence.status == "expired"
    who: paint.Line = [(paint.fit(silence.created_by, 8) + " ", theme.muted)] if width + 1 >= 60 else []
    room = width - 10 - 11 - paint.width_of(who) - 6 - 10
    return [
        (mark, style),
        (paint.fit(silence.status, 8), style),
        (paint.fit(silence.name, 10) + " ", theme.muted),
        (paint.fit(" ".join(silence.matchers), max(room, 8)), theme.muted if over else theme.plain),
        *who,
        (f"{hides or '—':>6}", theme.primary if hides else theme.faint),
        _ends(model, silence),
    ]


def _ends(model: Model, silence: wire_silences.Silence) -> paint.Span:
    now = model.now()
    if silence.status == "expired":
        return (f"{phrases.age(silence.ends_at, now):>6} ago", theme.muted)
    text = f"in {phrases.span(silence.ends_at - now)}"
    soon = silence.status == "active" and silence.ends_at - now <= SOON
    return (f"{text:>10}", theme.warning if soon else theme.muted)


def lines(model: Model, silence: wire_silences.Silence, width: int) -> list[paint.Line]:
    """One silence in full, with the alerts that it hides now."""
    mark, style = _MARKS.get(silence.status, ("  ", theme.muted))
    rule = f"  of R-{silence.rule}" if silence.rule else ""
    found: list[paint.Line] = [
        [],
        [(mark, style), (silence.status, style), (f"  {silence.name}{rule}", theme.muted)],
        *([(text, theme.bold)] for text in paint.wrap(silence.comment, width, 6)),
        [(f"by {silence.created_by}", theme.primary)],
        [],
        [("MATCHERS", theme.heading)],
        *([(text, theme.plain)] for matcher in silence.matchers for text in paint.wrap(matcher, width, 3)),
        [],
        [("TIMES", theme.heading)],
        time(model, "from", silence.starts_at),
        time(model, "until", silence.ends_at),
    ]
    hidden = [one for one in model.alerts.values() if silence.id in one.silenced_by and one.status == "firing"]
    if silence.status == "active":
        found += [[], [("HIDES NOW", theme.heading), (f"  {len(hidden)}", theme.faint)]]
    return found + [hidden_alert(model, one.id, width) for one in hidden[:12]]


def time(model: Model, label: str, at: datetime) -> paint.Line:
    """Since or until when."""
    return [(f"{label:<6} ", theme.muted), (phrases.day_hour(at, model.now(), model.zone), theme.plain)]


def hidden_alert(model: Model, number: int, width: int) -> paint.Line:
    """A line about an alert that is hidden."""
    alert = model.alerts[number]
    left: paint.Line = [(f"A-{number} ", theme.muted), (inbox.alert_title(alert), theme.plain)]
    return paint.between(left, [(phrases.age(alert.starts_at, model.now()), theme.muted)], width)
