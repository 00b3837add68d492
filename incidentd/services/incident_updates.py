"""Updates of an incident: begun, looked at before, posted; and the slower rhythm of a long one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from incidentd import wire
from incidentd.domain import update_draft
from incidentd.domain.incidents import ENDED, Incident
from incidentd.domain.people import Roster
from incidentd.domain.process import Process
from incidentd.domain.update_rules import stated
from incidentd.domain.updates import PHASE_OF_STATUS, Phase, next_due
from incidentd.services import update_readers, update_reminders
from incidentd.services.broadcast import Broadcast
from incidentd.services.errors import Conflict, Invalid
from incidentd.services.incident_timers import arm_all
from incidentd.services.incident_views import existing, expected, in_command, view
from incidentd.services.timeline import timeline
from incidentd.storage import incidents
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import updates as wire_updates


class IncidentUpdates:
    """The part of `Incidents` that tells others how it stands."""

    _store: Store
    _process: Callable[[], Process]
    _roster: Callable[[], Roster]
    _reporters: Broadcast

    async def post_update(self, incident_id: int, body: wire_incidents.PostUpdate, actor: str) -> wire.Update:
        """Tell an audience how it stands and when the next word comes.

        Raises `NotFound`, `Invalid`, and `Conflict` when somebody sent one that the writer has not seen.
        """
        phase = _checked(body)

        def command(tx: Tx) -> wire.Update:
            incident = existing(tx.conn, incident_id, lock=True)
            _refuse_unseen(_updates(tx.conn, incident), body.seen)
            next_at = self._next_update(incident, phase, body, tx.now)
            values = {"by": actor, "audience": body.audience, "phase": phase, "text": body.text, "next_at": next_at}
            update = incidents.add_update(tx, incident.id, values)
            told = {
                "id": update.id,
                "audience": body.audience,
                "phase": phase,
                "text": body.text,
                "next_at": next_at,
                "written_to": update_readers.write(tx, incident, update, self._process(), self._roster()),
            }
            tx.emit("incident.update", incident.subject, told, actor=actor)
            self._reporters.updated(tx, incident, update, actor, final=body.final)
            owed = None if incident.status in ENDED else next_at
            arm_all(tx, incidents.change(tx, incident, next_update_at=owed), self._process().updates)
            return update

        return await self._store.write(command)

    def _next_update(
        self, incident: Incident, phase: Phase, body: wire_incidents.PostUpdate, now: datetime
    ) -> datetime | None:
        if body.final:
            return None
        if body.next_in is not None:
            return now + timedelta(seconds=body.next_in)
        return self._by_cadence(incident, phase, now)

    def _by_cadence(self, incident: Incident, phase: Phase, now: datetime) -> datetime | None:
        return next_due(self._process(), incident.severity, phase, now, long=incident.long_since is not None)

    async def draft_update(self, incident_id: int, audience: str, phase: str) -> wire_updates.UpdateDraft:
        """A text to begin an update with; phase "" is that of the status. Raises `NotFound` or `Invalid`."""

        def read(conn: Connection) -> wire_updates.UpdateDraft:
            incident, now = existing(conn, incident_id), self._store.clock.now()
            chosen = _phase(phase) if phase else PHASE_OF_STATUS.get(incident.status, Phase.RESOLVED)
            before = _updates(conn, incident)
            last = update_draft.last_to(before, audience)
            return wire_updates.UpdateDraft(
                text=update_draft.draft(incident, before, timeline(conn, incident).entries, chosen, audience),
                phase=chosen,
                audience=audience,
                next_at=self._by_cadence(incident, chosen, now),
                last_text=last.text if last is not None else "",
                last_at=last.at if last is not None else None,
            )

        return await self._store.read(read)

    async def check_update(
        self, incident_id: int, body: wire_incidents.PostUpdate, actor: str
    ) -> wire_updates.CheckedUpdate:
        """The update as it would be sent, and what a reader would miss in it. Raises `NotFound` or `Invalid`."""
        phase = _checked(body)

        def read(conn: Connection) -> wire_updates.CheckedUpdate:
            incident, now = existing(conn, incident_id), self._store.clock.now()
            next_at = self._next_update(incident, phase, body, now)
            update = wire.Update(
                id=0, at=now, by=actor, audience=body.audience, phase=phase, text=body.text, next_at=next_at
            )
            by_cadence = self._by_cadence(incident, phase, now)
            found = update_draft.warnings(
                update,
                _updates(conn, incident),
                people={one.handle: one.name for one in self._roster().people.values()},
                cadence=None if by_cadence is None else by_cadence - now,
                audiences=self._process().audiences,
            )
            heard = update_readers.of(conn, incident, update, self._process(), self._roster())
            return wire_updates.CheckedUpdate(
                text=stated(body.text, next_at),
                next_at=next_at,
                warnings=found,
                readers=tuple(one.who for one in heard),
            )

        return await self._store.read(read)

    async def run_long(
        self, incident_id: int, body: wire_updates.RunLong, actor: str, if_version: int | None
    ) -> wire.Incident:
        """Run it as a long incident, or as a usual one again. Raises `NotFound` or `Conflict`."""

        def command(tx: Tx) -> wire.Incident:
            seen = in_command(tx, self._process())
            incident = expected(seen, existing(tx.conn, incident_id, lock=True), if_version)
            if (incident.long_since is not None) is not body.on:
                every = self._process().updates.long.every.total_seconds()
                data = {"on": body.on, "reason": body.reason, "every": every}
                tx.emit("incident.long", incident.subject, data, actor=actor)
                incident = incidents.change(tx, incident, long_since=tx.now if body.on else None)
                if body.on:
                    update_reminders.relieve(tx, incident, self._process(), self._roster())
            return view(seen, incident)

        return await self._store.write(command)


def _updates(conn: Connection, incident: Incident) -> Sequence[wire.Update]:
    return incidents.updates(conn, [incident.id])[incident.id]


def _refuse_unseen(before: Sequence[wire.Update], seen: int | None) -> None:
    """Two who write at once do not tell the same twice, or different things, without knowing it."""
    if seen is not None and before and before[-1].id > seen:
        newest = before[-1]
        raise Conflict(f"{newest.by} sent an update meanwhile", current=newest, remedy="read it, then send yours")


def _checked(body: wire_incidents.PostUpdate) -> Phase:
    if body.final and body.next_in is not None:
        raise Invalid("a final update promises no next one", field="next_in")
    return _phase(body.phase)


def _phase(name: str) -> Phase:
    try:
        return Phase(name)
    except ValueError:
        raise Invalid(f"phase is one of {', '.join(Phase)}", field="phase") from None
