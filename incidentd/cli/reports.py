"""`incidentctl report`: report something, and handle what customers report."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from incidentd.cli.parts import ALERT, INCIDENT, REPORT, Word, change_options, list_options, read_options, say_more
from incidentd.cli.parts import versioned as if_version
from incidentd.cli.report_groups import GROUPS
from incidentd.cli.report_views import list_reports, print_report
from incidentd.cli.screen import words
from incidentd.cli.session import Session
from incidentd.cli.triage import COMMANDS as TRIAGE
from incidentd.domain.display import safe_line
from incidentd.wire import reports as wire_reports

_PATH = "/v1/reports"
_MOST_TEXT = 100_000  # characters read from standard input; the daemon takes fewer
# The domain's words; a test holds the two together.
STATES = (
    "new", "acknowledged", "triaging", "awaiting_reporter", "linked", "duplicate", "ticketed", "no_fault_found",
    "followed_up", "closed",
)  # fmt: skip
KINDS = ("end_user", "oss_developer", "internal_team")
_WHICH = ("open", "triage", "owed", "all", *STATES)
_PRIORITIES = ("P1", "P2", "P3", "P4", "P5")

_message = click.option(
    "-m", "--message", "text", metavar="TEXT", required=True, help='What is said; "-" reads standard input.'
)


@click.group()
def report() -> None:
    """Report something, and handle what customers report."""


for command in GROUPS:
    report.add_command(command)


def _text(given: str) -> str:
    return sys.stdin.read(_MOST_TEXT).strip() if given == "-" else given


def _pairs(given: tuple[str, ...], option: str) -> dict[str, str]:
    found = {}
    for one in given:
        name, sign, value = one.partition("=")
        if not sign or not name:
            raise click.UsageError(f"{option} is NAME=VALUE, not {safe_line(one)!r}")
        found[name] = value
    return found


def _done(session: Session, body: bytes, sentence: str) -> None:
    found = session.decode(body, wire_reports.Report)
    session.done(body, f"{found.reference} {sentence.format(state=words(found.state))}")


def _post(session: Session, report_id: int, what: str, body: object, version: int | None = None) -> bytes:
    return session.change("POST", f"{_PATH}/{report_id}/{what}", body, version)


# ------------------------------------------------------------------ looking
@report.command("list")
@click.option("--state", type=Word(_WHICH), default="open", show_default=True, help="Which ones.")
@click.option("--channel", default="", help="What came by this channel instance only.")
@click.option("--kind", type=Word(KINDS), help="Of this kind of customer only.")
@click.option("--service", default="", help="About this service only.")
@click.option("--priority", type=Word(_PRIORITIES), help="Of this priority only.")
@click.option("--owner", default="", help="Of this person only.")
@click.option("--mine", is_flag=True, help="Yours only.")
@click.option("--late", is_flag=True, help="Only where a first response or the next word is overdue.")
@click.option("--incident", "incident_id", type=INCIDENT, help="Linked to this incident only.")
@click.option("-q", "--query", "--search", "q", default="", help="Words to look for, in messages too.")
@list_options
@click.pass_obj
def list_(session: Session, /, mine: bool, late: bool, **query: object) -> None:
    """List reports, newest first."""
    flags = {"mine": 1 if mine else None, "late": 1 if late else None}
    found = session.read(session.get(_PATH, **query, **flags), wire_reports.ReportPage)
    if found is not None:
        list_reports(session, found)
        say_more(len(found.reports), found.total, found.next_cursor)


@report.command()
@click.argument("report_id", type=REPORT)
@click.option("--history", is_flag=True, help="What was done with it, too.")
@read_options
@click.pass_obj
def show(session: Session, report_id: int, history: bool) -> None:
    """Show a report with its conversation."""
    found = session.read(session.get(f"{_PATH}/{report_id}"), wire_reports.ReportDetail)
    if found is not None:
        print_report(session, found, history=history)


@report.command()
@click.argument("report_id", type=REPORT)
@click.argument("attachment_id", type=click.IntRange(1))
@click.option("-o", "--output", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path), required=True,
              help='The file to write; "-" is standard output.')  # fmt: skip
@read_options
@click.pass_obj
def attachment(session: Session, report_id: int, attachment_id: int, output: Path) -> None:
    """Save what somebody attached, over no other file. Whoever opens it trusts a stranger."""
    body = session.get(f"{_PATH}/{report_id}/attachments/{attachment_id}")
    found = session.read(body, wire_reports.AttachmentContent)
    if found is None:
        return
    if str(output) == "-":
        sys.stdout.buffer.write(found.data)
        return
    try:
        with output.open("xb") as file:
            file.write(found.data)
    except OSError as error:
        raise click.BadParameter(f"{output}: {error.strerror}", param_hint="--output") from None
    print(safe_line(f"{len(found.data)} bytes written to {output}"))


# ------------------------------------------------------------------ reporting
@report.command()
@click.argument("subject")
@_message
@click.option("--service", default="", help="The service that it is about.")
@click.option("--tag", "tags", multiple=True, metavar="NAME=VALUE", help="Such as region=eu; repeat it for more.")
@click.option(
    "--answer", "answers", multiple=True, metavar="NAME=VALUE", help="To a triage question, such as since=noon."
)
@click.option("--for", "sender", default="", metavar="WHO", help="Who told you; without it you report it yourself.")
@click.option("--kind", type=Word(KINDS), help="What they are (default: internal-team for you, end-user for others).")
@change_options
@click.pass_obj
def new(
    session: Session, subject: str, text: str, service: str, tags: tuple[str, ...], answers: tuple[str, ...],
    sender: str, kind: wire_reports.CustomerKind | None,
) -> None:  # fmt: skip
    """Report something, or write down what somebody told you."""
    wanted = wire_reports.NewReport(
        subject=subject,
        text=_text(text),
        service=service,
        tags=_pairs(tags, "--tag"),
        answers=_pairs(answers, "--answer"),
        sender=sender,
        kind=kind,
    )
    _done(session, session.change("POST", _PATH, wanted), "is reported")


@report.command()
@click.argument("report_id", type=REPORT)
@_message
@change_options
@click.pass_obj
def add(session: Session, report_id: int, text: str) -> None:
    """Say more about what you reported."""
    _done(session, _post(session, report_id, "messages", wire_reports.AddMessage(text=_text(text))), "has it")


# ------------------------------------------------------------------ handling
@report.command()
@click.argument("report_id", type=REPORT)
@click.option("-m", "--note", default="", help="Why, for the others.")
@if_version
@change_options
@click.pass_obj
def ack(session: Session, report_id: int, note: str, version: int | None) -> None:
    """Take a report on: it is yours, and its first response is given."""
    body = _post(session, report_id, "acknowledge", wire_reports.AcknowledgeReport(note=note), version)
    _done(session, body, "is acknowledged: it is yours")


@report.command()
@click.argument("report_id", type=REPORT)
@_message
@click.option("--question", is_flag=True, help="You ask something: it waits for the reporter.")
@click.option("--final", is_flag=True, help="It says how it ended: the report is followed up.")
@if_version
@change_options
@click.pass_obj
def reply(session: Session, report_id: int, text: str, question: bool, final: bool, version: int | None) -> None:
    """Answer the reporter, on the channel that they used."""
    wanted = wire_reports.Reply(text=_text(text), question=question, final=final)
    _done(session, _post(session, report_id, "replies", wanted, version), "is answered: it is {state}")


@report.command()
@click.argument("report_id", type=REPORT)
@_message
@change_options
@click.pass_obj
def note(session: Session, report_id: int, text: str) -> None:
    """Leave a note for us; no customer ever sees it."""
    _done(session, _post(session, report_id, "notes", wire_reports.ReportNote(text=_text(text))), "has your note")


@report.command()
@click.argument("report_id", type=REPORT)
@click.argument("to", metavar="STATE", type=Word(STATES))
@click.option("--incident", "incident_id", type=INCIDENT, help="Of linked: the incident.")
@click.option("--alert", "alert_id", type=ALERT, help="Of linked: the alert.")
@click.option("--of", "duplicate_of", type=REPORT, help="Of duplicate: the other report.")
@click.option("--ticket", default="", help="Of ticketed: its number or address.")
@click.option("-r", "--reason", default="", help="Why; of followed-up: how they were told.")
@if_version
@change_options
@click.pass_obj
def state(
    session: Session, /, report_id: int, to: wire_reports.ReportState, version: int | None, **given: object
) -> None:
    """Take a report to another state, such as linked, no-fault-found or closed."""
    wanted = {"to": to, **given}
    _done(session, _post(session, report_id, "state", wanted, version), "is {state}")


@report.command()
@click.argument("report_id", type=REPORT)
@click.option("--subject", default=None)
@click.option("--service", default=None, help='The service that it is about; "" for none.')
@click.option("--owner", default=None, help='Whose it is; "" for nobody.')
@click.option("--tag", "tags", multiple=True, metavar="NAME=VALUE", help="All of its tags; repeat it for more.")
@if_version
@change_options
@click.pass_obj
def edit(session: Session, /, report_id: int, tags: tuple[str, ...], version: int | None, **given: str | None) -> None:
    """Correct the subject, the service, the tags, or whose it is."""
    changes: dict[str, object] = {name: value for name, value in given.items() if value is not None}
    if tags:
        changes["tags"] = _pairs(tags, "--tag")
    if not changes:
        raise click.UsageError("say what to change: --subject, --service, --owner or --tag")
    _done(session, session.change("PATCH", f"{_PATH}/{report_id}", changes, version), "is changed")


for command in TRIAGE:
    report.add_command(command)
