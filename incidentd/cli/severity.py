"""`incidentctl severity`: the matrix, classifying by it, and what an edit of it would change."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import click
import msgspec

from incidentd.cli.edited_files import edited_file, refuse_faults
from incidentd.cli.parts import INCIDENT, Word, change_options, read_options, versioned
from incidentd.cli.screen import glyph, hang, paint
from incidentd.cli.session import Session
from incidentd.cli.severity_views import print_level, print_matrix, print_replay, print_unknown
from incidentd.domain.display import safe_line
from incidentd.domain.severity import Severity
from incidentd.domain.severity_matrix import UNKNOWN, Matrix
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import severity as wire_severity

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
_ANSWER_HELP = "QUESTION=ANSWER, such as users=most or users=unknown; repeat it for more."
answer_option = click.option("--answer", "answers", multiple=True, metavar="QUESTION=ANSWER", help=_ANSWER_HELP)


def given_answers(answers: tuple[str, ...]) -> dict[str, str]:
    """The options `--answer` as one table. Raises `click.UsageError`."""
    found: dict[str, str] = {}
    for one in answers:
        name, sign, answer = one.partition("=")
        if not sign or not name or not answer:
            raise click.UsageError(f"{safe_line(one)!r} is not QUESTION=ANSWER; `incidentctl severity show` lists them")
        found[name] = answer
    return found


def on_terminal() -> bool:
    """Whether somebody can be asked."""
    return sys.stdin.isatty()


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
        given = _asked(session, {} if incident_id is None else _on_record(session, incident_id))
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


def _asked(session: Session, answers: dict[str, str]) -> dict[str, str]:
    """Ask while an answer can change the level, and show the level after each."""
    matrix = session.decode(session.get("/v1/severity"), wire_severity.SeverityMatrix)
    questions = {one.id: one for one in matrix.questions}
    while True:
        wanted = wire_severity.ClassifyAnswers(answers=answers)
        body = session.change("POST", "/v1/severity/classify", wanted)
        found = session.decode(body, wire_severity.Classified)
        if answers:
            print_level(found)
        if found.next not in questions:
            return answers
        answer = _ask(questions[found.next])
        if answer is None:
            return answers
        answers = {**answers, found.next: answer}


def _ask(question: wire_severity.SeverityQuestion) -> str | None:
    """The id of the answer, `UNKNOWN`, or None to end."""
    hang("\n", safe_line(question.text), tone="bold", lead_width=0)
    for index, answer in enumerate(question.answers, 1):
        hang(f"  {index}  ", safe_line(answer.text))
    hang("  ?  ", "unknown")
    while True:
        word = input(f"{safe_line(question.id)} [1-{len(question.answers)}, ?, Enter to end]: ").strip()
        if not word:
            return None
        if word in ("?", "u", UNKNOWN):
            return UNKNOWN
        if word.isascii() and word.isdecimal() and 1 <= int(word[:3]) <= len(question.answers):
            return question.answers[int(word) - 1].id
        if word in {one.id for one in question.answers}:
            return word
        print("that is no answer")


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
