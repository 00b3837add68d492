"""`incidentctl rehearsal`: classify the same cards as others, blind, and see where people differ."""

from __future__ import annotations

import click

from incidentd.cli.parts import Identifier, change_options, read_options
from incidentd.cli.rehearsal_views import print_card, print_outcome
from incidentd.cli.screen import table
from incidentd.cli.session import Session
from incidentd.cli.severity_questions import answer_option, asked, given_answers, on_terminal
from incidentd.wire import rehearsals as wire_rehearsals

REHEARSAL = Identifier("RH")


@click.group()
def rehearsal() -> None:
    """Rehearse the severity matrix: everybody classifies the same cards blind, then the answers are shown.

    There is no right answer. Where people differ, the matrix or the words of a question are not clear yet.
    """


@rehearsal.command()
@read_options
@click.pass_obj
def cards(session: Session) -> None:
    """The cards there are: the team's own of process.toml, and those that come with the program."""
    found = session.read(session.get("/v1/rehearsal-cards"), wire_rehearsals.RehearsalCards)
    if found is not None:
        rows = [(one.id, one.source or "-", one.title) for one in found.cards]
        table(("CARD", "FROM", "TITLE"), rows, empty="There is no card.")


@rehearsal.command("list")
@read_options
@click.pass_obj
def list_(session: Session) -> None:
    """Rehearsals, the newest first."""
    found = session.read(session.get("/v1/rehearsals"), wire_rehearsals.RehearsalList)
    if found is not None:
        rows = [
            (
                f"RH-{one.id}",
                "closed" if one.closed_at else "open",
                f"{len(one.mine)}/{len(one.cards)}",
                one.people,
                session.brief(one.started_at),
                one.title,
            )
            for one in found.rehearsals
        ]
        table(("NUMBER", "STATE", "MINE", "PEOPLE", "STARTED", "TITLE"), rows, empty="There was no rehearsal yet.")


@rehearsal.command()
@click.argument("title")
@click.option("--card", "cards", multiple=True, help="A card of it; repeat it for more (default: all of them).")
@change_options
@click.pass_obj
def start(session: Session, title: str, cards: tuple[str, ...]) -> None:
    """Start one with the matrix as it is now."""
    body = session.change("POST", "/v1/rehearsals", wire_rehearsals.StartRehearsal(title=title, cards=cards))
    made = session.decode(body, wire_rehearsals.Rehearsal)
    session.done(body, f"RH-{made.id} has {len(made.cards)} cards: incidentctl rehearsal take RH-{made.id}")


@rehearsal.command()
@click.argument("rehearsal_id", type=REHEARSAL, metavar="RH-1")
@click.argument("card")
@answer_option
@change_options
@click.pass_obj
def answer(session: Session, rehearsal_id: int, card: str, answers: tuple[str, ...]) -> None:
    """Say how a card is classified; what is left out is unknown. It can be changed until the end."""
    body = _answer(session, rehearsal_id, card, given_answers(answers))
    mine = {one.card: one for one in session.decode(body, wire_rehearsals.Rehearsal).mine}
    said = f"{mine[card].level}, {mine[card].rule_text}" if card in mine else "recorded"
    session.done(body, f"{card}: {said}")


def _answer(session: Session, rehearsal_id: int, card: str, answers: dict[str, str]) -> bytes:
    wanted = wire_rehearsals.AnswerCard(card=card, answers=answers)
    return session.change("POST", f"/v1/rehearsals/{rehearsal_id}/answers", wanted)


@rehearsal.command()
@click.argument("rehearsal_id", type=REHEARSAL, metavar="RH-1")
@change_options
@click.pass_obj
def take(session: Session, rehearsal_id: int) -> None:
    """Go through the cards that you have not answered yet, on a terminal: a digit answers, ? is unknown."""
    if session.as_json or not on_terminal():
        raise click.UsageError("cards are gone through on a terminal only; elsewhere: incidentctl rehearsal answer")
    found = session.decode(session.get(f"/v1/rehearsals/{rehearsal_id}"), wire_rehearsals.Rehearsal)
    done = {one.card for one in found.mine}
    left = [one for one in found.cards if one.id not in done] if found.closed_at is None else []
    for number, card in enumerate(left, len(done) + 1):
        print_card(card, number, len(found.cards))
        answers = asked(session, {})
        if not answers:
            break
        _answer(session, rehearsal_id, card.id, answers)
        done.add(card.id)
    if found.closed_at is not None:
        print(f"RH-{found.id} is closed: incidentctl rehearsal show RH-{found.id}")
    else:
        print(f"RH-{found.id}: {len(done)} of {len(found.cards)} cards answered")


@rehearsal.command()
@click.argument("rehearsal_id", type=REHEARSAL, metavar="RH-1")
@change_options
@click.pass_obj
def close(session: Session, rehearsal_id: int) -> None:
    """End it and show where people differ; nobody can answer any more."""
    body = session.change("POST", f"/v1/rehearsals/{rehearsal_id}/close")
    if session.as_json or session.quiet:
        session.done(body, "")
    else:
        print_outcome(session.decode(body, wire_rehearsals.RehearsalOutcome))


@rehearsal.command()
@click.argument("rehearsal_id", type=REHEARSAL, metavar="RH-1")
@read_options
@click.pass_obj
def show(session: Session, rehearsal_id: int) -> None:
    """How far people agreed, card by card and question by question, once it is closed."""
    found = session.read(session.get(f"/v1/rehearsals/{rehearsal_id}/outcome"), wire_rehearsals.RehearsalOutcome)
    if found is not None:
        print_outcome(found)
