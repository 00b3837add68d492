"""`incidentctl alert`."""

from __future__ import annotations

import sys
from datetime import timedelta

import click

from incidentd import wire
from incidentd.cli.alert_bulk import act_on_many
from incidentd.cli.alert_trace import trace
from incidentd.cli.parts import (
    ALERT,
    acknowledged_until,
    change_options,
    hold_option,
    list_options,
    read_options,
    say_more,
    versioned,
)
from incidentd.cli.screen import Painted, fields, hang, listed, paint, section, table, toned
from incidentd.cli.session import Session
from incidentd.domain.display import safe_line
from incidentd.wire import bulk as wire_bulk


@click.group()
def alert() -> None:
    """Alerts, and why somebody was (not) paged."""


alert.add_command(trace)


_HIDDEN = {
    "silence": "silenced", "maintenance": "in maintenance", "dependency": "held", "inhibition": "inhibited",
    "mute": "muted",
}  # fmt: skip


def _page(a: wire.Alert) -> str:
    """The page of an alert, and why it is quiet or held open, in as many words as a list has room for."""
    words = [f"P-{a.page_id} {a.page_state}"] if a.page_id else []
    words += dict.fromkeys(_HIDDEN.get(reason.kind, reason.kind) for reason in a.hidden_by)
    return ", ".join(words + (["flapping"] if a.flapping else [])) or "-"


def _row(session: Session, a: wire.Alert) -> tuple[object, ...]:
    about = f"{a.name}: {a.summary}" if a.summary and a.summary != a.name else a.name
    page = Painted(_page(a), toned(a.page_state).tone if a.page_id else "")
    service = a.service or Painted("(unrouted)", "warn")
    return f"A-{a.id}", toned(a.status), toned(a.severity), service, page, session.brief(a.first_seen), about


@alert.command("list")
@click.argument("matchers", nargs=-1, metavar="[NAME=VALUE]...")
@click.option("--status", type=click.Choice(["firing", "resolved", "all"]), default="firing", show_default=True)
@click.option("--service", default="", help="Only of this service.")
@click.option("--search", "--query", "search", default="", help="Words to look for.")
@click.option("--order", type=click.Choice(["newest", "oldest"]), default="newest", show_default=True)
@list_options
@click.pass_obj
def list_(session: Session, /, matchers: tuple[str, ...], search: str, **query: object) -> None:
    """List alerts whose labels match: NAME=VALUE, also !=, =~ and !~."""
    body = session.get("/v1/alerts", match=matchers, q=search, **query)
    found = session.read(body, wire.AlertPage)
    if found is None:
        return
    head = ("ID", "STATUS", "SEVERITY", "SERVICE", "PAGE", f"SINCE ({session.zone})", "ALERT")
    table(
        head,
        [_row(session, one) for one in found.alerts],
        empty="No alert matches.",
        spare=("SEVERITY", "SINCE", "SERVICE"),
    )
    say_more(len(found.alerts), found.total, found.next_cursor)


@alert.command()
@click.argument("alert_id", type=ALERT)
@read_options
@click.pass_obj
def show(session: Session, alert_id: int) -> None:
    """Show one alert with its labels."""
    a = session.read(session.get(f"/v1/alerts/{alert_id}"), wire.Alert)
    if a is None:
        return
    print(f"A-{a.id} {safe_line(a.name)} ({paint(safe_line(a.status), toned(a.status).tone)})")
    fields([
        ("summary", a.summary), ("severity", a.severity), ("service", a.service or "(unrouted)"),
        ("source", a.source), ("began", session.when(a.starts_at)), ("first seen", session.when(a.first_seen)),
        ("last seen", session.when(a.last_seen)), ("resolved", session.when(a.resolved_at)),
        ("times sent", a.count), ("flapping", "yes" if a.flapping else ""),
        ("page", f"P-{a.page_id} {a.page_state}" if a.page_id else "none"), ("acknowledged by", a.acknowledged_by),
        ("incidents", listed(a.incident_ids, "INC-")), ("link", a.generator_url), ("version", a.version),
    ])  # fmt: skip
    if a.hidden_by:
        section("Hidden by")
        for reason in a.hidden_by:
            hang(f"  {safe_line(reason.name)}  ", reason.text)
    for title, values in (("Labels", a.labels), ("Annotations", a.annotations)):
        if values:
            section(title)
            fields(sorted(values.items()))


def _by_hand(name: str, labels: tuple[str, ...], resolved: bool, texts: dict[str, str]) -> wire.RaiseAlert:
    pairs = [label.partition("=") for label in labels]
    if any(not key or not sign for key, sign, _ in pairs):
        raise click.UsageError("a label is NAME=VALUE")
    return wire.RaiseAlert(name=name, labels={key: value for key, _, value in pairs}, resolved=resolved, **texts)


@alert.command()
@click.argument("name")
@click.option("-l", "--label", "labels", multiple=True, metavar="NAME=VALUE", help="Repeat it for more.")
@click.option("--severity", default="")
@click.option("--summary", default="")
@click.option("--description", default="")
@click.option("--resolved", is_flag=True, help="It is over.")
@change_options
@click.pass_obj
def send(session: Session, /, name: str, labels: tuple[str, ...], resolved: bool, **texts: str) -> None:
    """Raise an alert; NAME "-" reads the request as JSON from standard input."""
    if name == "-":
        body = session.exchange("POST", "/v1/alerts", sys.stdin.buffer.read()).body
    else:
        body = session.change("POST", "/v1/alerts", _by_hand(name, labels, resolved, texts))
    session.done(body, f"taken, key {session.decode(body, wire.Raised).key}")


@alert.command()
@click.argument("alert_ids", type=ALERT, nargs=-1, required=True, metavar="ALERT_ID...")
@click.option("--note", default="", help="What the others should know.")
@hold_option
@change_options
@click.pass_obj
def ack(session: Session, alert_ids: tuple[int, ...], note: str, span: timedelta | None) -> None:
    """Acknowledge the open pages of alerts: the escalation stops, for good or --for a while.

    Several are one request, with an outcome for each; the exit code is 5 when one was refused.
    """
    until = acknowledged_until(span)
    if len(alert_ids) > 1:
        act_on_many(session, wire_bulk.BulkAlerts(act="acknowledge", alert_ids=alert_ids, note=note, until=until))
        return
    body = session.change("POST", f"/v1/alerts/{alert_ids[0]}/acknowledge", wire.Acknowledge(note=note, until=until))
    page = session.decode(body, wire.Page)
    session.done(body, f"P-{page.id} acknowledged by {page.acknowledged_by}, for A-{alert_ids[0]}")


@alert.command()
@click.argument("alert_id", type=ALERT)
@versioned
@change_options
@click.pass_obj
def resolve(session: Session, alert_id: int, version: int | None) -> None:
    """Resolve an alert by hand."""
    body = session.change("POST", f"/v1/alerts/{alert_id}/resolve", version=version)
    session.done(body, f"A-{session.decode(body, wire.Alert).id} resolved")
