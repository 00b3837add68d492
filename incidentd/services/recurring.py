"""Silences and maintenance that recur: setting, changing and ending the rules, and reminding their owners."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec
from sqlalchemy import Connection

from incidentd.domain.display import safe_line
from incidentd.domain.escalation import policy_for, reach
from incidentd.domain.maintenance import MaintenanceSettings, WindowPlan
from incidentd.domain.people import DEFAULT_POLICY, Roster
from incidentd.domain.quiet_rules import REVIEW, UNUSED, QuietRule, RuleStatus, SilencePlan, is_unused
from incidentd.domain.recurrence import occurrences
from incidentd.services import quiet_plans
from incidentd.services.errors import Conflict, Invalid, NotFound
from incidentd.services.escalation import Handler
from incidentd.services.maintenance import Maintenance
from incidentd.services.notes import write_to
from incidentd.services.occurrences import NEXT, Occurrences
from incidentd.services.silences import Silences
from incidentd.storage import duty_changes, hidings, maintenance, quiet_rules, silences, team_turns, timers
from incidentd.storage.store import Store
from incidentd.storage.timers import Timer
from incidentd.storage.tx import Tx
from incidentd.wire import quieting as wire_quieting

CHECK = "recurring.check"
_SHOWN = 5  # occurrences to come


class Recurring:
    """Implements `contracts.RecurringCalls`. Every change is one transaction, with its events and its timers."""

    def __init__(
        self,
        store: Store,
        occurrences: Occurrences,
        of_silences: Silences,
        of_maintenance: Maintenance,
        roster: Callable[[], Roster],
        settings: Callable[[], MaintenanceSettings],
    ) -> None:
        self._store = store
        self._occurrences = occurrences
        self._silences = of_silences
        self._maintenance = of_maintenance
        self._roster = roster
        self._settings = settings

    def handlers(self) -> Mapping[str, Handler]:
        """What its timers do."""
        return {NEXT: self._on_next, CHECK: self._on_check}

    # ------------------------------------------------------------------ calls
    async def list(self) -> wire_quieting.RecurringList:
        """Every rule, the newest first."""

        def query(conn: Connection) -> wire_quieting.RecurringList:
            return wire_quieting.RecurringList(rules=tuple(self._view(conn, rule) for rule in quiet_rules.listed(conn)))

        return await self._store.read(query)

    async def get(self, rule_id: int) -> wire_quieting.Recurring:
        """One rule. Raises `NotFound`."""
        return await self._store.read(lambda conn: self._view(conn, _existing(conn, rule_id)))

    async def set(self, body: wire_quieting.SetRecurring, actor: str) -> wire_quieting.Recurring:
        """Set a rule, or change the one with `body.id`. Raises `Invalid`, `NotFound` and `Conflict`."""
        now = self._store.clock.now()
        when = quiet_plans.recurrence(body.when, now)
        plan = self._plan(body, now)

        def command(tx: Tx) -> wire_quieting.Recurring:
            if isinstance(plan, WindowPlan):
                quiet_plans.check_services(tx.conn, plan, self._roster())
            if body.id is not None:
                rule = self._change(tx, self._open(tx, body.id), when, plan, actor)
            else:
                rule = QuietRule(
                    id=0, recurrence=when, plan=plan, created_by=actor, created_at=tx.now, updated_at=tx.now
                )
                rule = quiet_rules.add(tx, rule)
                tx.emit("recurring.created", rule.subject, _said(rule), actor=actor)
            timers.arm(tx, CHECK, rule.subject, tx.now + REVIEW)
            return self._view(tx.conn, self._occurrences.make(tx, rule))

        return await self._store.write(command)

    async def end(self, rule_id: int, actor: str) -> wire_quieting.Recurring:
        """End a rule and what goes on of it now. Raises `NotFound`, and `Conflict` when it was ended already."""

        def command(tx: Tx) -> wire_quieting.Recurring:
            rule = self._open(tx, rule_id)
            self._end_occurrences(tx, rule, actor)
            ended = msgspec.structs.replace(rule, ended_at=tx.now, ended_by=actor, due_at=None, updated_at=tx.now)
            ended = quiet_rules.change(tx, ended)
            for kind in (NEXT, CHECK):
                timers.cancel(tx, kind, rule.subject)
            tx.emit("recurring.ended", rule.subject, _said(ended), actor=actor)
            return self._view(tx.conn, ended)

        return await self._store.write(command)

    def _plan(self, body: wire_quieting.SetRecurring, now: datetime) -> SilencePlan | WindowPlan:
        if body.silence is not None and body.maintenance is None:
            return quiet_plans.silence_plan(body.silence, now)
        if body.maintenance is not None and body.silence is None:
            return quiet_plans.window_plan(body.maintenance, self._settings())
        raise Invalid("say either silence or maintenance", field="silence")

    def _view(self, conn: Connection, rule: QuietRule) -> wire_quieting.Recurring:
        now = self._store.clock.now()
        status = rule.status(now)
        coming = occurrences(rule.recurrence, now) if status is RuleStatus.ACTIVE else iter(())
        plan = quiet_plans.matcher_texts(rule.plan)
        return wire_quieting.Recurring(
            id=rule.id,
            name=rule.name,
            kind="silence" if isinstance(rule.plan, SilencePlan) else "maintenance",
            status=status.value,
            rule=str(rule.recurrence),
            rrule=rule.recurrence.rrule,
            zone=rule.recurrence.zone,
            coming=tuple(
                wire_quieting.Occurrence(starts_at=one.starts_at, ends_at=one.ends_at)
                for one in itertools.islice(coming, _SHOWN)
            ),
            **plan,  # type: ignore[arg-type]  # the fields of the wire, by name
            created_by=rule.created_by,
            owner_known=rule.created_by in self._roster().people,
            created_at=rule.created_at,
            updated_at=rule.updated_at,
            last_hid_at=hidings.last_hid(conn, rule.id, now),
            ended_at=rule.ended_at,
            ended_by=rule.ended_by,
            version=rule.version,
        )

    # ------------------------------------------------------------------ inside a transaction
    def _open(self, tx: Tx, rule_id: int) -> QuietRule:
        rule = _existing(tx.conn, rule_id, lock=True)
        if rule.ended_at is not None:
            raise Conflict(f"{rule.name} was ended already", current=self._view(tx.conn, rule))
        return rule

    def _change(self, tx: Tx, rule: QuietRule, when: object, plan: SilencePlan | WindowPlan, actor: str) -> QuietRule:
        """What goes on by the former rule ends now; what was hidden before stays as it was."""
        if type(plan) is not type(rule.plan):
            raise Invalid(f"{rule.name} is no such rule: end it and set another", field="id")
        self._end_occurrences(tx, rule, actor)
        changed = msgspec.structs.replace(
            rule, recurrence=when, plan=plan, due_at=None, updated_at=tx.now, unused_said_at=None
        )
        tx.emit("recurring.changed", rule.subject, _said(changed) | {"was": _said(rule)}, actor=actor)
        return changed

    def _end_occurrences(self, tx: Tx, rule: QuietRule, actor: str) -> None:
        for silence in silences.open_of_rule(tx.conn, rule.id, tx.now):
            self._silences.close(tx, silence, actor)
        for window in maintenance.open_of_rule(tx.conn, rule.id, tx.now):
            self._maintenance.close(tx, window, actor)

    # ------------------------------------------------------------------ timers
    def _on_next(self, tx: Tx, timer: Timer) -> None:
        rule = quiet_rules.get(tx.conn, timer.subject_id, lock=True)
        if rule is not None and rule.due_at is not None and rule.due_at <= tx.now:
            self._occurrences.make(tx, rule)

    def _on_check(self, tx: Tx, timer: Timer) -> None:
        """Say what nobody may have noticed: a rule that hides nothing, or one without an owner."""
        rule = quiet_rules.get(tx.conn, timer.subject_id, lock=True)
        if rule is None or rule.status(tx.now) is not RuleStatus.ACTIVE:
            return
        timers.arm(tx, CHECK, rule.subject, tx.now + REVIEW)
        owner = self._roster().people.get(rule.created_by)
        if owner is None and (rule.owner_said_at is None or tx.now - rule.owner_said_at >= UNUSED):
            self._say_ownerless(tx, rule)
            rule = quiet_rules.change(tx, msgspec.structs.replace(rule, owner_said_at=tx.now))
        last_hid = hidings.last_hid(tx.conn, rule.id, tx.now)
        if is_unused(rule, last_hid, tx.now):
            told = write_to(
                tx,
                owner,
                f"Recurring {rule.name} has hidden nothing for {UNUSED.days} days",
                _body(rule),
                "it is yours",
            )
            tx.emit("recurring.unused", rule.subject, _said(rule) | {"written_to": rule.created_by if told else ""})
            quiet_rules.change(tx, msgspec.structs.replace(rule, unused_said_at=tx.now))

    def _say_ownerless(self, tx: Tx, rule: QuietRule) -> None:
        """Tell the people of the default policy's first step."""
        roster = self._roster()
        changes, turns = duty_changes.at(tx.conn, tx.now), team_turns.everybody(tx.conn)
        reached = reach(roster, policy_for(roster, DEFAULT_POLICY), 1, tx.now, changes=changes, turns=turns).people
        title = f"Recurring {rule.name} belongs to {rule.created_by}, who is not in the roster"
        reason = "you are in the default policy, and nobody else hears of it"
        told = [name for name in reached if write_to(tx, roster.people.get(name), title, _body(rule), reason)]
        tx.emit("recurring.ownerless", rule.subject, _said(rule) | {"written_to": told})


def _body(rule: QuietRule) -> str:
    texts = quiet_plans.matcher_texts(rule.plan)
    hides = texts["matchers"] or texts["services"]
    return "\n".join(
        (
            safe_line(str(texts["text"]), 500),
            safe_line(f"{', '.join(map(str, hides))}: {rule.recurrence}", 500),  # type: ignore[call-overload]
            f"End it: incidentctl recurring end {rule.name}",
        )
    )


def _said(rule: QuietRule) -> dict[str, object]:
    """A rule as events carry it."""
    when = str(rule.recurrence)
    return {"name": rule.name, "by": rule.created_by, "rule": when, **quiet_plans.matcher_texts(rule.plan)}


def _existing(conn: Connection, rule_id: int, *, lock: bool = False) -> QuietRule:
    rule = quiet_rules.get(conn, rule_id, lock=lock)
    if rule is None:
        raise NotFound(f"there is no rule R-{rule_id}", field="id", remedy="incidentctl recurring list")
    return rule
