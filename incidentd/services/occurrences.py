"""Occurrences of recurring silences and maintenance: each is made when the one before starts.

This runs by timer, and before anything is told: a daemon that was away while several occurrences came and went makes
the present one first, so no order of what is due after a restart tells what a rule hides.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable

import msgspec

from incidentd.domain.maintenance import MaintenanceSettings, Window, WindowPlan, WindowStatus
from incidentd.domain.quiet_rules import QuietRule, SilencePlan, to_make
from incidentd.domain.recurrence import Occurrence
from incidentd.domain.silences import Silence, Status
from incidentd.services import maintenance_times, silence_times
from incidentd.services.hidden import described, planned
from incidentd.storage import maintenance, quiet_rules, silences, timers
from incidentd.storage.tx import Tx

NEXT = "recurring.next"


class Occurrences:
    """Makes what rules say. `settings` is asked at each use, so that a reload counts at once."""

    def __init__(self, settings: Callable[[], MaintenanceSettings]) -> None:
        self._settings = settings

    def catch_up(self, tx: Tx) -> None:
        """Make what is due of every rule. Cheap when nothing is."""
        for rule in quiet_rules.due(tx.conn, tx.now):
            self.make(tx, rule)

    def make(self, tx: Tx, rule: QuietRule) -> QuietRule:
        """Make what goes on and what comes next of `rule`."""
        found, due_at = to_make(rule, tx.now)
        changed = quiet_rules.change(tx, msgspec.structs.replace(rule, due_at=due_at))
        for one in found:
            if isinstance(rule.plan, SilencePlan):
                _silence(tx, rule, rule.plan, one)
            else:
                self._window(tx, rule, rule.plan, one)
        if due_at is None:
            timers.cancel(tx, NEXT, rule.subject)
        else:
            timers.arm(tx, NEXT, rule.subject, due_at)
        return changed

    def _window(self, tx: Tx, rule: QuietRule, plan: WindowPlan, when: Occurrence) -> None:
        window = Window(
            id=0,
            plan=plan,
            starts_at=when.starts_at,
            ends_at=when.ends_at,
            created_by=rule.created_by,
            created_at=tx.now,
            updated_at=tx.now,
            rule=rule.id,
        )
        self.open_window(tx, window, rule.created_by)

    def open_window(self, tx: Tx, window: Window, actor: str) -> Window:
        """Store a new window with its timers; one that goes on already starts by its timer too, at once."""
        stored = maintenance.add(tx, window)
        tx.emit("maintenance.planned", stored.subject, planned(stored), actor=actor)
        maintenance_times.arm(tx, stored, self._settings())
        if stored.status(tx.now) is WindowStatus.ACTIVE:
            timers.arm(tx, maintenance_times.START, stored.subject, tx.now)
        return stored


def _silence(tx: Tx, rule: QuietRule, plan: SilencePlan, when: Occurrence) -> None:
    silence = Silence(
        id=str(uuid.uuid4()),
        matchers=plan.matchers,
        starts_at=when.starts_at,
        ends_at=when.ends_at,
        created_by=rule.created_by,
        comment=plan.comment,
        annotations=plan.annotations,
        updated_at=tx.now,
        rule=rule.id,
    )
    silences.add(tx, silence)
    tx.emit("silence.created", silence.subject, described(silence), actor=rule.created_by)
    silence_times.arm(tx, silence)
    if silence.status(tx.now) is Status.ACTIVE:
        timers.arm(tx, silence_times.START, silence.subject, tx.now)
