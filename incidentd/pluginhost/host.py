"""The plugin host: what the daemon knows of plugins."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec
import structlog

from incidentd.clock import Clock
from incidentd.configuration.daemon_settings import AdapterInstance
from incidentd.domain.checks import CheckState
from incidentd.domain.display import safe_line
from incidentd.domain.file_faults import Fault
from incidentd.domain.people import Person
from incidentd.domain.reachability import NotifierState
from incidentd.plugin.adapters import (
    AdapterConfig,
    AlertReader,
    AlertSource,
    Capability,
    Context,
    Notifier,
    PausedChecks,
    ReceiptBook,
    Route,
    SignalSink,
    SilenceBook,
)
from incidentd.plugin.chat import Announcement, ChatBook, RoomOrder
from incidentd.plugin.duty import DutyBook
from incidentd.plugin.embedding import Embedder
from incidentd.plugin.issues import IssueBook, IssueOrder
from incidentd.plugin.memory import Memory
from incidentd.plugin.status import StatusReader
from incidentd.plugin.subscribers import Subscribers
from incidentd.plugin.support import Outgoing, ReportBook, SupportChannel
from incidentd.plugin.values import BadRequest, Event, Notification, PermanentFailure, Receipt
from incidentd.pluginhost.census import MANY, tasks_by_plugin
from incidentd.pluginhost.crew import Crew
from incidentd.pluginhost.discovery import LOAD_SECONDS, Found, discover, within
from incidentd.pluginhost.embedding import EmbeddingFailed, RunningEmbedder
from incidentd.pluginhost.instances import Wanted, offers, wanted
from incidentd.pluginhost.observers import RunningObserver
from incidentd.pluginhost.running import RunningChannel, RunningListener, RunningNotifier, RunningSource
from incidentd.pluginhost.vitals import Vitals
from incidentd.wire import AdapterHealth

A = TypeVar("A")
log = structlog.get_logger("incidentd.plugins")


class Lent(msgspec.Struct, frozen=True, kw_only=True):
    """What the daemon lends to one instance; implements `plugin.Context`."""

    instance: str
    version: str
    sink: SignalSink
    reader: AlertReader
    silences: SilenceBook
    memory: Memory
    paused: PausedChecks
    receipts: ReceiptBook
    reports: ReportBook
    chat: ChatBook
    issues: IssueBook
    duty: DutyBook
    status: StatusReader
    subscribers: Subscribers
    http: Any
    sockets: Callable[[tuple[Any, ...]], socket.socket]
    clock: Clock
    notes: Callable[[str, str], Awaitable[None]]  # called with the instance and the text

    async def note(self, text: str) -> None:
        """Write to the event log."""
        await self.notes(self.instance, text)

    def open_socket(self, address_info: tuple[Any, ...]) -> socket.socket:
        """A socket for one entry of `getaddrinfo`. Raises `AddressRefused`."""
        return self.sockets(address_info)

    def now(self) -> Any:
        """The current instant."""
        return self.clock.now()


LendTo = Callable[[str], Context]


class Mounted(msgspec.Struct, frozen=True):
    """A route of an instance, below `place`; `root` says that it is served at its own place too."""

    instance: str
    route: Route
    root: bool
    place: str = "in"


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """A check of an instance; `root` says that the instance is served at its own place too."""

    source: str
    type: str
    root: bool
    state: CheckState


def _wrong(options: AdapterConfig, address: str) -> str:
    """Why no message can reach `address`, "" when one can. The plugin's own code says so, and may fail."""
    try:
        options.check_address(address)
    except ValueError as error:
        return safe_line(str(error), 300)
    except Exception as error:
        return f"its plugin failed to check it: {type(error).__name__}"
    return ""


