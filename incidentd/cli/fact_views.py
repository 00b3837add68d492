"""What is known of an incident, as a person reads it."""

from __future__ import annotations

from collections.abc import Iterable

from incidentd.cli.screen import hang, section, words
from incidentd.cli.session import Session
from incidentd.domain.attempts import attempt_text
from incidentd.domain.display import safe_line
from incidentd.domain.impact import figure_text
from incidentd.wire import facts as wire_facts
from incidentd.wire import incidents as wire_incidents

_STATES = {"disputed": "warn", "withdrawn": "dim", "replaced": "dim", "ruled_out": "dim", "supported": "bold"}
_OUTCOMES = {"worked": "good", "made_worse": "bad", "undone": "dim", "no_effect": "dim", "partly": "warn", "": "warn"}


def print_known(session: Session, detail: wire_incidents.IncidentDetail) -> None:
    """Claims, theories and attempts; nothing where there are none."""
    if detail.claims:
        section("Impact")
    for claim in detail.claims:
        _print_claim(session, claim)
    if detail.theories:
        section("Theories")
    for theory in detail.theories:
        _item(theory.id, theory.state, theory.text, _STATES.get(theory.state, ""))
        _below(_said(theory.verdicts))
    if detail.attempts:
        section("Tried")
    for tried in detail.attempts:
        by = f"by {tried.person} at {session.when(tried.started_at, '%H:%M:%S')}"
        _item(tried.id, "", f"{attempt_text(tried)} ({by})", _OUTCOMES.get(tried.outcome, ""))
        _below(_said(tried.verdicts))
    if detail.attachments:
        section("Attached")
    for file in detail.attachments:
        _item(file.id, "", f"{file.name}, {file.size:,} bytes ({file.by})", "")
        _below([file.note])


def _print_claim(session: Session, claim: wire_facts.ImpactClaim) -> None:
    until = f"to {session.brief(claim.ends_at)}" if claim.ends_at else "ongoing"
    state = claim.state if claim.replaced_by is None else f"replaced by {claim.replaced_by}"
    guess = "suspected: " if claim.suspected else ""
    text = f"{guess}{claim.affected}, {figure_text(claim.figure)}, from {session.brief(claim.starts_at)}, {until}"
    _item(claim.id, "" if state == "stands" else state, text, _STATES.get(claim.state, ""))
    _below([f"source: {claim.source}", claim.evidence, *_said(claim.verdicts)])


def _item(number: int, state: str, text: str, tone: str) -> None:
    head = f"  {number}  "
    said = f"{words(state)}: {text}" if state else text
    hang(head, safe_line(said), tone=tone)


def _said(verdicts: Iterable[wire_facts.Verdict]) -> list[str]:
    return [
        " ".join(
            part for part in (f"{words(one.word)}: {one.why} ({one.by})".replace(":  (", " ("), one.evidence) if part
        )
        for one in verdicts
    ]


def _below(lines: Iterable[str]) -> None:
    for text in lines:
        if text:
            hang("     ", safe_line(text), tone="dim")


def print_resembling(session: Session, found: wire_facts.ResemblingIncidents) -> None:
    """Each with what is alike, and what was tried in it."""
    if not found.incidents:
        print("Nothing was tried in an earlier incident that resembles it.")
    for one in found.incidents:
        hang(f"INC-{one.id}  ", safe_line(f"{one.title} ({session.brief(one.started_at)})"), tone="bold")
        hang("  ", safe_line("; ".join(one.reasons)), tone="dim")
        for past in one.attempts:
            hang("  ", safe_line(past.said), tone=_OUTCOMES.get(past.outcome, ""))
            _below([past.evidence])
