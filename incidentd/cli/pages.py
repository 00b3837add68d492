"""`incidentctl page`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import get_args

import click

from incidentd import wire
from incidentd.cli.parts import (
    AHEAD,
    INCIDENT,
    PAGE,
    SPAN,
    Word,
    acknowledged_until,
    change_options,
    hold_option,
    list_options,
    read_options,
    say_more,
    versioned,
)
from incidentd.cli.screen import Painted, fields, hang, listed, paint, section, table, toned, words
from incidentd.cli.session import Session
from incidentd.domain.display import safe_line
from incidentd.wire import pages as wire_pages
from incidentd.wire import protection as wire_protection

_STATES = ("active", "open", "acknowledged", "resolved", "exhausted", "all")


_interruption = click.option(
    "--interruption",
    type=Word(get_args(wire_protection.GivenReason)),
    help="Why it must be them: wanted to reach somebody on project work.",
)


@click.group()
def page() -> None:
    """Pages: who was written to, and who took it."""


def _row(session: Session, p: wire.Page) -> tuple[object, ...]:
    by = p.acknowledged_by or "-"
    return f"P-{p.id}", toned(p.state), p.service or "-", session.brief(p.started_at), listed(p.notified), by, p.title


@page.command("list")
@click.option(
    "--state", type=click.Choice(_STATES), default="active", show_default=True, help="Active: open or acknowledged."
)
@click.option("--mine", is_flag=True, help="Only those that wrote to you.")
@list_options
@click.pass_obj
def list_(session: Session, /, mine: bool, **query: object) -> None:
    """List pages, the newest first."""
    found = session.read(session.get("/v1/pages", mine="true" if mine else "", **query), wire.PagePage)
    if found is None:
        return
    head = ("ID", "STATE", "SERVICE", f"STARTED ({session.zone})", "NOTIFIED", "TAKEN BY", "TITLE")
    table(
        head,
        [_row(session, one) for one in found.pages],
        empty="No page matches.",
        spare=("STARTED", "TAKEN", "SERVICE"),
    )
    say_more(len(found.pages), found.total, found.next_cursor)


@page.command()
@click.argument("page_id", type=PAGE)
@click.option("--deliveries", "in_full", is_flag=True, help="Every message in full, and everything that was done.")
@read_options
@click.pass_obj
def show(session: Session, page_id: int, in_full: bool) -> None:
    """Show a page with its deliveries."""
    found = session.read(session.get(f"/v1/pages/{page_id}"), wire_pages.PageDetail)
    if found is None:
        return
    p = found.page
    print(f"P-{p.id} {safe_line(p.title)} ({paint(safe_line(p.state), toned(p.state).tone)})")
    taken = f"{session.when(p.acknowledged_at)} by {p.acknowledged_by} ({p.acknowledged_via}){_until(session, p)}"
    fields([
        ("service", p.service), ("policy", p.policy), ("urgency", p.urgency), ("severity", p.severity),
        ("step", f"{p.step}, round {p.round}"), ("started", session.when(p.started_at)),
        ("next step", session.when(p.next_step_at)), ("waits for", p.waits_for),
        ("last resort", f"{session.when(p.last_resort_at)}: {p.last_resort_why}" if p.last_resort_at else ""),
        ("acknowledged", taken if p.acknowledged_at else ""), ("given to", p.person or p.schedule),
        ("acks", _acknowledged(session, p) if p.acks_needed > 1 and not p.acknowledged_at else ""),
        ("put off", f"until {session.when(p.snoozed_until)} by {p.snoozed_by}" if p.snoozed_until else ""),
        ("over", session.when(p.resolved_at)), ("alerts", listed(p.alert_ids, "A-")),
        ("incident", f"INC-{p.incident_id}" if p.incident_id else ""), ("version", p.version),
    ])  # fmt: skip
    section("Deliveries")
    rows = [
        (
            d.person,
            d.notifier,
            d.kind,
            Painted(words(d.state), toned(d.state).tone),
            d.attempt,
            session.brief(d.sent_at),
            d.error,
        )
        for d in found.deliveries
    ]
    head = ("PERSON", "NOTIFIER", "WHAT", "STATE", "TRY", f"SENT ({session.zone})", "ERROR")
    table(head, rows, empty="Nothing was sent.", spare=("WHAT", "SENT"))
    if in_full:
        for d in found.deliveries:
            _print_delivery(session, d)
        section("What was done")
        for step in found.steps:
            hang(f"  {session.brief(step.at)}  ", step.text)


def _print_delivery(session: Session, d: wire_pages.Delivery) -> None:
    """One message as it went out, with its times."""
    section(f"{d.kind} to {d.person} by {d.notifier}")
    fields([
        ("state", f"{words(d.state)}, attempt {d.attempt}"), ("address", d.address), ("held", d.held),
        ("error", d.error), ("first tried", session.when(d.tried_at)), ("sent", session.when(d.sent_at)),
        ("delivered", session.when(d.delivered_at)), ("read", session.when(d.read_at)), ("vendor's id", d.vendor_id),
        ("key", d.idempotency_key), ("because", d.reason), ("in one message", d.sent_title),
    ])  # fmt: skip
    hang("  | ", f"{d.sent_title or d.title}\n{d.sent_body or d.body}")


def _until(session: Session, p: wire.Page) -> str:
    return f" until {session.when(p.acknowledged_until)}" if p.acknowledged_until else ""


def _acknowledged(session: Session, p: wire.Page) -> str:
    if p.acknowledged_by:
        return f"acknowledged by {p.acknowledged_by}{_until(session, p)}"
    still = f", still asked: {listed(p.ack_missing)}" if p.ack_missing else ""
    return f"acknowledged by {listed(p.acks)}: {len(p.acks)} of {p.acks_needed}{still}"


def _act(session: Session, page_id: int, verb: str, version: int | None, body: object = None) -> None:
    answer = session.change("POST", f"/v1/pages/{page_id}/{verb}", body, version)
    p = session.decode(answer, wire.Page)
    told = {
        "acknowledge": _acknowledged(session, p),
        "hand-back": f"is {p.state} again: the escalation goes on where it stood",
        "resolve": "is over",
        "take-over": f"is yours now{_until(session, p)}",
        "reassign": f"begins again with {p.person or p.schedule or p.policy}",
        "snooze": f"is put off until {session.when(p.snoozed_until)}",
        "escalate": f"escalated to step {p.step}: {listed(p.notified) or 'nobody'} written to so far",
    }
    session.done(answer, f"P-{p.id} {told[verb]}")


@page.command()
@click.argument("page_id", type=PAGE)
@click.option("--note", default="", help="What the others should know.")
@hold_option
@versioned
@change_options
@click.pass_obj
def ack(session: Session, page_id: int, note: str, span: timedelta | None, version: int | None) -> None:
    """Acknowledge a page: the escalation stops, for good or --for a while."""
    body = wire.Acknowledge(note=note, until=acknowledged_until(span))
    _act(session, page_id, "acknowledge", version, body)


@page.command("hand-back")
@click.argument("page_id", type=PAGE)
@click.option("--note", default="", help="What the others should know.")
@versioned
@change_options
@click.pass_obj
def hand_back(session: Session, page_id: int, note: str, version: int | None) -> None:
    """Undo an acknowledgement: the escalation goes on where it stood."""
    _act(session, page_id, "hand-back", version, wire_pages.HandBack(note=note))


@page.command("take-over")
@click.argument("page_id", type=PAGE)
@click.option("--note", default="", help="What the others should know.")
@hold_option
@versioned
@change_options
@click.pass_obj
def take_over(session: Session, page_id: int, note: str, span: timedelta | None, version: int | None) -> None:
    """Take what somebody else has acknowledged; they are told."""
    body = wire_pages.TakeOver(note=note, until=acknowledged_until(span))
    _act(session, page_id, "take-over", version, body)


@page.command()
@click.argument("page_id", type=PAGE)
@click.option("--person", default="", help="To this person; then its policy goes on.")
@click.option("--schedule", default="", help="To whoever is on call for it; then its policy goes on.")
@click.option("--policy", default="", help="To this policy.")
@click.option("--note", default="", help="What the new holder should know.")
@_interruption
@versioned
@change_options
@click.pass_obj
def reassign(session: Session, /, page_id: int, version: int | None, interruption: str | None, **to: str) -> None:
    """Give a page to a person, a schedule or a policy: it begins again there."""
    if sum(bool(to[kind]) for kind in ("person", "schedule", "policy")) != 1:
        raise click.UsageError("give --person, --schedule or --policy, one of the three")
    _act(session, page_id, "reassign", version, wire_pages.Reassign(**to, interruption=interruption or ""))


@page.command()
@click.argument("page_id", type=PAGE)
@click.option("-d", "--for", "span", type=SPAN, help="How long, such as 30m or 2h; 7 days at most.")
@click.option("--until", type=AHEAD, help="Until when, instead of --for.")
@click.option("--note", default="", help="What the others should know.")
@versioned
@change_options
@click.pass_obj
def snooze(
    session: Session, page_id: int, span: timedelta | None, until: datetime | None, note: str, version: int | None
) -> None:
    """Put a page off: nobody is written to before then, and its step is taken again."""
    if (span is None) == (until is None):
        raise click.UsageError("give --for or --until, one of the two")
    ends = until or acknowledged_until(span)
    assert ends is not None
    _act(session, page_id, "snooze", version, wire_pages.Snooze(until=ends, note=note))


@page.command()
@click.argument("page_id", type=PAGE)
@versioned
@change_options
@click.pass_obj
def resolve(session: Session, page_id: int, version: int | None) -> None:
    """End a page."""
    _act(session, page_id, "resolve", version)


@page.command()
@click.argument("page_id", type=PAGE)
@versioned
@change_options
@click.pass_obj
def escalate(session: Session, page_id: int, version: int | None) -> None:
    """Take the next step of the escalation now."""
    _act(session, page_id, "escalate", version)


@page.command()
@click.argument("title")
@click.option("--service", default="", help="Page the policy of this service.")
@click.option("--person", default="", help="Page this person, without a policy.")
@click.option("--body", default="", help="More than the title.")
@click.option("--urgency", type=click.Choice(["high", "low"]), default="high", show_default=True)
@click.option("--severity", default="", help="By which its policy may send it to another; default: the incident's.")
@click.option("--incident", "incident_id", type=INCIDENT, help="The incident it is about.")
@_interruption
@change_options
@click.pass_obj
def send(
    session: Session,
    /,
    title: str,
    service: str,
    person: str,
    incident_id: int | None,
    interruption: str | None,
    **texts: str,
) -> None:
    """Page a service's policy or one person by hand."""
    if bool(service) == bool(person):
        raise click.UsageError("give --service or --person, one of the two")
    raised = wire.RaisePage(
        title=title, service=service, person=person, incident_id=incident_id, interruption=interruption or "", **texts
    )
    body = session.change("POST", "/v1/pages", raised)
    session.done(body, f"P-{session.decode(body, wire.Page).id} sent to {person or service}")
