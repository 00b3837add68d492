"""The check of the whole log: nothing is missing but what retention removed, and every chain of hashes follows."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from incidentd.domain.audit import GENESIS, link, plain
from incidentd.domain.removals import GENESIS as FIRST
from incidentd.domain.removals import Run, runs, unaccounted, unpacked
from incidentd.storage import audit_chain, event_log, removals
from incidentd.storage.schema import events
from incidentd.storage.schema_audit import incident_chain
from incidentd.storage.store import Store
from incidentd.wire import retention as wire_retention
from incidentd.wire.retention import LogFault

_PART = 2000
_MOST = 100  # faults that are told


class LogChecks:
    """Implements `operation_contracts.LogCheckCalls`. Reads in parts, so that no connection is held for long."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def check(self) -> wire_retention.LogCheck:
        """Read everything once."""
        now = self._store.clock.now()
        last = await self._store.read(event_log.last_seq)
        there, missing = await self._present(last)
        gone, head, faults = await self._removals()
        faults += [LogFault(where=_numbers(one), text="it is missing, and retention did not remove it")
                   for one in unaccounted(missing, gone)]  # fmt: skip
        chained, broken = await self._chains()
        removed = sum(end - first + 1 for first, end in gone)
        return wire_retention.LogCheck(
            checked_at=now,
            last_seq=last,
            events=there,
            removed=removed,
            removals=head[0],
            head=head[1],
            incidents=chained,
            faults=tuple([*faults, *broken][:_MOST]),
        )

    async def _present(self, last: int) -> tuple[int, list[Run]]:
        """How many events there are up to `last`, and the numbers between them that are not."""
        there, after, missing = 0, 0, list[Run]()
        while after < last:
            query = select(events.c.seq).where(events.c.seq > after, events.c.seq <= last).order_by(events.c.seq)
            seqs = await self._store.read(lambda conn: conn.execute(query.limit(_PART)).scalars().all())  # noqa: B023
            for first, end in runs(seqs):
                if first > after + 1:
                    missing.append((after + 1, first - 1))
                after = end
            there += len(seqs)
            if not seqs:
                missing.append((after + 1, last))
                break
        return there, missing

    async def _removals(self) -> tuple[list[Run], tuple[int, str], list[LogFault]]:
        """What was removed, in order; the number and the hash of the last record; and what is wrong with the chain."""
        gone: list[Run] = []
        faults: list[LogFault] = []
        number, previous = 0, FIRST
        while found := await self._store.read(lambda conn: removals.after(conn, number, _PART)):  # noqa: B023
            for one in found:
                if one.id != number + 1 or one.link(previous) != one.hash:
                    faults.append(LogFault(where=f"removal {one.id}", text="it does not follow from the one before"))
                number, previous = one.id, one.hash
                try:
                    gone += [] if one.blanked else unpacked(one.seqs)
                except ValueError:
                    faults.append(LogFault(where=f"removal {one.id}", text="its numbers cannot be read"))
        return sorted(gone), (number, previous), faults

    async def _chains(self) -> tuple[int, list[LogFault]]:
        """How many incidents have a chain, and where one breaks."""
        ids = await self._store.read(_chained)
        faults: list[LogFault] = []
        for one in ids:
            fault = await self._store.read(lambda conn: _broken(conn, one))  # noqa: B023
            faults += [fault] if fault else []
        return len(ids), faults


def _chained(conn: Connection) -> list[int]:
    query = select(incident_chain.c.incident_id).group_by(incident_chain.c.incident_id)
    return sorted(conn.execute(query).scalars())


def _broken(conn: Connection, incident_id: int) -> LogFault | None:
    """Where the chain of an incident breaks first; its events are all in it."""
    subject = f"incident:{incident_id}"
    told = {one.seq: one for one in event_log.of_subjects(conn, [subject])}
    previous, first = GENESIS, None
    for number, (n, seq, digest) in enumerate(audit_chain.of_incident(conn, incident_id), 1):
        first = seq if first is None else first
        event = told.get(seq)
        if n != number or event is None or link(previous, plain(event)) != digest:
            return LogFault(where=f"INC-{incident_id} record {n}", text="it is not what was written")
        previous = digest
    chained = conn.execute(
        select(func.count()).select_from(incident_chain).where(incident_chain.c.incident_id == incident_id)
    ).scalar_one()
    since = [seq for seq in told if first is not None and seq >= first]
    if len(since) != chained:
        return LogFault(where=f"INC-{incident_id}", text="it has an event that is in no chain")
    return None


def _numbers(run: Run) -> str:
    return f"seq {run[0]}" if run[0] == run[1] else f"seq {run[0]}-{run[1]}"
