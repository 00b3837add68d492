"""Asking the questions of the severity matrix, by options or one after the other on a terminal."""

from __future__ import annotations

import sys

import click

from incidentd.cli.screen import hang
from incidentd.cli.session import Session
from incidentd.cli.severity_views import print_level
from incidentd.domain.display import safe_line
from incidentd.domain.severity_matrix import UNKNOWN
from incidentd.wire import severity as wire_severity

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


def asked(session: Session, answers: dict[str, str]) -> dict[str, str]:
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
