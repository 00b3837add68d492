"""Rehearsing the severity matrix: everybody classifies the same cards blind, and disagreement is the result."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import Connection

from incidentd.domain.process import Process
from incidentd.domain.rehearsal_cards import CARDS, Card
from incidentd.domain.rehearsals import Call, CardSpread, Outcome, QuestionSpread, outcome
from incidentd.domain.severity_matrix import Matrix
from incidentd.services.classification_views import classified, rule_words
from incidentd.services.errors import Conflict, NotFound, Refused, Unknown
from incidentd.storage import rehearsals
from incidentd.storage.rehearsals import RehearsalRow
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx
from incidentd.wire import rehearsals as wire_rehearsals

_MOST = 50


class Rehearsals:
    """Implements `contracts.RehearsalCalls`."""

    def __init__(self, store: Store, process: Callable[[], Process]) -> None:
        self._store = store
        self._process = process

    async def cards(self) -> wire_rehearsals.RehearsalCards:
        """The team's own cards, and those that come with the program."""
        return wire_rehearsals.RehearsalCards(cards=tuple(map(_shown_card, self._cards())))

    def _cards(self) -> tuple[Card, ...]:
        own = self._process().cards
        return (*own, *(one for one in CARDS if one.id not in {card.id for card in own}))

    async def list(self, actor: str) -> wire_rehearsals.RehearsalList:
        """The newest first, each with the caller's own answers."""

        def read(conn: Connection) -> wire_rehearsals.RehearsalList:
            rows = rehearsals.listed(conn, _MOST)
            said = rehearsals.calls(conn, [one.id for one in rows])
            return wire_rehearsals.RehearsalList(rehearsals=tuple(_shown(one, said[one.id], actor) for one in rows))

        return await self._store.read(read)

    async def get(self, rehearsal_id: int, actor: str) -> wire_rehearsals.Rehearsal:
        """One rehearsal with the caller's own answers. Raises `NotFound`."""
        return await self._store.read(lambda conn: _view(conn, _existing(conn, rehearsal_id), actor))

    async def start(self, body: wire_rehearsals.StartRehearsal, actor: str) -> wire_rehearsals.Rehearsal:
        """Begin one with the matrix as it is now. Raises `Invalid`."""
        known = {one.id: one for one in self._cards()}
        if missing := [one for one in body.cards if one not in known]:
            remedy = "incidentctl rehearsal cards lists them"
            raise Unknown(f"there is no card {missing[0]!r}", field="cards", remedy=remedy)
        chosen = [known[one] for one in dict.fromkeys(body.cards)] or list(known.values())[:_MOST]

        def command(tx: Tx) -> wire_rehearsals.Rehearsal:
            row = rehearsals.create(tx, title=body.title, started_by=actor, cards=chosen, matrix=self._process().matrix)
            data = {"title": row.title, "cards": [one.id for one in row.cards]}
            tx.emit("rehearsal.started", row.subject, data, actor=actor)
            return _shown(row, [], actor)

        return await self._store.write(command)

    async def answer(
        self, rehearsal_id: int, body: wire_rehearsals.AnswerCard, actor: str
    ) -> wire_rehearsals.Rehearsal:
        """Say how a card is classified, over what one said before. Raises `NotFound`, `Invalid` or `Conflict`."""

        def command(tx: Tx) -> wire_rehearsals.Rehearsal:
            row = _existing(tx.conn, rehearsal_id, lock=True)
            _still_open(row)
            if body.card not in {one.id for one in row.cards}:
                remedy = f"incidentctl rehearsal show {row.name} lists its cards"
                raise Unknown(f"{row.name} has no card {body.card!r}", field="card", remedy=remedy)
            found = classified(row.matrix, body.answers)
            call = Call(card=body.card, person=actor, answers=body.answers, level=found.level)
            rehearsals.put_call(tx, row.id, call, found.rule)
            # What was said stays out of the log: others read it before they answer.
            tx.emit("rehearsal.answered", row.subject, {"card": body.card}, actor=actor)
            return _view(tx.conn, row, actor)

        return await self._store.write(command)

    async def close(self, rehearsal_id: int, actor: str) -> wire_rehearsals.RehearsalOutcome:
        """End it and show what came out. Raises `NotFound` or `Conflict`."""

        def command(tx: Tx) -> wire_rehearsals.RehearsalOutcome:
            row = _existing(tx.conn, rehearsal_id, lock=True)
            _still_open(row)
            row = rehearsals.close(tx, row)
            tx.emit("rehearsal.closed", row.subject, {"title": row.title}, actor=actor)
            return _outcome(tx.conn, row, actor)

        return await self._store.write(command)

    async def outcome(self, rehearsal_id: int, actor: str) -> wire_rehearsals.RehearsalOutcome:
        """How far people agreed, without names. Raises `NotFound`, and `Refused` while it is under way."""

        def read(conn: Connection) -> wire_rehearsals.RehearsalOutcome:
            row = _existing(conn, rehearsal_id)
            if row.closed_at is None:
                what = f"{row.name} is under way: what others said is shown at its end"
                raise Refused(what, remedy=f"incidentctl rehearsal close {row.name} when everybody has answered")
            return _outcome(conn, row, actor)

        return await self._store.read(read)


