"""`incidentctl group`."""

from __future__ import annotations

import click

from incidentd.cli.parts import Identifier, list_options, say_more
from incidentd.cli.screen import fields, section, table, toned
from incidentd.cli.session import Session
from incidentd.domain.display import safe_line
from incidentd.wire import groups as wire_groups

GROUP = Identifier("G")


@click.group()
def group() -> None:
    """Groups: alerts of one route that people are told about together."""


def _labels(one: wire_groups.Group) -> str:
    return " ".join(f"{name}={value}" for name, value in sorted(one.labels.items()))


def _page(one: wire_groups.Group) -> str:
    return f"P-{one.page_id} {one.page_state}" if one.page_id is not None else ""


@group.command("list")
@click.option("--service", default="", help="Only those of this service.")
@list_options
@click.pass_obj
def list_(session: Session, service: str, limit: int, cursor: str) -> None:
    """List the open groups, newest first."""
    body = session.get("/v1/groups", service=service, limit=limit, cursor=cursor)
    found = session.read(body, wire_groups.GroupPage)
    if found is None:
        return
    rows = [
        (f"G-{one.id}", one.firing, one.service, session.brief(one.opened_at), _page(one), _labels(one))
        for one in found.groups
    ]
    head = ("ID", "FIRING", "SERVICE", f"SINCE ({session.zone})", "PAGE", "LABELS")
    table(head, rows, empty="No group is open.", spare=(head[3],))
    say_more(len(rows), found.total, found.next_cursor)


@group.command()
@click.argument("group_id", type=GROUP)
@list_options
@click.pass_obj
def show(session: Session, group_id: int, limit: int, cursor: str) -> None:
    """Show one group and its alerts, oldest first."""
    found = session.read(session.get(f"/v1/groups/{group_id}", limit=limit, cursor=cursor), wire_groups.GroupMembers)
    if found is None:
        return
    one = found.group
    print(f"G-{one.id} {safe_line(_labels(one))}".rstrip())
    fields([
        ("service", one.service), ("route", one.route), ("since", session.when(one.opened_at)),
        ("told", session.when(one.notified_at)), ("over", session.when(one.closed_at)),
        ("firing", f"{one.firing} of {one.total}"), ("page", _page(one)), ("taken by", one.acknowledged_by),
    ])  # fmt: skip
    section("Alerts")
    rows = [(f"A-{a.id}", toned(a.status), toned(a.severity), session.brief(a.starts_at), a.name) for a in found.alerts]
    table(("ID", "STATUS", "SEVERITY", f"SINCE ({session.zone})", "ALERT"), rows, empty="It has no alert.")
    say_more(len(rows), one.total, found.next_cursor)
