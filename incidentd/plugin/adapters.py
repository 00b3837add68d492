"""The abstract base classes a plugin implements, and `AdapterType`, which announces one of them."""

from __future__ import annotations

import enum
import socket
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

import msgspec
import pydantic

from incidentd.domain.checks import CheckState, Pause
from incidentd.domain.matchers import Matcher
from incidentd.domain.signals import Signal
from incidentd.domain.silences import Silence
from incidentd.plugin.access import Access
from incidentd.plugin.values import (
    ActiveAlert,
    BadRequest,
    Condition,
    Notification,
    Receipt,
    ReceiptOutcome,
    WebhookRequest,
    WebhookResponse,
)

if TYPE_CHECKING:
    from incidentd.plugin.chat import ChatBook
    from incidentd.plugin.duty import DutyBook
    from incidentd.plugin.issues import IssueBook
    from incidentd.plugin.memory import Memory
    from incidentd.plugin.status import StatusReader
    from incidentd.plugin.subscribers import Subscribers
    from incidentd.plugin.support import ReportBook


class AdapterConfig(pydantic.BaseModel):
    """Base of every adapter's configuration: unknown keys are errors, values are frozen.

    Declare secrets as `SecretRef` (see `incidentd.plugin.config`); the daemon resolves them before `create`.
    """

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    def check_address(self, address: str) -> None:
        """Of a notifier: raise `ValueError` when no message can ever reach the `address` of a contact ("" for none).

        The message says what to write instead. Asked by `incidentd check`. Since API version 1.5.
        """


class Capability(enum.StrEnum):
    """What a notifier can do beyond sending text."""

    ACKNOWLEDGE = "acknowledge"  # shows a button or link that acknowledges
    RECEIPT = "receipt"  # reports arrival
    QUIET = "quiet"  # can send without sound
    VOICE = "voice"  # calls: the limits of calls hold
    SMS = "sms"  # text messages that cost: their limits hold. Since API version 1.3
    SILENT = "silent"  # rings nobody, such as a log: no limits hold. Since API version 1.3
    MAIL = "mail"  # writes to any e-mail address, and shows `Notification.unsubscribe_url`. Since API version 1.8


class SignalSink(Protocol):
    """Where a source puts signals."""

    async def submit(self, signals: Sequence[Signal], *, once: str = "") -> None:
        """Store `signals`; returns when they are durable. Raises `StoreUnavailable` when they could not be kept.

        `once` is the sender's idempotency key, if it gave one (a request's header `idempotency-key`): what an instance
        submits again under the same key within 24 hours is known already and changes nothing. Since API version 1.3.
        """
        ...


class AlertReader(Protocol):
    """Read access that a source may offer to its own clients."""

    async def alerts(
        self, *, include_resolved: bool = False, matchers: Sequence[Matcher] = ()
    ) -> Sequence[ActiveAlert]:
        """The firing alerts of every source (and recently resolved ones if asked), oldest first.

        Only those that fulfil every one of `matchers` (since API version 1.2): the database looks for them.
        """
        ...


class SilenceBook(Protocol):
    """The silences of the daemon; since API version 1.1."""

    async def list(self) -> Sequence[Silence]:
        """Every silence that is pending or active, and those that expired within five days."""
        ...

    async def get(self, silence_id: str) -> Silence | None:
        """One silence, None when there is none."""
        ...

    async def set(self, silence: Silence) -> Silence:
        """Set a new silence (`id` ""), or change the one with its id; returns it as stored.

        A change that would rewrite what was silenced in the past ends the old one and gets a new id, as in
        Alertmanager. `created_by` is as the sender says. Raises `BadRequest` naming the field; its status is 404
        when there is no silence with that id.
        """
        ...

    async def expire(self, silence_id: str, by: str) -> None:
        """End a silence now; `by` is who asked, or the instance. Raises `BadRequest`: 404 unknown, 409 over."""
        ...


class PausedChecks(Protocol):
    """The checks of one instance that people paused; since API version 1.2."""

    async def current(self) -> Mapping[str, Pause]:
        """The pauses that hold now, by name of the check."""
        ...


class ReceiptBook(Protocol):
    """Where a notifier reports what became of its messages; since API version 1.3."""

    @property
    def url(self) -> str:
        """Where the routes of this instance are reached from outside; "" when no public address is known."""
        ...

    async def report(
        self, outcome: ReceiptOutcome, *, idempotency_key: str = "", vendor_id: str = "", detail: str = ""
    ) -> bool:
        """Store what the vendor said about the message with this key, or with the id that its `Receipt` named.

        Returns when it is durable; False when this instance sent no such message. A repeat changes nothing.
        """
        ...


