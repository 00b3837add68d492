"""An incident and its timeline as a person reads them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from incidentd import wire
from incidentd.cli.fact_views import print_known
from incidentd.cli.screen import fields, glyph, hang, listed, paint, section, span, toned, words
from incidentd.cli.session import Session
from incidentd.cli.severity_views import print_classification
from incidentd.domain.columns import width
from incidentd.domain.display import safe_line, safe_text
from incidentd.domain.review_words import reasons
from incidentd.wire import incidents as wire_incidents

# kind: glyph, the same in ASCII, tone
_MARKS = {
    "alert": ("●", "*", ""),
    "page": ("▲", "^", ""),
    "ack": ("✓", "v", "good"),
    "delivery": ("→", ">", ""),
    "status": ("◆", "#", "bold"),
    "severity": ("◆", "#", "bold"),
    "role": ("◇", "&", ""),
    "update": ("»", ">", ""),
    "overdue": ("!", "!", "warn"),
    "decision": ("»", ">", "bold"),
    "link": ("+", "+", ""),
    "impact": ("▣", "%", "bold"),
    "theory": ("?", "?", ""),
    "file": ("▤", "=", ""),
    "attempt": ("▶", ">", "bold"),
    "check": ("✓", "v", ""),
}
_OTHER = ("·", ".", "")
_KIND_COLUMNS = 11
_OFFSET_COLUMNS = 7
_NUMBER_COLUMNS = 22
_LATE_SECONDS = 60  # an entry recorded later than this after it was observed says so


def _badge(i: wire.Incident) -> str:
    """Number, severity and status; safe to print."""
    severity, status = i.severity.value, words(safe_line(i.status))
    shown = f"{paint(severity, toned(severity).tone)} {paint(status, toned(i.status).tone)}"
    return f"INC-{i.id} {shown}"


def _print_headline(i: wire.Incident) -> None:
    plain = f"INC-{i.id} {i.severity.value} {words(safe_line(i.status))}  "
    hang(f"{_badge(i)}  ", safe_line(i.title), lead_width=width(plain), tone="bold")


def _clock(session: Session, at: datetime, incident: wire.Incident) -> str:
    """The time of day, with the day when it is not that on which the incident began."""
    same = session.zoned(at).date() == session.zoned(incident.started_at).date()
    return session.when(at, "%H:%M:%S" if same else "%d %b %H:%M:%S")


def _review(session: Session, i: wire.Incident) -> str:
    if i.review_opens_at is None or i.review_due_at is None:
        return ""
    standing = f" ({i.review_standing})" if i.review_standing else ""
    opens = session.when(i.review_opens_at, "%a %d %b %H:%M")
    return f"not before {opens}, by {session.when(i.review_due_at)}{standing}"


def _print_window(detail: wire_incidents.IncidentDetail) -> None:
    """Why its window lies there, where people worked at night or somebody wants it early."""
    found = detail.window
    lines = reasons(found.nights, found.openings) if found is not None else []
    if found is not None and lines:
        section(found.review_name)
    for line in lines:
        hang("  ", safe_line(line))


def _review_name(detail: wire_incidents.IncidentDetail) -> str:
    return detail.window.review_name.lower() if detail.window is not None else "review"


def _started(session: Session, detail: wire_incidents.IncidentDetail) -> str:
    claimed = f" (impact claimed since {session.when(detail.claimed_start)})" if detail.claimed_start else ""
    return f"{session.when(detail.incident.started_at)}{claimed}"


def _next_update(session: Session, i: wire.Incident) -> str:
    if i.next_update_at is None:
        return ""
    left = i.next_update_at - datetime.now(UTC)
    when = f"in {span(left)}" if left.total_seconds() > 0 else f"overdue since {span(-left)}"
    return f"{session.when(i.next_update_at, '%H:%M:%S %Z')} ({when})"


def print_incident(session: Session, detail: wire_incidents.IncidentDetail) -> None:
    """The whole of it."""
    i = detail.incident
    _print_headline(i)
    if i.summary:
        hang("  ", safe_text(i.summary))
    fields([
        ("service", i.service), ("started", _started(session, detail)),
        ("declared", f"{session.when(i.declared_at)} by {i.declared_by}"),
        ("mitigated", session.when(i.mitigated_at)), ("resolved", session.when(i.resolved_at)),
        ("closed", session.when(i.closed_at)), ("merged into", f"INC-{i.merged_into}" if i.merged_into else ""),
        ("episode", i.episode if i.episode > 1 else ""), ("stakeholders", "many" if i.many_stakeholders else ""),
        ("to customers", i.public_title), ("status page", "kept off it" if i.off_page else ""),
        ("alerts", listed(i.alert_ids, "A-")), ("pages", listed(i.page_ids, "P-")),
        ("reports", listed(detail.report_ids, "R-")),
        ("chat", " ".join(filter(None, (detail.chat.name, detail.chat.state, detail.chat.url))) if detail.chat else ""),
        ("checklist", _progress(detail)),
        ("next update", _next_update(session, i)), ("may become", listed(map(words, i.allowed))),
        ("legal hold", "nothing of it is removed" if i.held else ""),
        (_review_name(detail), _review(session, i)), ("process", f"{i.process} {i.process_version}".strip()),
        ("version", i.version),
    ])  # fmt: skip
    _print_violations(session, i)
    _print_window(detail)
    print_known(session, detail)
    if detail.classification is not None:
        print_classification(session, detail.classification)
    _print_roles(session, detail)
    _print_updates(session, detail)
    _print_related(detail)


def _progress(detail: wire_incidents.IncidentDetail) -> str:
    done = sum(one.done_at is not None for one in detail.checklist)
    return f"{done} of {len(detail.checklist)}" if detail.checklist else ""


_RELATIONS = {
    "resembles": "resembles",
    "split_into": "split off it",
    "split_from": "it was split off",
    "merged": "merged into it",
    "recurrence": "may have come back",
}


def _print_related(detail: wire_incidents.IncidentDetail) -> None:
    if detail.related:
        section("Other incidents")
    for one in detail.related:
        what = _RELATIONS.get(one.kind, one.kind)
        said = f": {one.why}" if one.why else ""
        hang("  ", safe_line(f"{what} INC-{one.incident_id} {one.title} ({words(one.status)}){said}"))
        if one.kind == "recurrence":
            hang("    ", f"incidentctl incident resembles INC-{detail.incident.id} INC-{one.incident_id} --why ...")


def _print_violations(session: Session, i: wire.Incident) -> None:
    if i.violations:
        section("Rules broken")
    for one in i.violations:
        since = f", since {_clock(session, one.since, i)}" if one.since else ""
        hang(f"  {paint('!', 'warn')} ", safe_line(f"{one.text}{since}"), lead_width=4)


def _print_roles(session: Session, detail: wire_incidents.IncidentDetail) -> None:
    section("Roles")
    fields((words(one.role), _range(session, one, detail.incident)) for one in detail.roles)
    if not detail.roles:
        print("  nobody yet")
    if detail.communicators:
        hang("  ", safe_line(f"ask to communicate: {listed(detail.communicators)}"))
    gaps = {name: minutes for name, minutes in detail.role_gap_minutes.items() if minutes >= 0.05}
    if gaps:
        told = listed(f"{words(name)} {minutes:.1f} min" for name, minutes in gaps.items())
        hang("  ", safe_line(f"minutes without: {told}"), tone="warn")


def _range(session: Session, held: wire.RoleHolder, incident: wire.Incident) -> str:
    end = _clock(session, held.ends_at, incident) if held.ends_at else "now"
    return f"{held.person}  {_clock(session, held.starts_at, incident)} to {end}"


def _print_updates(session: Session, detail: wire_incidents.IncidentDetail) -> None:
    if detail.updates:
        section("Updates")
    for one in detail.updates:
        promise = f"next by {_clock(session, one.next_at, detail.incident)}" if one.next_at else "the last one"
        head = f"  {_clock(session, one.at, detail.incident)}  "
        hang(head, safe_line(f"{one.phase} to {one.audience} by {one.by}; {promise}"))
        hang(" " * width(head), safe_text(one.text))


def print_timeline(
    session: Session,
    incident: wire.Incident,
    entries: Sequence[wire.TimelineEntry],
    *,
    full: bool = False,
    numbers: bool = False,
) -> None:
    """Every entry with its offset from the incident's start; `full` adds the texts of messages, as they were sent."""
    print_entries(session, incident, entries, full=full, numbers=numbers, below=lambda _: None)


