"""The triage card of a report: what is asked, what is known, how complete that is, and what to ask next.

The questions and their weights are those of the practice (support layer): whom it impacts and how to reproduce it count
most. How complete a card is delays nothing: priority, severity and propagation ask for no score.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Mapping

import msgspec


class Question(enum.StrEnum):
    """What a triager wants to know, in the order in which it is asked."""

    WHO = "who"
    REPRODUCE = "reproduce"
    SINCE = "since"
    OBSERVED = "observed"
    EXPECTED = "expected"
    SCOPE = "scope"
    CONTACT = "contact"
    WORKAROUND = "workaround"


BEHAVIOUR = "behaviour"
"""What was observed and what was expected weigh together."""
DEFAULT_WEIGHTS: Mapping[str, int] = {
    "who": 25, "reproduce": 25, "since": 15, BEHAVIOUR: 15, "scope": 10, "contact": 10, "workaround": 0,
}  # fmt: skip
USUALLY_REQUIRED = tuple(one for one in Question if one is not Question.WORKAROUND)

Answers = Mapping[str, str | None]
"""By question: the answer; None when it was asked and the reporter does not know. What is missing is not there."""


class State(enum.StrEnum):
    """How a question stands."""

    ANSWERED = "answered"
    UNKNOWN = "unknown"
    MISSING = "missing"

    @property
    def worth(self) -> float:
        """The share of a question's weight that it brings."""
        return {State.ANSWERED: 1.0, State.UNKNOWN: 0.5, State.MISSING: 0.0}[self]


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One question of a card. `implied`: nobody said it, it follows from the report itself."""

    question: Question
    state: State
    text: str = ""
    implied: bool = False
    required: bool = True


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a report. `completeness` is 0 to 100."""

    rows: tuple[Row, ...]
    completeness: int
    next_question: Question | None
    """The missing one that weighs most; None when nothing is missing, or all of it was asked already."""
    waiting_for: tuple[Question, ...] = ()
    """Missing ones that the reporter was asked."""


def card(
    answers: Answers,
    required: Collection[Question] = USUALLY_REQUIRED,
    *,
    weights: Mapping[str, int] = DEFAULT_WEIGHTS,
    implied: Mapping[Question, str] | None = None,
    asked: Collection[str] = (),
) -> Card:
    """The card of a report. `implied` fills what nobody has answered; `asked` are questions sent already."""
    rows = tuple(_row(one, answers, implied or {}, one in required) for one in Question)
    missing = [row.question for row in rows if row.required and row.state is State.MISSING]
    open_ = [one for one in missing if one not in asked]
    return Card(
        rows=rows,
        completeness=_completeness(rows, weights),
        next_question=max(open_, key=lambda one: _weight_of_missing(one, missing, rows, weights), default=None),
        waiting_for=tuple(one for one in missing if one in asked),
    )


def _row(question: Question, answers: Answers, implied: Mapping[Question, str], required: bool) -> Row:
    said = (answers.get(question) or "").strip()
    if said:
        return Row(question=question, state=State.ANSWERED, text=said, required=required)
    if implied.get(question):
        text = implied[question]
        return Row(question=question, state=State.ANSWERED, text=text, implied=True, required=required)
    unknown = question in answers and answers[question] is None
    return Row(question=question, state=State.UNKNOWN if unknown else State.MISSING, required=required)


def _group(question: Question) -> str:
    """The name of its weight."""
    return BEHAVIOUR if question in (Question.OBSERVED, Question.EXPECTED) else question.value


def _share(row: Row, rows: Collection[Row], weights: Mapping[str, int]) -> float:
    """The weight of one required question: what weighs together is divided between those that are required."""
    beside = [one for one in rows if one.required and _group(one.question) == _group(row.question)]
    return weights[_group(row.question)] / len(beside) if row.required else 0.0


def _completeness(rows: Collection[Row], weights: Mapping[str, int]) -> int:
    shares = {row.question: _share(row, rows, weights) for row in rows}
    whole = sum(shares.values())
    return 100 if not whole else int(100 * sum(shares[row.question] * row.state.worth for row in rows) / whole)


def _weight_of_missing(
    question: Question, missing: Collection[Question], rows: Collection[Row], weights: Mapping[str, int]
) -> float:
    """What an answer may bring: the question about what happens also asks what was expected instead."""
    asks = {question, Question.EXPECTED} if question is Question.OBSERVED else {question}
    return sum(_share(row, rows, weights) for row in rows if row.question in asks and row.question in missing)


def implied_answers(*, contact: str, tags: Mapping[str, str]) -> dict[Question, str]:
    """What a report says by itself: the address it came from, and the version and region its channel told."""
    scope = ", ".join(f"{name} {tags[name]}" for name in ("version", "region", "feature") if tags.get(name))
    return {question: text for question, text in ((Question.CONTACT, contact), (Question.SCOPE, scope)) if text}
