"""`incidentctl alert`."""

from __future__ import annotations

import click
import msgspec

from incidentd import wire
from incidentd.cli.parts import ALERT, fields, json_option, listed, table
from incidentd.cli.session import Session
from incidentd.domain.display import safe_line


@click.group()
def alert() -> None:
    """Alerts, and why somebody was (not) paged."""


@alert.command("list")
@click.argument("matchers", nargs=-1, metavar="[NAME=VALUE]...")
@click.option("--status", type=click.Choice(["firing", "resolved", "all"]), default="firing", show_default=True)
@click.option("--service", default="")
@click.option("--search", default="", help="Words to look for.")
@click.option("--limit", type=click.IntRange(1, 1000), default=100, show_default=True)
@click.option("--cursor", default="")
@json_option
@click.pass_obj
def list_(
    session: Session, matchers: tuple[str, ...], status: str, service: str, search: str, limit: int, cursor: str
) -> None:
    """List alerts whose labels match: NAME=VALUE, also !=, =~ and !~."""
    query = {"status": status, "service": service, "match": matchers, "q": search, "limit": limit, "cursor": cursor}
    found = session.read(session.get("/v1/alerts", **query), wire.AlertPage)
    if found is None:
        return
    rows = [
        (f"A-{a.id}", a.status, a.severity, a.service or "(unrouted)", f"P-{a.page_id}" if a.page_id else "-",
         session.when(a.first_seen), a.summary or a.name)
        for a in found.alerts
    ]  # fmt: skip
    table(("ID", "STATUS", "SEVERITY", "SERVICE", "PAGE", "SINCE", "SUMMARY"), rows)
    if found.next_cursor:
        click.echo(f"{len(rows)} of {found.total}; more with --cursor {safe_line(found.next_cursor)}", err=True)


def _header(session: Session, a: wire.Alert) -> None:
    print(safe_line(f"A-{a.id} {a.name} ({a.status})"))
    pairs: list[tuple[str, object]] = [
        ("summary", a.summary), ("severity", a.severity), ("service", a.service), ("source", a.source),
        ("first seen", session.when(a.first_seen)), ("last seen", session.when(a.last_seen)),
        ("resolved", session.when(a.resolved_at)), ("count", a.count),
        ("page", f"P-{a.page_id} {a.page_state}" if a.page_id else ""), ("acknowledged by", a.acknowledged_by),
        ("incidents", listed(a.incident_ids, "INC-")), ("link", a.generator_url),
    ]  # fmt: skip
    fields(pairs)


@alert.command()
@click.argument("alert_id", type=ALERT)
@json_option
@click.pass_obj
def show(session: Session, alert_id: int) -> None:
    """Show one alert with its labels."""
    found = session.read(session.get(f"/v1/alerts/{alert_id}"), wire.Alert)
    if found is not None:
        _header(session, found)
        fields([(f"label {name}", value) for name, value in sorted(found.labels.items())])
        fields([(f"note {name}", value) for name, value in sorted(found.annotations.items())])


@alert.command()
@click.argument("alert_id", type=ALERT)
@json_option
@click.pass_obj
def trace(session: Session, alert_id: int) -> None:
    """Tell why somebody, or nobody, was paged: the verdict, then every step."""
    found = session.read(session.get(f"/v1/alerts/{alert_id}/trace"), wire.Trace)
    if found is None:
        return
    print(safe_line(f"A-{found.alert.id} {found.alert.name} ({found.alert.status})"))
    print(f"\n  {safe_line(found.verdict)}\n")
    start = found.steps[0].at if found.steps else None
    for step in found.steps:
        offset = f"+{(step.at - start).total_seconds():.1f}s" if start else ""
        print(f"  {session.when(step.at, '%H:%M:%S')} {offset:>10}  {safe_line(step.text)}")


@alert.command()
@click.argument("name")
@click.option("-l", "--label", "labels", multiple=True, metavar="NAME=VALUE")
@click.option("--severity", default="")
@click.option("--summary", default="")
@click.option("--description", default="")
@click.option("--resolved", is_flag=True)
@json_option
@click.pass_obj
def send(
    session: Session, name: str, labels: tuple[str, ...], severity: str, summary: str, description: str, resolved: bool
) -> None:
    """Raise an alert; NAME "-" reads the request as JSON from stdin."""
    if name == "-":
        body = session.exchange("POST", "/v1/alerts", click.get_binary_stream("stdin").read()).body
    else:
        pairs = [label.partition("=") for label in labels]
        if any(not key or not sign for key, sign, _ in pairs):
            raise click.UsageError("a label is NAME=VALUE")
        alert_body = wire.RaiseAlert(
            name=name, severity=severity, labels={key: value for key, _, value in pairs}, summary=summary,
            description=description, resolved=resolved,
        )  # fmt: skip
        body = session.change("POST", "/v1/alerts", alert_body)
    session.done(body, f"sent, key {msgspec.json.decode(body, type=wire.Raised).key}")


@alert.command()
@click.argument("alert_id", type=ALERT)
@click.option("--note", default="")
@json_option
@click.pass_obj
def ack(session: Session, alert_id: int, note: str) -> None:
    """Acknowledge the alert's open page."""
    body = session.change("POST", f"/v1/alerts/{alert_id}/acknowledge", wire.Acknowledge(note=note))
    session.done(body, f"A-{alert_id} acknowledged: P-{msgspec.json.decode(body, type=wire.Page).id}")


@alert.command()
@click.argument("alert_id", type=ALERT)
@json_option
@click.pass_obj
def resolve(session: Session, alert_id: int) -> None:
    """Resolve an alert by hand."""
    session.done(session.change("POST", f"/v1/alerts/{alert_id}/resolve"), f"A-{alert_id} resolved")
