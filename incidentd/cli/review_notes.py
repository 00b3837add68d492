"""`incidentctl review notes`: what you write for yourself before a review."""

from __future__ import annotations

import click

from incidentd.cli.parts import INCIDENT, change_options
from incidentd.cli.screen import hang
from incidentd.cli.session import Session
from incidentd.wire import review_window as wire_review

_CUT = "# ---- yours alone; what is below this line is not kept ----"


@click.command()
@click.argument("incident_id", type=INCIDENT)
@click.argument("text", nargs=-1)
@click.option("--edit", is_flag=True, help="Open them in your editor ($VISUAL or $EDITOR).")
@click.option("--clear", is_flag=True, help="Remove them.")
@change_options
@click.pass_obj
def notes(session: Session, incident_id: int, text: tuple[str, ...], edit: bool, clear: bool) -> None:
    """Show your own notes on an incident, add TEXT to them, or edit them. Nobody else can read them here."""
    if bool(text) + edit + clear > 1:
        raise click.UsageError("give one of TEXT, --edit and --clear")
    path = f"/v1/incidents/{incident_id}/review/notes"
    raw = session.get(path)
    kept = session.decode(raw, wire_review.OwnNotes)
    if not (text or edit or clear):
        session.print_json(raw) if session.as_json else _show(session, kept)
        return
    wanted = "" if clear else _edited(kept.text) if edit else "\n".join(filter(None, (kept.text, " ".join(text))))
    if wanted is None or wanted == kept.text:
        session.done(b"null", f"INC-{incident_id}: your notes are as they were")
        return
    body = session.change("PUT", path, wire_review.SaveNotes(text=wanted), kept.version)
    session.done(body, f"INC-{incident_id}: {'your notes are kept' if wanted else 'your notes are removed'}")


def _edited(text: str) -> str | None:
    found = click.edit(f"{text}\n\n{_CUT}\n", extension=".md")
    return None if found is None else found.partition(_CUT)[0].rstrip()


def _show(session: Session, kept: wire_review.OwnNotes) -> None:
    if not kept.text:
        print(f"You have no notes on INC-{kept.incident_id}.")
        return
    hang("", kept.text)
    print(f"-- yours alone, saved {session.when(kept.saved_at)}")
