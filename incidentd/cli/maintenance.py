"""`incidentctl maintenance`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import click

from incidentd.cli.hidings import show_hiding
from incidentd.cli.parts import INSTANT, MAINTENANCE, SPAN, change_options, read_options
from incidentd.cli.recurring import Calendar, calendar_options, set_recurring
from incidentd.cli.screen import fields, listed, table, toned
from incidentd.cli.session import Session
from incidentd.domain.display import safe_line
from incidentd.wire import quieting as wire_quieting

_HOW_LONG = timedelta(hours=1)


@click.group()
def maintenance() -> None:
    """Planned work: alerts of its services are recorded and page nobody."""


@maintenance.command("list")
@click.option(
    "--state",
    type=click.Choice(["current", "planned", "active", "over", "all"]),
    default="current",
    show_default="current: planned and active",
    help="What is over is listed for thirty days.",
)
@read_options
@click.pass_obj
def list_(session: Session, state: str) -> None:
    """List maintenance windows by their start."""
    found = session.read(session.get("/v1/maintenance", state=state), wire_quieting.MaintenanceList)
    if found is not None:
        head = ("ID", "STATUS", f"FROM ({session.zone})", "UNTIL", "SERVICES", "BY", "WORK")
        rows = [
            (w.name, toned(w.status), session.brief(w.starts_at), session.brief(w.ends_at), listed(w.services),
             w.created_by, w.text)
            for w in found.windows
        ]  # fmt: skip
        table(head, rows, empty="There is no such maintenance.", spare=(head[2], "BY"))


@maintenance.command()
@click.argument("window_id", type=MAINTENANCE)
@read_options
@click.pass_obj
def show(session: Session, window_id: int) -> None:
    """Show one maintenance window."""
    w = session.read(session.get(f"/v1/maintenance/{window_id}"), wire_quieting.Maintenance)
    if w is None:
        return
    print(f"{safe_line(w.name)} ({safe_line(w.status)})")
    fields([
        ("work", w.text), ("services", listed(w.services)), ("below", w.below), ("except", listed(w.spared)),
        ("from", session.when(w.starts_at)), ("until", session.when(w.ends_at)), ("by", w.created_by),
        ("ended by", w.ended_by), ("rule", f"R-{w.rule}" if w.rule else ""),
        ("continues", f"M-{w.continues}" if w.continues else ""), ("changed", session.when(w.updated_at)),
    ])  # fmt: skip


_plan_options = (
    click.option("--below", default="", metavar="SEVERITY", help="Hide only what is less severe."),
    click.option("-x", "--except", "spared", multiple=True, metavar="NAME=VALUE", help="Alerts that page anyway."),
)


@maintenance.command()
@click.argument("services", nargs=-1, required=True, metavar="SERVICE...")
@click.option("-c", "--comment", "text", required=True, help="What is worked on; the others read it.")
@click.option("-d", "--for", "span", type=SPAN, help="How long, such as 90s, 15m or 2h.  [default: 1h]")
@click.option("--from", "begin", type=INSTANT, help="From when (default: now).")
@click.option("--until", type=INSTANT, help="Until when, instead of --for; of a rule: the last start.")
@_plan_options[0]
@_plan_options[1]
@calendar_options
@change_options
@click.pass_obj
def add(
    session: Session,
    /,
    services: tuple[str, ...],
    span: timedelta | None,
    begin: datetime | None,
    until: datetime | None,
    calendar: Calendar,
    **plan: object,
) -> None:
    """Plan maintenance of services, once or by a rule such as --every 'sun 02:00-04:00' --zone Europe/London."""
    work = wire_quieting.MaintenancePlan(services=services, **plan)  # type: ignore[arg-type]  # click's values
    if calendar.recurs:
        set_recurring(session, calendar.rule(span, begin, until), calendar.rule_id, maintenance=work)
        return
    calendar.refuse_rest()
    if span is not None and until is not None:
        raise click.UsageError("--for and --until exclude each other")
    ends_at = until or (begin or datetime.now(UTC)) + (span or _HOW_LONG)
    wanted = wire_quieting.PlanMaintenance(plan=work, ends_at=ends_at, starts_at=begin)
    body = session.change("POST", "/v1/maintenance", wanted)
    w = session.decode(body, wire_quieting.Maintenance)
    session.done(body, f"{w.name} is {w.status}, {session.when(w.starts_at)} until {session.when(w.ends_at)}")


@maintenance.command()
@click.argument("window_id", type=MAINTENANCE)
@change_options
@click.pass_obj
def end(session: Session, window_id: int) -> None:
    """End maintenance now, or call it off: what still fires is told about at once."""
    body = session.change("POST", f"/v1/maintenance/{window_id}/end")
    session.done(body, f"{session.decode(body, wire_quieting.Maintenance).name} is over")


@maintenance.command()
@click.argument("window_id", type=MAINTENANCE)
@click.argument("more", type=SPAN)
@change_options
@click.pass_obj
def extend(session: Session, window_id: int, more: timedelta) -> None:
    """Give maintenance more time, such as 30m; what is over is continued by another window."""
    wanted = wire_quieting.ExtendMaintenance(by=more.total_seconds())
    body = session.change("POST", f"/v1/maintenance/{window_id}/extend", wanted)
    w = session.decode(body, wire_quieting.Maintenance)
    session.done(body, f"{w.name} lasts until {session.when(w.ends_at)}")


@maintenance.command()
@click.argument("services", nargs=-1, required=True, metavar="SERVICE...")
@_plan_options[0]
@_plan_options[1]
@read_options
@click.pass_obj
def preview(session: Session, /, services: tuple[str, ...], **plan: object) -> None:
    """Show what maintenance of these services would hide."""
    work = wire_quieting.MaintenancePlan(services=services, text="preview", **plan)  # type: ignore[arg-type]
    show_hiding(session, wire_quieting.PreviewHiding(maintenance=work))