def print_entries(
    session: Session,
    incident: wire.Incident,
    entries: Sequence[wire.TimelineEntry],
    *,
    full: bool,
    numbers: bool,
    below: Callable[[wire.TimelineEntry], None],
) -> None:
    """The same, with what `below` prints under each."""
    _print_headline(incident)
    day = ""
    for entry in entries:
        today = session.when(entry.observed_at, "%a %d %b %Y, %Z")
        if today != day:
            print(f"\n  {paint(today, 'dim')}")
            day = today
        _print_entry(session, entry, incident.started_at, full=full)
        if numbers and entry.seq:
            hang(" " * _NUMBER_COLUMNS, f"entry {entry.seq}", tone="dim")
        below(entry)
    if not entries:
        print("\n  nothing yet")


def _print_entry(session: Session, entry: wire.TimelineEntry, started: datetime, *, full: bool) -> None:
    since = entry.observed_at - started
    offset = span(since) if since.total_seconds() < 0 else f"+{span(since)}"
    character, plain, tone = _MARKS.get(entry.kind, _OTHER)
    mark, kind = glyph(character, plain), safe_line(entry.kind)
    start = f"  {session.when(entry.observed_at, '%H:%M:%S')} {offset:>{_OFFSET_COLUMNS}}  "
    lead = f"{start}{paint(mark, tone)} {paint(f'{kind:<{_KIND_COLUMNS}}', 'dim')} "
    indent = width(start) + 2 + max(width(kind), _KIND_COLUMNS) + 1
    pinned = f"{glyph('★', '*')} " if entry.pinned else ""
    by = "" if entry.by in ("", "system") or entry.by in entry.text.split(" ") else f" ({entry.by})"
    hang(lead, f"{pinned}{entry.text}{by}", lead_width=indent, tone="bold" if entry.pinned else "")
    for text in _below(session, entry):
        hang(" " * indent, text, tone="dim")
    if full and entry.full:
        hang(f"{' ' * indent}| ", safe_text(entry.full))


def _below(session: Session, entry: wire.TimelineEntry) -> list[str]:
    late = (entry.recorded_at - entry.observed_at).total_seconds() > _LATE_SECONDS
    recorded = f"recorded {session.when(entry.recorded_at, '%H:%M:%S')}" if late else ""
    evidence = f"evidence: {entry.evidence}" if entry.evidence else ""
    return [text for text in (entry.detail, evidence, recorded) if text]
