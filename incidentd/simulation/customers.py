"""Customers who write, and the support that answers them."""

from __future__ import annotations

from functools import partial

from incidentd.simulation.rhythm import later
from incidentd.simulation.team import SERVICES, on_call
from incidentd.simulation.world import World
from incidentd.wire import reports as wire_reports
from incidentd.wire import triage as wire_triage

_NAMES = ("Avery", "Blake", "Casey", "Devon", "Emery", "Finley", "Gray", "Harper", "Indigo", "Jules", "Kit", "Lane")
_KINDS: tuple[wire_reports.CustomerKind, ...] = ("end_user", "oss_developer", "internal_team")
_SHARES = (0.7, 0.1, 0.2)
_QUESTIONS = ("How do I export my data?", "The total looks wrong", "A page is not translated", "Where is my invoice?")
_LEVELS: tuple[wire_triage.Level, ...] = ("high", "medium", "low")
_LEVEL_SHARES = (0.1, 0.4, 0.5)


class Customers:
    """Writes reports, those that belong to no incident by itself; whoever is in support answers."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._draws = world.draws.part("customers")
        self._began = world.now
        self._count = 0
        self._next()

    def triager(self, service: str) -> str:
        """Who is in support for a service and not first in line for its pages."""
        return on_call(self._began, SERVICES[service], self._world.now)[1]

    async def write(self, service: str, subject: str, text: str) -> wire_reports.Report:
        """One more customer writes; somebody will answer."""
        world = self._world
        self._count += 1
        name = f"{_NAMES[self._count % len(_NAMES)]}{self._count}"
        body = wire_reports.NewReport(
            subject=subject,
            text=text,
            service=service,
            sender=f"{name.lower()}@customer.example",
            sender_name=name,
            kind=self._draws.one_of(_KINDS, _SHARES),
        )
        made = await world.core.support.reports.create(body, self.triager(service))
        world.after(self._draws.duration(world.assumed.report_answered), partial(self._answer, made.id, service))
        return made

    async def _answer(self, report: int, service: str) -> None:
        person, calls = self.triager(service), self._world.core.support.reports
        found = (await calls.get(report)).report
        if found.state == "new":
            await calls.acknowledge(report, wire_reports.AcknowledgeReport(), person, None)
        elif found.first_responded_at is None:
            await calls.reply(report, wire_reports.Reply(text="Thank you, we are on it."), person, None)
        level = wire_triage.SetPriority(
            impact=self._draws.one_of(_LEVELS, _LEVEL_SHARES), urgency=self._draws.one_of(_LEVELS)
        )
        await self._world.core.triage.set_priority(report, level, person, None)

    # ------------------------------------------------------------------ what belongs to no incident
    def _next(self) -> None:
        world = self._world
        gap = self._draws.duration(world.assumed.report_gap)
        world.at(later(world.assumed, world.now, gap), self._question)

    async def _question(self) -> None:
        world = self._world
        self._next()
        service = self._draws.one_of(tuple(SERVICES))
        made = await self.write(service, self._draws.one_of(_QUESTIONS), "Thank you for a word on this.")
        world.after(self._draws.duration(world.assumed.report_ends), partial(self._end, made.id, service))

    async def _end(self, report: int, service: str) -> None:
        person, calls = self.triager(service), self._world.core.support.reports
        outcome = wire_reports.ChangeReport(to="no_fault_found", reason="a question, no fault")
        await calls.change_state(report, outcome, person, None)
        await calls.reply(report, wire_reports.Reply(text="This is how it works.", final=True), person, None)
        await calls.change_state(report, wire_reports.ChangeReport(to="closed"), person, None)
