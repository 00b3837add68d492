"""What a daemon that runs says of itself, as findings and as the wire has it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import msgspec

from incidentd import wire
from incidentd.doctor import of_daemon
from incidentd.domain.alarm_kinds import CRITICAL, INFO, kind_of
from incidentd.domain.checkup import Finding, State, ok, worst
from incidentd.settings import Configuration
from incidentd.wire import upkeep as wire_upkeep

_LAG_HIGH_MS = 250.0


def of_health(health: wire.Health) -> Iterator[Finding]:
    """Each alarm with its runbook; what waits for people is no fault."""
    told = [alarm for alarm in health.alarms if alarm.severity != INFO]
    for alarm in told:
        state = State.PROBLEM if alarm.severity == CRITICAL else State.WARNING
        yield Finding("health", state, alarm.text, kind_of(alarm.code).title, alarm.runbook, alarm.code)
    if not told:
        yield ok("health", f"no problem; {len(health.adapters)} instances of plugins are well")
    said = f"the event loop is {health.loop_lag_ms:.0f} ms late, the daemon takes {health.rss_mib:.0f} MiB"
    if health.loop_lag_ms > _LAG_HIGH_MS:
        means, remedy = (
            "something blocks it: answers and pages are late",
            "grep event_loop_stalled in the log: it has the stack",
        )
        yield Finding("event-loop", State.WARNING, said, means, remedy)
    else:
        yield ok("event-loop", said)


async def report(
    configuration: Configuration, version: str, health: wire.Health, *, deep: bool
) -> wire_upkeep.DoctorReport:
    """What health says, and what the daemon's own look at the installation finds."""
    seen = await asyncio.to_thread(of_daemon, configuration, deep=deep)
    findings = [*of_health(health), *seen]
    return wire_upkeep.DoctorReport(
        node=configuration.daemon.node,
        version=version,
        state=worst(findings).value,
        findings=tuple(msgspec.convert(one, wire_upkeep.DoctorFinding, from_attributes=True) for one in findings),
    )
