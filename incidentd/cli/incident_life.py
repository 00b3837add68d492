"""The commands of `incidentctl incident` about its times, what is measured, and what is taken elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import click

from incidentd.cli.incident_changes import said
from incidentd.cli.jsontext import document, indented
from incidentd.cli.parts import (
    ALERT,
    INCIDENT,
    INSTANT,
    OUTPUT,
    REPORT,
    Word,
    change_options,
    read_options,
    versioned,
    write,
)
from incidentd.cli.refusal import garbled
from incidentd.cli.screen import fields, hang, listed, section, span, words
from incidentd.cli.session import Session
from incidentd.domain.display import safe_line, safe_text
from incidentd.domain.severity import Severity
from incidentd.wire import life as wire_life
from incidentd.wire.export import IncidentExport
from incidentd.wire.measures import EpisodeMeasures, Measures, UpdatePromise

_FORMATS = ("json", "markdown", "ics")
_TIMES = ("started", "detected", "mitigated", "resolved", "entry")


@click.command()
@click.argument("incident_id", type=INCIDENT)
@click.argument("what", type=Word(_TIMES), metavar="WHAT")
@click.option("--to", "at", type=INSTANT, required=True, help="The right time: 14:05, -10m or an RFC 3339 time.")
@click.option("--why", required=True, help="What shows it.")
@click.option("--entry", type=click.IntRange(1), help="With entry: its number, see `timeline --numbers`.")
@click.option("--episode", type=click.IntRange(1), help="Of which episode (default: the present one).")
@versioned
@change_options
@click.pass_obj
def correct(
    session: Session, incident_id: int, what: str, at: datetime, why: str, entry: int | None, episode: int | None,
    version: int | None,
) -> None:  # fmt: skip
    """Correct a time by appending: what was said first stays, with who corrected it and why.

    WHAT is started, detected, mitigated, resolved, or entry for when an entry of the timeline was observed.
    """
    if (what == "entry") != (entry is not None):
        raise click.UsageError("entry and --entry go together")
    name = "observed_at" if what == "entry" else f"{what}_at"
    body = {"what": name, "at": at, "why": why, "seq": entry, "episode": episode}
    answer = session.change("POST", f"/v1/incidents/{incident_id}/corrections", body, version)
    said(session, answer, f"{what} {entry or ''} corrected".replace("  ", " "))


@click.command()
@click.argument("incident_id", type=INCIDENT)
@click.option("--as-of", type=INSTANT, help="What was known then (default: now).")
@read_options
@click.pass_obj
def measures(session: Session, incident_id: int, as_of: datetime | None) -> None:
    """What is measured: detection to resolve, promises kept, gaps in roles, and what contradicts what."""
    at = None if as_of is None else as_of.isoformat()
    found = session.read(session.get(f"/v1/incidents/{incident_id}/measures", as_of=at), Measures)
    if found is not None:
        _print(session, found)


def _print(session: Session, found: Measures) -> None:
    for one in found.episodes:
        section(f"Episode {one.number}")
        fields(_episode(session, one))
    section("Response")
    gaps = ((words(name), minutes) for name, minutes in found.role_gap_minutes.items() if minutes >= 0.05)
    fields([
        ("noticed first", f"{found.noticed_first} ({found.noticed_by})" if found.noticed_first else "-"),
        ("updates", f"promises kept {found.promises_kept}, missed {found.promises_missed}"),
        ("minutes without", listed(f"{name} {minutes:.1f}" for name, minutes in gaps)),
        ("severity", _severity(found)), ("corrections", found.corrections or ""),
    ])  # fmt: skip
    for promise in found.promises:
        if promise.outcome == "missed":
            hang("  ! ", safe_line(_missed(session, promise)), tone="warn")
    if found.contradictions:
        section("Contradictions")
    for each in found.contradictions:
        hang("  ! ", safe_line(f"episode {each.episode}: {each.text}"), tone="warn")


def _episode(session: Session, one: EpisodeMeasures) -> Iterator[tuple[str, object]]:
    yield "started", session.when(one.started_at)
    if one.detected_at:
        by = "as somebody said" if one.detected_by == "said" else f"by {one.detected_by}"
        yield "detected", f"{_lasted(one.to_detect)} {by}"
    if one.acknowledged_at:
        yield "acknowledged", f"{_lasted(one.to_acknowledge)} more by {one.acknowledged_by}"
    if one.mitigated_at:
        yield "mitigated", f"{_lasted(one.to_mitigate)} from the start"
    if one.resolved_at:
        yield "resolved", f"{_lasted(one.to_resolve)} from the start"


def _lasted(seconds: float | None) -> str:
    return "contradicted" if seconds is None else f"after {span(timedelta(seconds=seconds))}"


def _severity(found: Measures) -> str:
    revisions = [f"{one.before.value} to {one.after.value}" for one in found.severity_revisions]
    worst = f"{found.worst_severity.value} at worst" if found.worst_severity else ""
    return listed([worst, *revisions] if worst else revisions)


def _missed(session: Session, promise: UpdatePromise) -> str:
    whom = f"to {promise.audience} " if promise.audience else ""
    late = "" if promise.late is None else f", {span(timedelta(seconds=promise.late))} late"
    return f"the update {whom}promised for {session.when(promise.promised_at, '%H:%M:%S')} was missed{late}"


@click.command()
@click.argument("incident_id", type=INCIDENT)
@click.option(
    "--format", "form", type=click.Choice(_FORMATS), default="json", show_default=True, help="ics is iCalendar."
)
@OUTPUT
@read_options
@click.pass_obj
def export(session: Session, incident_id: int, form: str, output: str) -> None:
    """Write everything about an incident: for programs (json), for people (markdown), for a calendar (ics)."""
    form = "json" if session.as_json else form
    body = session.get(f"/v1/incidents/{incident_id}/export", format=form)
    if form == "json":
        session.decode(body, IncidentExport)
    write(output, indented(document(body)) + "\n" if form == "json" else _inert(body))
    if output != "-":
        print(safe_line(f"INC-{incident_id} written to {output}"))


def _inert(body: bytes) -> str:
    """The document with the ends of its lines, which iCalendar wants as CR LF, and nothing else that acts."""
    try:
        return "\r\n".join(safe_text(line) for line in body.decode().split("\r\n"))
    except UnicodeDecodeError as error:
        raise garbled(str(error)) from None


@click.command()
@click.argument("incident_id", type=INCIDENT)
@click.argument("title")
@click.option("--alert", "alerts", type=ALERT, multiple=True, help="An alert that goes along; repeat it for more.")
@click.option("--report", "reports", type=REPORT, multiple=True, help="A report that goes along; repeat it for more.")
@click.option(
    "--entry", "entries", type=click.IntRange(1), multiple=True, help="An entry to copy, see `timeline --numbers`."
)
@click.option("--severity", type=Word(level.value for level in Severity), help="Of the new one (default: the same).")
@click.option("--reason", default="", help="Why it is another incident.")
@change_options
@click.pass_obj
def split(
    session: Session, incident_id: int, title: str, alerts: tuple[int, ...], reports: tuple[int, ...],
    entries: tuple[int, ...], severity: str | None, reason: str,
) -> None:  # fmt: skip
    """Make a part of an incident a new one, TITLE. Merging the new one back undoes it."""
    wanted = wire_life.SplitIncident(
        title=title, alert_ids=alerts, report_ids=reports, entries=entries, reason=reason,
        severity=Severity(severity) if severity else None,
    )  # fmt: skip
    said(session, session.change("POST", f"/v1/incidents/{incident_id}/split", wanted), f"split off INC-{incident_id}")


@click.command()
@click.argument("incident_id", type=INCIDENT)
@click.argument("other", type=INCIDENT)
@click.option("--why", default="", help="What is alike: what is seen, never a cause.")
@click.option("--end", is_flag=True, help="Take it back.")
@change_options
@click.pass_obj
def resembles(session: Session, incident_id: int, other: int, why: str, end: bool) -> None:
    """Say that two incidents look alike; each shows the other."""
    if bool(why) == end:
        raise click.UsageError("say --why, or give --end")
    path = f"/v1/incidents/{incident_id}/resembles"
    if end:
        said(session, session.change("DELETE", f"{path}/{other}"), f"is no longer said to resemble INC-{other}")
        return
    wanted = wire_life.Resembles(incident_id=other, why=why)
    said(session, session.change("POST", path, wanted), f"resembles INC-{other}")


LIFE: tuple[click.Command, ...] = (correct, measures, export, split, resembles)
