"""The triage card, and what is alike, as a person reads them."""

from __future__ import annotations

from incidentd.cli.screen import Painted, fields, hang, listed, paint, section, table, words
from incidentd.cli.session import Session
from incidentd.domain.display import safe_line, safe_text
from incidentd.wire import triage as wire_triage

_TONES = {"answered": "good", "unknown": "warn", "missing": "bad"}


def print_card(session: Session, found: wire_triage.Triage) -> None:
    """The whole of it: what is known, what to ask, where it goes."""
    one = found.report
    hang(f"{safe_line(one.reference)} {paint(safe_line(words(one.state)), 'bold')}  ", safe_line(one.subject))
    fields([
        ("from", f"{one.customer} ({words(one.kind)})"), ("service", one.service or _maybe(found)),
        ("priority", f"{one.priority} (impact {one.impact}, urgency {one.urgency})" if one.priority else "not set"),
        ("complete", f"{found.completeness} %"), ("waiting for", listed(found.waiting_for)),
        ("pages", listed(_page(page) for page in found.pages)), ("version", found.version),
    ])  # fmt: skip
    section("What is known")
    rows = [(row.question, Painted(row.state, _TONES.get(row.state, "")), _answer(session, row)) for row in found.rows]
    table(("QUESTION", "STATE", "ANSWER"), rows)
    if found.next is not None:
        section(f"Next question: {found.next.name} (incidentctl report ask {one.reference})")
        hang("  ", safe_text(found.next.text) or f"needs {listed(found.next.missing)}")
    section("Where it goes")
    print_whither(found.whither)
    print_nudge(found.nudge)


def _maybe(found: wire_triage.Triage) -> str:
    named = listed(found.may_be_about)
    return f"not known, its words name {named} (report edit {found.report.reference} --service ...)" if named else ""


def _page(page: wire_triage.PropagatedPage) -> str:
    by = f" by {page.acknowledged_by}" if page.acknowledged_by else ""
    return f"P-{page.id} {words(page.state)}{by}"


def _answer(session: Session, row: wire_triage.CardRow) -> str:
    said = [row.answer] if row.answer else []
    said += ["(the report says it)"] if row.implied else []
    said += [] if row.required else ["(counts nothing)"]
    said += [f"(asked {session.when(row.asked_at)})"] if row.asked_at and not row.answer else []
    return " ".join(said) or "-"


def print_whither(found: wire_triage.Whither) -> None:
    """The rule that counts, and whom it reaches now."""
    fields([
        ("to", found.target), ("reaches now", listed(found.people) or "nobody"), ("urgency", found.urgency),
        ("because", found.why), ("passed over", listed(found.passed)), ("kept informed", _informed(found)),
        ("wants a reason", f"{listed(found.on_project_work)}: on project work" if found.on_project_work else ""),
    ])  # fmt: skip


def _informed(found: wire_triage.Whither) -> str:
    who = listed(found.informed) or "nobody who does not know"
    return f"{listed(found.audiences)}: {who}" if found.audiences else ""


def print_nudge(found: wire_triage.Nudge | None) -> None:
    """The question whether to declare an incident."""
    if found is not None:
        section("Declare an incident?")
        hang("  ", safe_line(f"{found.why}: {listed(found.report_ids, 'R-')}"))
        names = " ".join(f"R-{one}" for one in found.report_ids)
        hang("  ", f"incidentctl report declare {names} --severity ...", tone="dim")


def print_similar(found: wire_triage.Similar) -> None:
    """One line for each report that is alike, with what they share."""
    rows = [
        (one.report.reference, one.relation, f"{one.score} %", words(one.report.state), one.report.customer,
         one.report.subject, "; ".join(one.reasons))
        for one in found.similar
    ]  # fmt: skip
    head = ("REPORT", "RELATION", "ALIKE", "STATE", "FROM", "SUBJECT", "BECAUSE")
    table(head, rows, empty="No report is like it.", spare=("FROM", "STATE"))
    print_nudge(found.nudge)
