"""Chats of responders: what waits for one is announced with buttons, and a press acts. Since API version 1.7."""

from __future__ import annotations

import enum
from abc import abstractmethod
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from incidentd.plugin.support import SupportChannel
from incidentd.plugin.values import PermanentFailure, Receipt


class Verb(enum.StrEnum):
    """What a button does."""

    ACKNOWLEDGE = "acknowledge"
    DECLARE = "declare"  # an incident, of a severity that is chosen with it


class Announcement(msgspec.Struct, frozen=True, kw_only=True):
    """A report or a page that waits for a responder, as it stands now. Escape the texts for your format.

    Show a button for each of `verbs`, that of `DECLARE` with a choice of `severities`; what is over has none. `done`
    says who did what, oldest first. Where `before` is set, change that message and write no other: it is what
    `Receipt.vendor_id` named when the same was announced. A resend carries the same `idempotency_key`.
    """

    idempotency_key: str
    about: str  # "report:12" or "page:3": what `ChatBook.act` is told
    reference: str  # "R-12" or "P-3"
    place: str  # the vendor's id of the channel where responders read
    title: str
    text: str
    created_at: datetime
    verbs: tuple[Verb, ...] = ()
    severities: tuple[str, ...] = ()  # the worst first
    done: tuple[str, ...] = ()
    before: str = ""
    attempt: int = 1


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a press, in words for whoever pressed, and for nobody else."""

    text: str
    done: bool


class RoomAct(enum.StrEnum):
    """What is done with the room of an incident."""

    OPEN = "open"
    INVITE = "invite"
    TOPIC = "topic"
    POST = "post"
    ARCHIVE = "archive"


class RoomOrder(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to do with the room of an incident. A resend carries the same `idempotency_key`. Escape the texts.

    `name` is that of a room to open: lower case letters, digits and hyphens, at most 60. `room` is what
    `Receipt.vendor_id` named when it was opened; `people` are accounts to invite, some of whom may be in it already.
    """

    idempotency_key: str
    act: RoomAct
    created_at: datetime
    room: str = ""
    name: str = ""
    people: tuple[str, ...] = ()
    text: str = ""  # the topic, or what is posted
    attempt: int = 1


class KeptMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A message that somebody chose for the timeline, by pinning it or as the channel offers it. Texts as written."""

    id: str  # the vendor's own: the same again changes nothing
    room: str
    author: str  # the account of who wrote it
    author_name: str
    text: str  # plain text
    link: str
    at: datetime


class ChatBook(Protocol):
    """What responders may do from a chat."""

    async def act(self, verb: Verb, about: str, user: str, *, severity: str = "") -> Done:
        """Do what a button says, as the person whose account on this instance is `user`, the vendor's id of a member.

        The vendor must have proved who pressed. A second press changes nothing and says so, as does one of somebody
        whom the roster does not know: `Done.text` says what to do. Raises `StoreUnavailable`.
        """
        ...

    async def rooms(self) -> Sequence[str]:
        """The rooms of this instance that are open, as `Receipt.vendor_id` named them. Raises `StoreUnavailable`."""
        ...

    async def keep(self, message: KeptMessage) -> bool:
        """Put a message into the timeline of the incident whose room it is in.

        False, and nothing changes, when it is in no room of an incident, or was kept before. Raises `StoreUnavailable`.
        """
        ...


class ChatChannel(SupportChannel):
    """A support channel that responders read too."""

    @abstractmethod
    async def announce(self, announcement: Announcement) -> Receipt:
        """Write an announcement, or bring the one `before` up to date. Outcomes are those of `send`.

        `Receipt.vendor_id` is by what the message is found again.
        """

    async def arrange(self, order: RoomOrder) -> Receipt:
        """Do something with the room of an incident. Outcomes are those of `send`.

        When a room is opened, `Receipt.vendor_id` is by what it is known, and `Receipt.url` where people find it.
        """
        raise PermanentFailure("this channel can open no rooms")
