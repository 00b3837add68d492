"""The commands of `incidentctl incident` that tell others how it stands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import click

from incidentd import wire
from incidentd.cli.incident_changes import PHASES, post, said, text_given
from incidentd.cli.parts import INCIDENT, SPAN, Word, change_options, read_options, versioned
from incidentd.cli.screen import glyph, hang, paint
from incidentd.cli.session import Session
from incidentd.domain.display import safe_line, safe_text
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import updates as wire_updates

_wording = (
    click.argument("incident_id", type=INCIDENT),
    click.argument("text"),
    click.option("--phase", type=Word(PHASES), required=True, help="How far the response is."),
    click.option("--audience", default="internal", show_default=True, help="internal, customers or a list's name."),
    click.option("--next-in", type=SPAN, help="When the next one follows, such as 15m (default: the cadence)."),
    click.option("--final", is_flag=True, help="No further update is promised; with --phase resolved."),
)


def _worded(function: Callable[..., None]) -> Callable[..., None]:
    """What `update` and `check` are given: the same words, so that the one follows the other in the shell's history."""
    for option in reversed(_wording):
        function = option(function)
    return function


def _post_update(text: str, next_in: timedelta | None, **given: Any) -> wire_incidents.PostUpdate:
    seconds = None if next_in is None else next_in.total_seconds()
    return wire_incidents.PostUpdate(text=text_given(text), next_in=seconds, **given)


@click.command()
@_worded
@change_options
@click.pass_obj
def update(session: Session, /, incident_id: int, **given: Any) -> None:
    """Post an update; TEXT "-" reads standard input."""
    body = post(session, incident_id, "updates", _post_update(**given))
    posted = session.decode(body, wire.Update)
    promise = f"the next one is due by {session.when(posted.next_at, '%H:%M:%S %Z')}" if posted.next_at else "the last"
    session.done(body, f"INC-{incident_id} update to {posted.audience}: {promise}")


@click.command()
@_worded
@read_options
@click.pass_obj
def check(session: Session, /, incident_id: int, **given: Any) -> None:
    """Show an update as it would go out, and what its readers would miss; nothing is sent."""
    body = post(session, incident_id, "updates/check", _post_update(**given))
    if found := session.read(body, wire_updates.CheckedUpdate):
        click.echo(safe_text(found.text))
        if found.readers:
            hang("  written to ", safe_line(", ".join(found.readers)))
        for one in found.warnings:
            hang(f"  {paint(glyph('!', '!'), 'warn')} ", safe_line(one), lead_width=4)


@click.command()
@click.argument("incident_id", type=INCIDENT)
@click.option("--audience", default="internal", show_default=True, help="internal, customers or a list's name.")
@click.option("--phase", type=Word(PHASES), default=None, help="Default: the one that fits the status.")
@read_options
@click.pass_obj
def draft(session: Session, incident_id: int, audience: str, phase: str | None) -> None:
    """Print a text to begin an update with: what happened since the last one."""
    body = session.get(f"/v1/incidents/{incident_id}/updates/draft", audience=audience, phase=phase or "")
    if found := session.read(body, wire_updates.UpdateDraft):
        click.echo(safe_text(found.text))


@click.command("long")
@click.argument("incident_id", type=INCIDENT)
@click.argument("state", type=Word(("on", "off")), metavar="on|off")
@click.option("--reason", default="", help="Why.")
@versioned
@change_options
@click.pass_obj
def run_long(session: Session, incident_id: int, state: str, reason: str, version: int | None) -> None:
    """Run it as a long incident: updates are owed less often, leads are told to hand over."""
    wanted = wire_updates.RunLong(on=state == "on", reason=reason)
    body = post(session, incident_id, "long", wanted, version)
    said(session, body, "is run as a long incident" if wanted.on else "is a usual incident again")


UPDATES: tuple[click.Command, ...] = (update, check, draft, run_long)
