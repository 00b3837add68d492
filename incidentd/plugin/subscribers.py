"""Subscribing by mail to what a plugin publishes, with double opt-in. Since API version 1.8.

The daemon keeps the addresses, signs the links of each letter, and writes letters as durable deliveries. A plugin hands
in words, and shows the pages behind the links. It never reads an address back.
"""

from __future__ import annotations

from typing import Protocol

import msgspec


class MailText(msgspec.Struct, frozen=True, kw_only=True):
    """What one mail says: plain text. The links are put below it by the daemon."""

    title: str
    body: str
    reason: str = ""  # why the reader gets it, one line


class Mailing(msgspec.Struct, frozen=True, kw_only=True):
    """How the letters of an instance go. A token is put behind each address: `confirm_url`/TOKEN."""

    via: str  # a notifier with `Capability.MAIL`
    confirm_url: str
    leave_url: str


class Subscribers(Protocol):
    """The subscribers of one instance. Every call may raise `StoreUnavailable`."""

    def reached_by(self, via: str) -> bool:
        """Whether there is a notifier of this name that writes mail."""
        ...

    async def ask(self, address: str, letter: MailText, mailing: Mailing) -> None:
        """Send `letter` with a link that confirms to `address`, unless it subscribes already or was just asked.

        The caller is told neither, so that nobody learns who subscribes. What is not confirmed within two days is
        deleted. Raises `BadRequest`: 422 for what is no address, 429 when too many are asked at once.
        """
        ...

    async def asked(self, token: str) -> bool:
        """Whether the link that confirms still does; changes nothing."""
        ...

    async def confirm(self, token: str) -> bool:
        """Subscribe. False for a link that has run out, or was not made here; once more changes nothing."""
        ...

    async def subscribed(self, token: str) -> bool:
        """Whether the link that unsubscribes still has something to end; changes nothing."""
        ...

    async def leave(self, token: str) -> bool:
        """Unsubscribe and forget the address; False where there was nothing to end."""
        ...

    async def publish(self, update_id: int, letter: MailText, mailing: Mailing) -> int:
        """Send an update to everybody who had subscribed before it, once however often this is called.

        `update_id` is `PublicUpdate.id`. Returns how many are written to now.
        """
        ...
