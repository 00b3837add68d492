"""Rehearsals, drills and drafts of long ago."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

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
        parts = _Parts(tx.conn, number)
        some, whole = parts.portion(tx.conn, room)
        subjects = [*parts.subjects_of(some), *([source(number)] if whole else [])]
        chains = {str(one): audit_chain.head(tx.conn, one) for one in some[incidents]}
        size = _size(tx.conn, 0, subjects)
        gone, of = removals.take_events(tx, _seqs(tx.conn, subjects))
        rows = _remove_portion(tx, some, subjects)
        if whole:
            _remove(tx, drills, [number], rows)
        after = number if whole else number - 1  # the rest of it comes next
        return Taken(after=after, seqs=gone, digest=of, rows=rows, count=int(whole), chains=chains, bytes=size.bytes)


_ORDER = {deliveries: "", pages: "page", incidents: "incident", groups: "group", alerts: "alert"}
"""In which what a drill is made of goes, as rows of the later ones are referred to, and what events call it."""
_Portion = Mapping[Table, Sequence[int]]


class _Parts:
    """What a drill is made of, by number."""

    def __init__(self, conn: Connection, number: int) -> None:
        def ids(table: Table, of: object) -> list[int]:
            return list(conn.execute(select(table.c.id).where(of).order_by(table.c.id)).scalars())  # type: ignore[arg-type]

        self.number = number
        mine = select(pages.c.id).where(pages.c.drill_id == number)
        self.of: dict[Table, list[int]] = {
            deliveries: ids(deliveries, or_(deliveries.c.drill_id == number, deliveries.c.page_id.in_(mine))),
            pages: ids(pages, pages.c.drill_id == number),
            incidents: ids(incidents, incidents.c.drill_id == number),
            groups: ids(groups, groups.c.key.startswith(f"{source(number)}:", autoescape=True)),
            alerts: ids(alerts, alerts.c.source == source(number)),
        }

    @property
    def subjects(self) -> list[str]:
        """What its events are about."""
        return [source(self.number), *self.subjects_of(self.of)]

    @staticmethod
    def subjects_of(portion: _Portion) -> list[str]:
        """What the events of some of it are about."""
        return [f"{name}:{one}" for table, name in _ORDER.items() if name for one in portion[table]]

    def portion(self, conn: Connection, room: int) -> tuple[_Portion, bool]:
        """As much of it as `room` rows and events allow, but some, and whether that is all.

        Its incidents go together, for one may be merged into another.
        """
        found: dict[Table, list[int]] = {table: [] for table in _ORDER}
        left = room
        for table, name in _ORDER.items():
            some = self.of[table] if table is incidents else self.of[table][:room]
            events_of = _counts(conn, [f"{name}:{one}" for one in some]) if name else {}
            for together in [some] if table is incidents and some else [[one] for one in some]:
                cost = sum(1 + events_of.get(f"{name}:{one}", 0) for one in together)
                if cost > left < room:
                    return found, False
                found[table] += together
                left -= cost
            if len(some) < len(self.of[table]):
                return found, False
        return found, True


def _remove_portion(tx: Tx, portion: _Portion, subjects: Sequence[str]) -> dict[str, int]:
    """Take some of a drill; returns how many rows of which tables went."""
    counts: dict[str, int] = {}
    for table, ids in portion.items():
        if table is incidents and ids:
            chain = delete(incident_chain).where(incident_chain.c.incident_id.in_(ids))
            counts[incident_chain.name] = tx.conn.execute(chain).rowcount
        _remove(tx, table, ids, counts)
    tx.conn.execute(delete(timers).where(timers.c.subject.in_(subjects)))
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
        if any(last in parts.of[table] for table, last in newest_of.items()):
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


def _counts(conn: Connection, subjects: Sequence[str]) -> dict[str, int]:
    """How many events are about each."""
    found: dict[str, int] = {}
    for start in range(0, len(subjects), 500):
        mine = events.c.subject.in_(subjects[start : start + 500])
        query = select(events.c.subject, func.count()).where(mine).group_by(events.c.subject)
        found |= {row[0]: row[1] for row in conn.execute(query)}
    return found


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
