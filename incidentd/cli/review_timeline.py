"""`incidentctl review timeline` and `review entry`: what happened, and what people add to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import click

from incidentd.cli.incident_views import print_entries
from incidentd.cli.parts import INCIDENT, INSTANT, change_options, read_options
from incidentd.cli.screen import hang, listed, section
from incidentd.cli.session import Session
from incidentd.domain.display import safe_line, safe_text
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import review_timeline as wire_timeline

_NOTE_COLUMNS = 32
_SAID = (("cues", "saw"), ("goals", "wanted"), ("options", "could have"))


@click.command()
@click.argument("incident_id", type=INCIDENT)
@click.option("--numbers", is_flag=True, help="Show the number of each entry, which `review entry` takes.")
@click.option("--full", is_flag=True, help="Show the texts of messages, too.")
@read_options
@click.pass_obj
def timeline(session: Session, incident_id: int, numbers: bool, full: bool) -> None:
    """Tell what happened, as far as the review has walked it: with notes, decision points, sources and doubts."""
    found = session.read(session.get(f"/v1/incidents/{incident_id}/review/timeline"), wire_timeline.Walk)
    if found is None:
        return
    detail = session.decode(session.get(f"/v1/incidents/{incident_id}"), wire_incidents.IncidentDetail)
    notes = {id(one.entry): one for one in found.moments}

    def below(entry: Any) -> None:
        _print_added(notes[id(entry)])

    entries = [one.entry for one in found.moments]
    print_entries(session, detail.incident, entries, full=full, numbers=numbers, below=below)
    if found.ahead:
        hang("  ", f"\n{found.ahead} more, hidden until the walk comes to them", tone="dim")
    if found.doubts:
        section("doubts")
    for doubt in found.doubts:
        entries_of = f" (entry {listed(doubt.seqs)})" if doubt.seqs and numbers else ""
        hang("  ", safe_line(f"{doubt.kind}: {doubt.text}{entries_of}"))


def _print_added(moment: wire_timeline.Moment) -> None:
    lead = " " * _NOTE_COLUMNS
    if moment.group:
        hang(lead, safe_line(f"in the group {moment.group}"), tone="dim")
    for note in moment.notes:
        if moment.entry.seq:
            hang(lead, safe_text(f"{note.kind} {note.id} by {note.by}: {note.text or note.evidence}"), tone="dim")
        else:
            hang(lead, f"{note.kind} {note.id}", tone="dim")
        for name, words in _SAID:
            if text := getattr(note, name):
                hang(f"{lead}  {words}: ", safe_text(text), tone="dim")


@click.group()
def entry() -> None:
    """Add to the timeline of a review: notes, decision points and sources, also from before the incident."""


def _placed(command: Callable[..., None]) -> Callable[..., None]:
    """Options that say what an addition is about."""
    for option in (
        click.option("--group", default="", help="Put it into a group of this name."),
        click.option("--evidence", default="", help="What shows it: an address, a file, a dashboard."),
        click.option("--at", type=INSTANT, help="When it happened: an entry of its own, also before the incident."),
        click.option("--entry", "seq", type=click.IntRange(min=1), help="An entry of the timeline that it is about."),
        click.argument("incident_id", type=INCIDENT),
    ):
        command = option(command)
    return command


def _add(session: Session, incident_id: int, kind: wire_timeline.EntryKind, values: dict[str, Any]) -> None:
    wanted = wire_timeline.WriteEntry(kind=kind, **values)
    body = session.change("POST", f"/v1/incidents/{incident_id}/review/entries", wanted)
    made = session.decode(body, wire_timeline.CuratedEntry)
    session.done(body, f"{made.kind} {made.id} added to the timeline of INC-{incident_id}")


@entry.command()
@_placed
@click.argument("text")
@change_options
@click.pass_obj
def note(session: Session, /, incident_id: int, **values: Any) -> None:
    """Write what happened, or what is to be known of an entry."""
    _add(session, incident_id, "note", values)


@entry.command()
@_placed
@click.argument("text", default="")
@click.option("--saw", "cues", default="", help="What people saw then: the cues.")
@click.option("--wanted", "goals", default="", help="What they wanted then: the goals.")
@click.option("--could", "options", default="", help="What they could have done then, as they saw it.")
@change_options
@click.pass_obj
def decision(session: Session, /, incident_id: int, **values: Any) -> None:
    """Mark a decision point: what people saw, wanted and could have done then."""
    _add(session, incident_id, "decision", values)


@entry.command()
@_placed
@click.argument("text", default="")
@change_options
@click.pass_obj
def cite(session: Session, /, incident_id: int, **values: Any) -> None:
    """Cite a source with --evidence: a commit, a graph, a message elsewhere."""
    _add(session, incident_id, "source", values)


@entry.command()
@click.argument("incident_id", type=INCIDENT)
@click.argument("number", type=click.IntRange(min=1))
@click.option("--text", help="Another text.")
@click.option("--evidence", help="Other evidence.")
@click.option("--saw", "cues", help="What people saw then.")
@click.option("--wanted", "goals", help="What they wanted then.")
@click.option("--could", "options", help="What they could have done then.")
@click.option("--group", help='Another group; "" for none.')
@click.option("--at", type=INSTANT, help="Another time, of an entry of its own.")
@change_options
@click.pass_obj
def edit(session: Session, /, incident_id: int, number: int, at: datetime | None, **values: str | None) -> None:
    """Say otherwise what was added; what is left out stays."""
    wanted = wire_timeline.EditEntry(at=at, **values)
    body = session.change("PATCH", f"/v1/incidents/{incident_id}/review/entries/{number}", wanted)
    made = session.decode(body, wire_timeline.CuratedEntry)
    session.done(body, f"{made.kind} {made.id} of INC-{incident_id} says now: {safe_line(made.text or made.evidence)}")


@entry.command()
@click.argument("incident_id", type=INCIDENT)
@click.argument("number", type=click.IntRange(min=1))
@change_options
@click.pass_obj
def withdraw(session: Session, incident_id: int, number: int) -> None:
    """Take back what was added."""
    body = session.change("DELETE", f"/v1/incidents/{incident_id}/review/entries/{number}")
    made = session.decode(body, wire_timeline.CuratedEntry)
    session.done(body, f"{made.kind} {made.id} taken back from the timeline of INC-{incident_id}")


@entry.command()
@click.argument("incident_id", type=INCIDENT)
@click.argument("name")
@click.argument("seqs", type=click.IntRange(min=1), nargs=-1, required=True, metavar="ENTRY...")
@change_options
@click.pass_obj
def group(session: Session, incident_id: int, name: str, seqs: tuple[int, ...]) -> None:
    """Put entries of the timeline under one name; "" takes them out of theirs."""
    wanted = wire_timeline.GroupEntries(seqs=seqs, group=name)
    body = session.change("POST", f"/v1/incidents/{incident_id}/review/groups", wanted)
    session.decode(body, wire_timeline.Walk)
    where = f"are in the group {safe_line(name)}" if name.strip() else "are in no group"
    session.done(body, f"entries {listed(seqs)} {where}")


TIMELINE_COMMANDS: tuple[click.Command, ...] = (timeline, entry)
