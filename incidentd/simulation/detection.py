"""How faults are noticed: an alert pages somebody, or customers write, and one of them declares an incident."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from incidentd import wire
from incidentd.domain.severity import Severity
from incidentd.domain.signals import SignalKind
from incidentd.simulation.customers import Customers
from incidentd.simulation.faults import ANSWERS, Fault, draw_fault
from incidentd.simulation.noise import signal
from incidentd.simulation.rhythm import later
from incidentd.simulation.world import Told, World, data, number
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import reports as wire_reports

_TWO = 2
_NOBODY_ELSE = timedelta(hours=4)
_SEEN = timedelta(minutes=1)
Begins = Callable[["Noticed", wire.Incident, str], None]


class Noticed:
    """What people know of a fault so far."""

    def __init__(self, fault: Fault, began: datetime) -> None:
        self.fault = fault
        self.began = began
        self.alert_ids: list[int] = []
        self.report_ids: list[int] = []
        self.incident: int | None = None
        self.coming = False  # somebody is about to declare it
        self.ends_alert = False


class Detection:
    """Lets faults begin by the rhythm of the week. `begins` takes over each incident, with who declared it."""

    def __init__(self, world: World, customers: Customers, begins: Begins) -> None:
        self._world = world
        self._customers = customers
        self._begins = begins
        self._draws = world.draws.part("faults")
        self._count = 0
        self._by_alert: dict[int, Noticed] = {}
        self._by_instance: dict[str, Noticed] = {}
        world.hear["alert.fired"] = self._fired
        self._next()

    def _next(self) -> None:
        world = self._world
        gap = self._draws.duration(world.assumed.fault_gap)
        world.at(later(world.assumed, world.now, gap), self._fault)

    async def _fault(self) -> None:
        """A fault begins, and nobody knows yet."""
        world = self._world
        self._next()
        self._count += 1
        fault = draw_fault(world.assumed, self._draws.part(str(self._count)), self._count)
        noticed = self._by_instance[fault.labels["instance"]] = Noticed(fault, world.now)
        world.after(fault.alert_after, partial(self._alert, noticed))
        for after in fault.reports:
            world.after(after, partial(self._report, noticed))
        world.after(fault.alert_after + _NOBODY_ELSE, partial(self._at_last, noticed))

    # ------------------------------------------------------------------ alerts
    async def _alert(self, noticed: Noticed) -> None:
        if not noticed.ends_alert:
            await signal(self._world, noticed.fault.labels, noticed.fault.title, SignalKind.FIRING)

    def _fired(self, event: Told) -> None:
        labels = data(event).get("labels")
        found = self._by_instance.get(labels.get("instance", "")) if isinstance(labels, dict) else None
        if found is not None:
            found.alert_ids.append(number(event))
            self._by_alert[number(event)] = found
            if found.incident is not None:
                self._world.after(_SEEN, partial(self._link_alert, found, number(event)))

    async def _link_alert(self, noticed: Noticed, alert: int) -> None:
        """The alert of a fault that customers were faster to tell of."""
        incident, by = noticed.incident, self._customers.triager(noticed.fault.service)
        assert incident is not None
        await self._world.core.incidents.link_alerts(incident, (alert,), by)

    def taken(self, page: wire.Page) -> None:
        """Somebody has acknowledged a page: what it is about may be an incident."""
        for alert in page.alert_ids:
            if (noticed := self._by_alert.get(alert)) is not None:
                self._speak(noticed, page.acknowledged_by)

    # ------------------------------------------------------------------ customers
    async def _report(self, noticed: Noticed) -> None:
        fault = noticed.fault
        report = await self._customers.write(fault.service, fault.complaint, f"Since when? {fault.title}.")
        noticed.report_ids.append(report.id)
        if noticed.incident is not None:
            await self._link(noticed, report.id)
        elif len(noticed.report_ids) == _TWO:
            self._speak(noticed, self._customers.triager(fault.service))

    async def _link(self, noticed: Noticed, report: int) -> None:
        body = wire_reports.ChangeReport(to="linked", incident_id=noticed.incident)
        by = self._customers.triager(noticed.fault.service)
        await self._world.core.support.reports.change_state(report, body, by, None)

    # ------------------------------------------------------------------ declaring
    def _speak(self, noticed: Noticed, person: str) -> None:
        if noticed.incident is None and not noticed.coming:
            noticed.coming = True
            world = self._world
            world.after(self._draws.duration(world.assumed.declared_after), partial(self._declare, noticed, person))

    async def _at_last(self, noticed: Noticed) -> None:
        """Nobody was paged who answered, and no two customers wrote: support sees it."""
        self._speak(noticed, self._customers.triager(noticed.fault.service))

    async def _declare(self, noticed: Noticed, person: str) -> None:
        world, fault = self._world, noticed.fault
        reported = tuple(noticed.report_ids)
        if reported and not noticed.alert_ids:
            wanted = wire_reports.DeclareFromReports(
                report_ids=reported, severity=fault.guessed, title=fault.title, service=fault.service
            )
            made = await world.core.broadcasts.declare(wanted, person)
        else:
            body = wire_incidents.DeclareIncident(
                title=fault.title,
                answers=ANSWERS[fault.guessed],
                service=fault.service,
                alert_ids=tuple(noticed.alert_ids),
                suspected=fault.kind != "real",
                many_stakeholders=fault.guessed is Severity.SEV1,
            )
            made = await world.core.incidents.declare(body, person)
            noticed.incident = made.id
            for report in reported:
                await self._link(noticed, report)
        noticed.incident = made.id
        self._begins(noticed, made, person)

    async def end_alert(self, noticed: Noticed) -> None:
        """The monitoring sees that it is over."""
        noticed.ends_alert = True
        if noticed.alert_ids:
            await signal(self._world, noticed.fault.labels, noticed.fault.title, SignalKind.RESOLVED)
