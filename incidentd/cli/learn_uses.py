"""`incidentctl learn use`, `uses` and `figures`: what came of what was learned."""

from __future__ import annotations

import re
from datetime import datetime

import click

from incidentd.cli.parts import INCIDENT, INSTANT, change_options, read_options
from incidentd.cli.screen import hang, listed, table
from incidentd.cli.session import Session
from incidentd.domain.citations import SUBJECTS
from incidentd.domain.display import safe_line
from incidentd.wire import library as wire_library
from incidentd.wire import library_figures as wire_figures

_KINDS = ("incident", "design", "runbook", "onboarding", "other")


class _Subject(click.ParamType[str]):
    """F-3, L-4 or INC-1 (its review), as the API names them."""

    name = "subject"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        found = re.fullmatch(r"(INC|F|L)-([1-9][0-9]{0,14})", str(value).upper())
        if found is None:
            self.fail(f"{safe_line(str(value))!r} is not like F-3, L-4 or INC-1", param, ctx)
        return f"{SUBJECTS[found[1]]}:{found[2]}"


@click.command()
@click.argument("subject", type=_Subject(), metavar="F-3|L-4|INC-1")
@click.argument("place")
@click.option("--kind", type=click.Choice(_KINDS), help="In what (default: incident for INC-7, else other).")
@click.option("--note", default="", help="How it was used.")
@change_options
@click.pass_obj
def use(session: Session, subject: str, place: str, kind: str | None, note: str) -> None:
    """Record that a factor, a learning or a review was used again, in PLACE: INC-7, an address or a title."""
    usual = "incident" if re.fullmatch(r"INC-[0-9]+", place, re.IGNORECASE) else "other"
    body = {"subject": subject, "kind": kind or usual, "place": place, "note": note}
    answer = session.change("POST", "/v1/library/uses", body)
    made = session.decode(answer, wire_library.Use)
    session.done(answer, f"{made.name} was used in {made.place}")


@click.command()
@click.argument("subject", type=_Subject(), metavar="[F-3|L-4|INC-1]", required=False)
@click.option("--suggested", type=INCIDENT, metavar="INC-7", help="What this incident cites and nobody has recorded.")
@read_options
@click.pass_obj
def uses(session: Session, subject: str | None, suggested: int | None) -> None:
    """List where what was learned was used again, the newest first; by whom is not said."""
    if suggested is not None:
        _suggested(session, suggested)
        return
    found = session.read(session.get("/v1/library/uses", subject=subject), wire_library.Uses)
    if found is None:
        return
    rows = [(one.name, one.kind, session.brief(one.at), one.place, one.note) for one in found.uses]
    table(("WHAT", "KIND", f"AT ({session.zone})", "WHERE", "NOTE"), rows, empty="No use is recorded.")
    if found.hidden:
        hang("", f"{found.hidden} more are hidden: {found.why_hidden}", tone="dim")


def _suggested(session: Session, incident_id: int) -> None:
    found = session.read(session.get(f"/v1/incidents/{incident_id}/suggested-uses"), wire_library.SuggestedUses)
    if found is None:
        return
    for one in found.uses:
        hang(f"{one.name}  ", one.text)
        hang("  cited: ", one.cited_in, tone="dim")
        print(f"  incidentctl learn use {safe_line(one.name)} INC-{incident_id}")
    if not found.uses:
        print(f"INC-{incident_id} cites nothing that is not recorded.")


@click.command()
@click.option("--since", type=INSTANT, help="Of incidents that began then or later.")
@click.option("--until", type=INSTANT, help="Of incidents that began before.")
@read_options
@click.pass_obj
def figures(session: Session, since: datetime | None, until: datetime | None) -> None:
    """Show what came of reviews in numbers, each with what it is of. None is about a person."""
    query = {"since": since.isoformat() if since else None, "until": until.isoformat() if until else None}
    found = session.read(session.get("/v1/library/figures", **query), wire_figures.LibraryFigures)
    if found is None:
        return
    for one in found.figures:
        number = f"{one.n}" if one.of is None else f"{one.n} of {one.of}"
        hang("", safe_line(f"{one.name}: {number}"), tone="bold")
        if one.parts:
            hang("  ", listed(f"{name} {count}" for name, count in one.parts.items()))
        if one.spread is not None:
            s = one.spread
            hang("  ", f"least {s.least:g}, median {s.median:g}, most {s.most:g} {one.unit}")
        hang("  ", one.definition, tone="dim")
    if found.hidden:
        hang("", f"{found.hidden} reviews are not counted: {found.why_hidden}", tone="dim")
