"""Support channels: how customers write to the support layer, and how it answers. Since API version 1.6."""

from __future__ import annotations

import enum
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

import msgspec

from incidentd.plugin.values import Condition, Receipt

if TYPE_CHECKING:
    from incidentd.plugin.adapters import Route

MAX_ATTACHMENT = 10 * 1024 * 1024
"""Bytes of one attachment; what is larger is left out, and the channel says so in the text."""


class Attachment(msgspec.Struct, frozen=True, kw_only=True):
    """A file that came with a message. It is stored, and never opened; name and type are as the sender says."""

    name: str
    media_type: str
    data: bytes


class Received(msgspec.Struct, frozen=True, kw_only=True):
    """A message from outside. All texts are as the sender wrote them; nothing in it is authority for anything.

    `answers` are those to the triage questions that the channel asked itself, such as a form: who, reproduce, since,
    expected, observed, scope, workaround, contact. `tags` say service, region, version, feature where they are known.
    """

    id: str  # the channel's own id of the message: the same again from the same instance changes nothing
    thread: str  # the channel's id of the conversation: a message in a known one belongs to its report
    sender: str  # the sender's address on the channel
    text: str  # plain text, without what it quotes
    sender_name: str = ""
    subject: str = ""
    sent_at: datetime | None = None
    parent: str = ""  # the id of the message it answers, ours or theirs: finds the report when the thread does not
    automatic: bool = False  # an auto-reply or a bot: kept, but it stops no clock and gets no automatic answer
    verified: bool = False  # the channel proved who the sender is; a From line proves nothing
    private: bool = False  # it must never be answered where others can read
    opens: bool = True  # whether it begins a report where the conversation is not known; without, it is left out there
    kind: str = ""  # end_user | oss_developer | internal_team, where the channel knows
    answers: Mapping[str, str] = {}
    tags: Mapping[str, str] = {}
    attachments: tuple[Attachment, ...] = ()


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """Where a message went; `report_id` is 0 where it was left out because it `opens` no report."""

    report_id: int
    message_id: int
    reference: str  # what a person may quote, such as "R-12"
    new_report: bool
    known: bool  # it came before: nothing was changed


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """A message of a conversation, as its customer may read it. Notes and names of ours are not among them."""

    from_customer: bool
    text: str
    at: datetime
    automatic: bool = False
    attachments: tuple[str, ...] = ()  # their names


class Conversation(msgspec.Struct, frozen=True, kw_only=True):
    """What was said in one thread of one channel instance, oldest first."""

    reference: str  # "R-12"
    subject: str
    closed: bool  # nobody works on it any more; a further message opens it again
    messages: tuple[Said, ...]


class ReportBook(Protocol):
    """Where a channel puts messages, and reads them back."""

    async def receive(self, message: Received) -> Taken:
        """Store a message; it is durable when this returns.

        Raises `StoreUnavailable` when it could not be kept, and `BadRequest` that names the field.
        """
        ...

    async def conversation(self, thread: str) -> Conversation | None:
        """What was said in a thread of this instance, both ways; None when nothing was. Raises `StoreUnavailable`.

        For channels that show the conversation themselves: an answer is in it before `SupportChannel.send` is called.
        """
        ...


class OutgoingKind(enum.StrEnum):
    """Why a customer is written to."""

    REPLY = "reply"  # a person answers
    QUESTION = "question"  # a person asks what triage needs to know
    RECEIPT = "receipt"  # by itself: the message came in, and this is its reference
    UPDATE = "update"  # the incident behind the report has changed, or is over
    LEARNED = "learned"  # what was learned from it


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """One message to a customer. A resend carries the same `idempotency_key`. Escape the texts for your format."""

    idempotency_key: str
    kind: OutgoingKind
    reference: str  # "R-12"
    thread: str
    recipient: str  # the address that the customer wrote from
    subject: str
    text: str
    created_at: datetime
    in_reply_to: str = ""  # the channel's id of the last message from them
    automatic: bool = False  # written by no person: mark it so where the channel knows such marks
    private: bool = False  # never where others can read
    attempt: int = 1


class SupportChannel(ABC):
    """A way customers and the support layer write to each other."""

    def routes(self) -> Sequence[Route]:
        """The HTTP routes to mount, as those of a source; empty by default."""
        return ()

    async def run(self) -> None:
        """A long-running task (a mailbox, a socket). Supervised: restarted with backoff when it raises."""
        return None

    @abstractmethod
    async def send(self, outgoing: Outgoing) -> Receipt:
        """Hand `outgoing` to the channel. Outcomes are those of `Notifier.send`; `Receipt.vendor_id` is the channel's
        own id of the message, so that an answer to it is known by its `parent`.
        """

    def condition(self) -> Condition | None:
        """How it is, for the health view; asked often, so only tell what is known."""
        return None

    async def close(self) -> None:
        """Release what was opened. Called once, also after a failed `run`."""
        return None