class Context(Protocol):
    """What the daemon lends to one adapter instance."""

    @property
    def instance(self) -> str:
        """The instance's name in the configuration, e.g. "oncall-phone"."""
        ...

    @property
    def version(self) -> str:
        """incidentd's version."""
        ...

    @property
    def sink(self) -> SignalSink:
        """Where this instance's signals go."""
        ...

    @property
    def reader(self) -> AlertReader:
        """The alerts the daemon knows, read only."""
        ...

    @property
    def silences(self) -> SilenceBook:
        """The silences: read, set and end them. Since API version 1.1."""
        ...

    async def note(self, text: str) -> None:
        """Write `text` to the event log in this instance's name: something that a person may look for later.

        For changes between the instance and its sender, such as a subscription; not for alerts. Since API version 1.3.
        Raises `StoreUnavailable`.
        """
        ...

    @property
    def memory(self) -> Memory:
        """What this instance remembers over restarts, shared with the other nodes. Since API version 1.2."""
        ...

    @property
    def paused(self) -> PausedChecks:
        """Which of this instance's checks are paused: let their alerts end. Since API version 1.2."""
        ...

    def open_socket(self, address_info: tuple[Any, ...]) -> socket.socket:
        """A socket for one entry of `getaddrinfo`, not connected. Since API version 1.2.

        For what is no HTTP, or needs a session of its own: `aiohttp.TCPConnector(socket_factory=context.open_socket)`.
        Raises `incidentd.plugin.httpcall.AddressRefused` where the outbound policy forbids the address.
        """
        ...

    @property
    def receipts(self) -> ReceiptBook:
        """Where a notifier reports late outcomes. Since API version 1.3."""
        ...

    @property
    def reports(self) -> ReportBook:
        """Where a support channel puts what customers write. Since API version 1.6."""
        ...

    @property
    def chat(self) -> ChatBook:
        """What responders do from a chat. Since API version 1.7."""
        ...

    @property
    def issues(self) -> IssueBook:
        """Where it tells what became of issues that it opened. Since API version 1.10."""
        ...

    @property
    def duty(self) -> DutyBook:
        """Who is on call. Since API version 1.6."""
        ...

    @property
    def status(self) -> StatusReader:
        """What customers were told of incidents, read only. Since API version 1.6."""
        ...

    @property
    def subscribers(self) -> Subscribers:
        """Who gets by mail what this instance publishes. Since API version 1.8."""
        ...

    @property
    def http(self) -> Any:
        """A shared `aiohttp.ClientSession` for outbound calls, with time limits; do not close it."""
        ...

    def now(self) -> Any:
        """The current instant (an aware UTC datetime)."""
        ...


class StoreUnavailable(Exception):  # noqa: N818
    """Signals could not be made durable; answer 5xx so that the sender tries again."""


A = TypeVar("A")
Handler = Callable[[WebhookRequest], Awaitable[WebhookResponse]]


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """An HTTP route a source or a channel serves, or a notifier: that is how vendors report receipts.

    `path` is absolute with aiohttp-style `{name}` parts ("/v2/alerts/{alias}/close"). It is mounted below
    `/in/<instance>` always, and at its own place too when the instance has `root = true` (the default for the first
    instance of a type). A notifier's is mounted below `/receipts/<instance>`. `max_body` (bytes) holds after inflation.
    `access` says what the handler asks for, as it is configured. Since API version 1.11.
    """

    method: str
    path: str
    handler: Handler
    max_body: int = 4 * 1024 * 1024
    access: Access = Access.OPEN


class AlertSource(ABC):  # noqa: B024 - every method has a default: a source serves routes, or runs, or both
    """A way alerts come in: webhook routes, a long-running task, or both."""

    def routes(self) -> Sequence[Route]:
        """The HTTP routes to mount; empty by default."""
        return ()

    async def checks(self) -> Sequence[CheckState]:
        """How the things it watches stand (heartbeats, probes), for lists and screens; most sources watch none.

        Called often, so answer from what is known. A check that is in `Context.paused` is shown as paused whatever
        its status says here. Since API version 1.2.
        """
        return ()

    async def forget(self, name: str) -> None:
        """Delete one of its `checks`, and let its alert end. Since API version 1.4.

        For checks that no configuration names, such as those that a ping made. Raises `BadRequest` for the others.
        """
        raise BadRequest(f"{name} stands in the configuration: take it out there and reload", field="check", status=409)

    async def run(self) -> None:
        """A long-running task (polling, a subscription). Supervised: restarted with backoff when it raises."""
        return None

    def condition(self) -> Condition | None:
        """How it is, for the health view; asked often, so only tell what is known. Since API version 1.3."""
        return None

    async def close(self) -> None:
        """Release what was opened. Called once, also after a failed `run`."""
        return None


class Notifier(ABC):
    """A way to reach a person."""

    @abstractmethod
    async def send(self, notification: Notification) -> Receipt:
        """Hand `notification` to the vendor.

        Returns when the vendor took it. Raises `TemporaryFailure` (tried again) or `PermanentFailure` (the next
        contact method is used). Any other exception counts as "unknown": it may have arrived and is tried again
        with the same idempotency key. Must be safe to cancel. No secret may stand in an error's text.
        """

    def routes(self) -> Sequence[Route]:
        """The HTTP routes by which the vendor reports receipts; empty by default. Since API version 1.3."""
        return ()

    async def close(self) -> None:
        """Release what was opened."""
        return None


class AdapterType(msgspec.Struct, Generic[A], frozen=True, kw_only=True):
    """One kind of adapter a plugin offers. `id` is what `type = "..."` names in the configuration."""

    id: str
    config: type[AdapterConfig]
    create: Callable[[Any, Context], A]
    capabilities: frozenset[Capability] = frozenset()
    summary: str = ""
    default_instance: Mapping[str, Any] | None = None  # configuration of an instance that exists without any set-up
