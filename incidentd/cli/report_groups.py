"""The commands of `incidentctl report` about several reports: merge, split, the incident behind them, telling them."""

from __future__ import annotations

import sys

import click

from incidentd import wire
from incidentd.cli.parts import INCIDENT, REPORT, Word, change_options, read_options
from incidentd.cli.parts import versioned as if_version
from incidentd.cli.screen import hang, listed, words
from incidentd.cli.session import Session
from incidentd.domain.display import safe_line, safe_text
from incidentd.domain.severity import Severity
from incidentd.wire import reports as wire_reports

_PATH = "/v1/reports"
_PHASES = ("investigating", "identified", "monitoring", "resolved")
_STATUSES = ("active", "mitigated", "resolved", "false_alarm")
_MOST_TEXT = 100_000


def _text(given: str) -> str:
    return sys.stdin.read(_MOST_TEXT).strip() if given == "-" else given


@click.command()
@click.argument("report_id", type=REPORT)
@click.option("--into", type=REPORT, required=True, help="The report that it becomes part of, of the same customer.")
@if_version
@change_options
@click.pass_obj
def merge(session: Session, report_id: int, into: int, version: int | None) -> None:
    """Merge a report into another of the same customer; its conversation goes on there."""
    body = session.change("POST", f"{_PATH}/{report_id}/merge", wire_reports.MergeReport(into=into), version)
    found = session.decode(body, wire_reports.Report)
    session.done(body, f"R-{report_id} is part of {found.reference} now")


@click.command()
@click.argument("report_id", type=REPORT)
@click.argument("messages", type=click.IntRange(1), nargs=-1, required=True, metavar="MESSAGE...")
@click.option("--subject", required=True, help="What the new report is about.")
@if_version
@change_options
@click.pass_obj
def split(session: Session, report_id: int, messages: tuple[int, ...], subject: str, version: int | None) -> None:
    """Make a report of its own of some messages (their numbers are in `report show --json`)."""
    wanted = wire_reports.SplitReport(message_ids=messages, subject=subject)
    body = session.change("POST", f"{_PATH}/{report_id}/split", wanted, version)
    found = session.decode(body, wire_reports.Report)
    session.done(body, f"{found.reference} is made of {len(messages)} messages of R-{report_id}")


@click.command()
@click.argument("reports", type=REPORT, nargs=-1, required=True, metavar="REPORT...")
@click.option("--severity", type=Word(level.value for level in Severity), required=True)
@click.option("--title", default="", help="Default: what the first report is about.")
@click.option("--summary", default="", help='What is known; "-" reads standard input.')
@click.option("--service", default="", help="Default: that of the reports.")
@click.option("--suspected", is_flag=True, help="Not sure yet that it is one.")
@click.option("--many-stakeholders", is_flag=True, help="Mitigation and communications need two people.")
@change_options
@click.pass_obj
def declare(
    session: Session, reports: tuple[int, ...], severity: str, title: str, summary: str, service: str,
    suspected: bool, many_stakeholders: bool,
) -> None:  # fmt: skip
    """Declare an incident from reports; they are linked to it, with their alerts."""
    wanted = wire_reports.DeclareFromReports(
        report_ids=reports, severity=Severity(severity), title=title, summary=_text(summary), service=service,
        suspected=suspected, many_stakeholders=many_stakeholders,
    )  # fmt: skip
    body = session.change("POST", f"{_PATH}/declare", wanted)
    found = session.decode(body, wire.Incident)
    session.done(body, f"INC-{found.id} declared as {severity} from {listed(reports, 'R-')}: {found.title}")


def _show(found: wire_reports.BroadcastPreview) -> None:
    for one in found.to:
        where = f"{one.reference} by {one.channel} to {one.recipient}"
        said = ", told of it before: nothing is sent" if one.told_before else ", in private" if one.private else ""
        print(safe_line(f"{where}{said}"))
        if not one.told_before:
            hang("    ", safe_text(one.text))
    if not found.to:
        print("Nobody who reported is linked to it.")
    if found.on_page:
        print(safe_line(f"On the status page: {found.page_title or 'under no title of its own'}"))


@click.command()
@click.argument("incident_id", type=INCIDENT)
@click.option("-m", "--message", "text", default="", help='An update to customers; "-" reads standard input.')
@click.option("--phase", type=Word(_PHASES), default="investigating", show_default=True, help="Of the update.")
@click.option("--status", type=Word(_STATUSES), help="Instead: a status that the incident would be changed to.")
@read_options
@click.pass_obj
def preview(session: Session, /, incident_id: int, text: str, status: str | None, phase: str) -> None:
    """Show whom an update or a change of an incident would tell what; nothing is sent."""
    if bool(text) == bool(status):
        raise click.UsageError("give -m TEXT or --status, one of the two")
    wanted = {"text": _text(text), "phase": phase, "status": status or ""}
    body = session.change("POST", f"/v1/incidents/{incident_id}/reporters/preview", wanted)
    found = session.read(body, wire_reports.BroadcastPreview)
    if found is not None:
        _show(found)


@click.command()
@click.argument("incident_id", type=INCIDENT)
@click.option("-m", "--message", "text", required=True, help='What was learned; "-" reads standard input.')
@change_options
@click.pass_obj
def learned(session: Session, incident_id: int, text: str) -> None:
    """Tell everybody who reported what was learned from an incident; each hears it once."""
    body = session.change(
        "POST", f"/v1/incidents/{incident_id}/reporters/learned", wire_reports.Learned(text=_text(text))
    )
    found = session.decode(body, wire_reports.BroadcastPreview)
    new = [one.reference for one in found.to if not one.told_before]
    session.done(body, f"INC-{incident_id}: told {words(listed(new)) or 'nobody'}")


GROUPS = (merge, split, declare, preview, learned)
