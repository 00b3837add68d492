"""How the daemon is: what is waiting, what failed, and which plugin is in trouble."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from incidentd import wire
from incidentd.configuration.tls_files import Certificate
from incidentd.domain import retros as retro_rules
from incidentd.domain.alarm_kinds import alarms, kind_of
from incidentd.domain.own_alarms import OwnAlarm
from incidentd.domain.process import DEFAULT_REVIEW_NAME
from incidentd.services import last_resort
from incidentd.services.store_size import store_health
from incidentd.storage import alerts, deliveries, experiments, incidents, pages, reports, retros, timers
from incidentd.storage.damage import is_damage
from incidentd.storage.pages import PageRow
from incidentd.storage.schema import pages as pages_table
from incidentd.storage.store import Store
from incidentd.storage.trouble import is_trouble
from incidentd.wire import health as wire_health
from incidentd.wire.backups import BackupHealth
from incidentd.wire.retention import RetentionHealth
from incidentd.wire.upkeep import LogLevel

_DAY = timedelta(hours=24)
_PAGE_SIZE = os.sysconf("SC_PAGESIZE")
_LATE_TIMERS = 200


def resident_mib() -> float:
    """Resident memory of this process (proc(5), statm, second field)."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * _PAGE_SIZE / 2**20


class _Counts:
    """One read of everything health counts."""

    def __init__(self, conn: Connection, now: datetime) -> None:
        self.firing, self.unrouted = alerts.counts(conn)
        self.timers_due, self.timers_failing = timers.counts(conn, now)
        self.waiting, self.failed = deliveries.counts(conn, now - _DAY)
        self.waiting_of = deliveries.waiting_of_notifiers(conn)
        self.unreached = [_unreached(conn, page) for page in pages.at_last_resort(conn)]
        self.reports_late = reports.count(conn, reports.is_late(now))
        self.reviews_late = incidents.count_where(conn, incidents.review_stands("late", now))
        self.retros_due = retros.listed(conn, retros.in_states([retro_rules.State.DUE]))
        self.asking = experiments.asking(conn)
        self.store = store_health(conn)
        self.exhausted = pages.count_where(conn, pages_table.c.state == "exhausted", pages_table.c.drill_id.is_(None))


async def _none(_adapters: Sequence[wire.AdapterHealth]) -> tuple[wire_health.SourceHealth, ...]:
    return ()


class HealthView:
    """Answers `health`. `adapters`, `lag_ms` and `notes` come from the plugin host and the configuration."""

    def __init__(
        self,
        store: Store,
        *,
        adapters: Callable[[], Sequence[wire.AdapterHealth]],
        lag_ms: Callable[[], float],
        notes: Callable[[], Sequence[OwnAlarm]],
        config_files: Callable[[], Sequence[str]],
        sources: Callable[[Sequence[wire.AdapterHealth]], Awaitable[tuple[wire_health.SourceHealth, ...]]] = _none,
        duty: Callable[[], Awaitable[Sequence[OwnAlarm]]] | None = None,
        certificate: Callable[[], Certificate | None] = lambda: None,
        review_name: Callable[[], str] = lambda: DEFAULT_REVIEW_NAME,
        backup: Callable[[], BackupHealth | None] = lambda: None,
        retention: Callable[[Connection], RetentionHealth | None] = lambda _: None,
        log: Callable[[], LogLevel | None] = lambda: None,
    ) -> None:
        self._store = store
        self._adapters = adapters
        self._lag_ms = lag_ms
        self._sources = sources
        self._notes = notes
        self._config_files = config_files
        self._duty = duty
        self._certificate = certificate
        self._review_name = review_name
        self._backup = backup
        self._retention = retention
        self._log = log

    async def health(self) -> wire.Health:
        """The state of everything, and in words what is wrong."""
        trouble = self._store.trouble()
        if trouble:
            return self._without_store(trouble)
        try:
            return await self._with_store()
        except (DBAPIError, OSError) as error:
            if isinstance(error, DBAPIError) and is_damage(error):
                return self._without_store("the store is damaged where it is counted", "store-damaged")
            if is_trouble(error):  # nobody has told yet that it is away
                return self._without_store(self._store.trouble() or "the store does not answer")
            raise

    def _without_store(self, trouble: str, code: str = "store-down") -> wire.Health:
        """What can be said while the store cannot be asked: nothing is counted."""
        said = f"{trouble}; senders are refused, and what waits goes on once it answers"
        found = (OwnAlarm(code, said), *self._notes())
        return wire.Health(
            status="degraded",
            problems=tuple(one.text for one in found),
            alarms=tuple(map(shown, found)),
            adapters=tuple(self._adapters()),
            alerts_firing=0,
            alerts_unrouted=0,
            timers_due=0,
            timers_failing=0,
            deliveries_waiting=0,
            deliveries_failed_24h=0,
            loop_lag_ms=round(self._lag_ms(), 1),
            rss_mib=round(resident_mib(), 1),
            config_files=tuple(self._config_files()),
            log=self._log(),
        )

    async def _with_store(self) -> wire.Health:
        now = self._store.clock.now()
        counts, retention = await self._store.read(lambda conn: (_Counts(conn, now), self._retention(conn)))
        adapters = tuple(_with_what_waits(one, counts.waiting_of) for one in self._adapters())
        certificate = self._certificate()
        duty = await self._duty() if self._duty is not None else ()
        found = (*counts.unreached, *self._notes(), *duty, *_problems(counts, adapters, self._review_name()))
        return wire.Health(
            status="degraded" if found else "ok",
            problems=tuple(one.text for one in found),
            alarms=tuple(map(shown, found)),
            adapters=adapters,
            alerts_firing=counts.firing,
            alerts_unrouted=counts.unrouted,
            timers_due=counts.timers_due,
            timers_failing=counts.timers_failing,
            deliveries_waiting=counts.waiting,
            deliveries_failed_24h=counts.failed,
            loop_lag_ms=round(self._lag_ms(), 1),
            rss_mib=round(resident_mib(), 1),
            config_files=tuple(self._config_files()),
            tls_names=certificate.names if certificate else (),
            tls_expires_at=certificate.not_after if certificate else None,
            sources=await self._sources(adapters),
            store=counts.store,
            backup=self._backup(),
            retention=retention,
            log=self._log(),
        )


