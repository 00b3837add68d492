"""The contract of the socket API about one page: every message that was sent about it, and what was done.

Beside `wire`, whose rules hold here too.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from incidentd.wire import Frozen, Instant, OptionalText, Page, Request, TraceStep

Note = Annotated[str, Meta(max_length=1000)]
Name = Annotated[str, Meta(max_length=64)]


class Delivery(Frozen, frozen=True):
    id: int
    page_id: int
    person: str
    notifier: str
    address: str
    kind: str  # page | update | resolved | test | last_resort
    state: str  # pending | failed_temporarily | sending | bundled | sent | delivered | failed | cancelled | unknown
    attempt: int
    due_at: Instant
    sent_at: Instant | None
    error: str
    idempotency_key: str
    title: str
    body: str = ""
    reason: str = ""
    step: int = 0
    round: int = 0
    created_at: Instant | None = None
    tried_at: Instant | None = None  # the first attempt
    vendor_id: str = ""
    held: str = ""  # why it waits, or waited
    bundle_id: int | None = None  # it went out in one message with others
    sent_title: str = ""  # that message, as it went out
    sent_body: str = ""
    delivered_at: Instant | None = None  # the vendor's receipt
    read_at: Instant | None = None
    proven_at: Instant | None = None  # of a test: when its recipient followed its link


class PageDetail(Frozen, frozen=True):
    page: Page
    deliveries: tuple[Delivery, ...]
    steps: tuple[TraceStep, ...] = ()  # everything that was done about it


class PersonTest(Frozen, frozen=True):
    """The test messages that were sent to one person: one for each contact method, in order."""

    person: str
    deliveries: tuple[Delivery, ...]


class HandBack(Request, frozen=True):
    note: OptionalText = ""


class TakeOver(Request, frozen=True):
    """Take what somebody else has acknowledged, for good or `until` then; they are told."""

    note: Note = ""
    until: Instant | None = None


class Reassign(Request, frozen=True):
    """To a person, whoever is on call for a schedule, or a policy: exactly one of the three."""

    person: Name = ""
    schedule: Name = ""
    policy: Name = ""
    note: Note = ""
    interruption: Name = ""  # as of `RaisePage`


class Snooze(Request, frozen=True):
    """Nobody is written to before `until`, at most 7 days ahead; then the step it is at is taken again."""

    until: Instant
    note: Note = ""