class PluginHost:
    """Makes the instances that the configuration wants, and routes calls to them. Nothing a plugin does stops it."""

    def __init__(self, clock: Clock, environ: Mapping[str, str], found: Sequence[Found] | None = None) -> None:
        self._clock = clock
        self._environ = environ
        self._found = found
        self._crew = Crew()

    # ------------------------------------------------------------------ loading
    def check(self, adapters: Sequence[AdapterInstance], disabled: Collection[str] = ()) -> list[Fault]:
        """Every fault of the instances, without creating one."""
        every = self._wanted(adapters, self._discovered(disabled))
        return [fault for instances in every for one in instances for fault in one.faults]

    def useless_contacts(
        self, adapters: Sequence[AdapterInstance], people: Iterable[Person], disabled: Collection[str] = ()
    ) -> list[str]:
        """What is wrong with contact methods that no message can ever reach, one line each."""
        _, notifiers, *_ = self._wanted(adapters, self._discovered(disabled))
        options = {one.name: one.options for one in notifiers if one.options is not None}
        return [
            f"people.{person.handle}.contacts: {method.notifier} can never write to {method.address!r}: {wrong}"
            for person in people
            for method in person.contacts
            if method.notifier in options and (wrong := _wrong(options[method.notifier], method.address))
        ]

    def _discovered(self, disabled: Collection[str]) -> Sequence[Found]:
        return self._found if self._found is not None else discover(disabled)

    def _wanted(
        self, adapters: Sequence[AdapterInstance], found: Sequence[Found]
    ) -> tuple[list[Wanted[AlertSource]], list[Wanted[Notifier]], list[Wanted[SupportChannel]], list[Wanted[Embedder]]]:
        def of(role: str) -> list[AdapterInstance]:
            return [one for one in adapters if one.role == role]

        return (
            wanted(of("source"), offers(found, lambda plugin: plugin.sources), self._environ),
            wanted(of("notifier"), offers(found, lambda plugin: plugin.notifiers), self._environ),
            wanted(of("channel"), offers(found, lambda plugin: plugin.channels), self._environ),
            wanted(of("embedder"), offers(found, lambda plugin: plugin.embedders), self._environ),
        )

    def load(self, adapters: Sequence[AdapterInstance], lend: LendTo, disabled: Collection[str] = ()) -> Crew:
        """Create every instance and put them in the place of the present ones, which are returned, to be closed.

        What cannot be created is shown in `health`. May take seconds: call it on a thread.
        """
        found = self._discovered(disabled)
        modules = {one.module: one.name for one in found if one.module}
        crew = Crew(plugins=[self._plugin_vitals(one) for one in found], modules=modules)
        sources, notifiers, channels, embedders = self._wanted(adapters, found)
        for source in sources:
            vitals = Vitals(source.name, source.type, "source", self._clock)
            made = self._create(source, vitals, lend, AlertSource, crew)
            if made is not None:
                crew.sources[source.name] = RunningSource(made, vitals, source.root)
        for notifier in notifiers:
            vitals = Vitals(notifier.name, notifier.type, "notifier", self._clock)
            able = self._create(notifier, vitals, lend, Notifier, crew)  # type: ignore[type-abstract]
            if able is not None:
                able_to = notifier.kind.capabilities if notifier.kind is not None else frozenset()
                crew.notifiers[notifier.name] = RunningNotifier(able, vitals, self._clock, capabilities=able_to)
        for channel in channels:
            vitals = Vitals(channel.name, channel.type, "channel", self._clock)
            open_to_all = self._create(channel, vitals, lend, SupportChannel, crew)  # type: ignore[type-abstract]
            if open_to_all is not None:
                crew.channels[channel.name] = RunningChannel(open_to_all, vitals, channel.root, self._clock)
        self._load_embedders(embedders, lend, crew)
        crew.observers = [
            RunningObserver(one.observer, vitals)
            for one, vitals in zip(found, crew.plugins, strict=True)
            if one.observer is not None
        ]
        previous, self._crew = self._crew, crew
        return previous

    def _load_embedders(self, wanted: Sequence[Wanted[Embedder]], lend: LendTo, crew: Crew) -> None:
        for one in wanted:
            vitals = Vitals(one.name, one.type, "embedder", self._clock)
            made = self._create(one, vitals, lend, Embedder, crew)  # type: ignore[type-abstract]
            if made is not None:
                crew.embedders[one.name] = RunningEmbedder(made, vitals)

    def _plugin_vitals(self, found: Found) -> Vitals:
        vitals = Vitals(found.name, "plugin", "plugin", self._clock)
        if found.error:
            vitals.dead("failed", f"cannot be loaded: {found.error}")
            log.error("plugin_failed", plugin=found.name, error=found.error)
        return vitals

    def _create(self, one: Wanted[A], vitals: Vitals, lend: LendTo, base: type[A], crew: Crew) -> A | None:
        kind = one.kind
        if kind is None or one.faults:
            vitals.dead("missing" if kind is None else "failed", "; ".join(map(str, one.faults)))
            crew.unusable.append(vitals)
            return None
        try:
            made = within(LOAD_SECONDS, lambda: kind.create(one.options, lend(one.name)))
            if not isinstance(made, base):
                raise TypeError(f"create returned {type(made).__name__}, no {base.__name__}")
        except (Exception, SystemExit) as error:
            vitals.dead("failed", f"cannot be created: {type(error).__name__}: {error}")
            log.error("instance_failed", instance=one.name, error=repr(error))
            crew.unusable.append(vitals)
            return None
        return made

    # ------------------------------------------------------------------ running
    def start(self) -> None:
        """Start the tasks of sources, channels and observers."""
        self._crew.start()

    def routes(self) -> list[Mounted]:
        """Every route of every source and channel, and those by which vendors report to notifiers."""
        crew = self._crew
        listeners: list[tuple[str, RunningListener]] = [*crew.sources.items(), *crew.channels.items()]
        heard = [Mounted(name, route, one.root) for name, one in listeners for route in one.routes()]
        receipts = [
            Mounted(name, route, root=False, place="receipts")
            for name, one in crew.notifiers.items()
            for route in one.routes()
        ]
        return heard + receipts

    async def checks(self) -> list[Checked]:
        """Every check of every source; one that fails to tell has none, and says so in its health."""
        sources = list(self._crew.sources.items())
        told = await asyncio.gather(*(source.checks() for _, source in sources))
        return [
            Checked(source=name, type=source.vitals.kind, root=source.root, state=state)
            for (name, source), states in zip(sources, told, strict=True)
            for state in states
        ]

    async def forget(self, instance: str, name: str) -> None:
        """Let a source delete one of its checks. Raises `BadRequest` when it may not, or is gone."""
        source = self._crew.sources.get(instance)
        if source is None:
            raise BadRequest(f"the source {instance} is gone", field="check", status=409)
        await source.forget(name)

    async def send(self, instance: str, notification: Notification) -> Receipt:
        """Send by an instance. An instance that does not exist fails for good, so that the next method is used."""
        notifier = self._crew.notifiers.get(instance)
        if notifier is None:
            raise PermanentFailure(f"notifier {instance!r} {self._why_missing(instance, 'notifier')}")
        return await notifier.send(notification)

    async def write(self, instance: str, outgoing: Outgoing) -> Receipt:
        """Write to a customer by a channel instance; one that does not exist fails for good."""
        return await self._channel(instance).send(outgoing)

    async def announce(self, instance: str, announcement: Announcement) -> Receipt:
        """Announce to responders by a channel instance; one that does not exist, or has no chat, fails for good."""
        return await self._channel(instance).announce(announcement)

    async def arrange(self, instance: str, order: RoomOrder) -> Receipt:
        """Do something with the room of an incident, as `announce`."""
        return await self._channel(instance).arrange(order)

    def issue_channels(self) -> list[str]:
        """The channel instances that can open issues of a code forge, in the order of the configuration."""
        return [name for name, channel in self._crew.channels.items() if channel.opens_issues()]

    async def open_issue(self, instance: str, order: IssueOrder) -> Receipt:
        """Open an issue by a channel instance; one that does not exist, or opens none, fails for good."""
        return await self._channel(instance).open_issue(order)

    @property
    def embedders(self) -> Collection[str]:
        """The embedder instances that can be used, in the order of the configuration."""
        return list(self._crew.embedders)

    async def embed(self, instance: str, texts: Sequence[str]) -> list[list[float]]:
        """A vector a text, by an instance. Raises `EmbeddingFailed`."""
        embedder = self._crew.embedders.get(instance)
        if embedder is None:
            raise EmbeddingFailed(f"embedder {instance!r} {self._why_missing(instance, 'embedder')}")
        return await embedder.embed(texts)

    def _channel(self, instance: str) -> RunningChannel:
        channel = self._crew.channels.get(instance)
        if channel is None:
            raise PermanentFailure(f"channel {instance!r} {self._why_missing(instance, 'channel')}")
        return channel

    def _why_missing(self, instance: str, role: str) -> str:
        dead = (one for one in self._crew.unusable if (one.instance, one.role) == (instance, role))
        return next((f"cannot be used: {one.detail}" for one in dead), "is gone")

    def capabilities(self, instance: str) -> Collection[str]:
        """What a notifier instance can do; nothing when there is no such instance."""
        notifier = self._crew.notifiers.get(instance)
        return notifier.capabilities if notifier is not None else ()

    def state(self, instance: str) -> NotifierState:
        """How a notifier instance is; missing when there is none."""
        vitals = [one.vitals for one in self._crew.notifiers.values()] + self._crew.unusable
        found = next((one for one in vitals if one.instance == instance and one.role == "notifier"), None)
        silent = Capability.SILENT in self.capabilities(instance)
        return NotifierState(state=found.shown().state if found else "missing", silent=silent)

    def observe(self, events: Sequence[Event]) -> None:
        """Hand committed events to the observers."""
        for observer in self._crew.observers:
            observer.offer(events)

    @property
    def has_observers(self) -> bool:
        """Whether anybody watches."""
        return bool(self._crew.observers)

    def notifier_names(self) -> set[str]:
        """The notifier instances that can be used."""
        return set(self._crew.notifiers)

    def blame(self, instance: str, detail: str) -> None:
        """Note something about an instance, or a plugin, that another part of the daemon saw."""
        for vitals in self._crew.vitals():
            if vitals.instance == instance:
                vitals.note(detail)

    def modules(self) -> Mapping[str, str]:
        """The plugins by the top-level module of their code."""
        return self._crew.modules

    def health(self) -> tuple[AdapterHealth, ...]:
        """Every plugin that is not well, and every instance."""
        for plugin, number in tasks_by_plugin(self._crew.modules).items():
            if number > MANY:
                self.blame(plugin, f"{number} of its tasks run at once: it may leak them")
        return tuple(
            shown
            for shown in (one.shown() for one in self._crew.vitals())
            if shown.role != "plugin" or shown.state != "ok"
        )

    async def close(self) -> None:
        """Close every instance, all at once, each within its time limit."""
        crew, self._crew = self._crew, Crew()
        await crew.close()
