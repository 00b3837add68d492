"""Legal holds: set and released by an administrator, each with a reason; both stay known."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import Connection

from incidentd.domain import holds as rules
from incidentd.domain.holds import Hold
from incidentd.services.errors import Conflict, Invalid, NotFound
from incidentd.services.retention_views import hold_view
from incidentd.storage import customers, holds, incidents, reports
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx
from incidentd.wire import retention as wire_retention

_REMEDY = "write INC-12, R-3, C-4 or everything"
_EXISTS: Mapping[str, Callable[[Connection, int], object]] = {
    "incident": incidents.get,
    "report": reports.get,
    "customer": customers.get,
}
_MOST_REASON = 2000


class Holds:
    """Implements `operation_contracts.HoldCalls`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def list(self, *, released: bool) -> wire_retention.HoldList:
        """Holds in force, with released ones if asked for, the newest first."""
        found = await self._store.read(lambda conn: holds.listed(conn, released=released))
        return wire_retention.HoldList(holds=tuple(hold_view(one) for one in found))

    async def get(self, hold_id: int) -> wire_retention.Hold:
        """One hold. Raises `NotFound`."""
        return hold_view(await self._store.read(lambda conn: _existing(conn, hold_id)))

    async def add(self, body: wire_retention.AddHold, actor: str) -> wire_retention.Hold:
        """Hold something from now on. Raises `Invalid`, and `NotFound` for what there is not."""
        reason = _reason(body.reason)
        try:
            subject = rules.subject(body.subject)
        except ValueError as error:
            raise Invalid(str(error), field="subject", remedy=_REMEDY) from None

        def command(tx: Tx) -> wire_retention.Hold:
            kind, number = rules.parts(subject)
            if kind in _EXISTS and _EXISTS[kind](tx.conn, number) is None:
                raise NotFound(f"there is no {kind} {number}", field="subject")
            hold = holds.add(tx, subject, reason, actor)
            _tell(tx, hold, "added", reason, actor)
            return hold_view(hold)

        return await self._store.write(command)

    async def release(self, hold_id: int, body: wire_retention.ReleaseHold, actor: str) -> wire_retention.Hold:
        """End a hold. Raises `NotFound`, `Invalid`, and `Conflict` for one that was released."""
        reason = _reason(body.reason)

        def command(tx: Tx) -> wire_retention.Hold:
            hold = _existing(tx.conn, hold_id, lock=True)
            if hold.released_at is not None:
                raise Conflict(f"{hold.name} was released by {hold.released_by}", current=hold_view(hold))
            released = holds.release(tx, hold, actor, reason)
            _tell(tx, released, "released", reason, actor)
            return hold_view(released)

        return await self._store.write(command)


def _tell(tx: Tx, hold: Hold, what: str, reason: str, actor: str) -> None:
    """In the log, and in that of the incident, so that its chain has it."""
    data = {"subject": hold.subject, "reason": reason}
    tx.emit(f"hold.{what}", f"hold:{hold.id}", data, actor=actor)
    if hold.subject.startswith("incident:"):
        tx.emit(f"incident.hold_{what}", hold.subject, {"hold": hold.id, "reason": reason}, actor=actor)


def _existing(conn: Connection, hold_id: int, *, lock: bool = False) -> Hold:
    found = holds.get(conn, hold_id, lock=lock)
    if found is None:
        raise NotFound(f"there is no hold {hold_id}")
    return found


def _reason(text: str) -> str:
    reason = text.strip()
    if not reason or len(reason) > _MOST_REASON:
        raise Invalid(f"say why, in at most {_MOST_REASON} characters", field="reason")
    return reason
