"""The customers of a scenario: they report through the real intake, and somebody in support links what they say."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import datetime

from incidentd.core import Core
from incidentd.demo.scenario import Fact, Scenario
from incidentd.services.report_contracts import ReportQuery
from incidentd.wire import reports as wire_reports

_NAMES = ("Avery", "Blake", "Casey", "Devon", "Emery", "Finley", "Gray", "Harper", "Indigo", "Jules", "Kit", "Lane")
_MOST = 100
Say = Callable[[datetime, str], None]


class Reporters:
    """Reports for one replay. `triager` is who handles them."""

    def __init__(self, scenario: Scenario, core: Core, triager: str, say: Say) -> None:
        self._scenario = scenario
        self._core = core
        self._triager = triager
        self._say = say
        self._names = (f"{name}{number}" for number in ("", *range(2, 99)) for name in _NAMES)

    async def report(self, fact: Fact, incident_id: int) -> None:
        """As many customers as the fact counts say what it says; what they say belongs to an open incident."""
        said = itertools.islice(itertools.cycle(fact.said or (fact.text,)), fact.count)
        made = [await self._one(each) for each in said]
        card = await self._core.triage.get(made[-1].id)
        if card.nudge is not None:
            self._say(made[-1].created_at, f"incidentd asks: declare an incident? {card.nudge.why}")
        if incident_id:
            await self.link(incident_id)

    async def _one(self, said: str) -> wire_reports.Report:
        name = next(self._names)
        subject, colon, text = said.partition(": ")
        body = wire_reports.NewReport(
            subject=subject,
            text=text if colon else said,
            service=self._scenario.service,
            sender=f"{name.lower()}@customer.example",
            sender_name=name,
            kind=self._scenario.customers,
        )
        return await self._core.support.reports.create(body, self._triager)

    async def link(self, incident_id: int) -> None:
        """Whoever has reported so far is told, from now on, whatever customers are told of the incident."""
        waiting = (await self._core.support.reports.list(ReportQuery(state="new", limit=_MOST))).reports[::-1]
        for one in waiting:
            body = wire_reports.ChangeReport(to="linked", incident_id=incident_id)
            await self._core.support.reports.change_state(one.id, body, self._triager, None)
        if waiting:
            names = ", ".join(one.reference for one in waiting)
            self._say(self._core.store.clock.now(), f"{self._triager} linked {names} to INC-{incident_id}")
