"""`incidentctl learn`: search, browse and read what reviews found."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from incidentd.cli.parts import INCIDENT, INSTANT, list_options, read_options, say_more
from incidentd.cli.refusal import Exit, Failure
from incidentd.cli.screen import fields, hang, listed, section
from incidentd.cli.session import Session
from incidentd.domain.citations import named
from incidentd.domain.display import safe_text
from incidentd.wire import library as wire_library

_CATEGORIES = ("technical", "organisational", "human-factors", "process", "external", "luck")
_ROLES = ("enabler", "mitigator", "surprise", "risk", "difficulty")


def _filters(command: Any) -> Any:
    """What sorts out, of a search as of browsing."""
    severities = [f"SEV{number}" for number in range(1, 6)]
    for option in reversed((
        click.option("--kind", type=click.Choice(["factor", "learning", "action", "review"]), help="Only this."),
        click.option("--category", type=click.Choice(_CATEGORIES), help="Factors of this category."),
        click.option("--role", type=click.Choice(_ROLES), help="Factors of this role."),
        click.option("--theme", help="Factors of this theme."),
        click.option("--service", help="Of incidents of this service."),
        click.option("--severity", type=click.Choice(severities, case_sensitive=False)),
        click.option("--since", type=INSTANT, help="Of incidents that began then or later."),
        click.option("--until", type=INSTANT, help="Of incidents that began before."),
        click.option("--used", is_flag=True, help="Only what was used again."),
        list_options,
        click.pass_obj,
    )):  # fmt: skip
        command = option(command)
    return command


@click.command()
@click.argument("words", nargs=-1, required=True)
@_filters
def search(session: Session, words: tuple[str, ...], **query: Any) -> None:
    """Find factors, learnings, actions and published reviews that have all the WORDS; the newest incidents first."""
    _show(session, " ".join(words), query)


@click.command()
@_filters
def browse(session: Session, **query: Any) -> None:
    """List what reviews found, the newest incidents first."""
    _show(session, "", query)


def _show(session: Session, words: str, query: dict[str, Any]) -> None:
    for name in ("since", "until"):
        at: datetime | None = query[name]
        query[name] = at.isoformat() if at else None
    query["severity"] = query["severity"] and query["severity"].upper()
    query["used"] = "true" if query["used"] else None
    found = session.read(session.get("/v1/library/search", q=words, **query), wire_library.LibraryPage)
    if found is None:
        return
    incident_id = 0
    for item in found.items:
        if item.incident_id != incident_id:
            incident_id = item.incident_id
            began = session.when(item.at, "%Y-%m-%d")
            hang(f"INC-{incident_id} {item.severity.value} {began}  ", item.title, tone="bold")
        _item(item)
    if not found.items:
        print("Nothing is found.")
    if found.hidden:
        hang("", f"{found.hidden} more are hidden: {found.why_hidden}", tone="dim")
    say_more(len(found.items), found.total, found.next_cursor)


def _item(item: wire_library.LibraryItem) -> None:
    name = {"action": f"A-{item.id}", "review": "review"}.get(item.kind) or named(item.subject)
    about = [one for one in (item.category, item.role, item.theme, item.state.replace("_", " ")) if one]
    about += [f"used {item.uses} x"] if item.uses else []
    hang(f"  {name:<8}", item.text + (f"  ({listed(about)})" if about else ""))


@click.command()
@click.argument("incident_id", type=INCIDENT)
@click.option("--document", is_flag=True, help="Only its text, as it was published.")
@read_options
@click.pass_obj
def show(session: Session, incident_id: int, document: bool) -> None:
    """Read the published review of an incident: what was found, its text, and where it was used.

    To read it counts you among its readers, whose number is shown and whose names are not.
    """
    body = session.get(f"/v1/library/reviews/{incident_id}")
    found = session.read(body, wire_library.LibraryEntry)
    if found is None:
        return
    if document:
        if not found.document:
            raise Failure(f"the review of INC-{incident_id} has no text", Exit.NOT_FOUND)
        print(safe_text(found.document))
        return
    hang(f"INC-{found.incident_id} {found.severity.value}  ", found.title, tone="bold")
    readers = found.readers
    team = f"; {readers.of_team} of the {readers.team_size} of {readers.team}" if readers.team else ""
    fields([
        ("service", found.service), ("began", session.when(found.started_at)),
        ("published", session.when(found.published_at)), ("imported from", found.imported_from),
        ("readers", f"{readers.people}{team}"),
    ])  # fmt: skip
    _parts(found)
    if found.document:
        print(f"\nIts text: incidentctl learn show INC-{found.incident_id} --document")


def _parts(found: wire_library.LibraryEntry) -> None:
    """What was found, what of it waits to be sorted, and where it was used."""
    for title, items in (("Factors", found.factors), ("Learnings", found.learnings), ("Actions", found.actions)):
        if items:
            section(title)
            for item in items:
                _item(item)
    for title, text in (
        ("Factors to sort, whose category nobody has said", found.factors_to_sort),
        ("Actions of which nobody has said what became", found.actions_then),
    ):
        if text:
            section(title)
            hang("  ", text)
    if found.uses:
        section("Used again")
        for use in found.uses:
            hang(f"  {use.name:<8}", f"{use.kind} {use.place}" + (f": {use.note}" if use.note else ""))