def shown(alarm: OwnAlarm) -> wire_health.OwnAlarm:
    """As the wire shows it, with what its code means."""
    kind = kind_of(alarm.code)
    return wire_health.OwnAlarm(
        code=alarm.code,
        title=kind.title,
        severity=kind.severity,
        text=alarm.text,
        runbook=f"incidentctl runbook {alarm.code}",
    )


def _unreached(conn: Connection, page: PageRow) -> OwnAlarm:
    """What stands above everything else: somebody must be told by other means."""
    told = [row for row in deliveries.of_pages(conn, [page.id]) if row.kind == last_resort.KIND]
    if not told:
        end = "there is no [last_resort] in roster.toml: tell somebody by other means"
    elif all(row.state == "failed" for row in told):
        end = "THE LAST RESORT FAILED TOO: tell somebody by other means"
    else:
        end = f"the last resort was written to by {', '.join(row.notifier for row in told)}"
    return OwnAlarm("page-unreached", f"P-{page.id} NEEDS SOMEBODY: {page.last_resort_why}; {end}")


def _with_what_waits(one: wire.AdapterHealth, waiting: Mapping[str, int]) -> wire.AdapterHealth:
    """A notifier or a channel that rests, with how many messages wait for it; pages go by another method meanwhile."""
    number = waiting.get(one.instance, 0)
    if one.role not in ("notifier", "channel") or one.state != "quarantined" or not number:
        return one
    waits = "1 message waits" if number == 1 else f"{number} messages wait"
    return msgspec.structs.replace(one, detail=f"{waits} for it: {one.detail}")


_DOWN = {"notifier": "notifier-down", "source": "source-down", "channel": "channel-down"}


def _of_adapter(one: wire.AdapterHealth) -> OwnAlarm:
    code = "plugin-degraded" if one.state == "degraded" else _DOWN.get(one.role, "plugin-broken")
    return OwnAlarm(code, f"{one.role} {one.instance} is {one.state}: {one.detail}")


def _problems(counts: _Counts, adapters: Sequence[wire.AdapterHealth], name: str) -> list[OwnAlarm]:
    found = [_of_adapter(one) for one in adapters if one.state != "ok"]
    if counts.exhausted:
        text = f"{counts.exhausted} pages went through every step and nobody acknowledged"
        found.append(OwnAlarm("pages-exhausted", f"{text}: see incidentctl page list --state exhausted"))
    found += _of_people(counts, name)
    if counts.timers_failing:
        text = f"{counts.timers_failing} timers failed and are tried again: see the log for timer_failed"
        found.append(OwnAlarm("timers-failing", text))
    if counts.timers_due > _LATE_TIMERS:
        text = f"{counts.timers_due} timers are overdue: the daemon does not keep up"
        found.append(OwnAlarm("timers-late", text))
    if counts.failed:
        text = f"{counts.failed} messages failed for good in the last 24 h: see incidentctl page list"
        found.append(OwnAlarm("messages-failed", text))
    return found


def _of_people(counts: _Counts, name: str) -> list[OwnAlarm]:
    """What waits for somebody to do it."""
    found = []
    if counts.reports_late:
        waits = "reporter waits" if counts.reports_late == 1 else "reporters wait"
        text = f"{counts.reports_late} {waits} for a word that is overdue: see incidentctl report list --late"
        found.append(OwnAlarm("reports-late", text))
    if counts.reviews_late:
        of = "1 incident is" if counts.reviews_late == 1 else f"{counts.reviews_late} incidents are"
        found.append(OwnAlarm("reviews-late", f"the {name} of {of} late: see incidentctl review due"))
    due = (f"{one.called} is due, {one.why}: incidentctl process retro start" for one in counts.retros_due)
    found += alarms("retro-due", due)
    if counts.asking:
        asked = ", ".join(one.name for one in counts.asking)
        text = f"{asked}: keep, adapt, drop, or cannot tell? see incidentctl experiment list --state asking"
        found.append(OwnAlarm("experiment-asks", text))
    return found
