"""Escalation policies as callers see them: what they say, and whom they would call."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Connection

from incidentd.domain.dry_run import Call, Taken, dry_run
from incidentd.domain.duty_changes import Changes
from incidentd.domain.escalation import chosen, plan, policy_for
from incidentd.domain.final_schedule import HORIZON, WEEK
from incidentd.domain.people import URGENCIES, EscalationPolicy, Roster, Target
from incidentd.domain.process import Process
from incidentd.domain.routing import walk_routes
from incidentd.domain.targets import Turns, holder
from incidentd.services.errors import Invalid, NotFound
from incidentd.storage import duty_changes, team_turns
from incidentd.storage.store import Store
from incidentd.wire import policies as wire_policies


class PolicyView:
    """Implements `contracts.PolicyCalls`."""

    def __init__(self, store: Store, process: Callable[[], Process], roster: Callable[[], Roster]) -> None:
        self._store = store
        self._process = process
        self._roster = roster

    async def known(self, at: datetime) -> tuple[Changes, Turns]:
        """The changes of the day that count at an instant, and the turns that teams have had."""
        return await self._store.read(lambda conn: _known(conn, at, WEEK))

    async def list(self) -> wire_policies.Policies:
        """Every policy, with whom its steps stand for now."""
        now, roster = self._store.clock.now(), self._roster()
        known = await self._store.read(lambda conn: _known(conn, now, WEEK))
        return wire_policies.Policies(
            policies=tuple(self._shown(roster, one, now, *known) for one in roster.policies.values())
        )

    async def get(self, name: str, at: datetime | None = None) -> wire_policies.Policy:
        """One policy, with whom its steps stand for `at` an instant, by default now. Raises `NotFound`."""
        when, roster = at or self._store.clock.now(), self._roster()
        policy = _named(roster, name)
        return self._shown(roster, policy, when, *await self._store.read(lambda conn: _known(conn, when, WEEK)))

    async def test(
        self, name: str, severity: str = "", urgency: str = "high", at: datetime | None = None
    ) -> wire_policies.PolicyTest:
        """Whom it would call, when and by what, if a page began `at` an instant. Raises `NotFound`, `Invalid`."""
        if urgency not in URGENCIES:
            raise Invalid(f"urgency is one of {', '.join(URGENCIES)}", field="urgency")
        start, roster = at or self._store.clock.now(), self._roster()
        _named(roster, name)
        sent = chosen(roster, name, severity, urgency)
        policy = policy_for(roster, sent.policy)
        changes, turns = await self._store.read(lambda conn: _known(conn, start, HORIZON))
        found = dry_run(roster, policy, start, urgency, changes, turns)
        return wire_policies.PolicyTest(
            asked=name,
            policy=policy.name,
            why=sent.why,
            severity=severity,
            urgency=urgency,
            at=start,
            steps=tuple(_step(one, policy, start) for one in found.steps),
            ends_at=found.ends_at,
            left_out=found.left_out,
            last_resort=tuple(_call(one, start) for one in found.last_resort),
            last_resort_why=found.last_resort_why,
        )

    def _shown(
        self, roster: Roster, policy: EscalationPolicy, at: datetime, changes: Changes, turns: Turns
    ) -> wire_policies.Policy:
        *_, (begins, last, _round) = plan(policy)
        choices = (("severity", policy.by_severity), ("urgency", policy.by_urgency))
        return wire_policies.Policy(
            name=policy.name,
            at=at,
            repeat=policy.repeat,
            lasts=(begins + policy.steps[last - 1].delay).total_seconds(),
            steps=tuple(
                wire_policies.PolicyStep(
                    number=number,
                    delay=step.delay.total_seconds(),
                    targets=tuple(_target(roster, one, at, changes, turns) for one in step.targets),
                    acks=step.acks,
                )
                for number, step in enumerate(policy.steps, 1)
            ),
            services=tuple(one.name for one in roster.services.values() if one.policy == policy.name),
            routes=tuple(one.name or one.id for one in walk_routes(self._process().route) if one.policy == policy.name),
            ack_timeout=0.0 if policy.ack_timeout is None else policy.ack_timeout.total_seconds(),
            choices=tuple(
                wire_policies.PolicyChoice(by=by, value=value, policy=other)
                for by, names in choices
                for value, other in names.items()
            ),
            chosen_by=tuple(
                other.name
                for other in roster.policies.values()
                if policy.name in (*other.by_severity.values(), *other.by_urgency.values())
            ),
        )


def _named(roster: Roster, name: str) -> EscalationPolicy:
    found = roster.policies.get(name)
    if found is None:
        raise NotFound(f"there is no policy {name!r}", field="policy", remedy="incidentctl policy list shows them")
    return found


def _known(conn: Connection, start: datetime, ahead: timedelta) -> tuple[Changes, Turns]:
    """What decides who is called, beside the roster."""
    return duty_changes.between(conn, start, start + ahead), team_turns.everybody(conn)


def _target(roster: Roster, target: Target, at: datetime, changes: Changes, turns: Turns) -> wire_policies.PolicyTarget:
    held = holder(roster, target, at, changes, turns=turns)
    now = (held.handle,) if held.handle else ()
    return wire_policies.PolicyTarget(kind=target.kind.value, name=target.name, now=now, why=held.why)


def _step(one: Taken, policy: EscalationPolicy, start: datetime) -> wire_policies.PlannedStep:
    return wire_policies.PlannedStep(
        step=one.step,
        of=len(policy.steps),
        round=one.round,
        since=one.since,
        at=one.at,
        until=one.until,
        people=one.people,
        calls=tuple(_call(call, start) for call in one.calls),
        gaps=one.gaps,
        waits=one.waits,
        acks=policy.steps[one.step - 1].acks,
    )


def _call(call: Call, start: datetime) -> wire_policies.PlannedCall:
    return wire_policies.PlannedCall(
        at=call.at,
        after=(call.at - start).total_seconds(),
        person=call.person,
        notifier=call.notifier,
        why=call.why,
        counts=call.counts,
        held=call.held,
    )
