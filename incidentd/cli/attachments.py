"""The commands of `incidentctl incident` about files that are attached to it."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from incidentd.cli.parts import INCIDENT, REPORT, change_options, read_options
from incidentd.cli.screen import hang, listed
from incidentd.cli.session import Session
from incidentd.domain.display import safe_line
from incidentd.domain.file_names import safe_file_name
from incidentd.wire import attachments as wire_attachments

_NUMBER = click.IntRange(1)


def _described(one: wire_attachments.IncidentAttachment) -> str:
    source = f", from {one.source}" if one.source else ""
    same = f"; the same as {listed(one.same_as)}" if one.same_as else ""
    return f"{one.name}, {one.media_type}, {one.size:,} bytes{source}{same}"


def _read(file: Path) -> bytes:
    """At most one byte more than any daemon takes, so that the daemon can say that it is too large."""
    most = wire_attachments.MOST_BYTES + 1
    try:
        if str(file) == "-":
            return sys.stdin.buffer.read(most)
        with file.open("rb") as opened:
            return opened.read(most)
    except OSError as error:
        raise click.UsageError(f"{safe_line(str(file))}: {error.strerror}") from error


@click.command()
@click.argument("incident_id", type=INCIDENT)
@click.argument("file", required=False, type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--name", default="", help="What it is called (default: the name of the file).")
@click.option("-m", "--note", default="", help="What it shows, in a few words.")
@click.option("--report", "report_id", type=REPORT, help="Instead of a file: what is attached to this report.")
@click.option("--attachment", "attachment_id", type=_NUMBER, help="Of the report: the number of what is attached.")
@change_options
@click.pass_obj
def attach(
    session: Session, incident_id: int, file: Path | None, name: str, note: str, report_id: int | None,
    attachment_id: int | None,
) -> None:  # fmt: skip
    """Attach FILE ("-" is standard input) to an incident; nothing ever opens it there."""
    if (file is None) != (report_id is not None) or (report_id is None) != (attachment_id is None):
        raise click.UsageError("name a file, or --report and --attachment")
    if file is not None and str(file) == "-" and not name:
        raise click.UsageError("standard input needs a --name")
    data = b"" if file is None else _read(file)
    if len(data) > wire_attachments.MOST_BYTES:
        raise click.UsageError(f"the file is larger than {wire_attachments.MOST_BYTES:,} bytes, the most that is taken")
    body = wire_attachments.AttachFile(
        name=name or (file.name if file else ""), data=data, note=note, report_id=report_id, attachment_id=attachment_id
    )
    answer = session.change("POST", f"/v1/incidents/{incident_id}/attachments", body)
    one = session.decode(answer, wire_attachments.IncidentAttachment)
    session.done(answer, f"INC-{incident_id} attachment {one.id}: {_described(one)}")


@click.group()
def attachment() -> None:
    """Files that are attached to an incident."""


@attachment.command("list")
@click.argument("incident_id", type=INCIDENT)
@read_options
@click.pass_obj
def list_(session: Session, incident_id: int) -> None:
    """List what is attached."""
    body = session.get(f"/v1/incidents/{incident_id}/attachments")
    found = session.read(body, wire_attachments.AttachmentList)
    if found is None:
        return
    if not found.attachments:
        print("Nothing is attached.")
    for one in found.attachments:
        hang(f"  {one.id}  ", safe_line(f"{_described(one)} ({one.by}, {session.brief(one.at)})"))
        if one.note:
            hang("     ", safe_line(one.note), tone="dim")


@attachment.command()
@click.argument("incident_id", type=INCIDENT)
@click.argument("attachment_id", type=_NUMBER)
@click.option(
    "-o", "--output", type=click.Path(allow_dash=True, path_type=Path), default=None,
    help='The file to write, or a directory; "-" is standard output (default: a safe name in this directory).',
)  # fmt: skip
@read_options
@click.pass_obj
def get(session: Session, incident_id: int, attachment_id: int, output: Path | None) -> None:
    """Save what is attached, never over another file. Whoever opens it trusts who attached it."""
    body = session.get(f"/v1/incidents/{incident_id}/attachments/{attachment_id}")
    found = session.read(body, wire_attachments.IncidentAttachmentContent)
    if found is None:
        return
    if output is not None and str(output) == "-":
        sys.stdout.buffer.write(found.data)
        return
    safe = Path(safe_file_name(found.attachment.name, f"attachment-{attachment_id}"))
    target = safe if output is None else output / safe if output.is_dir() else output
    try:
        with target.open("xb") as opened:
            opened.write(found.data)
    except FileExistsError:
        raise click.UsageError(f"{safe_line(str(target))} exists already: choose another with --output") from None
    except OSError as error:
        raise click.UsageError(f"{safe_line(str(target))}: {error.strerror}") from error
    print(safe_line(f"{len(found.data):,} bytes written to {target}"))


ATTACHMENTS: tuple[click.Command, ...] = (attach, attachment)
