"""Maintenance windows: planning, ending and extending them, and what happens when their time comes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import Connection

from incidentd.domain import maintenance_messages as messages
from incidentd.domain.maintenance import BadWindow, MaintenanceSettings, Window, WindowPlan, WindowStatus, check_times
from incidentd.domain.owners import owners
from incidentd.domain.people import Roster
from incidentd.services import maintenance_times, quiet_plans
from incidentd.services.errors import Conflict, Invalid, NotFound
from incidentd.services.escalation import Handler
from incidentd.services.grouping import Grouping
from incidentd.services.hidden import planned
from incidentd.services.notes import write_to
from incidentd.services.occurrences import Occurrences
from incidentd.storage import alerts, duty_changes, hidings, maintenance, team_turns, timers
from incidentd.storage.store import Store
from incidentd.storage.timers import Timer
from incidentd.storage.tx import Tx
from incidentd.wire import quieting as wire_quieting

RETENTION = timedelta(days=30)
"""How long lists show a window that is over."""
_STATES: Mapping[str, tuple[WindowStatus, ...]] = {
    "current": (WindowStatus.PLANNED, WindowStatus.ACTIVE),
    **{status.value: (status,) for status in WindowStatus},
    "all": tuple(WindowStatus),
}


class Maintenance:
    """Implements `contracts.MaintenanceCalls`. Every change is one transaction, with its events and its timers."""

    def __init__(
        self,
        store: Store,
        grouping: Grouping,
        occurrences: Occurrences,
        roster: Callable[[], Roster],
        settings: Callable[[], MaintenanceSettings],
    ) -> None:
        self._store = store
        self._grouping = grouping
        self._occurrences = occurrences
        self._roster = roster
        self._settings = settings

    def handlers(self) -> Mapping[str, Handler]:
        """What its timers do."""
        return {
            maintenance_times.AHEAD: self._on_ahead,
            maintenance_times.START: self._on_start,
            maintenance_times.SOON: self._on_soon,
            maintenance_times.END: self._on_end,
        }

    # ------------------------------------------------------------------ calls
    async def list(self, state: str) -> wire_quieting.MaintenanceList:
        """Windows by their start: `state` is current (default), planned, active, over or all. Raises `Invalid`."""
        if state not in _STATES:
            raise Invalid(f"state is one of {', '.join(_STATES)}", field="state")
        now = self._store.clock.now()
        found = await self._store.read(lambda conn: maintenance.listed(conn, now - RETENTION))
        chosen = tuple(self._view(one) for one in found if one.status(now) in _STATES[state])
        return wire_quieting.MaintenanceList(windows=chosen)

    async def get(self, window_id: int) -> wire_quieting.Maintenance:
        """One window, however old. Raises `NotFound`."""
        return self._view(await self._store.read(lambda conn: _existing(conn, window_id)))

    async def plan(self, body: wire_quieting.PlanMaintenance, actor: str) -> wire_quieting.Maintenance:
        """Plan a window, or start one now. Raises `Invalid`."""
        plan = quiet_plans.window_plan(body.plan, self._settings())

        def command(tx: Tx) -> Window:
            quiet_plans.check_services(tx.conn, plan, self._roster())
            starts_at = max(body.starts_at or tx.now, tx.now)
            return self._open(tx, plan, starts_at, body.ends_at, actor)

        return self._view(await self._store.write(command))

    async def end(self, window_id: int, actor: str) -> wire_quieting.Maintenance:
        """End a window now, or call it off. Raises `NotFound`, and `Conflict` when it is over."""

        def command(tx: Tx) -> Window:
            window = self._not_over(tx, window_id)
            return self.close(tx, window, actor)

        return self._view(await self._store.write(command))

    async def extend(
        self, window_id: int, body: wire_quieting.ExtendMaintenance, actor: str
    ) -> wire_quieting.Maintenance:
        """Give a window more time; one that is over is continued by another, from now. Raises `Invalid`, `NotFound`."""
        more = timedelta(seconds=body.by)

        def command(tx: Tx) -> Window:
            window = _existing(tx.conn, window_id, lock=True)
            if window.status(tx.now) is WindowStatus.OVER:
                return self._open(tx, window.plan, tx.now, tx.now + more, actor, continues=window.id)
            longer = msgspec.structs.replace(window, ends_at=window.ends_at + more)
            _check_times(longer.starts_at, longer.ends_at, tx.now)
            longer = maintenance.change(tx, longer)
            tx.emit("maintenance.extended", longer.subject, planned(longer) | {"by_seconds": body.by}, actor=actor)
            self._announce(tx, longer, "has more time")
            maintenance_times.arm(tx, longer, self._settings())
            return longer

        return self._view(await self._store.write(command))

    def _view(self, window: Window) -> wire_quieting.Maintenance:
        return quiet_plans.maintenance_view(window, self._store.clock.now())

    # ------------------------------------------------------------------ inside a transaction
    def close(self, tx: Tx, window: Window, actor: str) -> Window:
        """End a window that is not over; one that had not started never does."""
        cancelled = window.status(tx.now) is WindowStatus.PLANNED
        starts_at = tx.now if cancelled else window.starts_at
        closed = msgspec.structs.replace(window, starts_at=starts_at, ends_at=tx.now, ended_by=actor)
        closed = maintenance.change(tx, closed)
        maintenance_times.arm(tx, closed, self._settings())
        if cancelled:
            tx.emit("maintenance.cancelled", closed.subject, planned(closed), actor=actor)
            self._announce(tx, closed, "was called off")
        else:
            self._say_end(tx, closed, actor)
        return closed

    def mirror(self, tx: Tx, window: Window) -> None:
        """Hold `window` exactly as another daemon had it, and follow it up: a replay's way to plan and to change it."""
        before = maintenance.get(tx.conn, window.id)
        if before is None:
            maintenance.add_as(tx, window)
        else:
            maintenance.change(tx, window)
        maintenance_times.arm(tx, window, self._settings())
        if window.status(tx.now) is WindowStatus.ACTIVE and (before is None or before.starts_at > tx.now):
            timers.arm(tx, maintenance_times.START, window.subject, tx.now)
        elif before is not None and window.status(tx.now) is WindowStatus.OVER:
            self._say_end(tx, window)

    def _open(
        self, tx: Tx, plan: WindowPlan, starts_at: datetime, ends_at: datetime, actor: str, continues: int | None = None
    ) -> Window:
        _check_times(starts_at, ends_at, tx.now)
        window = Window(
            id=0,
            plan=plan,
            starts_at=starts_at,
            ends_at=ends_at,
            created_by=actor,
            created_at=tx.now,
            updated_at=tx.now,
            continues=continues,
        )
        return self._occurrences.open_window(tx, window, actor)

    def _not_over(self, tx: Tx, window_id: int) -> Window:
        window = _existing(tx.conn, window_id, lock=True)
        if window.status(tx.now) is WindowStatus.OVER:
            raise Conflict(f"{window.name} is over already", current=self._view(window))
        return window

    # ------------------------------------------------------------------ timers
    def _on_ahead(self, tx: Tx, timer: Timer) -> None:
        window = _of(tx, timer)
        if window is not None and window.status(tx.now) is WindowStatus.PLANNED:
            tx.emit("maintenance.announced", window.subject, planned(window))
            self._announce(tx, window, f"starts at {window.starts_at:%Y-%m-%d %H:%M} UTC")
            maintenance_times.arm(tx, window, self._settings())

    def _on_start(self, tx: Tx, timer: Timer) -> None:
        window = _of(tx, timer)
        if window is not None and window.status(tx.now) is WindowStatus.ACTIVE:
            tx.emit("maintenance.started", window.subject, planned(window))
            self._announce(tx, window, "has started")
            self._grouping.look_again_at_alerts(tx, alerts.firing_of_services(tx.conn, window.plan.services))

    def _on_soon(self, tx: Tx, timer: Timer) -> None:
        window = _of(tx, timer)
        if window is None or window.status(tx.now) is not WindowStatus.ACTIVE:
            return
        if names := _firing_under(tx, window):
            tx.emit("maintenance.ends_soon", window.subject, planned(window) | {"firing": len(names)})
            when = f"ends at {window.ends_at:%H:%M} UTC"
            offer = ("They page when it has ended.", messages.extension(window))
            self._announce(tx, window, when, f"Firing under it: {messages.firing(names)}.", *offer)

    def _on_end(self, tx: Tx, timer: Timer) -> None:
        window = _of(tx, timer)
        if window is not None and window.status(tx.now) is WindowStatus.OVER:
            self._say_end(tx, window)

    def _say_end(self, tx: Tx, window: Window, actor: str = "system") -> None:
        """Say that it is over; what it hid is looked at now, and told at once when nothing else hides it."""
        names = _firing_under(tx, window)
        tx.emit("maintenance.ended", window.subject, planned(window) | {"firing": len(names)}, actor=actor)
        if names:
            still = f"Still firing at the end: {messages.firing(names)}."
            self._announce(tx, window, "is over, and alerts still fire", still, messages.extension(window))
        else:
            self._announce(tx, window, "is over", "No alert of it fires.")
        hidden = hidings.hidden_until(tx.conn, window.subject, window.ends_at)
        self._grouping.look_again_at_alerts(tx, hidden, at_once=True)

    def _announce(self, tx: Tx, window: Window, what: str, *more: str) -> None:
        roster = self._roster()
        changes, turns = duty_changes.at(tx.conn, tx.now), team_turns.everybody(tx.conn)
        told = owners(roster, window.plan.services, tx.now, changes, turns)
        author = roster.people.get(window.created_by)
        if author is not None:
            told.setdefault(author.handle, (author, "you planned it"))
        for person, reason in told.values():
            write_to(tx, person, messages.head(window, what), messages.body(window, *more), reason)


def _firing_under(tx: Tx, window: Window) -> Sequence[str]:
    """The names of the firing alerts that `window` hides, oldest first."""
    ids = hidings.hidden_until(tx.conn, window.subject, window.ends_at)
    return [alert.name for alert in alerts.get_many(tx.conn, ids) if alert.firing]


def _existing(conn: Connection, window_id: int, *, lock: bool = False) -> Window:
    window = maintenance.get(conn, window_id, lock=lock)
    if window is None:
        raise NotFound(
            f"there is no maintenance M-{window_id}", field="id", remedy="incidentctl maintenance list --state all"
        )
    return window


def _of(tx: Tx, timer: Timer) -> Window | None:
    return maintenance.get(tx.conn, timer.subject_id, lock=True)


def _check_times(starts_at: datetime, ends_at: datetime, now: datetime) -> None:
    try:
        check_times(starts_at, ends_at, now)
    except BadWindow as error:
        raise Invalid(str(error), field=error.field) from None
