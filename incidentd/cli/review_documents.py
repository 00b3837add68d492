"""`incidentctl review section` and `review document`: what people write for a review's readers, and what those get."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import click

from incidentd import wire
from incidentd.cli.parts import INCIDENT, change_options, read_options, write
from incidentd.cli.refusal import garbled
from incidentd.cli.screen import Painted, hang, section, table
from incidentd.cli.session import Session
from incidentd.domain.display import safe_line, safe_text
from incidentd.domain.file_names import safe_file_name
from incidentd.wire import review_documents as wire_documents
from incidentd.wire import reviews as wire_reviews

_CUT = "# ---- what is below this line is not kept ----"
_ENDINGS = {"markdown": "md", "html": "html", "json": "json"}


# ------------------------------------------------------------------ texts
@click.command("section")
@click.argument("incident_id", type=INCIDENT)
@click.argument("name", default="")
@click.argument("text", default="")
@click.option(
    "--edit", is_flag=True, help="Open it in your editor ($VISUAL or $EDITOR), with the draft when it is empty."
)
@click.option("--draft", is_flag=True, help="Take what the records offer as its text.")
@click.option("--clear", is_flag=True, help="Remove it.")
@change_options
@click.pass_obj
def section_command(
    session: Session, incident_id: int, name: str, text: str, edit: bool, draft: bool, clear: bool
) -> None:
    """List the texts of a review's document, show the one called NAME, or write it: TEXT, "-" for standard input."""
    if bool(text) + edit + draft + clear > 1:
        raise click.UsageError("give one of TEXT, --edit, --draft and --clear")
    path = f"/v1/incidents/{incident_id}/review/sections"
    raw = session.get(path)
    found = session.decode(raw, wire_documents.ReviewSections)
    changes = bool(text) or edit or draft or clear
    if not name:
        if changes:
            raise click.UsageError(f"which one? NAME is one of {', '.join(one.name for one in found.sections)}")
        session.print_json(raw) if session.as_json else _list(found)
        return
    mine = _one(found, name)
    if not changes:
        session.print_value(mine) if session.as_json else _show(mine)
        return
    wanted = "" if clear else mine.draft if draft else _edited(mine) if edit else _given(text)
    if wanted is None or wanted == mine.text:
        session.done(b"null", f"INC-{incident_id}: {mine.name} is as it was")
        return
    body = session.change("PUT", path, wire_reviews.WriteSection(name=mine.name, text=wanted, version=mine.version))
    session.done(body, f"INC-{incident_id}: {mine.name} is {'written' if wanted.strip() else 'removed'}")


def _one(found: wire_documents.ReviewSections, name: str) -> wire_documents.ReviewSection:
    wanted = re.sub(r"[- ]", "_", name.casefold())
    for one in found.sections:
        if one.name == wanted:
            return one
    known = ", ".join(one.name for one in found.sections)
    raise click.UsageError(f"there is no section {safe_line(name, 60)!r}: it is one of {known}")


def _given(text: str) -> str:
    return sys.stdin.read().rstrip() if text == "-" else text


def _edited(mine: wire_documents.ReviewSection) -> str | None:
    found = click.edit(f"{mine.text or mine.draft}\n\n{_CUT}\n# {mine.title}: {mine.guide}\n", extension=".md")
    return None if found is None else found.partition(_CUT)[0].rstrip()


def _list(found: wire_documents.ReviewSections) -> None:
    rows = [
        (
            one.name,
            Painted("written", "good") if one.text else Painted("a draft" if one.draft else "empty", "dim"),
            one.guide,
        )
        for one in found.sections
    ]
    table(("section", "", "what belongs there"), rows)


def _show(mine: wire_documents.ReviewSection) -> None:
    hang("", safe_line(f"{mine.title}: {mine.guide}"), tone="dim")
    if mine.text:
        hang("", safe_text(f"\n{mine.text}"))
    elif mine.draft:
        section("nothing is written yet; the records offer:")
        hang("", safe_text(mine.draft))
    else:
        print("nothing is written yet")


# ------------------------------------------------------------------ the document
@click.command("document")
@click.argument("incident_id", type=INCIDENT)
@click.option("--html", "form", flag_value="html", help="One HTML file that needs nothing else.")
@click.option("--markdown", "form", flag_value="markdown", default="markdown", help="Markdown (the default).")
@click.option("--external", is_flag=True, help="The version for customers.")
@click.option(
    "-o", "--output", default="-", type=click.Path(allow_dash=True), metavar="FILE",
    help="Write to this file, or under the review's name into this directory (default: standard output).",
)  # fmt: skip
@read_options
@click.pass_obj
def document_command(session: Session, incident_id: int, form: str, external: bool, output: str) -> None:
    """Show the document of a review as it stands now: Markdown, or HTML for a browser."""
    kind = "external" if external else "internal"
    form = "json" if session.as_json else form
    body = session.get(f"/v1/incidents/{incident_id}/review/document", kind=kind, format=form)
    if form == "json":
        session.decode(body, wire_documents.ReviewDocument)
        session.print_json(body)
        return
    save(session, output, file_name(session, incident_id, form, external=external), body)


def save(session: Session, output: str, name: str, body: bytes) -> None:
    """The document to standard output, or whole into a file; a directory gets it under `name`."""
    path = str(Path(output) / name) if output != "-" and Path(output).is_dir() else output
    try:
        write(path, safe_text(body.decode()))
    except UnicodeDecodeError as error:
        raise garbled(str(error)) from None
    except OSError as error:
        raise click.FileError(safe_line(path), error.strerror or str(error)) from None
    if path != "-" and not session.quiet:
        print(safe_line(f"written to {path}"))


def file_name(session: Session, incident_id: int, form: str, *, external: bool) -> str:
    """What a document is saved as: incident-review-inc-3.html, by the review's name here."""
    info = session.decode(session.get("/v1/info"), wire.Info)
    name = re.sub(r"\W+", "-", info.review_name.casefold()).strip("-")
    return safe_file_name(f"{name}-inc-{incident_id}{'-external' if external else ''}.{_ENDINGS[form]}", "review.md")


DOCUMENT_COMMANDS: tuple[click.Command, ...] = (section_command, document_command)
