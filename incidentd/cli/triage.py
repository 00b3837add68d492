"""`incidentctl report triage` and its neighbours: understand a report, rank it, and send it on."""

from __future__ import annotations

import click

from incidentd.cli.parts import REPORT, Word, change_options, read_options
from incidentd.cli.parts import versioned as if_version
from incidentd.cli.screen import hang, listed, section, words
from incidentd.cli.session import Session
from incidentd.cli.triage_views import print_card, print_similar
from incidentd.domain.display import safe_line, safe_text
from incidentd.wire import triage as wire_triage

# The domain's words; a test holds the two together.
QUESTIONS = ("who", "reproduce", "since", "observed", "expected", "scope", "contact", "workaround")
LEVELS = ("high", "medium", "low")
REASONS = ("knowledge", "hands", "no_support", "unfinished", "access", "mistake", "other")


def _post(
    session: Session, report_id: int, what: str, body: object, version: int | None
) -> tuple[bytes, wire_triage.Triage]:
    answer = session.change("POST", f"/v1/reports/{report_id}/{what}", body, version)
    return answer, session.decode(answer, wire_triage.Triage)


@click.command()
@click.argument("report_id", type=REPORT)
@read_options
@click.pass_obj
def triage(session: Session, report_id: int) -> None:
    """The triage card: what is known, what to ask next, where it goes."""
    found = session.read(session.get(f"/v1/reports/{report_id}/triage"), wire_triage.Triage)
    if found is not None:
        print_card(session, found)


@click.command()
@click.argument("report_id", type=REPORT)
@read_options
@click.pass_obj
def similar(session: Session, report_id: int) -> None:
    """Reports that are like it, and what they share."""
    found = session.read(session.get(f"/v1/reports/{report_id}/similar"), wire_triage.Similar)
    if found is not None:
        print_similar(found)


@click.command()
@click.argument("report_id", type=REPORT)
@click.argument("given", nargs=-1, metavar="[QUESTION=ANSWER]...")
@click.option("--unknown", type=Word(QUESTIONS), multiple=True, help="They were asked and do not know.")
@click.option("--forget", type=Word(QUESTIONS), multiple=True, help="It is not answered after all.")
@if_version
@change_options
@click.pass_obj
def answer(
    session: Session, report_id: int, given: tuple[str, ...], unknown: tuple[str, ...], forget: tuple[str, ...],
    version: int | None,
) -> None:  # fmt: skip
    """Fill in the triage card, such as who="all of our team" since=18:05."""
    answers: dict[str, str | None] = dict.fromkeys(unknown)
    for one in given:
        name, sign, text = one.partition("=")
        if not sign or name not in QUESTIONS:
            raise click.UsageError(f"{safe_line(one)!r} is not QUESTION=ANSWER; questions are {', '.join(QUESTIONS)}")
        answers[name] = text
    if not answers and not forget:
        raise click.UsageError("give QUESTION=ANSWER, --unknown or --forget")
    wanted = {"answers": [{"question": name, "text": text} for name, text in answers.items()], "forget": forget}
    body, found = _post(session, report_id, "answers", wanted, version)
    asks = f"; next: {found.next.name}" if found.next is not None else ""
    session.done(body, f"{found.report.reference} is {found.completeness} % complete{asks}")


@click.command()
@click.argument("report_id", type=REPORT)
@click.argument("question", metavar="[QUESTION]", type=Word(QUESTIONS), required=False)
@click.option("-m", "--message", "text", default="", help="In your own words.")
@if_version
@change_options
@click.pass_obj
def ask(
    session: Session, report_id: int, question: wire_triage.QuestionName | None, text: str, version: int | None
) -> None:
    """Ask the reporter the next question, or QUESTION."""
    wanted = wire_triage.AskReporter(question=question, text=text)
    body, found = _post(session, report_id, "questions", wanted, version)
    waiting = listed(found.waiting_for)
    session.done(body, f"{found.report.reference} is {words(found.report.state)}; asked about {waiting or question}")


@click.command()
@click.argument("report_id", type=REPORT)
@click.argument("name", required=False)
@click.option("--final", is_flag=True, help="It says how it ended: the report is followed up.")
@if_version
@change_options
@click.pass_obj
def canned(session: Session, report_id: int, name: str | None, final: bool, version: int | None) -> None:
    """Send a reply that was written ahead; without NAME, show them all as they would be sent."""
    if name is None:
        found = session.read(session.get(f"/v1/reports/{report_id}/triage"), wire_triage.Triage)
        for one in () if found is None else found.replies:
            _show_draft(one)
        return
    wanted = wire_triage.SendCanned(name=name, final=final)
    body, card = _post(session, report_id, "canned-replies", wanted, version)
    session.done(body, f"{card.report.reference} is answered with {name}: it is {words(card.report.state)}")


def _show_draft(one: wire_triage.ReplyDraft) -> None:
    section(one.name)
    hang("  ", safe_text(one.text) or f"cannot be sent: the report has no {' and no '.join(one.missing)}")


@click.command()
@click.argument("report_id", type=REPORT)
@click.argument("impact", metavar="IMPACT", type=Word(LEVELS))
@click.argument("urgency", metavar="URGENCY", type=Word(LEVELS))
@if_version
@change_options
@click.pass_obj
def priority(
    session: Session, report_id: int, impact: wire_triage.Level, urgency: wire_triage.Level, version: int | None
) -> None:
    """Set the priority: IMPACT and URGENCY are high, medium or low."""
    wanted = wire_triage.SetPriority(impact=impact, urgency=urgency)
    body, found = _post(session, report_id, "priority", wanted, version)
    session.done(body, f"{found.report.reference} is {found.report.priority}")


@click.command()
@click.argument("report_id", type=REPORT)
@click.option("-m", "--note", default="", help="What they should know.")
@click.option("--interruption", type=Word(REASONS), default=None, help="Why it has to be somebody on project work.")
@if_version
@change_options
@click.pass_obj
def propagate(session: Session, report_id: int, note: str, interruption: str | None, version: int | None) -> None:
    """Page the people of its area, as the rules of the process say."""
    wanted = wire_triage.Propagate(note=note, interruption=interruption or "")
    body, found = _post(session, report_id, "propagate", wanted, version)
    sent = listed(f"P-{page.id} to {page.target}" for page in found.pages[-1:])
    session.done(body, f"{found.report.reference} is sent on: {sent}")


COMMANDS = (triage, similar, answer, ask, canned, priority, propagate)
