"""Reports and conversations as a person reads them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from incidentd.cli.screen import Painted, fields, hang, listed, paint, section, span, table, words
from incidentd.cli.session import Session
from incidentd.domain.display import safe_line, safe_text
from incidentd.wire import reports as wire_reports

_TONES = {"new": "bad", "acknowledged": "warn", "triaging": "warn", "followed_up": "good", "closed": "dim"}
_MARKS = {"in": "<", "out": ">", "note": "#"}


def list_reports(session: Session, found: wire_reports.ReportPage) -> None:
    """One line each; what is late says so, and `*` that those alike ask for an incident."""
    head = ("REPORT", "STATE", "PRIORITY", "KIND", f"CAME ({session.zone})", "DUE", "OWNER", "FROM", "SUBJECT")
    rows = [
        (f"{one.reference}{'*' if one.nudged else ''}", Painted(words(one.state), _TONES.get(one.state, "")),
         one.priority or "-", words(one.kind), session.brief(one.created_at), _due(one), one.owner or "-",
         one.customer, one.subject)
        for one in found.reports
    ]  # fmt: skip
    table(head, rows, empty="No report matches.", spare=("KIND", "CAME", "OWNER"))
    nudged = [one.reference for one in found.reports if one.nudged]
    if nudged:
        hang("* ", f"may be one incident with others: incidentctl report triage {nudged[0]}", tone="warn")


def _due(one: wire_reports.Report) -> Painted:
    """What is owed next, and how long there is."""
    at = one.next_due if one.first_responded_at else one.first_response_due
    if at is None or one.closed_at:
        return Painted("-", "")
    left = at - datetime.now(UTC)
    return Painted(f"in {span(left)}", "") if left > timedelta(0) else Painted(f"late {span(-left)}", "bad")


def print_report(session: Session, found: wire_reports.ReportDetail, *, history: bool) -> None:
    """The whole of it."""
    one = found.report
    lead = f"{safe_line(one.reference)} {paint(words(safe_line(one.state)), _TONES.get(one.state, ''))}  "
    hang(lead, safe_line(one.subject), lead_width=len(f"{one.reference} {one.state}  "), tone="bold")
    fields([
        ("from", f"{one.customer} ({words(one.kind)})"), ("by", f"{one.channel} ({one.recipient})"),
        ("private", "must not be answered in public" if one.private else ""), ("service", one.service),
        ("tags", listed(f"{name}={value}" for name, value in one.tags.items())), ("priority", _priority(one)),
        ("owner", one.owner), ("incident", f"INC-{one.incident_id}" if one.incident_id else ""),
        ("alert", f"A-{one.alert_id}" if one.alert_id else ""),
        ("duplicate of", f"R-{one.duplicate_of}" if one.duplicate_of else ""), ("ticket", one.ticket),
        ("duplicates", listed(found.duplicates, "R-")), ("came", session.when(one.created_at)),
        ("first response", _first_response(session, one)), ("next word", session.when(one.next_due)),
        ("followed up", session.when(one.followed_up_at)), ("closed", session.when(one.closed_at)),
        ("overdue", "a word is owed" if one.late else ""), ("may become", listed(map(words, one.allowed))),
        ("version", one.version),
    ])  # fmt: skip
    if one.answers:
        section("What triage knows")
        fields((words(name), "asked, unknown" if text is None else text) for name, text in one.answers.items())
    section("Conversation")
    for message in found.messages:
        _print_message(session, message)
    if history:
        section("History")
        for step in found.history:
            hang(f"  {session.brief(step.at)}  ", safe_line(f"{step.text} ({step.by})"))


def _priority(one: wire_reports.Report) -> str:
    why = listed(f"{name} {value}" for name, value in (("impact", one.impact), ("urgency", one.urgency)) if value)
    return f"{one.priority} ({why})" if why else one.priority


def _first_response(session: Session, one: wire_reports.Report) -> str:
    if one.first_responded_at is not None:
        return f"after {span(one.first_responded_at - one.created_at)}"
    return f"due {session.when(one.first_response_due)}" if one.first_response_due else ""


def _print_message(session: Session, one: wire_reports.ReportMessage) -> None:
    who = one.author if one.direction != "in" else one.sender_name or one.sender
    said = [words(one.kind)] if one.direction == "out" and one.kind != "reply" else []
    said += ["for us only"] if one.direction == "note" else []
    said += ["written by a machine"] if one.automatic else []
    said += ["sender not proved"] if one.direction == "in" and not one.verified else []
    said += [words(one.delivery)] if one.delivery else []
    said += [one.error] if one.error else []
    mark, head = _MARKS.get(one.direction, "?"), f"{who or 'incidentd'}, {session.when(one.at)}"
    hang(f"  {mark} ", safe_line(f"{head}{f' ({listed(said)})' if said else ''}"), tone="dim")
    hang("    ", safe_text(one.text))
    for file in one.attachments:
        hang("    ", safe_line(f"[attachment {file.id}: {file.name}, {file.media_type}, {file.size} bytes]"))
