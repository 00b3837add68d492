"""The commands of `incidentctl incident` about its room: who is in it, which moments count, and its room in a chat."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from incidentd import wire
from incidentd.cli.parts import INCIDENT, change_options, read_options
from incidentd.cli.screen import span, table
from incidentd.cli.session import Session
from incidentd.domain.display import safe_line
from incidentd.wire import chat as wire_chat
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import pins as wire_pins
from incidentd.wire import presence as wire_presence


@click.command()
@click.argument("incident_id", type=INCIDENT)
@read_options
@click.pass_obj
def who(session: Session, incident_id: int) -> None:
    """Show who has the room of an incident open, and what they do there."""
    found = session.read(session.get(f"/v1/incidents/{incident_id}/presence"), wire_presence.Presence)
    if found is None:
        return
    now = datetime.now(UTC)
    rows = [(one.person, one.state, one.what or "-", span(max(now - one.since, now - now))) for one in found.here]
    table(("PERSON", "IS", "WHAT", "FOR"), rows, empty="Nobody has the room open.")


@click.command()
@click.argument("incident_id", type=INCIDENT)
@click.argument("entry", type=click.IntRange(min=1))
@click.option("--off", is_flag=True, help="Take the pin off.")
@change_options
@click.pass_obj
def pin(session: Session, incident_id: int, entry: int, off: bool) -> None:
    """Pin an entry of the timeline; `incident timeline --numbers` says its number."""
    wanted = wire_pins.Pin(seq=entry, pinned=not off)
    body = session.change("POST", f"/v1/incidents/{incident_id}/pins", wanted)
    text = safe_line(session.decode(body, wire.TimelineEntry).text)
    session.done(body, f"INC-{incident_id} {'no longer pinned' if off else 'pinned'}: {text}")


@click.group()
def chat() -> None:
    """The room of an incident in the chat of responders."""


@chat.command("open")
@click.argument("incident_id", type=INCIDENT)
@change_options
@click.pass_obj
def open_chat(session: Session, incident_id: int) -> None:
    """Open a room for an incident, and invite everybody who has a part in it."""
    _say(session, session.change("POST", f"/v1/incidents/{incident_id}/chat", None), "is being opened")


@chat.command("archive")
@click.argument("incident_id", type=INCIDENT)
@change_options
@click.pass_obj
def archive_chat(session: Session, incident_id: int) -> None:
    """Archive the room of an incident."""
    _say(session, session.change("POST", f"/v1/incidents/{incident_id}/chat/archive", None), "is being archived")


@chat.command("show")
@click.argument("incident_id", type=INCIDENT)
@read_options
@click.pass_obj
def show_chat(session: Session, incident_id: int) -> None:
    """Show the room of an incident, and what failed last in it."""
    found = session.read(session.get(f"/v1/incidents/{incident_id}"), wire_incidents.IncidentDetail)
    if found is None:
        return
    if found.chat is None:
        click.echo(f"INC-{incident_id} has no room in a chat.")
        return
    room = found.chat
    click.echo(f"{safe_line(room.name)} ({safe_line(room.channel)}): {room.state} {safe_line(room.url)}".rstrip())
    if room.error:
        click.echo(f"  {safe_line(room.error)}")


def _say(session: Session, body: bytes, what: str) -> None:
    room = session.decode(body, wire_chat.ChatRoom)
    session.done(body, f"The room {safe_line(room.name)} of INC-{room.incident_id} {what} ({safe_line(room.channel)})")


ROOM: tuple[click.Command, ...] = (who, pin, chat)
