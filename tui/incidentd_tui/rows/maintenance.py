"""Rows of the maintenance windows: state, services, whose they are, when; and one in full."""

from __future__ import annotations

from collections import Counter

from incidentd import wire
from incidentd.wire.quieting import Maintenance
from incidentd_tui import paint, phrases, theme
from incidentd_tui.model import Model
from incidentd_tui.rows import silences

VIEWS = (("current", "Current"), ("active", "Active"), ("planned", "Planned"), ("over", "Over"), ("all", "All"))
_MARKS = {"active": ("● ", theme.success), "planned": ("○ ", theme.primary), "over": ("  ", theme.muted)}
_WHEN = 14


def shown_in(view: str, window: Maintenance) -> bool:
    return view == "all" or window.status == view or (view == "current" and window.status != "over")


def hidden_counts(model: Model) -> Counter[str]:
    """How many firing alerts each window hides now."""
    firing = (alert for alert in model.alerts.values() if alert.status == "firing" and alert.hidden_by)
    return Counter(number for alert in firing for number in _windows_of(alert))


def _windows_of(alert: wire.Alert) -> set[str]:
    return {one.subject.partition(":")[2] for one in alert.hidden_by if one.kind == "maintenance"}


def header(width: int) -> paint.Line:
    who = f"{'BY':<9}" if width >= 60 else ""
    room = width - 1 - 10 - 7 - len(who) - 6 - _WHEN
    text = f" {'STATE':<10}{'ID':<7}{paint.fit('SERVICES', max(room, 8))}{who}{'HIDES':>6}{'WHEN':>{_WHEN}}"
    return [(text, theme.faint)]


def row(model: Model, window: Maintenance, hides: int, width: int) -> paint.Line:
    """One row, `width` cells without the gutter of one."""
    mark, style = _MARKS.get(window.status, ("  ", theme.muted))
    who: paint.Line = [(paint.fit(window.created_by, 8) + " ", theme.muted)] if width + 1 >= 60 else []
    room = width - 10 - 7 - paint.width_of(who) - 6 - _WHEN
    return [
        (mark, style),
        (paint.fit(window.status, 8), style),
        (paint.fit(window.name, 6) + " ", theme.muted),
        (paint.fit(", ".join(window.services), max(room, 8)), theme.muted if window.status == "over" else theme.plain),
        *who,
        (f"{hides or '—':>6}", theme.primary if hides else theme.faint),
        _when(model, window),
    ]


def _when(model: Model, window: Maintenance) -> paint.Span:
    now = model.now()
    if window.status == "over":
        return (f"{phrases.age(window.ends_at, now) + ' ago':>{_WHEN}}", theme.muted)
    if window.status == "planned":
        return (f"{'from ' + phrases.day_hour(window.starts_at, now, model.zone):>{_WHEN}}", theme.primary)
    soon = window.ends_at - now <= silences.SOON
    return (f"{'ends in ' + phrases.rest(window.ends_at, now):>{_WHEN}}", theme.warning if soon else theme.muted)


def lines(model: Model, window: Maintenance, width: int) -> list[paint.Line]:
    """One window in full, with the alerts that it hides now."""
    mark, style = _MARKS.get(window.status, ("  ", theme.muted))
    rule = f"  of R-{window.rule}" if window.rule else f"  continues M-{window.continues}" if window.continues else ""
    by = f"by {window.created_by}" + (f", ended by {window.ended_by}" if window.ended_by else "")
    found: list[paint.Line] = [
        [],
        [(mark, style), (window.status, style), (f"  {window.name}{rule}", theme.muted)],
        *([(text, theme.bold)] for text in paint.wrap(window.text, width, 6)),
        [(by, theme.primary)],
        [],
        [("SERVICES", theme.heading)],
        *([(text, theme.plain)] for text in paint.wrap(", ".join(window.services), width, 6)),
    ]
    if window.below:
        found.append([(f"what is less severe than {window.below}", theme.muted)])
    if window.spared:
        spared = f"paged all the same: {' '.join(window.spared)}"
        found += [[(text, theme.warning)] for text in paint.wrap(spared, width, 4)]
    found += [[], [("TIMES", theme.heading)]]
    found.append(silences.time(model, "from", window.starts_at))
    found.append(silences.time(model, "until", window.ends_at))
    hidden = [one for one in model.alerts.values() if one.status == "firing" and str(window.id) in _windows_of(one)]
    if window.status == "active":
        found += [[], [("HIDES NOW", theme.heading), (f"  {len(hidden)}", theme.faint)]]
    return found + [silences.hidden_alert(model, one.id, width) for one in hidden[:12]]
