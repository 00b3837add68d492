"""Retention: what is past its time is removed in small transactions, by whichever node has the run.

A durable timer begins a run at the hour of the policy. The run is a row that says where it is, so that it goes on there
after a crash, on whichever node; a lease keeps the others away. Looking for what may go is done by a connection that
only reads. One transaction takes a few hundred rows and events, as many as take some ten milliseconds of the writer.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import msgspec
import structlog
from sqlalchemy import Connection

from incidentd.domain.own_alarms import OwnAlarm
from incidentd.domain.retention import Retention
from incidentd.services.errors import Conflict
from incidentd.services.escalation import Handler
from incidentd.services.retention_preview import RetentionPreviews
from incidentd.services.retention_sweeps import SWEEPS, behind, read_named
from incidentd.services.retention_views import run_view
from incidentd.services.workers import Loop
from incidentd.storage import holds, named, removals, timers
from incidentd.storage import retention_runs as runs
from incidentd.storage.expiry import Found, Look, Size, Sweep, Taken
from incidentd.storage.named import Named
from incidentd.storage.retention_runs import Run
from incidentd.storage.store import Store
from incidentd.storage.timers import Timer
from incidentd.storage.tx import SYSTEM, Tx
from incidentd.wire import retention as wire_retention

KIND, _SUBJECT = "retention.due", "retention:0"
_LEASE = timedelta(minutes=2)
_PAUSE = 0.05  # seconds between two transactions: the writer is for those who send alerts
_AIM = 0.01  # seconds of work that one is for the writer
_LEAST_ROOM, _ROOM, _MOST_ROOM = 50, 100, 400
_LOOK = 500  # rows that are looked through at once
_TRIES = 5
_LATE = timedelta(hours=26)
_LOOK_AGAIN = timedelta(minutes=1)
log = structlog.get_logger("incidentd.retention")


class Retentions:
    """Implements `operation_contracts.RetentionCalls`."""

    def __init__(self, store: Store, node: str) -> None:
        self._store = store
        self.policy: Callable[[], Retention] | None = None
        """None until the daemon says where it is configured: then nothing runs by itself."""
        self._node = node
        self._named: Named | None = None  # of the run that goes on
        self._rest: tuple[Run, Found] | None = None  # what was found, and did not fit into a transaction
        self._room = _ROOM
        self._latest: Run | None = None
        self._looked_at: datetime | None = None
        self._previews = RetentionPreviews(store, lambda: self._in_force)
        self.loop = Loop("retention", self.work)

    @property
    def _in_force(self) -> Retention:
        return self.policy() if self.policy is not None else Retention()

    # ------------------------------------------------------------------ when
    def handlers(self) -> Mapping[str, Handler]:
        """What its timer does."""
        return {KIND: self._on_due}

    def follow_configuration(self, tx: Tx) -> None:
        """Arm the timer as the policy says; one that waits for the same already is left alone."""
        if self.policy is None:
            return
        policy = self.policy()
        said = {"at": policy.at.isoformat(), "zone": policy.zone}
        timers.arm_as_said(tx, KIND, _SUBJECT, policy.next_at(tx.now), said)

    def _on_due(self, tx: Tx, timer: Timer) -> None:
        timers.arm(tx, KIND, _SUBJECT, self._in_force.next_at(tx.now), timer.payload)
        if runs.running(tx.conn) is None:
            runs.start(tx, SYSTEM, SWEEPS[0].key)

    async def show(self) -> wire_retention.RetentionPolicy:
        """The policy in force, and what runs did lately."""
        return await self._previews.show()

    async def preview(self) -> wire_retention.RetentionPreview:
        """What a run would remove if it began now, and what stays although it is old enough."""
        return await self._previews.preview()

    def problems(self) -> list[OwnAlarm]:
        """A run that failed, or that does not come to an end."""
        latest = self._latest
        if latest is None:
            return []
        if latest.state == "failed":
            text = f"run {latest.id} failed ({latest.error}): what is past its time stays"
            return [OwnAlarm("retention-failed", text)]
        if latest.state == "running" and latest.started_at < self._store.clock.now() - _LATE:
            return [
                OwnAlarm("retention-failed", f"run {latest.id} began {latest.started_at:%Y-%m-%dT%H:%MZ} and goes on")
            ]
        return []

    def health(self, conn: Connection) -> wire_retention.RetentionHealth | None:
        """The latest run, the next and the holds, for health; None where none runs by itself."""
        if self.policy is None:
            return None
        latest = next(iter(runs.latest(conn, 1)), None)
        return wire_retention.RetentionHealth(
            state=latest.state if latest else "",
            last_at=(latest.ended_at or latest.started_at) if latest else None,
            removed=sum(one.get("rows", 0) for one in latest.counts.values()) if latest else 0,
            next_at=self._in_force.next_at(self._store.clock.now()),
            holds=len(holds.listed(conn, released=False)),
        )

    async def _watch(self) -> None:
        """Look at the latest run about every minute, for health."""
        now = self._store.clock.now()
        if self._looked_at is None or not self._looked_at <= now < self._looked_at + _LOOK_AGAIN:
            self._looked_at = now
            self._latest = next(iter(await self._store.read(lambda conn: runs.latest(conn, 1))), None)

    async def run(self, actor: str) -> wire_retention.RetentionRun:
        """Begin now. Raises `Conflict` while a run goes on."""

        def command(tx: Tx) -> wire_retention.RetentionRun:
            going = runs.running(tx.conn, lock=True)
            if going is not None:
                raise Conflict("retention runs already", current=run_view(going))
            return run_view(runs.start(tx, actor, SWEEPS[0].key))

        begun = await self._store.write(command)
        self.loop.wake()
        return begun

    # ------------------------------------------------------------------ a run
    async def work(self) -> float | None:
        """One transaction of the run that goes on, if this node has it."""
        await self._watch()
        run = await self._store.read(runs.running)
        now = self._store.clock.now()
        if run is None or (run.lease_owner not in ("", self._node) and run.lease_until > now):
            self._named = None
            return None
        has_it = run.lease_owner == self._node and run.lease_until > now + _LEASE / 2
        if not (has_it or await self._store.write(lambda tx: self._claim(tx, run))):
            return None
        try:
            await self._step(run)
        except _Elsewhere:
            return None
        except Exception as error:
            log.error("retention_failed", run=run.id, at=run.at_class, error=repr(error))
            text = f"{type(error).__name__} at {run.at_class}"
            await self._store.write(lambda tx: self._failed(tx, run, text))
            return 1.0
        return _PAUSE

    def _claim(self, tx: Tx, seen: Run) -> bool:
        """Have the run for a while; not when another node has it or it moved meanwhile."""
        run = runs.running(tx.conn, lock=True)
        if (
            run is None
            or run.id != seen.id
            or (run.lease_owner, run.lease_until) != (seen.lease_owner, seen.lease_until)
        ):
            return False
        runs.change(tx, run, lease_owner=self._node, lease_until=tx.now + _LEASE)
        return True

    async def _step(self, run: Run) -> None:
        sweep = next((one for one in SWEEPS if one.key == run.at_class), None)
        if sweep is None:
            await self._store.write(lambda tx: self._done(tx, run))
            return
        before = self._in_force.before(sweep.name, self._store.clock.now())
        if before is None:
            await self._store.write(lambda tx: self._move(tx, run, behind(sweep), 0, None, sweep))
            return
        found = self._found_before(run)
        if found is None:
            if self._named is None:
                self._named = await read_named(self._store)
            look = await self._store.read(lambda conn: self._look(conn, before))
            found = await self._store.read(lambda conn: sweep.find(conn, look, run.after, _LOOK))
        self._rest = None
        left = await self._store.write(lambda tx: self._take(tx, run, sweep, before, found))
        if left.ids:
            self._rest = run, left

    def _found_before(self, run: Run) -> Found | None:
        """What the step before this one found and left, when the run went on there."""
        if self._rest is None:
            return None
        of, found = self._rest
        here = (of.id, of.at_class) == (run.id, run.at_class) and of.after <= run.after < found.ids[0]
        return found if here else None

    def _look(self, conn: Connection, before: datetime) -> Look:
        """What is true on this connection: of holds, and of what was named since the run began."""
        known, more = self._named or Named(), True
        while more:
            known, more = named.in_events(conn, known)
        self._named = known
        return Look(before=before, held=holds.held(conn), named=known)

    def _take(self, tx: Tx, run: Run, sweep: Sweep, before: datetime, found: Found) -> Found:
        """Take some of what was found, and go on behind it; returns what is left of it."""
        began, left = time.thread_time(), Found(after=found.after)
        taken: Taken | None = None
        if found.ids:
            taken = sweep.take(tx, self._look(tx.conn, before), found.ids, self._room)
        if taken is not None and taken.after < found.ids[-1]:
            going_on = sweep.key, taken.after
            left = Found(ids=[one for one in found.ids if one > taken.after], after=found.after)
        elif found.after is not None:
            going_on = sweep.key, found.after
        else:
            going_on = behind(sweep), 0
        self._move(tx, run, *going_on, taken, sweep)
        self._adjust(time.thread_time() - began)  # on a busy machine a clock would tell of others
        return left

    def _adjust(self, seconds: float) -> None:
        """Take more at once while the writer hardly notices, and less when it would."""
        if seconds > 2 * _AIM:
            self._room = max(self._room // 2, _LEAST_ROOM)
        elif seconds < _AIM / 2:
            self._room = min(self._room * 2, _MOST_ROOM)

    def _move(self, tx: Tx, run: Run, at_class: str, after: int, taken: Taken | None, sweep: Sweep) -> None:
        """Let the run go on elsewhere, with what was taken here."""
        held = runs.running(tx.conn, lock=True)
        if held is None or (held.id, held.lease_owner, held.at_class, held.after) != (
            run.id, self._node, run.at_class, run.after,
        ):  # fmt: skip
            raise _Elsewhere
        counts = dict(held.counts)
        if taken is not None and (taken.seqs or any(taken.rows.values())):
            why = f"older than {self._in_force.keep[sweep.name]}"
            removals.record(
                tx, sweep.name, why, SYSTEM,
                seqs=taken.seqs, of=taken.digest, blanked=taken.blanked, rows=taken.rows, chains=taken.chains,
            )  # fmt: skip
            had = counts.get(sweep.name, {})
            size = {"rows": taken.count, "events": len(taken.seqs), "bytes": taken.bytes}
            counts[sweep.name] = {name: had.get(name, 0) + number for name, number in size.items()}
        runs.change(tx, held, at_class=at_class, after=after, counts=counts, failures=0, error="")

    def _done(self, tx: Tx, run: Run) -> None:
        held = runs.running(tx.conn, lock=True)
        if held is None or held.id != run.id:
            return
        runs.change(tx, held, state="done", ended_at=tx.now)
        total = Size()
        for one in held.counts.values():
            total.add(Size(**one))
        data = {"run": held.id, "removed": held.counts, **msgspec.structs.asdict(total)}
        tx.emit("retention.ran", _SUBJECT, data, actor=held.by)
        self._named = None

    def _failed(self, tx: Tx, run: Run, error: str) -> None:
        held = runs.running(tx.conn, lock=True)
        if held is None or held.id != run.id:
            return
        if held.failures + 1 < _TRIES:
            runs.change(tx, held, failures=held.failures + 1, error=error)
            return
        runs.change(tx, held, state="failed", failures=held.failures + 1, error=error, ended_at=tx.now)
        tx.emit("retention.failed", _SUBJECT, {"run": held.id, "error": error, "removed": held.counts})


class _Elsewhere(Exception):  # noqa: N818
    """Another node has the run."""