def _existing(conn: Connection, rehearsal_id: int, *, lock: bool = False) -> RehearsalRow:
    found = rehearsals.get(conn, rehearsal_id, lock=lock)
    if found is None:
        raise NotFound(f"there is no rehearsal RH-{rehearsal_id}")
    return found


def _still_open(row: RehearsalRow) -> None:
    if row.closed_at is not None:
        raise Conflict(f"{row.name} is closed: its answers have been shown")


def _shown_card(card: Card) -> wire_rehearsals.RehearsalCard:
    return wire_rehearsals.RehearsalCard(id=card.id, title=card.title, text=card.text, source=card.source)


def _view(conn: Connection, row: RehearsalRow, actor: str) -> wire_rehearsals.Rehearsal:
    return _shown(row, rehearsals.calls(conn, [row.id])[row.id], actor)


def _shown(row: RehearsalRow, said: Sequence[tuple[Call, str]], actor: str) -> wire_rehearsals.Rehearsal:
    return wire_rehearsals.Rehearsal(
        id=row.id,
        title=row.title,
        started_by=row.started_by,
        started_at=row.started_at,
        closed_at=row.closed_at,
        cards=tuple(map(_shown_card, row.cards)),
        people=len({call.person for call, _ in said}),
        calls=len(said),
        mine=tuple(
            wire_rehearsals.OwnCall(
                card=call.card, answers=call.answers, level=call.level, rule_text=rule_words(row.matrix, rule)
            )
            for call, rule in said
            if call.person == actor
        ),
    )


def _outcome(conn: Connection, row: RehearsalRow, actor: str) -> wire_rehearsals.RehearsalOutcome:
    said = rehearsals.calls(conn, [row.id])[row.id]
    found: Outcome = outcome(row.matrix, [one.id for one in row.cards], [call for call, _ in said])
    cards = {one.id: _shown_card(one) for one in row.cards}
    return wire_rehearsals.RehearsalOutcome(
        rehearsal=_shown(row, said, actor),
        agreement=found.agreement,
        over=found.over,
        under=found.under,
        cards=tuple(_card_spread(cards[one.card], one, row.matrix) for one in found.cards),
        questions=tuple(_question_spread(one, row.matrix) for one in found.questions),
    )


def _card_spread(card: wire_rehearsals.RehearsalCard, spread: CardSpread, matrix: Matrix) -> wire_rehearsals.CardSpread:
    return wire_rehearsals.CardSpread(
        card=card,
        people=spread.people,
        levels={level.value: count for level, count in spread.levels.items()},
        agreement=spread.agreement,
        middle=spread.middle,
        over=spread.over,
        under=spread.under,
        questions=tuple(_question_spread(one, matrix) for one in spread.questions),
    )


def _question_spread(spread: QuestionSpread, matrix: Matrix) -> wire_rehearsals.QuestionSpread:
    question = matrix.question(spread.question)
    return wire_rehearsals.QuestionSpread(
        question=spread.question,
        text=question.text if question is not None else spread.question,
        answers=spread.answers,
        agreement=spread.agreement,
    )
