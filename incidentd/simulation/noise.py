"""Alerts that mean nothing much: they fire by the rhythm of the week, and end by themselves."""

from __future__ import annotations

from collections.abc import Mapping

from incidentd.domain.signals import Signal, SignalKind, label_fingerprint
from incidentd.simulation.rhythm import later
from incidentd.simulation.team import SERVICES
from incidentd.simulation.world import World

SOURCE = "prometheus"
NAMES = ("HighLatency", "QueueGrows", "DiskFills", "RestartsOften", "CertificateEnds", "CacheMisses")
_INSTANCES = ("a", "b", "c", "d")


async def signal(world: World, labels: Mapping[str, str], summary: str, kind: SignalKind) -> None:
    """Let the monitoring say something of one alert."""
    said = Signal(
        key=label_fingerprint(labels), kind=kind, labels=labels, annotations={"summary": summary}, in_order=True
    )
    await world.core.intake.submit(SOURCE, [said])


class Noise:
    """Fires alerts, one after the other."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._draws = world.draws.part("alerts")
        self._firing: set[tuple[str, ...]] = set()
        self._next()

    def _next(self) -> None:
        world = self._world
        gap = self._draws.duration(world.assumed.alert_gap)
        world.at(later(world.assumed, world.now, gap), self._fire)

    async def _fire(self) -> None:
        world, draws = self._world, self._draws
        self._next()
        critical, warning = world.assumed.alert_is_critical, world.assumed.alert_is_warning
        shares = (critical, warning, 1 - critical - warning)
        labels = {
            "alertname": draws.one_of(NAMES),
            "service": draws.one_of(tuple(SERVICES)),
            "instance": draws.one_of(_INSTANCES),
            "severity": draws.one_of(("critical", "warning", "info"), shares),
        }
        known = tuple(labels.values())
        lasts = draws.duration(world.assumed.alert_lasts)
        if known in self._firing:  # it fires on
            return
        self._firing.add(known)
        summary = f"{labels['alertname']} on {labels['service']}-{labels['instance']}"
        await signal(world, labels, summary, SignalKind.FIRING)

        async def end() -> None:
            self._firing.discard(known)
            await signal(world, labels, summary, SignalKind.RESOLVED)

        world.after(lasts, end)
