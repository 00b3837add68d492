"""`incidentctl review check`, `publish`, `history` and `template`: a review on its way to its readers."""

from __future__ import annotations

from importlib import resources

import click
import msgspec

from incidentd.cli.parts import INCIDENT, change_options, read_options, write
from incidentd.cli.review_documents import file_name, save
from incidentd.cli.screen import Painted, hang, listed, section, table
from incidentd.cli.session import Session
from incidentd.domain.display import safe_line
from incidentd.domain.review_templates import NAMES
from incidentd.wire import review_documents as wire_documents

_EXTERNAL = click.option("--external", is_flag=True, help="The version for customers.")


def _kind(external: bool) -> wire_documents.DocumentKind:
    return "external" if external else "internal"


@click.command()
@click.argument("incident_id", type=INCIDENT)
@_EXTERNAL
@read_options
@click.pass_obj
def check(session: Session, incident_id: int, external: bool) -> None:
    """Show what to look at before a review is published: what is missing, unanswered, disputed, or badly put."""
    path = f"/v1/incidents/{incident_id}/review/checks"
    found = session.read(session.get(path, kind=_kind(external)), wire_documents.ReviewChecklist)
    if found is None:
        return
    for one in found.checks:
        mark, tone = ("x", "bad") if one.refuses else ("?", "warn")
        hang(f"{mark} ", safe_line(one.text), tone=tone)
        if one.remedy:
            hang("    ", safe_line(one.remedy), tone="dim")
    if found.language:
        rules = listed(f"{rule} {count}" for rule, count in found.language.items())
        hang("", safe_line(f"wording: {rules}"), tone="dim")
    print(_verdict(found))


def _verdict(found: wire_documents.ReviewChecklist) -> str:
    refusing = sum(one.refuses for one in found.checks)
    if refusing:
        return f"It cannot be published yet: {refusing} of {len(found.checks)} have to be mended."
    return f"It can be published; {'the rest is yours to judge' if found.checks else 'nothing was found'}."


@click.command()
@click.argument("incident_id", type=INCIDENT)
@_EXTERNAL
@click.option("--seen", default="", metavar="HASH", help="Only if the checklist is still this one (`check --json`).")
@change_options
@click.pass_obj
def publish(session: Session, incident_id: int, external: bool, seen: str) -> None:
    """Publish the document of a review as it stands now. It stays a living document: publish again after a change."""
    wanted = wire_documents.Publish(kind=_kind(external), seen=seen)
    body = session.change("POST", f"/v1/incidents/{incident_id}/review/publish", wanted)
    made = session.decode(body, wire_documents.PublishedDocument)
    session.done(body, f"INC-{incident_id}: published as document {made.number}{_changed(made)}")


def _changed(made: wire_documents.PublishedDocument) -> str:
    return f"; changed: {listed(one.section for one in made.changes)}" if made.changes else ""


@click.command()
@click.argument("incident_id", type=INCIDENT)
@click.argument("number", type=click.IntRange(1), required=False)
@click.option("--html", "form", flag_value="html", help="With NUMBER: as HTML.")
@click.option("--markdown", "form", flag_value="markdown", default="markdown", help="With NUMBER: as Markdown.")
@click.option(
    "-o", "--output", default="-", type=click.Path(allow_dash=True), metavar="FILE",
    help="With NUMBER: write it to this file, or into this directory.",
)  # fmt: skip
@click.option("--changes", is_flag=True, help="Show the lines that came and went.")
@read_options
@click.pass_obj
def history(session: Session, incident_id: int, number: int | None, form: str, output: str, changes: bool) -> None:
    """List what was published of a review, and what each version changed; or show document NUMBER as it was."""
    path = f"/v1/incidents/{incident_id}/review/documents"
    if number is not None:
        _one(session, incident_id, f"{path}/{number}", "json" if session.as_json else form, output)
        return
    found = session.read(session.get(path), wire_documents.PublishedDocuments)
    if found is None:
        return
    rows = [
        (
            f"{one.number}",
            Painted(one.document, "dim"),
            session.when(one.at),
            one.by,
            listed(c.section for c in one.changes),
        )
        for one in found.documents
    ]
    table(("#", "for", "when", "by", "changed"), rows, empty="Nothing was published yet.")
    for one in found.documents if changes else ():
        for change in one.changes:
            section(f"{one.number}: {change.section}")
            for line in change.removed:
                hang("- ", safe_line(line), tone="bad")
            for line in change.added:
                hang("+ ", safe_line(line), tone="good")


def _one(session: Session, incident_id: int, path: str, form: str, output: str) -> None:
    body = session.get(path, format=form)
    if form == "json":
        session.decode(body, wire_documents.PublishedText)
        session.print_json(body)
        return
    save(session, output, file_name(session, incident_id, form, external=False) if output != "-" else "", body)


@click.command()
@click.argument("name", type=click.Choice(NAMES))
@click.option(
    "-o", "--output", default="-", type=click.Path(dir_okay=False, allow_dash=True), metavar="FILE",
    help="Write to this file (default: standard output).",
)  # fmt: skip
@read_options
@click.pass_obj
def template(session: Session, name: str, output: str) -> None:
    """Print the built-in template NAME, to begin one of your own with: put it into `[review] templates`."""
    text = (resources.files("incidentd") / "review_templates" / name).read_text(encoding="utf-8")
    if session.as_json:
        session.print_json(msgspec.json.encode({"name": name, "text": text}))
    else:
        write(output, text)


PUBLISHING_COMMANDS: tuple[click.Command, ...] = (check, publish, history, template)
