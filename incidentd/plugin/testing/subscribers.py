"""A double of who subscribes by mail."""

from __future__ import annotations

import asyncio

from incidentd.plugin.adapters import StoreUnavailable
from incidentd.plugin.subscribers import Mailing, MailText
from incidentd.plugin.values import BadRequest


class RecordingSubscribers:
    """Keeps what it is asked for. `waiting` and `subscribed_tokens` are tokens that a test hands out itself."""

    def __init__(self) -> None:
        self.available = True
        self.mail = True  # whether the notifier writes mail
        self.busy = False  # too many ask at once
        self.letters: list[tuple[str, MailText, Mailing]] = []  # to whom, what, how
        self.published: dict[int, tuple[MailText, Mailing]] = {}
        self.waiting: set[str] = set()
        self.confirmed: set[str] = set()

    def reached_by(self, via: str) -> bool:
        """`mail`."""
        return self.mail

    async def ask(self, address: str, letter: MailText, mailing: Mailing) -> None:
        """Keep the letter; what has no @ is no address."""
        await self._store()
        if self.busy:
            raise BadRequest("too many ask at once", field="address", status=429)
        if "@" not in address:
            raise BadRequest("Write one e-mail address, such as ada@example.org", field="address", status=422)
        self.letters.append((address, letter, mailing))

    async def asked(self, token: str) -> bool:
        """Whether `token` is waiting, or confirmed."""
        await self._store()
        return token in self.waiting | self.confirmed

    async def confirm(self, token: str) -> bool:
        """Confirm what is waiting."""
        known = await self.asked(token)
        if known:
            self.waiting.discard(token)
            self.confirmed.add(token)
        return known

    async def subscribed(self, token: str) -> bool:
        """Whether `token` is known."""
        return await self.asked(token)

    async def leave(self, token: str) -> bool:
        """Forget a token."""
        known = await self.asked(token)
        self.waiting.discard(token)
        self.confirmed.discard(token)
        return known

    async def publish(self, update_id: int, letter: MailText, mailing: Mailing) -> int:
        """Keep each update once."""
        await self._store()
        known = update_id in self.published
        self.published.setdefault(update_id, (letter, mailing))
        return 0 if known else len(self.confirmed)

    async def _store(self) -> None:
        await asyncio.sleep(0)  # a real store suspends here
        if not self.available:
            raise StoreUnavailable("the test said so")
