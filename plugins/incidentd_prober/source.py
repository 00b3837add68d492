"""The prober: one task for each target, so that one that hangs harms itself alone.

Several nodes on one database share the work: who moves `due_at` on in the target's record makes that probe.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import msgspec

from incidentd.plugin import (
    AdapterType,
    AlertSource,
    CheckState,
    CheckStatus,
    Context,
    StoreUnavailable,
    update_memory,
)
from incidentd_prober.alerts import signals
from incidentd_prober.config import ProberConfig, Target
from incidentd_prober.probe import Probes
from incidentd_prober.reach import Reach
from incidentd_prober.record import Record, Result, Rules, after, with_pause

CERTIFICATE_EVERY = timedelta(hours=1)
_LOOK_SECONDS = 5.0  # longest sleep: another node may have moved the time
_AFTER_FAULT_SECONDS = 5.0
_PREFIX = "target/"
_GONE = Target(tcp="gone:1")  # stands for a target that is no longer configured
_encode = msgspec.json.encode
RecordChange = Callable[[Record], Record]


class ProberSource(AlertSource):
    """One prober. Its state is in its memory, so that restarts and several nodes make no difference."""

    def __init__(self, config: ProberConfig, context: Context) -> None:
        self._config = config
        self._context = context
        self._probes = Probes(Reach(context.open_socket))
        self._certificates: dict[str, datetime] = {}  # when it was looked at here

    async def run(self) -> None:
        """Probe every target for ever."""
        await self._drop_strangers()
        async with asyncio.TaskGroup() as group:
            for name in self._config.targets:
                group.create_task(self._watch(name), name=f"probe-{name}")

    async def _watch(self, name: str) -> None:
        # Not all at once after a start; a target whose time has passed waits for ten seconds at most.
        await asyncio.sleep(random.uniform(0, min(self._config.targets[name].interval.total_seconds(), 10)))
        while True:
            try:
                wait = await self.look(name)
            except StoreUnavailable:
                wait = _AFTER_FAULT_SECONDS
            await asyncio.sleep(min(max(wait, 0.05), _LOOK_SECONDS))

    async def look(self, name: str) -> float:
        """Probe a target if it is time and no other node does; returns the seconds until the next time."""
        now, target = self._now(), self._config.targets[name]
        pause = (await self._context.paused.current()).get(name)
        record = await self._change(name, lambda before: with_pause(before, pause))
        await self._tell(name, record)
        if pause is not None:
            return _LOOK_SECONDS
        if record.due_at is not None and now < record.due_at <= now + target.interval:
            return (record.due_at - now).total_seconds()
        claimed = msgspec.structs.replace(record, due_at=now + target.interval)
        if not await self._context.memory.swap(_key(name), _stored(record), _encode(claimed)):
            return 0.0
        result = await self._probes.ask(target, certificate=self._certificate_due(name, now))
        record = await self._change(name, lambda before: _unless_paused(before, result, _rules(target), now))
        await self._tell(name, record)
        return (now + target.interval - self._now()).total_seconds()

    def _now(self) -> datetime:
        now: datetime = self._context.now()
        return now

    def _certificate_due(self, name: str, now: datetime) -> bool:
        last = self._certificates.get(name)
        due = last is None or now - last >= CERTIFICATE_EVERY
        if due:
            self._certificates[name] = now
        return due

    async def _change(self, name: str, change: RecordChange) -> Record:
        value = await update_memory(self._context.memory, _key(name), lambda value: _stored(change(_record(value))))
        return _record(value)

    async def _tell(self, name: str, record: Record) -> None:
        """Let the alerts say what the record says; what a crash leaves untold is told by the next look."""
        if record.told:
            return
        target = self._config.targets.get(name, _GONE)
        await self._context.sink.submit(signals(name, target, record, self._now()))
        told = msgspec.structs.replace(record, told=True)
        await self._change(name, lambda now: told if now == record else now)

    async def _drop_strangers(self) -> None:
        """End the alerts of targets that the configuration no longer has."""
        for key, value in (await self._context.memory.items()).items():
            name, record = key.removeprefix(_PREFIX), _record(value)
            if name not in self._config.targets and (record.down or record.expiring):
                ended = msgspec.structs.replace(record, down=False, expiring=False, told=False)
                await self._tell(name, await self._change(name, lambda _, ended=ended: ended))  # type: ignore[misc]

    async def checks(self) -> Sequence[CheckState]:
        known = await self._context.memory.items()
        return [_state(name, target, _record(known.get(_key(name)))) for name, target in self._config.targets.items()]

    async def close(self) -> None:
        await self._probes.close()


def _key(name: str) -> str:
    return f"{_PREFIX}{name}"


def _record(value: bytes | None) -> Record:
    return msgspec.json.decode(value, type=Record) if value is not None else Record()


def _stored(record: Record) -> bytes | None:
    """The record as it is kept; one that says nothing is not kept."""
    return _encode(record) if record != Record() else None


def _rules(target: Target) -> Rules:
    return Rules(
        failures=target.failures,
        recoveries=target.recoveries,
        certificate=timedelta(days=target.certificate_days),
    )


def _unless_paused(record: Record, result: Result, rules: Rules, now: datetime) -> Record:
    """A result that came after somebody paused the target says nothing."""
    return record if record.paused else after(record, result, rules, now)


def _state(name: str, target: Target, record: Record) -> CheckState:
    last = record.recent[0] if record.recent else None
    status = CheckStatus.DOWN if record.down else CheckStatus.UP if last is not None else CheckStatus.NEW
    if not record.down and record.bad:
        status = CheckStatus.LATE  # bad, and not often enough to say that it is down
    return CheckState(
        name=name,
        kind=target.kind,
        status=CheckStatus.PAUSED if record.paused else status,
        expects=f"{target.place} every {target.interval.total_seconds():g} s",
        detail=": ".join(part for part in (last.outcome, last.detail) if part) if last is not None else "",
        service=target.service,
        severity=target.severity,
        description=target.description,
        since=record.since,
        last_at=last.at if last is not None else None,
        last_duration=last.duration if last is not None else None,
        next_at=record.due_at,
        certificate_until=record.certificate_until,
        alert_key=name,
        recent=record.recent,
    )


SOURCES: tuple[AdapterType[AlertSource], ...] = (
    AdapterType(
        id="prober",
        config=ProberConfig,
        create=ProberSource,
        summary="Probes: HTTP, TCP, TLS certificates and DNS, asked by the daemon itself",
    ),
)
