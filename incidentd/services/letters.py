"""The monthly letter: due by a durable timer, composed outside of the writer, sent by durable deliveries, and kept.

The timer leaves a row that says which month is due. Whoever sees it first composes the letter, and sends and keeps it
in one transaction: once, on however many nodes, and after a crash in between as well.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec
from sqlalchemy import Connection

from incidentd.domain import letter
from incidentd.domain.audiences import Reader, readers
from incidentd.domain.learning_digest import with_teams
from incidentd.domain.letter import LetterSettings, is_month, month_at, month_before, next_at
from incidentd.domain.people import Roster
from incidentd.domain.process import Process
from incidentd.services.errors import Invalid, NotFound
from incidentd.services.escalation import Handler
from incidentd.services.letter_facts import LetterFacts
from incidentd.services.notes import write_to
from incidentd.services.workers import Loop
from incidentd.storage import duty_changes, letters, timers
from incidentd.storage.letters import Sent
from incidentd.storage.store import Store
from incidentd.storage.timers import Timer
from incidentd.storage.tx import Tx
from incidentd.wire import letters as wire_letters

KIND, _SUBJECT = "letter.due", "letter:1"


class Letters:
    """Implements `letter_contracts.LetterCalls`."""

    def __init__(
        self, store: Store, process: Callable[[], Process], roster: Callable[[], Roster], facts: LetterFacts
    ) -> None:
        self._store = store
        self._process = process
        self._roster = roster
        self._facts = facts
        self.loop = Loop("letters", self.work)

    # ------------------------------------------------------------------ when
    def handlers(self) -> Mapping[str, Handler]:
        """What its timer does."""
        return {KIND: self._on_due}

    def follow_configuration(self, tx: Tx) -> None:
        """Arm the timer as the process says; one that waits for the same already is left alone."""
        settings = self._process().letter
        if settings is None:
            timers.cancel(tx, KIND, _SUBJECT)
        else:
            timers.arm_as_said(tx, KIND, _SUBJECT, next_at(settings, tx.now), _payload(settings))

    def _on_due(self, tx: Tx, timer: Timer) -> None:
        settings = self._process().letter
        if settings is None:
            return
        timers.arm(tx, KIND, _SUBJECT, next_at(settings, tx.now), _payload(settings))
        letters.make_due(tx, month_before(month_at(timer.due_at, settings.zone)))

    # ------------------------------------------------------------------ sending
    async def work(self) -> float | None:
        """Send what is due."""
        for month in await self._store.read(letters.due):
            await self._send(month)
        return None

    async def _send(self, month: str) -> None:
        facts = await self._facts.gather(month, self._zone)
        text, markdown = letter.plain(facts), letter.markdown(facts)

        def command(tx: Tx) -> None:
            settings = self._process().letter
            if not letters.is_due(tx, month):
                return
            to = [] if settings is None or facts.nothing else self._readers(tx.conn, settings, tx.now)
            if settings is None or not to:
                letters.drop(tx, month)
                return
            title = letter.title(month)
            for reader in to:
                write_to(tx, reader.person, title, _body(text, month), reader.why, can_wait=True)
            kept = {"title": title, "text": text, "markdown": markdown}
            letters.keep(tx, month, audiences=list(settings.to), readers=len(to), **kept)
            tx.emit("letter.sent", f"letter:{month.replace('-', '')}", {"month": month, "readers": len(to)})

        await self._store.write(command)

    def _readers(self, conn: Connection, settings: LetterSettings, at: datetime) -> list[Reader]:
        audiences = with_teams(settings.to, self._process().audiences)
        return readers(settings.to, audiences, self._roster(), at, duty_changes.at(conn, at))

    # ------------------------------------------------------------------ reading
    @property
    def _zone(self) -> str:
        settings = self._process().letter
        return settings.zone if settings else "UTC"

    async def list(self) -> wire_letters.Letters:
        """The letters that were sent, and the drafts of this month and of the one before it."""
        settings, now = self._process().letter, self._store.clock.now()
        known = {one.month: _head(one) for one in await self._store.read(letters.all_sent)}
        this = month_at(now, self._zone)
        for month in (this, month_before(this)):
            draft = wire_letters.LetterHead(month=month, title=letter.title(month), sent_at=None, readers=0)
            known.setdefault(month, draft)
        return wire_letters.Letters(
            letters=tuple(known[month] for month in sorted(known, reverse=True)),
            next_at=next_at(settings, now) if settings else None,
            to=settings.to if settings else (),
        )

    async def get(self, month: str) -> wire_letters.Letter:
        """The letter about a month as it was sent, else as it would be by now. Raises `Invalid` and `NotFound`."""
        if not is_month(month):
            raise Invalid(f"{month!r} is no month", field="month", remedy="write it as 2026-03")
        if month > month_at(self._store.clock.now(), self._zone):
            raise NotFound(f"{month} has not begun", field="month", remedy="name this month, or an earlier one")
        kept = await self._store.read(lambda conn: letters.sent(conn, month))
        if kept is not None:
            return wire_letters.Letter(
                month=month,
                title=kept.title,
                text=kept.text,
                markdown=kept.markdown,
                sent_at=kept.sent_at,
                readers=kept.readers,
                to=kept.audiences,
            )
        facts = await self._facts.gather(month, self._zone)
        return wire_letters.Letter(
            month=month,
            title=letter.title(month),
            text=letter.plain(facts),
            markdown=letter.markdown(facts),
            sent_at=None,
            readers=0,
            to=(),
        )


def _head(one: Sent) -> wire_letters.LetterHead:
    return wire_letters.LetterHead(month=one.month, title=one.title, sent_at=one.sent_at, readers=one.readers)


def _body(text: str, month: str) -> str:
    return f"{text}\nRead it again: incidentctl letter {month}"


def _payload(settings: LetterSettings) -> Mapping[str, object]:
    payload: Mapping[str, object] = msgspec.to_builtins(settings)
    return payload
