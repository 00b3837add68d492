"""Rehearsals, drills and drafts of long ago."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, Table, delete, func, or_, select

from incidentd.domain.drills import source
from incidentd.storage import audit_chain, removals
from incidentd.storage.expiry import Found, Look, Size, Taken, judged, newest
from incidentd.storage.metadata import metadata
from incidentd.storage.schema import (
    alerts,
    deliveries,
    drafts,
    drills,
    events,
    groups,
    incidents,
    pages,
    timers,
)
from incidentd.storage.schema_attachments import file_contents, incident_attachments
from incidentd.storage.schema_audit import incident_chain
from incidentd.storage.schema_rehearsals import rehearsal_calls, rehearsals
from incidentd.storage.schema_reviews import actions, factors, learnings, reviews
from incidentd.storage.schema_support import reports
from incidentd.storage.tx import Tx

_LEARNED = (reviews, factors, learnings, actions)


class Rehearsals:
    """Implements `expiry.Sweep`."""

    name = key = "rehearsals"

    def find(self, conn: Connection, look: Look, after: int, limit: int) -> Found:
        c = rehearsals.c
        rows = conn.execute(select(c.id, c.closed_at).where(c.id > after).order_by(c.id).limit(limit)).all()
        old = [row.id for row in rows if row.closed_at is not None and row.closed_at < look.before]
        return judged(_of_rows(conn, look, rehearsals, old), old, rows[-1].id if len(rows) == limit else None)

    def size(self, conn: Connection, ids: Sequence[int]) -> Size:
        return _size(conn, len(ids), [f"rehearsal:{one}" for one in ids])

    def take(self, tx: Tx, look: Look, ids: Sequence[int], room: int) -> Taken:
        some = ids[:1]  # one has a call for each person and card
        if _of_rows(tx.conn, look, rehearsals, some):
            return Taken(after=some[-1])
        size, counts = self.size(tx.conn, some), {}
        counts[rehearsal_calls.name] = tx.conn.execute(
            delete(rehearsal_calls).where(rehearsal_calls.c.rehearsal_id.in_(some))
        ).rowcount
        counts[rehearsals.name] = tx.conn.execute(delete(rehearsals).where(rehearsals.c.id.in_(some))).rowcount
        gone, of = removals.take_events(tx, _seqs(tx.conn, [f"rehearsal:{one}" for one in some]))
        return Taken(after=some[-1], seqs=gone, digest=of, rows=counts, count=1, bytes=size.bytes)


class Drills:
    """A drill with its alerts, pages, messages and incidents. Implements `expiry.Sweep`."""

    name = key = "drills"

    def find(self, conn: Connection, look: Look, after: int, limit: int) -> Found:
        c = drills.c
        rows = conn.execute(select(c.id, c.ended_at).where(c.id > after).order_by(c.id).limit(limit)).all()
        old = [row.id for row in rows if row.ended_at is not None and row.ended_at < look.before]
        return judged(_kept(conn, look, old), old, rows[-1].id if len(rows) == limit else None)

    def size(self, conn: Connection, ids: Sequence[int]) -> Size:
        found = Size()
        for one in ids:
            found.add(_size(conn, 1, _Parts(conn, one).subjects))
        return found

    def take(self, tx: Tx, look: Look, ids: Sequence[int], room: int) -> Taken:
        number = ids[0]
        if _kept(tx.conn, look, ids[:1]):
            return Taken(after=number)
        parts, size = _Parts(tx.conn, number), self.size(tx.conn, ids[:1])
        chains = {str(one): audit_chain.head(tx.conn, one) for one in parts.incidents}
        gone, of = removals.take_events(tx, _seqs(tx.conn, parts.subjects))
        return Taken(
            after=number, seqs=gone, digest=of, rows=parts.remove(tx), count=1, chains=chains, bytes=size.bytes
        )


class _Parts:
    """What a drill is made of, by number."""

    def __init__(self, conn: Connection, number: int) -> None:
        def ids(table: Table, of: object) -> list[int]:
            return list(conn.execute(select(table.c.id).where(of)).scalars())  # type: ignore[arg-type]

        self.number = number
        self.alerts = ids(alerts, alerts.c.source == source(number))
        self.groups = ids(groups, groups.c.key.startswith(f"{source(number)}:", autoescape=True))
        self.pages = ids(pages, pages.c.drill_id == number)
        self.incidents = ids(incidents, incidents.c.drill_id == number)

    @property
    def subjects(self) -> list[str]:
        """What its events are about."""
        return [
            source(self.number),
            *(f"alert:{one}" for one in self.alerts),
            *(f"group:{one}" for one in self.groups),
            *(f"page:{one}" for one in self.pages),
            *(f"incident:{one}" for one in self.incidents),
        ]

    def remove(self, tx: Tx) -> dict[str, int]:
        """Take it all; returns how many rows of which tables went."""
        counts: dict[str, int] = {}
        mine = or_(deliveries.c.drill_id == self.number, deliveries.c.page_id.in_(self.pages))
        counts[deliveries.name] = tx.conn.execute(delete(deliveries).where(mine)).rowcount
        _remove(tx, pages, self.pages, counts)
        _remove(tx, incidents, self.incidents, counts)
        chain = delete(incident_chain).where(incident_chain.c.incident_id.in_(self.incidents))
        counts[incident_chain.name] = tx.conn.execute(chain).rowcount
        _remove(tx, groups, self.groups, counts)
        _remove(tx, alerts, self.alerts, counts)
        _remove(tx, drills, [self.number], counts)
        tx.conn.execute(delete(timers).where(timers.c.subject.in_(self.subjects)))
        if counts.get(incident_attachments.name):
            used = select(incident_attachments.c.sha256)
            tx.conn.execute(delete(file_contents).where(file_contents.c.sha256.not_in(used)))
        return counts


def _remove(tx: Tx, table: Table, ids: Sequence[int], counts: dict[str, int]) -> None:
    """Remove numbered rows, first whatever refers to them by a foreign key."""
    if not ids:
        return
    for child, column in _referring(table):
        of = child.c[column].in_(ids)
        if any(_referring(child)) and "id" in child.c:
            _remove(tx, child, list(tx.conn.execute(select(child.c.id).where(of)).scalars()), counts)
        else:
            counts[child.name] = counts.get(child.name, 0) + tx.conn.execute(delete(child).where(of)).rowcount
    number = next(iter(table.primary_key.columns))
    counts[table.name] = counts.get(table.name, 0) + tx.conn.execute(delete(table).where(number.in_(ids))).rowcount


def _referring(table: Table) -> Iterable[tuple[Table, str]]:
    """The tables whose rows refer to rows of `table`, but for itself."""
    for child in metadata.tables.values():
        for key in child.foreign_keys:
            if key.column.table is table and child is not table:
                yield child, key.parent.name


def _kept(conn: Connection, look: Look, ids: Sequence[int]) -> dict[int, str]:
    """Why some drills stay."""
    reasons = _of_rows(conn, look, drills, ids)
    mine = select(pages.c.id, pages.c.drill_id, pages.c.state).where(pages.c.drill_id.in_(ids))
    for page in conn.execute(mine):
        if page.id in look.named.page:
            reasons[page.drill_id] = "named in what is kept"
        elif page.state != "resolved":
            reasons[page.drill_id] = "an open page"
    for row in conn.execute(select(incidents.c.id, incidents.c.drill_id).where(incidents.c.drill_id.in_(ids))):
        if reason := _needed(conn, look, row.id):
            reasons[row.drill_id] = reason
    newest_of = {table: newest(conn, table) for table in (alerts, groups, pages, incidents)}
    for one in ids:
        parts = _Parts(conn, one)
        owned = {alerts: parts.alerts, groups: parts.groups, pages: parts.pages, incidents: parts.incidents}
        if any(newest_of[table] in numbers for table, numbers in owned.items()):
            reasons.setdefault(one, "the newest")
    return reasons


def _needed(conn: Connection, look: Look, incident_id: int) -> str:
    """Why the incident of a drill stays; "" when nothing needs it."""
    if incident_id in look.held.incidents:
        return "a hold"
    real = incidents.c.drill_id.is_(None)
    asked = [
        (select(one.c.incident_id).where(one.c.incident_id == incident_id), "it was looked back on") for one in _LEARNED
    ]
    asked.append((select(reports.c.id).where(reports.c.incident_id == incident_id), "a report"))
    asked.append((select(incidents.c.id).where(incidents.c.merged_into == incident_id, real), "an incident"))
    return next((reason for query, reason in asked if conn.execute(query.limit(1)).first()), "")


def _of_rows(conn: Connection, look: Look, table: Table, ids: Sequence[int]) -> dict[int, str]:
    if look.held.everything:
        return dict.fromkeys(ids, "a hold on everything")
    last = newest(conn, table)
    return {last: "the newest"} if last in ids else {}


def _seqs(conn: Connection, subjects: Sequence[str]) -> list[int]:
    found: list[int] = []
    for start in range(0, len(subjects), 500):
        query = select(events.c.seq).where(events.c.subject.in_(subjects[start : start + 500]))
        found += conn.execute(query).scalars()
    return found


def _size(conn: Connection, rows: int, subjects: Sequence[str]) -> Size:
    seqs = _seqs(conn, subjects)
    return Size(rows=rows, events=len(seqs), bytes=removals.size_of(conn, seqs))


class Drafts:
    """Implements `expiry.Sweep`; drafts have no number, so each look finds the first ones anew."""

    name = key = "drafts"

    def find(self, conn: Connection, look: Look, after: int, limit: int) -> Found:
        count = conn.execute(select(func.count()).where(drafts.c.saved_at < look.before)).scalar_one()
        if look.held.everything:
            return Found(kept={"a hold on everything": count} if count else {})
        return Found(ids=range(after + 1, after + 1 + count))

    def size(self, conn: Connection, ids: Sequence[int]) -> Size:
        return Size(rows=len(ids), bytes=200 * len(ids))

    def take(self, tx: Tx, look: Look, ids: Sequence[int], room: int) -> Taken:
        if look.held.everything:
            return Taken(after=ids[-1])
        c = drafts.c
        some = tx.conn.execute(select(c.person, c.key).where(c.saved_at < look.before).limit(room)).all()
        for row in some:
            mine = (c.person == row.person) & (c.key == row.key) & (c.saved_at < look.before)
            tx.conn.execute(delete(drafts).where(mine))
        after = ids[len(some) - 1] if some else ids[-1]
        return Taken(after=after, rows={drafts.name: len(some)}, count=len(some))
