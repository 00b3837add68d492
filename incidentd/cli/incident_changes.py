"""The commands of `incidentctl incident` that change one."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import TYPE_CHECKING

import click

from incidentd import wire
from incidentd.cli.parts import ALERT, INCIDENT, INSTANT, Word, change_options, versioned
from incidentd.cli.screen import glyph, hang, listed, paint, words
from incidentd.cli.session import Session
from incidentd.cli.severity_questions import answer_option, given_answers
from incidentd.domain.display import safe_line
from incidentd.domain.severity import Severity
from incidentd.wire import incidents as wire_incidents

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

# The domain's words; importing the domain modules that define them takes 40 ms, and a test holds the two together.
STATUSES = (
    "suspected", "active", "mitigated", "resolved", "cooling", "review_ready", "in_review", "learning", "closed",
    "merged", "false_alarm",
)  # fmt: skip
PHASES = ("investigating", "identified", "monitoring", "resolved")
NOTE_KINDS = ("note", "observation", "decision", "action")
_MOST_TEXT = 100_000  # characters read from standard input; the daemon takes fewer
_SEVERITY = Word(level.value for level in Severity)


class _StatusWord(Word):
    """A status; the shell offers those that this incident may go to."""

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        from incidentd.cli.completion import statuses

        found = statuses(ctx, ctx.params.get("incident_id"), STATUSES)
        return [CompletionItem(one) for one in found if one.startswith(incomplete.lower().replace("-", "_"))]


def said(session: Session, body: bytes, sentence: str) -> None:
    """The sentence, and each rule of the practice that is broken now: it blocks nothing, so it has to be seen."""
    incident = session.decode(body, wire.Incident)
    session.done(body, f"INC-{incident.id} {sentence}")
    if not session.as_json and not session.quiet:
        for one in incident.violations:
            hang(f"  {paint(glyph('!', '!'), 'warn')} ", safe_line(one.text), lead_width=4)


def text_given(given: str) -> str:
    return sys.stdin.read(_MOST_TEXT).strip() if given == "-" else given


def post(session: Session, incident_id: int, what: str, body: object, version: int | None = None) -> bytes:
    return session.change("POST", f"/v1/incidents/{incident_id}/{what}", body, version)


@click.command()
@click.argument("title")
@click.option("--severity", type=_SEVERITY, default=None, help="Default: what --answer says, else SEV3.")
@answer_option
@click.option("--severity-reason", default="", help="Why another severity than --answer says.")
@click.option("--service", default="", help="The service that is hit.")
@click.option("--summary", default="", help='What is known; "-" reads standard input.')
@click.option("--alert", "alerts", type=ALERT, multiple=True, help="An alert that belongs to it; repeat it for more.")
@click.option("--suspected", is_flag=True, help="Not sure yet that it is one.")
@click.option("--started-at", type=INSTANT, help="When it began: 14:05, -10m or an RFC 3339 time (default: now).")
@click.option("--many-stakeholders", is_flag=True, help="Mitigation and communications need two people.")
@change_options
@click.pass_obj
def declare(
    session: Session, title: str, severity: str | None, answers: tuple[str, ...], severity_reason: str, summary: str,
    alerts: tuple[int, ...], started_at: datetime | None, service: str, suspected: bool, many_stakeholders: bool,
) -> None:  # fmt: skip
    """Declare an incident."""
    wanted = wire_incidents.DeclareIncident(
        title=title, severity=Severity(severity) if severity else None, answers=given_answers(answers),
        severity_reason=severity_reason, summary=text_given(summary), alert_ids=alerts, started_at=started_at,
        service=service, suspected=suspected, many_stakeholders=many_stakeholders,
    )  # fmt: skip
    body = session.change("POST", "/v1/incidents", wanted)
    level = session.decode(body, wire.Incident).severity
    said(session, body, f"declared as {level}{', suspected' if suspected else ''}")


@click.command()
@click.argument("incident_id", type=INCIDENT)
@click.option("--title", default=None)
@click.option("--summary", default=None, help='"-" reads standard input.')
@click.option("--service", default=None)
@click.option("--many-stakeholders/--few-stakeholders", default=None, help="Whether both leads are wanted.")
@click.option("--public-title", default=None, help='What customers may call it, on the status page; "" for nothing.')
@click.option(
    "--off-page/--on-page", default=None, help="Whether no status page shows it, whatever customers are told."
)
@versioned
@change_options
@click.pass_obj
def edit(session: Session, /, incident_id: int, version: int | None, summary: str | None, **given: object) -> None:
    """Change the title, the summary, the service, the stakeholders, or what the status page shows."""
    wanted = {**given, "summary": None if summary is None else text_given(summary)}
    changes = {name: value for name, value in wanted.items() if value is not None}
    if not changes:
        raise click.UsageError(
            "say what to change: --title, --summary, --service, --many-stakeholders, --public-title or --off-page"
        )
    said(session, session.change("PATCH", f"/v1/incidents/{incident_id}", changes, version), "changed")


@click.command()
@click.argument("incident_id", type=INCIDENT)
@click.argument("to", type=_StatusWord(STATUSES), metavar="STATUS")
@click.option("--reason", default="", help="Why; a waiver of the review needs one.")
@click.option("--evidence", default="", help="What shows it: a link or a sentence.")
@click.option("--at", type=INSTANT, help="When it happened: 14:05, -10m or an RFC 3339 time (default: now).")
@click.option("--merged-into", type=INCIDENT, help="With merged: the incident that goes on.")
@versioned
@change_options
@click.pass_obj
def status(
    session: Session, incident_id: int, to: str, reason: str, evidence: str, at: datetime | None,
    merged_into: int | None, version: int | None,
) -> None:  # fmt: skip
    """Change the status; `incident show` says which ones are possible.

    suspected, active, mitigated, resolved, cooling, review_ready, in_review, learning, closed, merged, false_alarm.
    """
    change = wire_incidents.ChangeStatus(to=to, reason=reason, evidence=evidence, at=at, merged_into=merged_into)
    said(session, post(session, incident_id, "status", change, version), f"is {words(to)}")


@click.command()
@click.argument("incident_id", type=INCIDENT)
@click.argument("level", type=_SEVERITY, metavar="SEV1..SEV5")
@click.option("--reason", default="", help="Lowering it needs one.")
@versioned
@change_options
@click.pass_obj
def severity(session: Session, incident_id: int, level: str, reason: str, version: int | None) -> None:
    """Set the severity. When unsure, take the worse one."""
    change = wire_incidents.SetSeverity(severity=Severity(level), reason=reason)
    said(session, post(session, incident_id, "severity", change, version), f"is {level}")


def _write(session: Session, incident_id: int, note: wire_incidents.AddNote) -> None:
    body = post(session, incident_id, "notes", note)
    session.done(body, f"INC-{incident_id} {session.decode(body, wire.TimelineEntry).kind} written")


def _entry(kind: str, help_text: str) -> click.Command:
    """A command that writes an entry of `kind` to the timeline; "" lets the user choose."""

    @click.argument("incident_id", type=INCIDENT)
    @click.argument("text")
    @click.option("--at", type=INSTANT, help="When it was seen: 14:05, -10m or an RFC 3339 time (default: now).")
    @click.option("--evidence", default="", help="A link or a sentence.")
    @click.option("--pin", "pinned", is_flag=True, help="Mark it as important.")
    @change_options
    @click.pass_obj
    def command(session: Session, incident_id: int, text: str, at: datetime | None, evidence: str, pinned: bool,
                chosen: str = kind) -> None:  # fmt: skip
        note = wire_incidents.AddNote(
            text=text_given(text), kind=chosen, observed_at=at, evidence=evidence, pinned=pinned
        )
        _write(session, incident_id, note)

    if not kind:
        command = click.option("--kind", "chosen", type=Word(NOTE_KINDS), default="note", show_default=True)(command)
    name = {"decision": "decide", "observation": "observe"}.get(kind, "note")
    return click.command(name, help=help_text)(command)


note = _entry("", 'Write to the timeline; TEXT "-" reads standard input.')
decide = _entry("decision", 'Write a decision to the timeline; TEXT "-" reads standard input.')
observe = _entry("observation", 'Write what was seen to the timeline; TEXT "-" reads standard input.')


@click.command()
@click.argument("incident_id", type=INCIDENT)
@click.argument("alerts", type=ALERT, nargs=-1, required=True, metavar="ALERT...")
@change_options
@click.pass_obj
def link(session: Session, incident_id: int, alerts: tuple[int, ...]) -> None:
    """Link alerts to an incident."""
    body = post(session, incident_id, "alerts", wire_incidents.LinkAlerts(alert_ids=alerts))
    said(session, body, f"linked to {listed(alerts, 'A-')}")


@click.command()
@click.argument("incident_id", type=INCIDENT)
@click.argument("alert_id", type=ALERT, metavar="ALERT")
@change_options
@click.pass_obj
def unlink(session: Session, incident_id: int, alert_id: int) -> None:
    """Take an alert off an incident."""
    said(session, session.change("DELETE", f"/v1/incidents/{incident_id}/alerts/{alert_id}"), f"without A-{alert_id}")


CHANGES: tuple[click.Command, ...] = (
    declare, edit, status, severity, note, decide, observe, link, unlink,
)  # fmt: skip
