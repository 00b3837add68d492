"""Values that cross the border between the daemon and a plugin."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from datetime import datetime

import msgspec


class Secret:
    """A configured secret. Its repr and str never show it; only `reveal()` does."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The secret itself; call it at the last moment and keep the result in no attribute."""
        return self._value

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)


class NotificationKind(enum.StrEnum):
    """Why a person is written to."""

    PAGE = "page"  # act now; carries acknowledge_url while the page is open
    UPDATE = "update"  # what was paged has changed, or still fires
    RESOLVED = "resolved"  # what was paged is over
    TEST = "test"


class Urgency(enum.StrEnum):
    """Whether a person must act now (HIGH) or it can wait for working hours (LOW)."""

    HIGH = "high"
    LOW = "low"


class Notification(msgspec.Struct, frozen=True, kw_only=True):
    """One message to one contact method of one person.

    A resend after a crash or an unclear answer carries the same `idempotency_key`; pass it to the vendor where the
    vendor knows such keys. `thread` is equal for all messages of one page, so that a channel can thread or replace.
    All texts are untrusted: escape them for the format you write.
    """

    idempotency_key: str
    thread: str
    kind: NotificationKind
    urgency: Urgency
    recipient: str  # the person's handle
    address: str  # this contact method's address, as configured ("" when the instance needs none)
    title: str  # one line, at most 250 characters
    body: str  # plain text, may have several lines
    reason: str  # why this person gets it, one line
    labels: Mapping[str, str]
    created_at: datetime
    acknowledge_url: str | None = None  # a signed link; POST acknowledges, GET shows a confirm page
    attempt: int = 1
    unsubscribe_url: str | None = None  # of a letter to a subscriber; a POST ends it (RFC 8058). Since API version 1.8
    calendar: str = (
        ""  # an iCalendar document with its METHOD (RFC 5546), where files can go along. Since API version 1.8
    )


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """The vendor took the message. `delivered` is True only where the vendor confirms arrival.

    `url` is where people find a room or an issue that was opened. Since API version 1.7.
    """

    vendor_id: str = ""
    delivered: bool = False
    url: str = ""


class ReceiptOutcome(enum.StrEnum):
    """What a vendor says later about a message; since API version 1.3."""

    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"  # it will never arrive: the next contact method is used at once


class TemporaryFailure(Exception):  # noqa: N818 - the name says the outcome, not an error class
    """Try again later; `retry_after` (seconds) is the vendor's own wish, if it gave one."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class PermanentFailure(Exception):  # noqa: N818
    """This message can never be delivered this way: a bad address, a revoked token."""


class WebhookRequest(msgspec.Struct, frozen=True, kw_only=True):
    """An inbound HTTP request, already bounded in size and time and inflated."""

    method: str
    path: str  # below the instance's mount point
    params: Mapping[str, str]  # from the path pattern, e.g. {"key": ...}
    query: Mapping[str, str]  # decoded; the values of a repeated key are joined with "\n"
    headers: Mapping[str, str]  # lower-case names
    body: bytes
    peer: str  # address of the sender
    received_at: datetime


class WebhookResponse(msgspec.Struct, frozen=True, kw_only=True):
    """What the sender gets. `body` bytes are sent as they are."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"
    headers: Mapping[str, str] = {}


class BadRequest(Exception):  # noqa: N818
    """The sender's fault. Answered with `status` and a JSON body that names `field`."""

    def __init__(self, message: str, *, field: str = "", status: int = 400) -> None:
        super().__init__(message)
        self.field = field
        self.status = status


class Condition(msgspec.Struct, frozen=True, kw_only=True):
    """How a source is, in its own words: one line. Not `well` is shown as a problem of the daemon."""

    text: str
    well: bool = True


class ActiveAlert(msgspec.Struct, frozen=True, kw_only=True):
    """An alert as a source may read it back (Alertmanager's `GET /api/v2/alerts`)."""

    id: int
    source: str
    key: str
    status: str  # firing | resolved
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    starts_at: datetime
    ends_at: datetime | None
    updated_at: datetime
    generator_url: str
    service: str
    acknowledged: bool
    group_id: int | None
    group_labels: Mapping[str, str]
    silenced_by: tuple[str, ...] = ()  # ids of the silences that hide it now
    inhibited_by: tuple[int, ...] = ()  # ids of alerts that explain it, by a rule or by a dependency
    muted_by: tuple[str, ...] = ()  # names of the time intervals by which its routes tell nobody now
    maintained_by: tuple[str, ...] = ()  # names of the maintenance windows that hide it now


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the event log, as observers see it. `subject` is "incident:3", "alert:17", "page:4" ..."""

    seq: int
    at: datetime
    actor: str
    kind: str
    subject: str
    data: Mapping[str, object]
