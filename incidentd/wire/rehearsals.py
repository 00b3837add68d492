"""Rehearsing the severity matrix: cards, blind answers, and how far people agreed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta

from incidentd.domain.severity import Severity
from incidentd.wire.base import Frozen, Instant, Line, Request
from incidentd.wire.severity import SeverityAnswers

CardId = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}\Z")]


class RehearsalCard(Frozen, frozen=True):
    """A situation to classify; `source` is the incident that its facts are from."""

    id: str
    title: str
    text: str
    source: str


class RehearsalCards(Frozen, frozen=True):
    cards: tuple[RehearsalCard, ...]


class StartRehearsal(Request, frozen=True):
    """Without `cards` it has every card there is."""

    title: Line
    cards: Annotated[tuple[CardId, ...], Meta(max_length=50)] = ()


class OwnCall(Frozen, frozen=True):
    """What the caller said about a card, and what the matrix gives for it."""

    card: str
    answers: Mapping[str, str]
    level: Severity
    rule_text: str


class Rehearsal(Frozen, frozen=True):
    """`mine` are the caller's own answers: those of others are seen by nobody before the end."""

    id: int
    title: str
    started_by: str
    started_at: Instant
    closed_at: Instant | None
    cards: tuple[RehearsalCard, ...]
    people: int  # who have answered at least one card
    calls: int  # cards answered, by all of them
    mine: tuple[OwnCall, ...]


class RehearsalList(Frozen, frozen=True):
    rehearsals: tuple[Rehearsal, ...]  # the newest first


class AnswerCard(Request, frozen=True):
    """Answers to the questions of the matrix about one card; again until the rehearsal is closed."""

    card: CardId
    answers: SeverityAnswers


class QuestionSpread(Frozen, frozen=True):
    """`agreement` is the share of pairs of people who say the same, None for fewer than three."""

    question: str
    text: str
    answers: Mapping[str, int]
    agreement: float | None


class CardSpread(Frozen, frozen=True):
    """The levels of one card; `over` and `under` are calls worse and milder than the middle one."""

    card: RehearsalCard
    people: int
    levels: Mapping[str, int]
    agreement: float | None
    middle: Severity | None
    over: int
    under: int
    questions: tuple[QuestionSpread, ...]


class RehearsalOutcome(Frozen, frozen=True):
    """There is no right answer in it: disagreement is the result. `questions` are over all cards."""

    rehearsal: Rehearsal
    agreement: float | None
    over: int
    under: int
    cards: tuple[CardSpread, ...]
    questions: tuple[QuestionSpread, ...]
