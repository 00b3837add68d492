"""The commands of `incidentctl incident` about the checklist."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import click

from incidentd.cli.incident_changes import post
from incidentd.cli.parts import INCIDENT, change_options, read_options
from incidentd.cli.screen import glyph, table, words
from incidentd.cli.session import Session
from incidentd.wire import checklists as wire_checklists

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


class _Item(click.ParamType[str]):
    """An item of a checklist; the shell offers those of the incident."""

    name = "item"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        return value

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from incidentd.cli.completion import checklist_items

        return checklist_items(ctx, ctx.params.get("incident_id"), incomplete)


@click.command()
@click.argument("incident_id", type=INCIDENT)
@read_options
@click.pass_obj
def checklist(session: Session, incident_id: int) -> None:
    """Show what each role sees to, and who has done it."""
    found = session.read(session.get(f"/v1/incidents/{incident_id}/checklist"), wire_checklists.Checklist)
    if found is None:
        return
    rows = [
        (glyph("✓", "x") if one.done_at else "-", one.id, words(one.role), one.done_by or "-",
         session.brief(one.done_at) if one.done_at else "-", one.text)
        for one in found.items
    ]  # fmt: skip
    table(("", "ITEM", "ROLE", "BY", f"AT ({session.zone})", "TEXT"), rows, empty="No checklist applies to it.")
    if rows:
        print(f"{found.done} of {len(rows)}")


@click.command()
@click.argument("incident_id", type=INCIDENT)
@click.argument("item", type=_Item())
@click.option("--undo", is_flag=True, help="It is not done after all.")
@change_options
@click.pass_obj
def tick(session: Session, incident_id: int, item: str, undo: bool) -> None:
    """Tick ITEM of the checklist off."""
    body = post(session, incident_id, f"checklist/{quote(item, safe='')}", wire_checklists.Tick(done=not undo))
    found = session.decode(body, wire_checklists.Checklist)
    session.done(
        body, f"INC-{incident_id} {item} {'is open again' if undo else 'done'}: {found.done} of {len(found.items)}"
    )


CHECKLIST_COMMANDS: tuple[click.Command, ...] = (checklist, tick)
