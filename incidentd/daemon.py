"""The composition root: one daemon from its configuration to its sockets, and its orderly end."""

from __future__ import annotations

import asyncio
import os
import socket
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from importlib.metadata import version as installed_version
from pathlib import Path

import aiohttp
import structlog

from incidentd import wire
from incidentd.api.identity import Role, RolePolicy
from incidentd.api.server import ApiServer, start_api
from incidentd.clock import Clock, SystemClock
from incidentd.configuration.alike import of_process
from incidentd.configuration.daemon_settings import addressed, pairs
from incidentd.configuration.tls_files import BadTls, Certificate
from incidentd.core import Core
from incidentd.doctor.reports import report
from incidentd.domain.alarm_kinds import alarms
from incidentd.domain.own_alarms import OwnAlarm, texts
from incidentd.domain.process import Process
from incidentd.ingress.calendar_fetch import CalendarFetch
from incidentd.ingress.crowd import affordable
from incidentd.ingress.daemon_metrics import daemon_metrics
from incidentd.ingress.guessing import Guessing
from incidentd.ingress.metrics import Metrics
from incidentd.ingress.node_metrics import NodeFacts
from incidentd.ingress.outbound import guarded_session
from incidentd.ingress.outside_heartbeat import OutsideHeartbeat
from incidentd.ingress.peers import any_ready, places
from incidentd.ingress.ratelimit import Buckets
from incidentd.ingress.server import CannotListen, Ingress, TlsPlaces
from incidentd.ingress.spooled import SpoolDrain
from incidentd.ingress.tls import ServerCertificate
from incidentd.instance import InstanceLock
from incidentd.lending import Lending
from incidentd.plugin.values import Event as PluginEvent
from incidentd.pluginhost.crew import Crew
from incidentd.pluginhost.host import PluginHost
from incidentd.pluginhost.stall_watch import StallWatch
from incidentd.services.checks import Checks
from incidentd.services.contracts import Calls
from incidentd.services.event_tally import EventTally
from incidentd.services.health import HealthView
from incidentd.services.log_levels import LogLevels
from incidentd.services.loop_lag import LoopLag
from incidentd.services.nodes import Myself
from incidentd.services.replays import Replays
from incidentd.services.source_health import source_health
from incidentd.services.vital_signs import vital_signs
from incidentd.settings import (
    Configuration,
    ConfigurationError,
    lease_owner,
    load_configuration,
    needs_restart,
    prepare_directories,
    user_name,
)
from incidentd.spool import Spool
from incidentd.storage.store import Store
from incidentd.wire import upkeep as wire_upkeep
from incidentd.wire.health import SourceHealth

VERSION = installed_version("incidentd")
log = structlog.get_logger("incidentd")


