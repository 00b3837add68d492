"""Plays a scenario: alerts through the real listener, people through the services, in the scenario's own time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import aiohttp
import msgspec

from incidentd import wire
from incidentd.core import Core
from incidentd.demo.clock import ScaledClock
from incidentd.demo.reporters import Reporters
from incidentd.demo.scenario import Fact, Scenario
from incidentd.demo.setup import COMMS, LEAD
from incidentd.services.contracts import AlertQuery
from incidentd.wire import incidents as wire_incidents

_WAIT_SECONDS = 20.0
_ACK_AFTER = timedelta(minutes=2)
_PACE_OF_ROUTING = 240.0
"""The daemon takes real time: on a faster clock a page goes through all of its steps before anything is sent."""
RESOLVE_AFTER = timedelta(minutes=15)
Say = Callable[[datetime, str], None]


class ReplayFailed(Exception):  # noqa: N818
    """Something that had to happen did not."""


class Replay:
    """One run. `say` tells the watcher what happens now."""

    def __init__(self, scenario: Scenario, core: Core, ingress: str, clock: ScaledClock, say: Say) -> None:
        self._scenario = scenario
        self._core = core
        self._ingress = ingress
        self._clock = clock
        self._say = say
        self._waiting: list[Fact] = []  # facts from before the incident was declared
        self._labels: dict[str, str] = {}
        self._reporters = Reporters(scenario, core, COMMS, say)
        self.incident_id = 0
        self.page_id = 0
        self.alert_id = 0

    async def run(self) -> None:
        """Play every fact at its time; in the end the clock is everybody's. Raises `ReplayFailed`."""
        async with aiohttp.ClientSession() as http:
            for fact in self._scenario.event:
                await self._until(self._scenario.instant(fact))
                self._say(self._scenario.instant(fact), f"{fact.kind}: {fact.text}")
                if fact.kind == "alert":
                    await self._alert(http, fact)
                elif fact.kind == "mitigation":
                    await self._mitigated(http, fact)
                elif fact.kind == "report":
                    await self._reporters.report(fact, self.incident_id)
                elif self.incident_id:
                    await self._note(fact)
                else:
                    self._waiting.append(fact)
            await self._resolved()

    async def _until(self, at: datetime) -> None:
        await asyncio.sleep(self._clock.real_seconds_until(at))

    async def _send(self, http: aiohttp.ClientSession, fields: Mapping[str, object]) -> None:
        body = msgspec.json.encode([{"labels": self._labels, **fields}])
        async with http.post(f"{self._ingress}/api/v2/alerts", data=body) as answer:
            if answer.status != 200:
                raise ReplayFailed(f"the listener answered {answer.status}: {await answer.text()}")

    # ------------------------------------------------------------------ the scenario's facts
    async def _alert(self, http: aiohttp.ClientSession, fact: Fact) -> None:
        """The alert comes in, somebody is paged, acknowledges, and declares the incident."""
        self._labels = dict(fact.labels)
        starts = self._scenario.instant(fact)
        ends = starts + timedelta(hours=6)
        with self._clock.at_most(_PACE_OF_ROUTING):
            await self._send(http, {"annotations": {"summary": fact.text}, "startsAt": starts, "endsAt": ends})
            await self._wait_for_page(lambda page: True)
        with self._clock.at_most(1.0):
            page = await self._wait_for_page(lambda page: bool(page.notified))
        self.page_id, self.alert_id = page.id, page.alert_ids[0]
        self._say(self._clock.now(), f"page P-{page.id} went to {', '.join(page.notified)}")
        await self._until(max(starts + _ACK_AFTER, self._clock.now()))
        await self._core.pages.acknowledge(page.id, LEAD, via="link", note="looking")
        self._say(self._clock.now(), f"{LEAD} acknowledged by the link in the message")
        await self._declare(starts)

    async def _wait_for_page(self, enough: Callable[[wire.Page], bool]) -> wire.Page:
        deadline = asyncio.get_running_loop().time() + _WAIT_SECONDS
        while asyncio.get_running_loop().time() < deadline:
            found = (await self._core.pages.list("active", None, 1, "", LEAD)).pages
            if found and enough(found[0]):
                return found[0]
            await asyncio.sleep(0.02)
        raise ReplayFailed(f"nobody was paged within {_WAIT_SECONDS:g} s")

    async def _declare(self, started: datetime) -> None:
        alerts = (await self._core.alerts.list(AlertQuery(status="firing"))).alerts
        body = wire_incidents.DeclareIncident(
            title=self._scenario.title,
            severity=self._scenario.severity,
            service=self._scenario.service,
            summary=self._scenario.severity_reason,
            alert_ids=tuple(alert.id for alert in alerts),
            started_at=started,
        )
        incident = await self._core.incidents.declare(body, LEAD)
        self.incident_id = incident.id
        self._say(self._clock.now(), f"{LEAD} declared INC-{incident.id}, {incident.severity}")
        for role, person in (("mitigation_lead", LEAD), ("communications_lead", COMMS)):
            await self._core.incidents.assign_role(
                incident.id, wire_incidents.AssignRole(role=role, person=person), LEAD, None
            )
        await self._update("investigating", f"We see this: {self._scenario.title}. We are looking into it.")
        for fact in self._waiting:
            await self._note(fact)
        await self._reporters.link(self.incident_id)

    async def _note(self, fact: Fact) -> None:
        kind = fact.kind if fact.kind in ("observation", "decision", "action") else "note"
        head = "Change: " if fact.kind == "change" else ""
        body = wire_incidents.AddNote(text=head + fact.text, kind=kind, observed_at=self._scenario.instant(fact))
        await self._core.incidents.add_note(self.incident_id, body, LEAD)

    async def _update(self, phase: str, text: str, *, final: bool = False) -> None:
        body = wire_incidents.PostUpdate(text=text, phase=phase, audience="customers", final=final)
        await self._core.incidents.post_update(self.incident_id, body, COMMS)

    async def _mitigated(self, http: aiohttp.ClientSession, fact: Fact) -> None:
        at = self._scenario.instant(fact)
        body = wire_incidents.ChangeStatus(
            to="mitigated", reason=fact.text, evidence="error ratio on the service's dashboard", at=at
        )
        await self._update("monitoring", f"{fact.text}. We keep watching.")  # in better words than the status has
        await self._core.incidents.change_status(self.incident_id, body, LEAD, None)
        await self._send(http, {"startsAt": self._alert_started(), "endsAt": at})

    def _alert_started(self) -> datetime:
        return next(self._scenario.instant(fact) for fact in self._scenario.event if fact.kind == "alert")

    async def _resolved(self) -> None:
        last = self._scenario.instant(self._scenario.event[-1])
        await self._until(last + RESOLVE_AFTER)
        self._clock.run_at(1.0)  # it is the present, and nothing more is to happen by itself
        body = wire_incidents.ChangeStatus(
            to="resolved", reason="no errors since the mitigation", evidence="the alert has ended and stayed quiet"
        )
        await self._update("resolved", "This is over. We will tell what we learned.", final=True)
        await self._core.incidents.change_status(self.incident_id, body, LEAD, None)
        self._say(self._clock.now(), f"INC-{self.incident_id} is resolved")
