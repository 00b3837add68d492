"""Silences: setting and ending them, and what happens when their time comes."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

import msgspec
from sqlalchemy import Connection

from incidentd import wire
from incidentd.domain.matchers import BadMatcher, Matcher, checked, matches_all
from incidentd.domain.people import Roster
from incidentd.domain.silences import BadSilence, Silence, Status, can_change, check, expired
from incidentd.services import quiet_plans, silence_times
from incidentd.services.errors import Conflict, Invalid, NotFound
from incidentd.services.escalation import Handler
from incidentd.services.grouping import Grouping
from incidentd.services.hidden import described, told
from incidentd.services.silence_reminders import remind
from incidentd.storage import alerts, silences, suppressions
from incidentd.storage.store import Store
from incidentd.storage.timers import Timer
from incidentd.storage.tx import Tx
from incidentd.wire import silences as wire_silences

RETENTION = timedelta(hours=120)
"""How long lists show an expired silence; the same as an Alertmanager's default."""
PREVIEWED = 100  # alerts that a preview shows
STATES: Mapping[str, tuple[Status, ...]] = {
    "current": (Status.ACTIVE, Status.PENDING),
    **{status.value: (status,) for status in Status},
    "all": tuple(Status),
}


class Silences:
    """Implements `contracts.SilenceCalls`. Every change is one transaction, with its events and its timers."""

    def __init__(
        self,
        store: Store,
        grouping: Grouping,
        roster: Callable[[], Roster],
        alert_views: Callable[[Connection, Sequence[alerts.AlertRow]], tuple[wire.Alert, ...]],
    ) -> None:
        self._store = store
        self._grouping = grouping
        self._roster = roster
        self._alert_views = alert_views
        self.new_id = _random_id

    def handlers(self) -> Mapping[str, Handler]:
        """What its timers do."""
        return {
            silence_times.START: self._on_start,
            silence_times.END: self._on_end,
            silence_times.REMIND: self._on_remind,
            silence_times.LONG: self._on_long,
        }

    # ------------------------------------------------------------------ calls
    async def list(self, state: str) -> wire_silences.SilenceList:
        """Silences, the next to end first: `state` is current (default), pending, active, expired or all.

        Raises `Invalid`.
        """
        if state not in STATES:
            raise Invalid(f"state is one of {', '.join(STATES)}", field="state")
        found = await self.stored(STATES[state])
        return wire_silences.SilenceList(silences=tuple(self.view(one) for one in found))

    async def stored(self, statuses: Sequence[Status] = tuple(Status)) -> Sequence[Silence]:
        """Silences with one of `statuses`; an expired one for `RETENTION`."""
        now = self._store.clock.now()
        return await self._store.read(lambda conn: silences.listed(conn, now, statuses, now - RETENTION))

    async def get(self, silence_id: str) -> wire_silences.Silence:
        """One silence, however old. Raises `NotFound`."""
        return self.view(await self.find(silence_id))

    async def find(self, silence_id: str) -> Silence:
        """One silence as the domain has it. Raises `NotFound`."""
        return await self._store.read(lambda conn: _existing(conn, silence_id))

    async def set(self, body: wire_silences.SetSilence, actor: str) -> wire_silences.Silence:
        """Set a silence, or change the one with `body.id`. Raises `Invalid`, `NotFound`."""
        now = self._store.clock.now()
        wanted = Silence(
            id=body.id,
            matchers=quiet_plans.matchers(body.matchers),
            starts_at=body.starts_at or now,
            ends_at=body.ends_at,
            created_by=actor,
            comment=body.comment.strip(),
            annotations=body.annotations,
            updated_at=now,
        )
        keep_start = bool(body.id) and body.starts_at is None
        return self.view(await self.keep(wanted, actor, keep_start=keep_start))

    async def keep(self, wanted: Silence, actor: str, *, keep_start: bool = False) -> Silence:
        """Store `wanted`, under a new id when its `id` is "" or names one that cannot become it.

        `keep_start`: a silence that is changed keeps its start, whatever `wanted` says. Raises `Invalid`, `NotFound`.
        """
        fresh_id = self.new_id()

        def command(tx: Tx) -> Silence:
            old = _existing(tx.conn, wanted.id, lock=True) if wanted.id else None
            if old is None:
                return self._create(tx, wanted, fresh_id, actor)
            new = msgspec.structs.replace(wanted, starts_at=old.starts_at) if keep_start else wanted
            if can_change(old, new, tx.now):
                return self._change(tx, old, new, actor)
            created = self._create(tx, new, fresh_id, actor)
            self.close(tx, old, actor, replaced_by=created.id)
            return created

        return await self._store.write(command)

    async def expire(self, silence_id: str, actor: str) -> wire_silences.Silence:
        """End a silence now. Raises `NotFound`, and `Conflict` when it has ended already."""

        def command(tx: Tx) -> Silence:
            silence = _existing(tx.conn, silence_id, lock=True)
            if silence.status(tx.now) is Status.EXPIRED:
                raise Conflict(f"{silence.name} has ended already", current=self.view(silence))
            return self.close(tx, silence, actor)

        return self.view(await self._store.write(command))

    async def preview(self, body: wire_silences.PreviewSilence) -> wire_silences.SilencePreview:
        """The firing alerts that a silence with these matchers would hide. Raises `Invalid`."""
        matchers = quiet_plans.matchers(body.matchers)

        def query(conn: Connection) -> wire_silences.SilencePreview:
            ids = covered(conn, matchers)
            shown = self._alert_views(conn, alerts.get_many(conn, ids[:PREVIEWED]))
            return wire_silences.SilencePreview(alerts=shown, total=len(ids))

        return await self._store.read(query)

    def view(self, silence: Silence) -> wire_silences.Silence:
        """A silence as the wire shows it at this instant."""
        values = {name: getattr(silence, name) for name in Silence.__struct_fields__}
        texts = tuple(str(matcher) for matcher in silence.matchers)
        status = silence.status(self._store.clock.now()).value
        return wire_silences.Silence(**values | {"matchers": texts}, name=silence.name, status=status)

    # ------------------------------------------------------------------ inside a transaction
    def mirror(self, tx: Tx, silence: Silence) -> None:
        """Hold `silence` exactly as another daemon had it, and follow it up: a replay's way to set and to change it."""
        if silences.get(tx.conn, silence.id) is None:
            silences.add(tx, silence)
        else:
            silences.change(tx, silence)
        self._arm_and_look(tx, silence)

    def _create(self, tx: Tx, wanted: Silence, fresh_id: str, actor: str) -> Silence:
        starts_at = max(wanted.starts_at, tx.now)
        silence = msgspec.structs.replace(wanted, id=fresh_id, starts_at=starts_at, updated_at=tx.now)
        _check(silence, tx)
        silences.add(tx, silence)
        tx.emit("silence.created", silence.subject, described(silence), actor=actor)
        self._arm_and_look(tx, silence)
        return silence

    def _change(self, tx: Tx, old: Silence, new: Silence, actor: str) -> Silence:
        starts_at = old.starts_at if old.status(tx.now) is Status.ACTIVE else new.starts_at
        changed = msgspec.structs.replace(new, starts_at=starts_at, updated_at=tx.now, rule=old.rule)
        _check(changed, tx)
        silences.change(tx, changed)
        tx.emit("silence.changed", changed.subject, described(changed), actor=actor)
        self._arm_and_look(tx, changed)
        return changed

    def close(self, tx: Tx, silence: Silence, actor: str, replaced_by: str = "") -> Silence:
        """End a silence that is not over."""
        if silence.status(tx.now) is Status.EXPIRED:
            return silence
        ended = expired(silence, tx.now)
        silences.change(tx, ended)
        tx.emit("silence.expired", ended.subject, {**told(ended), "replaced_by": replaced_by}, actor=actor)
        self._arm_and_look(tx, ended)
        return ended

    def _arm_and_look(self, tx: Tx, silence: Silence) -> None:
        silence_times.arm(tx, silence)
        self._look(tx, silence)

    def _look(self, tx: Tx, silence: Silence) -> None:
        """Look again at what it covers and at what it hid: a label may have changed meanwhile."""
        ids = {*covered(tx.conn, silence.matchers), *suppressions.hidden_by(tx.conn, [silence.subject])}
        self._grouping.look_again_at_alerts(tx, sorted(ids))

    # ------------------------------------------------------------------ timers
    def _on_start(self, tx: Tx, timer: Timer) -> None:
        silence = _of(tx, timer)
        if silence is not None and silence.status(tx.now) is Status.ACTIVE:
            tx.emit("silence.started", silence.subject, told(silence))
            self._look(tx, silence)

    def _on_end(self, tx: Tx, timer: Timer) -> None:
        silence = _of(tx, timer)
        if silence is not None and silence.status(tx.now) is Status.EXPIRED:
            tx.emit("silence.ended", silence.subject, told(silence))
            self._look(tx, silence)

    def _on_remind(self, tx: Tx, timer: Timer) -> None:
        self._remind(tx, timer, ends_soon=True)

    def _on_long(self, tx: Tx, timer: Timer) -> None:
        self._remind(tx, timer, ends_soon=False)

    def _remind(self, tx: Tx, timer: Timer, *, ends_soon: bool) -> None:
        silence = _of(tx, timer)
        if silence is None or silence.status(tx.now) is not Status.ACTIVE:
            return
        firing = len(covered(tx.conn, silence.matchers))
        if firing or not ends_soon:
            remind(tx, self._roster(), silence, firing, ends_soon=ends_soon)


def covered(conn: Connection, matchers: Sequence[Matcher]) -> list[int]:
    """The firing alerts that fulfil every matcher, oldest first."""
    return [one.id for one in suppressions.firing_like(conn, matchers) if matches_all(matchers, one.labels)]


def _existing(conn: Connection, silence_id: str, *, lock: bool = False) -> Silence:
    silence = silences.get(conn, silence_id, lock=lock) if silence_id.isascii() and "\0" not in silence_id else None
    if silence is None:
        raise NotFound("there is no such silence", field="id", remedy="incidentctl silence list --state all")
    return silence


def _of(tx: Tx, timer: Timer) -> Silence | None:
    return silences.get(tx.conn, timer.subject.partition(":")[2], lock=True)


def _check(silence: Silence, tx: Tx) -> None:
    try:
        check(silence, tx.now)
        for matcher in silence.matchers:
            checked(matcher)
    except BadSilence as error:
        raise Invalid(str(error), field=error.field) from None
    except BadMatcher as error:
        raise Invalid(str(error), field="matchers", remedy=error.remedy) from None


def _random_id() -> str:
    """The id of a new silence, as Alertmanager's are; whoever lives through a time again draws the same ones."""
    return str(uuid.uuid4())
