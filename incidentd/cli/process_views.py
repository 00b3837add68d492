"""Versions of the process and what an edit would have changed, as a person reads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from incidentd.cli.screen import Painted, fields, glyph, hang, listed, paint, section, table
from incidentd.cli.session import Session
from incidentd.cli.severity_views import print_replay
from incidentd.domain.columns import width
from incidentd.domain.display import safe_line
from incidentd.wire import process_comparison as wire_comparison
from incidentd.wire import process_versions as wire_process

_TONES = {"added": "good", "removed": "bad", "changed": "warn", "order": "bold"}
_STATES = {"adopted": "in force", "superseded": "was in force"}
_MOST_LISTED = 20


def state_of(version: wire_process.ProcessVersion) -> str:
    """In words; a version of the file that rules says so."""
    said = _STATES.get(version.state, version.state)
    return f"{said} (process.toml)" if version.state == "adopted" and version.how == "file" else said


def print_now(session: Session, now: wire_process.ProcessNow) -> None:
    """What is in force, and what waits for a decision."""
    if now.current is None:
        print("Nothing is recorded yet.")
    else:
        print_version(session, now.current)
    file = now.file
    if now.follows_file:
        hang("", "process.toml rules: a changed one is in force from the next reload on.")
    elif file.exists:
        same = "says the same" if file.same else f"says something else{f': {file.name}' if file.name else ''}"
        hang("", f"process.toml {same}, and is a proposal only.")
    if now.needs_second_person:
        hang("", "Adopting needs a second person.")
    if now.needs_role != "responder":
        hang("", f"Adopting needs the role {now.needs_role}.")
    for text in now.problems:
        hang(f"  {paint('!', 'warn')} ", safe_line(text), lead_width=4)
    if now.proposed:
        section("Proposed")
        print_versions(session, now.proposed)


def print_version(session: Session, one: wire_process.ProcessVersion) -> None:
    """One version with its reasons."""
    print(safe_line(f"{one.name}  {one.process_version}  {state_of(one)}"))
    decided = f"{one.decided_by}, {session.when(one.decided_at)}" if one.decided_at else ""
    fields([
        ("proposed", f"{one.proposed_by}, {session.when(one.proposed_at)}"),
        ("reason", one.reason), ("decided", decided), ("because", one.note if one.note != one.reason else ""),
        ("in force", listed(_span(session, span) for span in one.in_force)),
        ("incidents", one.incidents),
    ])  # fmt: skip
    print_explanations(one.explanations)


def print_explanations(explanations: Mapping[str, str]) -> None:
    """Why, by key."""
    if explanations:
        section("Why")
        fields(explanations.items())


def _span(session: Session, span: wire_process.InForceSpan) -> str:
    return f"since {session.brief(span.since)}" if span.until is None else (
        f"{session.brief(span.since)} to {session.brief(span.until)}"
    )  # fmt: skip


def print_versions(session: Session, versions: Sequence[wire_process.ProcessVersion]) -> None:
    """One line a version."""
    rows = [
        (
            one.name,
            one.process_version,
            state_of(one),
            session.brief(one.in_force[-1].since if one.in_force else one.proposed_at),
            one.decided_by or one.proposed_by,
            one.incidents,
            one.reason or one.note or "-",
        )
        for one in versions
    ]
    head = ("VERSION", "HASH", "STATE", f"SINCE ({session.zone})", "BY", "INCIDENTS", "WHY")
    table(head, rows, empty="There is no version of the process yet.", spare=("HASH", "INCIDENTS"))


# ------------------------------------------------------------------ a comparison
def print_comparison(session: Session, found: wire_comparison.ProcessComparison) -> None:
    """What differs, then what it would have changed, each part with how many it is of and how far it goes."""
    arrow = glyph("→", "->")
    print(safe_line(f"{found.before} {arrow} {found.after}"))
    if not found.differences:
        print("They mean the same." if found.same else "No key differs; what they come to does.")
    for one in found.differences:
        _print_difference(found, one, arrow)
    if found.severities is not None:
        print_replay(found.severities)
    if found.updates is not None:
        _print_promises(session, found.updates)
    if found.reviews is not None:
        _print_windows(found.reviews)


def _print_difference(found: wire_comparison.ProcessComparison, one: wire_comparison.KeyDifference, arrow: str) -> None:
    place = next(
        (f"{name}:{line}  " for name, line in ((found.after, one.line_after), (found.before, one.line_before)) if line),
        "",
    )
    said = {
        "added": f"{one.label}: {one.after}",
        "removed": f"{one.label}: {one.before}",
        "order": f"{one.label}: {one.before} {arrow} {one.after}",
    }.get(one.kind, f"{one.label}: {one.before} {arrow} {one.after}")
    lead = f"  {paint(f'{one.kind:8}', _TONES.get(one.kind, ''))}"
    hang(lead, safe_line(f"{place}{said}"), lead_width=width(f"  {one.kind:8}"))


def _print_promises(session: Session, found: wire_comparison.ReplayedPromises) -> None:
    section("Promised updates")
    if not found.n:
        hang("", f"No promise of {found.incidents} incidents had the cadence that changes.")
        return
    missed = found.n - found.kept_before, found.n - found.kept_after
    hang("", f"{found.n} promises of {found.incidents} incidents had the cadence that changes: {found.kept_before}"
         f" kept and {missed[0]} missed as it was, {found.kept_after} and {missed[1]} as it would be.")  # fmt: skip
    rows = [
        (
            f"INC-{one.incident_id}",
            Painted("missed", "bad") if one.missed else Painted("kept", "good"),
            session.brief(one.made_at),
            session.brief(one.promised_before),
            session.brief(one.promised_after),
            session.brief(one.told_at),
        )
        for one in found.moved[:_MOST_LISTED]
    ]
    if rows:
        table(("INCIDENT", "WOULD BE", f"PROMISED AT ({session.zone})", "FOR", "INSTEAD FOR", "TOLD"), rows)
    if len(found.moved) > len(rows):
        print(f"{len(rows)} shown of {len(found.moved)}")
    by_hand = f" {found.by_hand} had a time set by hand." if found.by_hand else ""
    hang("", f"Limit: {found.limit}.{by_hand}", tone="dim")


def _print_windows(found: wire_comparison.ReplayedWindows) -> None:
    section("Review windows")
    needed = f"; {found.needed_before} needed a review, {found.needed_after} would" * (
        found.needed_before != found.needed_after
    )
    hang("", f"Of {found.n} resolved incidents {found.closes_earlier} would close earlier, {found.closes_later} later"
         f"{needed}. Late: {found.late_before} as it was, {found.late_after} as it would be.")  # fmt: skip
    if found.turned:
        hang("  ", safe_line(listed(found.turned[:_MOST_LISTED], "INC-")))
    hang("", f"Limit: {found.limit}.", tone="dim")
