"""Rows of the checks: heartbeats and probes, those that ail first; and one in full."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from rich.style import Style

from incidentd.wire.checks import Check, CheckResult
from incidentd_tui import paint, phrases, theme
from incidentd_tui.model import Model

_MARKS: dict[str, tuple[str, Style]] = {
    "down": ("▲", theme.danger),
    "late": ("▲", theme.warning),
    "started": ("▸", theme.primary),
    "new": ("○", theme.primary),
    "up": ("●", theme.success),
    "paused": ("‖", theme.muted),
}
AILING = ("down", "late")
HEAD = f"{'CHECKS':<17} {'STATE':<14}{'LAST':<9}{'NEXT':<9}{'TOOK':<8}NOTE"


def ordered(model: Model) -> list[Check]:
    """What is down first, what is paused last."""
    rank = {status: number for number, status in enumerate(_MARKS)}
    return sorted(model.checks, key=lambda one: (rank.get(one.status, 0), one.source, one.name))


def path(check: Check) -> str:
    """What the daemon calls it."""
    return f"{check.source}/{check.name}"


def row(model: Model, check: Check) -> paint.Line:
    mark, style = _MARKS.get(check.status, ("·", theme.warning))
    ails = check.status in AILING
    now = model.now()
    due = check.next_at if check.status != "paused" else None
    took = took_text(check.last_duration) if check.last_duration is not None else "—"
    return [
        (paint.fit(check.name, 17) + " ", theme.bold if ails else theme.plain),
        (paint.fit(f"{mark} {check.status}", 13) + " ", style),
        (paint.fit(phrases.age(check.last_at, now) if check.last_at else "—", 8) + " ", theme.muted),
        (paint.fit(_due(due, model), 8) + " ", theme.muted),
        (paint.fit(took, 7) + " ", theme.muted),
        (_note(check), theme.plain if ails else theme.muted),
    ]


def _due(due: datetime | None, model: Model) -> str:
    if due is None:
        return "—"
    return f"in {phrases.rest(due, model.now())}" if due > model.now() else "overdue"


def took_text(seconds: float) -> str:
    """How long a run or a probe took: 48 ms, 3.2 s, 4:10."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    return f"{seconds:.1f} s" if seconds < 60 else phrases.clock(timedelta(seconds=seconds))


def _note(check: Check) -> str:
    if check.paused is not None:
        return f"by {check.paused.by}" + (f": {check.paused.note}" if check.paused.note else "")
    return check.detail or check.expects


def lines(model: Model, check: Check, recent: Sequence[CheckResult], width: int) -> list[paint.Line]:
    """One check in full, with its latest results."""
    mark, style = _MARKS.get(check.status, ("·", theme.warning))
    found: list[paint.Line] = [
        [],
        [(check.name, theme.bold), (f"  {check.kind} of {check.source}", theme.muted)],
        [(f"{mark} {check.status}", style), (f"  A-{check.alert_id} fires" if check.alert_id else "", theme.warning)],
    ]
    for text in dict.fromkeys((check.description, check.detail, check.expects)):
        found += [[(one, theme.plain)] for one in paint.wrap(text, width, 4) if text]
    facts = ((check.service, "service"), (check.severity, "severity"))
    found += [[(f"{label:<12}", theme.muted), (value, theme.plain)] for value, label in facts if value]
    for label, at in (
        ("since", check.since),
        ("last", check.last_at),
        ("next", check.next_at),
        ("down at", check.down_at),
        ("certificate", check.certificate_until),
    ):
        if at is not None:
            found.append([(f"{label:<12}", theme.muted), (phrases.day_hour(at, model.now(), model.zone), theme.plain)])
    if check.paused is not None:
        found += [[(one, theme.warning)] for one in paint.wrap(f"paused {_note(check)}", width, 4)]
    if recent:
        found += [[], [("LATEST", theme.heading)], *(_result(model, one, width) for one in recent[:12])]
    keys = "resumes" if check.paused is not None else "pauses"
    found += [[], [("p ", theme.key), (keys, theme.muted)]]
    if check.kind == "heartbeat":
        found.append([("c ", theme.key), ("copies where its pings go", theme.muted)])
    return found


def _result(model: Model, one: CheckResult, width: int) -> paint.Line:
    style = theme.muted if one.good is None else theme.success if one.good else theme.danger
    left: paint.Line = [
        (f"{phrases.day_hour(one.at, model.now(), model.zone):<10}", theme.muted),
        (one.outcome, style),
        (f"  {one.detail}" if one.detail else "", theme.muted),
    ]
    took = took_text(one.duration) if one.duration is not None else ""
    return paint.between(left, [(took, theme.muted)], width)
