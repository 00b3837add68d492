"""`incidentctl severity`: the matrix, classifying by it, and what an edit of it would change."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click
import msgspec

from incidentd.cli.edited_files import edited_file, refuse_faults
from incidentd.cli.parts import INCIDENT, Word, change_options, read_options, versioned
from incidentd.cli.screen import glyph, hang, paint
from incidentd.cli.session import Session
from incidentd.cli.severity_questions import answer_option, asked, given_answers, on_terminal
from incidentd.cli.severity_views import print_level, print_matrix, print_replay, print_unknown
from incidentd.domain.display import safe_line
from incidentd.domain.severity import Severity
from incidentd.domain.severity_matrix import UNKNOWN, Matrix
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import severity as wire_severity

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.group()
def severity() -> None:
    """Classify by the severity matrix; see what an edit of it would change."""


@severity.command()
@click.option("--toml", is_flag=True, help="As [severity] of process.toml, to be edited.")
@read_options
@click.pass_obj
def show(session: Session, toml: bool) -> None:
    """The matrix in force: its questions, and its rules in order."""
    found = session.read(session.get("/v1/severity"), wire_severity.SeverityMatrix)
    if found is None:
        return
    if toml:
        from incidentd.domain.matrix_text import as_toml

        print(as_toml(msgspec.convert(found, Matrix, from_attributes=True)), end="")
    else:
        print_matrix(found)


# ---------------------------------------------------------------------- classifying
@severity.command()
@click.argument("incident_id", type=INCIDENT, required=False, metavar="[INC-4]")
@answer_option
@click.option("--severity", "override", type=Word(Severity), metavar="SEV1..SEV5", help="Another level than computed.")
@click.option("--reason", default="", help="Why another level; wanted with --severity.")
@versioned
@change_options
@click.pass_obj
def classify(
    session: Session, incident_id: int | None, answers: tuple[str, ...], override: str | None, reason: str,
    version: int | None,
) -> None:  # fmt: skip
    """What answers come to; for INC-4 they are recorded, and set its severity.

    Without --answer the questions are asked, on a terminal: a digit answers, ? is unknown, Enter ends. What is already
    on record about INC-4 stands. A question is asked only while its answer can change the level.
    """
    given = given_answers(answers)
    asks = not given and override is None
    if asks and (session.as_json or not on_terminal()):
        raise click.UsageError("give --answer QUESTION=ANSWER; questions are asked on a terminal only")
    if asks:
        given = asked(session, {} if incident_id is None else _on_record(session, incident_id))
    if incident_id is not None:
        _record(session, incident_id, given, override, reason, version)
        return
    if override is not None or version is not None:
        raise click.UsageError("--severity and --if-version go with an incident")
    body = session.change("POST", "/v1/severity/classify", wire_severity.ClassifyAnswers(answers=given))
    if session.as_json:
        session.print_json(body)
    else:
        found = session.decode(body, wire_severity.Classified)
        print_level(found)
        print_unknown(found)


def _record(
    session: Session, incident_id: int, answers: Mapping[str, str], override: str | None, reason: str,
    version: int | None,
) -> None:  # fmt: skip
    level = Severity(override) if override else None
    wanted = wire_severity.ClassifyIncident(answers=answers, severity=level, reason=reason)
    body = session.change("POST", f"/v1/incidents/{incident_id}/classification", wanted, version)
    found = session.decode(body, wire_severity.ClassifiedIncident)
    recorded, incident = found.classification, found.incident
    hand = f" by hand, the matrix says {recorded.level}" if recorded.overridden else ""
    session.done(body, f"INC-{incident.id} is {incident.severity}{hand}: {recorded.rule_text} ({recorded.rule})")
    if session.as_json or session.quiet:
        return
    print_unknown(recorded.now)
    for one in incident.violations:
        hang(f"  {paint(glyph('!', '!'), 'warn')} ", safe_line(one.text), lead_width=4)


def _on_record(session: Session, incident_id: int) -> dict[str, str]:
    """The answers that are known: what is unknown is asked again."""
    detail = session.decode(session.get(f"/v1/incidents/{incident_id}"), wire_incidents.IncidentDetail)
    if detail.classification is None:
        return {}
    now = detail.classification.now
    return {name: answer for name, answer in now.answers.items() if answer != UNKNOWN}


# ---------------------------------------------------------------------- an edit
@severity.command()
@click.argument("newfile", type=_FILE)
@click.option("--against", type=_FILE, metavar="OLDFILE", help="Compare with this file instead of what is in force.")
@read_options
@click.pass_obj
def diff(session: Session, newfile: Path, against: Path | None) -> None:
    """What an edited process.toml changes in the matrix, and which past incidents it would classify otherwise."""
    wanted = wire_severity.ReplayMatrix(
        edited=edited_file(newfile, "NEWFILE"),
        against=None if against is None else edited_file(against, "--against"),
    )
    body = session.change("POST", "/v1/severity/replay", wanted)
    found = session.decode(body, wire_severity.MatrixReplay)
    if session.as_json:
        session.print_json(body)
    if found.faults:
        refuse_faults(found.faults, "the severity matrix", "nothing was compared")
    if not session.as_json:
        print_replay(found)
