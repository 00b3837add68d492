"""The commands of `incidentctl incident` about who does what."""

from __future__ import annotations

from datetime import datetime
from typing import get_args

import click

from incidentd import wire
from incidentd.cli.checklists import CHECKLIST_COMMANDS
from incidentd.cli.incident_changes import post, said
from incidentd.cli.parts import INCIDENT, INSTANT, Word, change_options, versioned
from incidentd.cli.screen import hang, words
from incidentd.cli.session import Session
from incidentd.domain.display import safe_line, safe_text
from incidentd.domain.roles import Role
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import protection as wire_protection
from incidentd.wire import roles as wire_roles

_ROLE = Word(str(role) for role in Role)
_REASON = Word(get_args(wire_protection.GivenReason))
_INTERRUPTION = click.option(
    "--interruption", type=_REASON, help="Why it is somebody on project work (default: more hands were needed)."
)


@click.command()
@click.argument("incident_id", type=INCIDENT)
@click.argument("name", type=_ROLE, metavar="ROLE")
@click.argument("person", default="")
@click.option("--end", is_flag=True, help="PERSON holds it no longer; without PERSON, nobody does.")
@click.option("--at", type=INSTANT, help="Since when (default: now).")
@_INTERRUPTION
@versioned
@change_options
@click.pass_obj
def role(
    session: Session,
    incident_id: int,
    name: str,
    person: str,
    end: bool,
    at: datetime | None,
    interruption: str | None,
    version: int | None,
) -> None:
    """Give ROLE to PERSON ("me" is you) from now on.

    mitigation_lead, communications_lead, scribe, responder, support_triager; facilitator, note_taker, review_owner.
    """
    if not person and not end:
        raise click.UsageError("name the person, or give --end")
    given = wire_incidents.AssignRole(role=name, person=person, at=at, interruption=interruption or "", ends=end)
    body = post(session, incident_id, "roles", given, version)
    said(session, body, f"{words(name)}: {f'no longer {person}' if end and person else person or 'nobody'}")


@click.command("hand-over")
@click.argument("incident_id", type=INCIDENT)
@click.argument("name", type=_ROLE, metavar="ROLE")
@click.argument("person")
@click.option("--known", help="What is known (default: what the room knows).")
@click.option("--tried", help="What was tried (default: decisions and actions of the timeline).")
@click.option("--promised", help="What is promised next (default: the updates that are owed).")
@click.option("--preview", is_flag=True, help="Only show the note.")
@_INTERRUPTION
@versioned
@change_options
@click.pass_obj
def hand_over(
    session: Session,
    /,
    incident_id: int,
    name: str,
    person: str,
    interruption: str | None,
    version: int | None,
    preview: bool,
    **parts: str | None,
) -> None:
    """Hand ROLE over to PERSON with a short note of what is known, tried and promised."""
    if preview:
        note = session.read(session.get(f"/v1/incidents/{incident_id}/roles/{name}/note"), wire_roles.RoleNote)
        if note is not None:
            _print_note(note)
        return
    given = wire_incidents.AssignRole(
        role=name, person=person, interruption=interruption or "", note=wire_roles.HandOver(**parts)
    )
    said(session, post(session, incident_id, "roles", given, version), f"{words(name)} handed over to {person}")


def _print_note(note: wire_roles.RoleNote) -> None:
    for part in note.__struct_fields__:
        hang(f"  {part:<9} ", safe_text(getattr(note, part) or "-"))


@click.command()
@click.argument("incident_id", type=INCIDENT)
@click.argument("name", type=_ROLE, metavar="[ROLE]", default="responder")
@_INTERRUPTION
@change_options
@click.pass_obj
def join(session: Session, incident_id: int, name: str, interruption: str | None) -> None:
    """Take ROLE yourself from now on: responder, unless you name another."""
    given = wire_incidents.AssignRole(role=name, person="me", interruption=interruption or "")
    said(session, post(session, incident_id, "roles", given), f"{words(name)}: you")


@click.command()
@click.argument("incident_id", type=INCIDENT)
@click.argument("name", type=_ROLE, metavar="[ROLE]", required=False)
@change_options
@click.pass_obj
def leave(session: Session, incident_id: int, name: str | None) -> None:
    """Give ROLE up, or everything that you hold."""
    given = wire_incidents.AssignRole(role=name or "", person="me", ends=True)
    body = post(session, incident_id, "roles", given)
    said(session, body, f"you left {words(name) if name else 'every role of yours'}")


@click.command("page-role")
@click.argument("incident_id", type=INCIDENT)
@click.argument("name", type=_ROLE, metavar="ROLE")
@click.option("-m", "--note", default="", help="What for, in a few words; they read it first.")
@click.option("--interruption", type=_REASON, help="Why it is somebody on project work, where it is.")
@change_options
@click.pass_obj
def page_role(session: Session, incident_id: int, name: str, note: str, interruption: str | None) -> None:
    """Page whoever holds ROLE; where nobody does, those who may take it, one after the other.

    To acknowledge is to take the role. The page ends when somebody takes it otherwise.
    """
    wanted = wire_roles.PageRole(note=note, interruption=interruption or "")
    body = post(session, incident_id, f"roles/{name}/page", wanted)
    page = session.decode(body, wire.Page)
    order = ", then ".join([*(" and ".join(step) for step in page.asks), f"policy {page.policy}"])
    session.done(body, f"P-{page.id} asks for the {words(name)} of INC-{incident_id}: {safe_line(order)}")


ROLE_COMMANDS: tuple[click.Command, ...] = (role, hand_over, join, leave, page_role, *CHECKLIST_COMMANDS)
