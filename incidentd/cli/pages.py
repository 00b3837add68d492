"""`incidentctl page`."""

from __future__ import annotations

import click
import msgspec

from incidentd import wire
from incidentd.cli.parts import INCIDENT, PAGE, fields, json_option, listed, table
from incidentd.cli.session import Session
from incidentd.domain.display import safe_line


@click.group()
def page() -> None:
    """Pages: who was written to, and who took it."""


@page.command("list")
@click.option(
    "--state", default="active", show_default=True, help="open, acknowledged, resolved, exhausted, active, all."
)
@click.option("--mine", is_flag=True, help="Only those that wrote to you.")
@click.option("--limit", type=click.IntRange(1, 1000), default=100, show_default=True)
@click.option("--cursor", default="")
@json_option
@click.pass_obj
def list_(session: Session, state: str, mine: bool, limit: int, cursor: str) -> None:
    """List pages."""
    body = session.get("/v1/pages", state=state, mine="1" if mine else "", limit=limit, cursor=cursor)
    found = session.read(body, wire.PagePage)
    if found is None:
        return
    rows = [
        (f"P-{p.id}", p.state, p.service, session.when(p.started_at), listed(p.notified) or "-", p.title)
        for p in found.pages
    ]
    table(("ID", "STATE", "SERVICE", "STARTED", "NOTIFIED", "TITLE"), rows)
    if found.next_cursor:
        click.echo(f"{len(rows)} of {found.total}; more with --cursor {safe_line(found.next_cursor)}", err=True)


@page.command()
@click.argument("page_id", type=PAGE)
@json_option
@click.pass_obj
def show(session: Session, page_id: int) -> None:
    """Show a page with its deliveries."""
    found = session.read(session.get(f"/v1/pages/{page_id}"), wire.PageDetail)
    if found is None:
        return
    p = found.page
    print(safe_line(f"P-{p.id} {p.title} ({p.state})"))
    fields([
        ("service", p.service), ("policy", p.policy), ("urgency", p.urgency), ("step", p.step),
        ("started", session.when(p.started_at)), ("next step", session.when(p.next_step_at)),
        ("acknowledged", f"{session.when(p.acknowledged_at)} {p.acknowledged_by}" if p.acknowledged_at else ""),
        ("alerts", listed(p.alert_ids, "A-")), ("incident", f"INC-{p.incident_id}" if p.incident_id else ""),
    ])  # fmt: skip
    rows = [(d.person, d.notifier, d.state, d.attempt, session.when(d.sent_at), d.error) for d in found.deliveries]
    table(("PERSON", "NOTIFIER", "STATE", "TRY", "SENT", "ERROR"), rows)


def _act(session: Session, page_id: int, verb: str, done: str, body: object = None) -> None:
    session.done(session.change("POST", f"/v1/pages/{page_id}/{verb}", body), f"P-{page_id} {done}")


@page.command()
@click.argument("page_id", type=PAGE)
@click.option("--note", default="")
@json_option
@click.pass_obj
def ack(session: Session, page_id: int, note: str) -> None:
    """Acknowledge a page: the escalation stops."""
    _act(session, page_id, "acknowledge", "acknowledged", wire.Acknowledge(note=note))


@page.command()
@click.argument("page_id", type=PAGE)
@json_option
@click.pass_obj
def resolve(session: Session, page_id: int) -> None:
    """Resolve a page."""
    _act(session, page_id, "resolve", "resolved")


@page.command()
@click.argument("page_id", type=PAGE)
@json_option
@click.pass_obj
def escalate(session: Session, page_id: int) -> None:
    """Take the next step of the escalation now."""
    _act(session, page_id, "escalate", "escalated")


@page.command()
@click.argument("title")
@click.option("--service", default="")
@click.option("--person", default="")
@click.option("--body", "text", default="")
@click.option("--urgency", default="high", show_default=True)
@click.option("--incident", "incident_id", type=INCIDENT)
@json_option
@click.pass_obj
def send(
    session: Session, title: str, service: str, person: str, text: str, urgency: str, incident_id: int | None
) -> None:
    """Page a service's policy or one person by hand."""
    if bool(service) == bool(person):
        raise click.UsageError("give --service or --person, one of the two")
    raised = wire.RaisePage(
        title=title, body=text, service=service, person=person, urgency=urgency, incident_id=incident_id
    )
    body = session.change("POST", "/v1/pages", raised)
    session.done(body, f"P-{msgspec.json.decode(body, type=wire.Page).id} sent")