class Daemon:
    """One running incidentd. `start` brings everything up or raises; `close` may be called after a failed start."""

    def __init__(
        self,
        configuration: Configuration,
        *,
        config_path: Path | None = None,
        clock: Clock | None = None,
        passed: Mapping[str, Sequence[socket.socket]] | None = None,
    ) -> None:
        self.configuration = configuration
        self._config_path = config_path
        self._clock = clock or SystemClock()
        self._passed = passed or {}
        self._lock = InstanceLock(configuration.daemon.state_dir)
        self._lag = LoopLag()
        self._requests: Counter[tuple[str, str, str]] = Counter()  # answered ones of the API
        self._reloading = asyncio.Lock()
        self._started_at = self._clock.now()
        self.outgrown: Callable[[str], None] = lambda _: None  # called when the database is beyond this program
        self._notes: list[OwnAlarm] = []
        self._core: Core | None = None
        self._host: PluginHost | None = None
        self._ingress: Ingress | None = None
        self._certificate: ServerCertificate | None = None
        self._spool: SpoolDrain | None = None
        self._api: ApiServer | None = None
        self._http: aiohttp.ClientSession | None = None
        self._outside: OutsideHeartbeat | None = None
        self._stalls = StallWatch(configuration.daemon.state_dir, self._clock)
        self.log_levels = LogLevels(self._clock, configuration.daemon.log_level, self._tell)
        self._replays = Replays(
            self._clock,
            process=self._process,
            roster=lambda: self.configuration.roster,
            notifiers=lambda: self.configuration.notifiers,
            database_url=self.configuration.daemon.database_url.reveal,
        )

    @property
    def core(self) -> Core:
        """The services; only after `start`."""
        assert self._core is not None
        return self._core

    @property
    def host(self) -> PluginHost:
        """The plugins; only after `start`."""
        assert self._host is not None
        return self._host

    @property
    def ingress(self) -> Ingress:
        """The TCP listener; only after `start`."""
        assert self._ingress is not None
        return self._ingress

    # ------------------------------------------------------------------ start
    async def start(self) -> None:
        """Bring everything up. Raises AlreadyRunning, SchemaTooNew, Damaged, CannotListen, SocketUnusable, OSError."""
        prepare_directories(self.configuration.daemon)
        self._lock.acquire()
        self._stalls.begin()
        self._http = guarded_session(allow_private=self.configuration.daemon.allow_private)
        settings = self.configuration.daemon
        store = await Store.open(settings.database_url.reveal(), self._clock, settings.state_dir)
        self._host = PluginHost(self._clock, self.configuration.environ)
        self._core = Core(
            store,
            process=lambda: self.configuration.process,
            roster=lambda: self.configuration.roster,
            sender=self._host,
            public_url=self._public_url,
            node=lease_owner(self.configuration),
            expected=self._expected,
            embedders=self._host,
            source=lambda: self.configuration.source,
        )
        self._core.evolution.keeping.directory = lambda: self.configuration.daemon.state_dir
        self._core.own_alerts.health = self.health
        self._core.own_alerts.settings = lambda: self.configuration.daemon.own_paging
        self._core.outage.settings = lambda: self.configuration.daemon.store_down
        self._core.outage.others = self._others_go_on
        self._core.outage.journal.directories = (settings.runtime_dir, settings.state_dir)
        self._core.operations.retention.policy = lambda: self.configuration.daemon.retention
        self._core.operations.backups.follow(lambda: self.configuration.daemon)
        self._core.desk.calendars.fetch = CalendarFetch(self._http)
        self._core.attachments.limit = lambda: self.configuration.daemon.api.attachment_bytes
        self._core.operations.nodes.myself = self._myself
        self._core.operations.nodes.outgrown = self.outgrown
        self._stalls.start(self._host)
        await self._load_plugins()
        self._tally = EventTally(store)
        await self._tally.start()
        await self._core.start()
        await asyncio.to_thread(self.configuration.keep)
        store.on_commit.append(self._observe)
        await self._listen()
        self._start_outside_heartbeat()
        self._lag.start()
        log.info("ready", version=VERSION, engine=store.engine, ingress=self.urls(), files=self.configuration.files)

    def _start_outside_heartbeat(self) -> None:
        wanted = self.configuration.daemon.heartbeat
        if wanted is not None and self._http is not None:
            signs = partial(vital_signs, self.core.store)
            self._outside = OutsideHeartbeat(wanted.url, wanted.every, signs, self._http)
            self._outside.start()

    async def _load_plugins(self) -> Crew:
        """Plugins may hang for seconds while they load: the event loop must go on. Returns the former instances."""
        configuration = self.configuration
        disabled = (*configuration.daemon.disabled_plugins, *self._stalls.book.left_out)
        return await asyncio.to_thread(self.host.load, configuration.adapters, self._lending().lend, disabled)

    def _lending(self) -> Lending:
        assert self._http is not None
        return Lending(
            lambda: self.core,
            lambda: self.configuration,
            version=VERSION,
            http=self._http,
            clock=self._clock,
            public_url=self._public_url,
            tell=self._tell,
        )

    async def _listen(self) -> None:
        settings = self.configuration.daemon.ingress
        self._ingress = Ingress(
            clock=self._clock,
            links=self.core.links,
            calendars=self.core.feeds.read,
            metrics=self._metrics(),
            buckets=Buckets(settings.rate, settings.burst),
            guessing=Guessing(settings.refusals),
            at_once=settings.max_requests,
            connections=affordable(settings.max_connections),
            refused=self.core.traffic.refuse,
            trouble=self.core.outage.trouble,
        )
        self._spool = SpoolDrain(Spool(self.configuration.daemon.spool_dir), self._ingress.hand_in)
        self._mount()
        passed = self._passed.get("ingress", ())
        await self._ingress.start(pairs(settings.listen), passed, self._tls_places())
        self.host.start()
        self._api = await self._start_api()
        self._ingress.ready = True
        await self._spool.start()

    def _metrics(self) -> Metrics:
        facts = NodeFacts(
            adapters=self.host.health,
            lag_ms=lambda: self._lag.milliseconds,
            requests=self._requests,
            certificate=self._shown_certificate,
        )
        return daemon_metrics(VERSION, self.core, self._tally, facts, self._process)

    def _shown_certificate(self) -> Certificate | None:
        return self._certificate.shown if self._certificate else None

    def _tls_places(self) -> TlsPlaces | None:
        """Where TLS is spoken, with the certificate under watch; None without `[ingress.tls]`."""
        settings = self.configuration.daemon
        if settings.tls is None:
            return None
        try:
            self._certificate = ServerCertificate(settings.tls, now=self._clock.now, tell=self._tell)
        except BadTls as error:  # they were well when the configuration was read
            raise CannotListen(f"cannot speak TLS: {error} — {error.remedy}") from error
        self._certificate.start()
        return TlsPlaces(
            listen=pairs(settings.ingress.tls_listen),
            passed=self._passed.get("ingress-tls", ()),
            context=self._certificate.context,
        )

    async def _tell(self, kind: str, data: dict[str, object], actor: str = "") -> None:
        """Write an event of the daemon itself."""
        await self.core.store.write(lambda tx: tx.emit(kind, "daemon:0", data, actor=actor))

    def _mount(self) -> None:
        for instance, conflict in self.ingress.mount(self.host.routes()):
            self.host.blame(instance, f"{conflict}; use /in/{instance}, or set root = true on one of the two")

    def calls(self) -> Calls:
        """What the socket API can call, for every door that it has."""
        return self.core.calls(
            checks=Checks(self.core.store, self.host, self._public_url), replays=self._replays, daemon=self
        )

    async def _start_api(self) -> ApiServer:
        settings = self.configuration.daemon.api
        passed = self._passed.get("api", ())
        return await start_api(
            self.calls(),
            roles=RolePolicy(
                owner_uid=os.geteuid(),
                viewer_groups=settings.viewer_groups,
                responder_groups=settings.responder_groups,
                admin_groups=settings.admin_groups,
                default_role=Role[settings.default_role.upper()],
            ),
            person_of_uid=self._person_of,
            socket_path=None if passed else settings.socket_path,
            sock=passed[0] if passed else None,
            socket_mode=settings.socket_mode,
            answered=lambda method, path, status: self._requests.update([(method, path, str(status))]),
        )

    def _person_of(self, uid: int, os_user: str) -> str:
        name = os_user or user_name(uid)
        people = self.configuration.roster.people.values()
        return next((person.handle for person in people if person.os_user and person.os_user == name), "")

    # ------------------------------------------------------------------ what others ask of it
    def urls(self) -> list[str]:
        """Where the ingress answers."""
        if self._ingress is None:
            return []
        return [*addressed("http", self._ingress.addresses), *addressed("https", self._ingress.tls_addresses)]

    def _public_url(self) -> str:
        settings = self.configuration.daemon.ingress
        return settings.public_url or next(iter(self.urls()), "")

    def _observe(self, events: Sequence[wire.Event]) -> None:
        if not self.host.has_observers:
            return
        names = PluginEvent.__struct_fields__
        self.host.observe([PluginEvent(**{name: getattr(event, name) for name in names}) for event in events])

    async def _others_go_on(self) -> bool:
        assert self._http is not None
        return await any_ready(self._http, places(self.core.operations.nodes.others()))

    def _myself(self) -> Myself:
        following = self.core.evolution.following
        return Myself(
            version=VERSION,
            process=following.name,
            addresses=tuple(self.urls()),
            alike={
                part: value
                for part, value in self.configuration.alike.items()
                if following.adopted is None or not of_process(part)
            },
        )

    async def info(self, person: str, role: str) -> wire.Info:
        """Who and what this daemon is."""
        return wire.Info(
            api_version=wire.API_VERSION,
            version=VERSION,
            node=self.configuration.daemon.node,
            started_at=self._started_at,
            last_seq=self.core.events.last_seq,
            person=person,
            role=role,
            review_name=self._process().review_name,
            ingress=tuple(self.urls()),
            engine=self.core.store.engine,
            audiences=tuple(sorted(self._process().audiences)),
            process=self.core.evolution.following.name,
        )

    async def health(self) -> wire.Health:
        """How it is."""
        return await HealthView(
            self.core.store,
            adapters=self.host.health,
            lag_ms=lambda: self._lag.milliseconds,
            notes=self._all_notes,
            sources=self._source_health,
            config_files=lambda: self.configuration.files,
            duty=self.core.reach.problems,
            certificate=self._shown_certificate,
            review_name=lambda: self._process().review_name,
            backup=self.core.operations.backups.health,
            retention=self.core.operations.retention.health,
            log=self.log_levels.now,
        ).health()

    async def doctor(self, *, deep: bool) -> wire_upkeep.DoctorReport:
        """What is wrong with the installation, as this process sees it, and what health says."""
        return await report(self.configuration, VERSION, await self.health(), deep=deep)

    def _all_notes(self) -> list[OwnAlarm]:
        always = (self.core.operations, self.ingress.crowd, self.log_levels, self._stalls.book)
        known = (*always, self._certificate, self._spool, self._outside)
        told = [alarm for one in known if one is not None for alarm in one.problems()]
        return [*self.core.evolution.problems(self.configuration), *self._notes, *told]

    def _process(self) -> Process:
        """The one in force."""
        return self.core.process()

    async def _source_health(self, adapters: Sequence[wire.AdapterHealth]) -> tuple[SourceHealth, ...]:
        last = await self.core.sources.last_signals()
        return source_health(adapters, self.core.traffic, last, self._expected(), self._clock.now())

    def _expected(self) -> dict[str, timedelta]:
        """How often each source that is watched has to send."""
        found = ((one.name, one.expect_every) for one in self.configuration.adapters if one.role == "source")
        return {name: every for name, every in found if every is not None}

    async def reload(self, actor: str) -> wire.Reloaded:
        """Read the configuration again. A faulty one changes nothing and stands in health until it is mended.

        One at a time: two at once would start the plugins of the later one twice.
        """
        async with self._reloading:
            return await self._reload(actor)

    async def _reload(self, actor: str) -> wire.Reloaded:
        try:
            fresh = await asyncio.to_thread(self._read_again)
        except ConfigurationError as error:
            refused = (f"the configuration was not reloaded: {fault}" for fault in error.faults)
            self._notes = alarms("configuration-refused", refused)
            log.error("reload_refused", by=actor, faults=[str(fault) for fault in error.faults])
            return wire.Reloaded(files=self.configuration.files, problems=texts(self._notes), applied=False)
        self._stalls.book.forgive()
        self._notes = needs_restart(self.configuration, fresh)
        self.configuration = fresh
        previous = await self._load_plugins()
        self._mount()
        self.host.start()
        await previous.close()
        if self._certificate is not None and fresh.daemon.tls is not None:
            await self._certificate.exchange(fresh.daemon.tls)
        self.log_levels.reconfigured(fresh.daemon.log_level)
        await self.core.recheck()
        await asyncio.to_thread(fresh.keep)
        await self._tell("daemon.reloaded", {}, actor)
        log.info("reloaded", by=actor, files=fresh.files)
        return wire.Reloaded(files=fresh.files, problems=texts((*self.core.evolution.problems(fresh), *self._notes)))

    def _read_again(self) -> Configuration:
        """The files as they are now, plugin options included. Raises `ConfigurationError`."""
        fresh = load_configuration(self._config_path, self.configuration.environ)
        faults = self.host.check(fresh.adapters, fresh.daemon.disabled_plugins)
        if faults:
            raise ConfigurationError(faults)
        return fresh

    # ------------------------------------------------------------------ end
    async def close(self) -> None:
        """Drain: no new work, what is under way finishes, everything is closed."""
        if self._outside is not None:
            await self._outside.close()
        self._lag.stop()
        self.log_levels.close()
        self._stalls.stop()
        if self._certificate is not None:
            self._certificate.stop()
        await self._replays.close()
        if self._api is not None:
            self.core.presence.close()
            await self.core.events.close()
            await self._api.close()
        if self._spool is not None:
            await self._spool.stop()
        if self._ingress is not None:
            await self._ingress.close()
        if self._core is not None:
            await self._core.close()
        if self._host is not None:
            await self._host.close()
        if self._http is not None:
            await self._http.close()
        self._lock.release()
