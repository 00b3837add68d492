"""Cards and outcomes of a rehearsal as a person reads them."""

from __future__ import annotations

from collections.abc import Mapping

from incidentd.cli.screen import fields, hang, section, table
from incidentd.domain.display import safe_line, safe_text
from incidentd.wire import rehearsals as wire_rehearsals


def print_card(card: wire_rehearsals.RehearsalCard, number: int, total: int) -> None:
    """One situation, without where it is from: nobody classifies by what became known later."""
    print()
    hang(f"{number}/{total}  ", safe_line(card.title), tone="bold")
    hang("", safe_text(card.text))


def share(agreement: float | None) -> str:
    """Agreement in per cent; "-" where too few people answered."""
    return "-" if agreement is None else f"{round(100 * agreement)} %"


def spread(counts: Mapping[str, int]) -> str:
    """How many said what: "3 most, 1 unknown"."""
    return ", ".join(f"{count} {safe_line(name)}" for name, count in counts.items()) or "-"


def print_outcome(found: wire_rehearsals.RehearsalOutcome) -> None:
    """Where people differ; the cards with the least agreement first."""
    one = found.rehearsal
    print(f"RH-{one.id}  {safe_line(one.title)}")
    fields(
        [
            ("people", str(one.people)),
            ("agreement", f"{share(found.agreement)} of pairs on the level"),
            ("calls", f"{found.over} worse, {found.under} milder than the middle one of their card"),
        ]
    )
    if one.people < 3:
        print("Fewer than three people answered: how far they agree says little yet.")
    section("cards")
    least = sorted(found.cards, key=lambda card: (card.agreement is None, card.agreement or 0.0))
    of_cards = [
        (share(card.agreement), spread(card.levels), f"+{card.over} -{card.under}", card.card.title) for card in least
    ]
    table(("AGREE", "LEVELS", "OVER/UNDER", "CARD"), of_cards, empty="There is no card.")
    section("questions")
    asked = sorted(found.questions, key=lambda question: (question.agreement is None, question.agreement or 0.0))
    of_questions = [(share(one.agreement), one.question, spread(one.answers)) for one in asked]
    table(("AGREE", "QUESTION", "ANSWERS"), of_questions, empty="The matrix asks nothing.")
