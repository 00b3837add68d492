"""What people do about one incident, from its declaration to its resolve."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial

from incidentd import wire
from incidentd.domain.incidents import Status
from incidentd.domain.severity import Severity
from incidentd.simulation.detection import Noticed
from incidentd.simulation.faults import ANSWERS
from incidentd.simulation.promises import Promises
from incidentd.simulation.team import SERVICES, TEAMS, on_call
from incidentd.simulation.world import World
from incidentd.wire import facts as wire_facts
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import life as wire_life
from incidentd.wire import severity as wire_severity

_SEVERE = (Severity.SEV1, Severity.SEV2)
_MITIGATIONS = ("the release was rolled back", "traffic was moved away", "the limit was raised", "it was restarted")
_IN_VAIN = ("restarted the oldest node", "cleared the cache", "added two nodes")
_USERS = {Severity.SEV1: (55, 90), Severity.SEV2: (50, 70), Severity.SEV3: (3, 20), Severity.SEV4: (1, 8)}
_MANY = 0.5
Ended = Callable[["Response"], None]


class Response:
    """One incident. `over` hears when nothing of the response is left to do."""

    def __init__(
        self,
        world: World,
        began: datetime,
        noticed: Noticed,
        declared: wire.Incident,
        person: str,
        end_alert: Callable[[Noticed], Awaitable[None]],
        over: Ended,
    ) -> None:
        self.world = world
        self.draws = world.draws.part(f"response/{noticed.fault.number}")
        self.noticed = noticed
        self.incident = declared.id
        self._declared = declared
        self.fault = noticed.fault
        self.lead = person
        self._began = began
        self._end_alert = end_alert
        self._over = over
        self._told = Promises(world, self.draws.part("updates"), self.incident, person)
        self.communicator = person
        self._plan()

    @property
    def severe(self) -> bool:
        """Whether one person leads the mitigation and another the communication."""
        return self.fault.guessed in _SEVERE or self.fault.severity in _SEVERE

    def _plan(self) -> None:
        world, assumed, fault = self.world, self.world.assumed, self.fault
        if self.draws.yes(assumed.lead_at_once):
            world.after(timedelta(0), self._take_lead)
        else:
            world.after(self.draws.duration(assumed.lead_later), self._take_lead)
        if fault.kind != "real":
            world.after(fault.mitigated_after / 2, self._nothing_was_wrong)
            return
        if self.severe:
            self._plan_communication()
        self._told.begin(self._declared.next_update_at, customers=self.severe or bool(self.noticed.report_ids))
        if fault.guessed is not fault.severity:
            world.after(fault.mitigated_after * self.draws.between(0.2, 0.8), self._revise)
        if self.draws.yes(assumed.claims_impact) and fault.severity in _USERS:
            world.after(fault.mitigated_after * self.draws.between(0.2, 0.6), self._claim)
        if self.draws.yes(_MANY):
            world.after(fault.mitigated_after * self.draws.between(0.2, 0.7), self._try_in_vain)
        world.after(fault.mitigated_after, self._mitigate)

    # ------------------------------------------------------------------ roles
    async def _take_lead(self) -> None:
        await self._assign("mitigation_lead", self.lead)
        note = wire_incidents.AddNote(text=f"It may have to do with {self.fault.change}", kind="observation")
        await self.world.core.incidents.add_note(self.incident, note, self.lead)

    def _plan_communication(self) -> None:
        world = self.world
        if self.draws.yes(world.assumed.leads_both):
            world.after(timedelta(minutes=1), partial(self._assign, "communications_lead", self.lead))
            wait = world.assumed.communicator_after * 3
        else:
            wait = world.assumed.communicator_after
        world.after(self.draws.duration(wait), self._find_communicator)

    async def _find_communicator(self) -> None:
        team, world = SERVICES[self.fault.service], self.world
        in_support = on_call(self._began, team, world.now)
        on_projects = [one for one in TEAMS[team] if one not in in_support and one != self.lead]
        others = [one for one in in_support if one != self.lead]
        pool = on_projects if self.draws.yes(world.assumed.from_project) or not others else others
        self.communicator = self._told.writer = self.draws.one_of(pool)
        await self._assign("communications_lead", self.communicator)

    async def _assign(self, role: str, person: str) -> None:
        body = wire_incidents.AssignRole(role=role, person=person)
        await self.world.core.incidents.assign_role(self.incident, body, self.lead, None)

    # ------------------------------------------------------------------ what is found out
    async def _revise(self) -> None:
        body = wire_severity.ClassifyIncident(answers=ANSWERS[self.fault.severity], reason="more is known now")
        await self.world.core.incidents.classify(self.incident, body, self.lead, None)

    async def _claim(self) -> None:
        world, impact = self.world, self.world.core.impact
        low, high = _USERS[self.fault.severity]
        seen = self._declared.started_at
        share = round(self.draws.between(low, high))
        figure = wire_facts.ImpactFigure(low=max(share - 5, 0), high=min(share + 5, 100), unit="%")
        body = wire_facts.ClaimImpact(
            affected=f"users of {self.fault.service}", figure=figure, starts_at=seen, source="the dashboard"
        )
        made = await impact.claim(self.incident, body, self.lead)
        if not self.draws.yes(world.assumed.disputed):
            return
        earlier = seen - self.draws.duration(world.assumed.latent)
        other = wire_facts.ClaimImpact(
            affected=f"users of {self.fault.service}", starts_at=earlier, source="what customers wrote"
        )
        await impact.claim(self.incident, other, self.communicator)
        why = wire_facts.JudgeClaim(verdict="disputed", why="customers saw it earlier")
        await impact.judge(self.incident, made.id, why, self.communicator)

    async def _try_in_vain(self) -> None:
        attempts, tried = self.world.core.attempts, self.draws.one_of(_IN_VAIN)
        made = await attempts.attempt(self.incident, wire_facts.Try(text=tried.capitalize()), self.lead)
        await attempts.tell_outcome(self.incident, made.id, wire_facts.TellOutcome(outcome="no_effect"), self.lead)

    # ------------------------------------------------------------------ how it ends
    async def _status(self, to: Status, reason: str, evidence: str = "") -> None:
        body = wire_incidents.ChangeStatus(to=to, reason=reason, evidence=evidence)
        await self.world.core.incidents.change_status(self.incident, body, self.lead, None)

    async def _mitigate(self) -> None:
        attempts, worked = self.world.core.attempts, self.draws.one_of(_MITIGATIONS)
        made = await attempts.attempt(self.incident, wire_facts.Try(text=worked.capitalize()), self.lead)
        await attempts.tell_outcome(self.incident, made.id, wire_facts.TellOutcome(outcome="worked"), self.lead)
        await self._status(Status.MITIGATED, worked, "the error ratio is back to what it was")
        self._told.phase = "monitoring"
        await self._end_alert(self.noticed)
        self.world.after(self.fault.resolved_after, self._resolve)

    async def _resolve(self) -> None:
        customers = self._told.customers or bool(self.noticed.report_ids)
        await self._told.end(customers=customers)
        await self._status(Status.RESOLVED, "quiet since", "no alert and no report since")
        world = self.world
        if self.draws.yes(world.assumed.corrected_start):
            world.after(timedelta(hours=2), self._correct_start)
        self._over(self)

    async def _correct_start(self) -> None:
        body = wire_life.CorrectTime(what="started_at", at=self.noticed.began, why="the logs show it")
        await self.world.core.life.correct(self.incident, body, self.lead, None)

    async def _nothing_was_wrong(self) -> None:
        await self._status(Status.FALSE_ALARM, "the measurement was wrong")
        await self._end_alert(self.noticed)
        self._over(self)
