"""`incidentctl hides`, and how a preview looks."""

from __future__ import annotations

import click

from incidentd.cli.parts import read_options
from incidentd.cli.screen import section, table, toned
from incidentd.cli.session import Session
from incidentd.wire import quieting as wire_quieting


def show_hiding(session: Session, wanted: wire_quieting.PreviewHiding) -> None:
    """What `wanted` would hide now, and what it has hidden or would have in the last seven days."""
    body = session.change("POST", "/v1/hiding/preview", wanted)
    found = session.read(body, wire_quieting.HidingPreview)
    if found is None:
        return
    since = f"SINCE ({session.zone})"
    rows = [(f"A-{a.id}", toned(a.severity), a.service, session.brief(a.first_seen), a.name) for a in found.alerts]
    table(("ID", "SEVERITY", "SERVICE", since, "ALERT"), rows, empty="No firing alert matches.", spare=("SEVERITY",))
    _say_more(len(rows), found.total)
    section("Last seven days")
    past = [
        (f"A-{p.alert_id}", toned(p.severity), p.service, session.brief(p.since),
         session.brief(p.until) if p.until else "now", p.name)
        for p in found.past
    ]  # fmt: skip
    table(("ID", "SEVERITY", "SERVICE", since, "UNTIL", "ALERT"), past, empty="Nothing.", spare=("SEVERITY",))
    _say_more(len(past), found.past_total)


def _say_more(shown: int, total: int) -> None:
    if total > shown:
        click.echo(f"{shown} shown of {total}", err=True)


@click.command()
@click.argument("subject", required=False, default="", metavar="[S|R|M]")
@click.option("--dependency", default="", metavar="SERVICE", help="What waits when this service is broken.")
@click.option("--inhibit", default="", metavar="NAME", help="What an [[inhibit]] rule hides.")
@read_options
@click.pass_obj
def hides(session: Session, subject: str, dependency: str, inhibit: str) -> None:
    """Show what hides alerts and which: a silence by its id, R-2 or M-3, a dependency, an inhibit rule."""
    wanted = wire_quieting.PreviewHiding(subject=_subject(subject), dependency=dependency, inhibit=inhibit)
    if sum(map(bool, (subject, dependency, inhibit))) != 1:
        raise click.UsageError("name one: a silence's id, R-2, M-3, --dependency or --inhibit")
    show_hiding(session, wanted)


def _subject(text: str) -> str:
    prefix, _, number = text.upper().partition("-")
    kinds = {"R": "recurring", "M": "maintenance"}
    if prefix in kinds and number.isdecimal():
        return f"{kinds[prefix]}:{number}"
    return f"silence:{text}" if text and ":" not in text else text
