"""Reports of customers: one a row, and what stands beside the list."""

from __future__ import annotations

from datetime import datetime

from incidentd.wire.reports import ListedReport, Report
from incidentd_tui import paint, phrases, theme
from incidentd_tui.model import Model

VIEWS = (
    ("waiting", "Waiting"),
    ("triage", "In triage"),
    ("mine", "Mine"),
    ("owed", "To follow up"),
    ("open", "Open"),
    ("all", "All"),
)
_IN_TRIAGE = ("new", "acknowledged", "triaging", "awaiting_reporter")
_OUTCOMES = ("linked", "duplicate", "ticketed", "no_fault_found")
_MARKS = {
    "new": ("●", theme.warning),
    "acknowledged": ("○", theme.plain),
    "triaging": ("◐", theme.primary),
    "awaiting_reporter": ("…", theme.muted),
    "linked": ("→", theme.primary),
    "duplicate": ("=", theme.muted),
    "ticketed": ("#", theme.muted),
    "no_fault_found": ("∅", theme.muted),
    "followed_up": ("✓", theme.success),
    "closed": ("■", theme.faint),
}
_SHORT = {"awaiting_reporter": "awaiting", "no_fault_found": "no fault", "followed_up": "told", "acknowledged": "ack"}
_KINDS = {"end_user": "end user", "oss_developer": "developer", "internal_team": "internal"}


def shown_in(view: str, one: Report, me: str) -> bool:
    """Waiting are those whose reporter wrote last, or is owed a word that is late."""
    match view:
        case "waiting":
            return waits(one)
        case "triage":
            return one.state in _IN_TRIAGE
        case "mine":
            return bool(me) and one.owner == me and one.state != "closed"
        case "owed":
            return one.state in _OUTCOMES
        case "open":
            return one.state != "closed"
    return True


def waits(one: Report) -> bool:
    """Whether somebody of ours is to write next."""
    return one.state not in ("followed_up", "closed") and (one.unanswered or one.late or one.state == "new")


def asks(one: Report) -> bool:
    """Whether those that are like it ask for an incident; only a list tells that."""
    return isinstance(one, ListedReport) and one.nudged


def kind(word: str) -> str:
    """The kind of a customer in a word or two."""
    return _KINDS.get(word, word)


def due(one: Report) -> datetime | None:
    """When the reporter is owed a word: the first one, else the next."""
    return one.first_response_due if one.first_responded_at is None else one.next_due


def clock(model: Model, one: Report) -> paint.Span:
    """How long until a word is owed, or how late it is."""
    at = due(one)
    if at is None or one.state == "closed":
        return "", theme.muted
    now = model.now()
    if at <= now:
        return f"!{phrases.clock(now - at)} late", theme.warning
    return phrases.rest(at, now), theme.muted


def rank(model: Model, one: Report) -> tuple[object, ...]:
    """What is owed soonest first, the worse priority first among those; what is over last, the newest first."""
    over = one.state in ("followed_up", "closed")
    at = due(one)
    soonest = at.timestamp() if at is not None else float("inf")
    return (over, not waits(one), soonest if not over else 0.0, one.priority or "P9", -one.id)


def header(width: int) -> paint.Line:
    return [(f" P  {'STATE':<11}{'ID':<7}{paint.fit('CUSTOMER', 15)}SUBJECT", theme.faint)]


def row(model: Model, one: Report, width: int) -> paint.Line:
    """One row, `width` cells without the gutter of one."""
    mark, style = _MARKS.get(one.state, ("·", theme.muted))
    number = int(one.priority[1:]) if one.priority[1:].isdecimal() else 5
    left: paint.Line = [
        (f"{one.priority or '—':<2}", theme.ranked(number)),
        (f" {mark} {paint.fit(_SHORT.get(one.state, one.state), 8)} ", style),
        (paint.fit(one.reference, 6) + " ", theme.muted),
        (paint.fit(one.customer, 14) + " ", theme.plain),
        ("▲ " if asks(one) else "", theme.warning),
        (one.subject or "(no subject)", theme.bold if waits(one) else theme.plain),
    ]
    return paint.between(left, [clock(model, one)], width)


def lines(model: Model, one: Report, width: int) -> list[paint.Line]:
    """What stands beside the list."""
    mark, style = _MARKS.get(one.state, ("·", theme.muted))
    found: list[paint.Line] = [
        [],
        [(f"{mark} {one.state.replace('_', ' ')}  ", style), (one.reference, theme.bold)],
        *([(text, theme.bold)] for text in paint.wrap(one.subject or "(no subject)", width, 3)),
        [(f"{one.customer}, {kind(one.kind)}", theme.plain), (f"  by {one.channel}", theme.muted)],
    ]
    told, how = clock(model, one)
    if told:
        first = "first answer" if one.first_responded_at is None else "next word"
        found.append([(f"{first}: ", theme.muted), (told, how)])
    if one.unanswered:
        found.append([(f"the reporter wrote last, {phrases.age(one.asked_at, model.now())} ago", theme.warning)])
    if asks(one):
        said = "it may be one incident with others: its triage names them"
        found += [[("▲ " if not at else "  ", theme.warning), (text, theme.bold)]
                  for at, text in enumerate(paint.wrap(said, width - 2))]  # fmt: skip
    facts = {
        "service": one.service,
        "priority": one.priority,
        "owner": one.owner,
        "incident": f"INC-{one.incident_id}" if one.incident_id else "",
        "alert": f"A-{one.alert_id}" if one.alert_id else "",
        "duplicate of": f"R-{one.duplicate_of}" if one.duplicate_of else "",
        "ticket": one.ticket,
        **dict(one.tags),
    }
    found += [[], *([(f"{name:<14}", theme.muted), (value, theme.plain)] for name, value in facts.items() if value)]
    return found
