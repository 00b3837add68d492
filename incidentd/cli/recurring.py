"""`incidentctl recurring`, and the options by which a silence or maintenance recurs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import click

from incidentd.cli.parts import RULE, change_options, read_options
from incidentd.cli.screen import Painted, fields, listed, section, table, toned
from incidentd.cli.session import Session
from incidentd.domain.display import safe_line
from incidentd.wire import quieting as wire_quieting


class Calendar(NamedTuple):
    """The options of a rule, as given."""

    every: str
    rrule: str
    at: str
    zone: str
    rule_id: int | None

    @property
    def recurs(self) -> bool:
        """Whether a rule is meant."""
        return bool(self.every or self.rrule)

    def refuse_rest(self) -> None:
        """Raise a usage error for options that need a rule."""
        if self.at or self.zone or self.rule_id:
            raise click.UsageError("--at, --zone and --rule belong to --every or --rrule")

    def rule(self, span: timedelta | None, begin: datetime | None, until: datetime | None) -> wire_quieting.Recurrence:
        """When it recurs; the length stands in --every, and in --for beside --rrule."""
        if self.every and (span is not None or self.at):
            raise click.UsageError("--every says from when until when: leave --for and --at out")
        if self.rrule and (span is None or not self.at):
            raise click.UsageError("--rrule needs --at, the time of day, and --for, how long")
        return wire_quieting.Recurrence(
            zone=self.zone or "UTC",
            every=self.every,
            rrule=self.rrule,
            at=self.at,
            lasts=0 if span is None else span.total_seconds(),
            starts_at=begin,
            until=until,
        )


def calendar_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """--every, --rrule, --at, --zone and --rule, given to `function` as one `calendar`."""

    def collect(**values: Any) -> Any:
        calendar = Calendar(*(values.pop(name) for name in Calendar._fields))
        return function(**values, calendar=calendar)

    collect.__doc__, collect.__name__ = function.__doc__, function.__name__
    collect.__click_params__ = getattr(function, "__click_params__", [])  # type: ignore[attr-defined]
    options = (
        click.option("--every", default="", metavar="WHEN", help="Recurring, such as 'sun 02:00-04:00'."),
        click.option("--rrule", default="", metavar="RRULE", help="Recurring, such as FREQ=MONTHLY;BYDAY=-1FR."),
        click.option("--at", default="", metavar="HH:MM", help="The time of day of --rrule."),
        click.option("--zone", default="", metavar="ZONE", help="Time zone of the rule.  [default: UTC]"),
        click.option("--rule", "rule_id", type=RULE, help="Change this rule."),
    )
    for option in reversed(options):
        option(collect)
    return collect


def set_recurring(
    session: Session,
    when: wire_quieting.Recurrence,
    rule_id: int | None,
    *,
    silence: wire_quieting.SilencePlan | None = None,
    maintenance: wire_quieting.MaintenancePlan | None = None,
) -> None:
    """Set or change a rule, and say when it comes next."""
    wanted = wire_quieting.SetRecurring(when=when, silence=silence, maintenance=maintenance, id=rule_id)
    body = session.change("POST", "/v1/recurring", wanted)
    r = session.decode(body, wire_quieting.Recurring)
    coming = f", next {session.when(r.coming[0].starts_at)}" if r.coming else ""
    session.done(body, f"{r.name}: {r.kind} by {r.rule}{coming}")


@click.group()
def recurring() -> None:
    """Silences and maintenance that recur; `silence add --every` sets one."""


def _owner(rule: wire_quieting.Recurring) -> object:
    return rule.created_by if rule.owner_known else Painted(f"{rule.created_by} (not in the roster)", "warn")


def _hides(rule: wire_quieting.Recurring) -> str:
    return " ".join(rule.matchers) or listed(rule.services)


@recurring.command("list")
@read_options
@click.pass_obj
def list_(session: Session) -> None:
    """List rules, the newest first."""
    found = session.read(session.get("/v1/recurring"), wire_quieting.RecurringList)
    if found is not None:
        head = ("ID", "KIND", "STATUS", "RULE", f"NEXT ({session.zone})", "BY", "HIDES", "WHY")
        rows = [
            (r.name, r.kind, toned(r.status), r.rule, session.brief(r.coming[0].starts_at) if r.coming else "-",
             _owner(r), _hides(r), r.text)
            for r in found.rules
        ]  # fmt: skip
        table(head, rows, empty="Nothing recurs.", spare=("BY", head[4]))


@recurring.command()
@click.argument("rule_id", type=RULE)
@read_options
@click.pass_obj
def show(session: Session, rule_id: int) -> None:
    """Show one rule and when it comes next."""
    r = session.read(session.get(f"/v1/recurring/{rule_id}"), wire_quieting.Recurring)
    if r is None:
        return
    print(f"{safe_line(r.name)} {safe_line(r.kind)} ({safe_line(r.status)})")
    fields([
        ("why", r.text), ("rule", r.rule), ("hides", _hides(r)), ("below", r.below), ("except", listed(r.spared)),
        ("by", r.created_by if r.owner_known else f"{r.created_by} (not in the roster)"),
        ("last hid", session.when(r.last_hid_at) if r.last_hid_at else "nothing yet"),
        ("changed", session.when(r.updated_at)), ("ended by", r.ended_by), ("version", r.version),
    ])  # fmt: skip
    if r.coming:
        section("Next")
        for one in r.coming:
            print(f"  {session.when(one.starts_at)} until {session.when(one.ends_at)}")


@recurring.command()
@click.argument("rule_id", type=RULE)
@change_options
@click.pass_obj
def end(session: Session, rule_id: int) -> None:
    """End a rule, and what goes on of it, now."""
    body = session.change("DELETE", f"/v1/recurring/{rule_id}")
    session.done(body, f"{session.decode(body, wire_quieting.Recurring).name} has ended")
