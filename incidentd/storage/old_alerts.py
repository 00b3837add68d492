"""Alerts that ended long ago: which of them nothing that is kept needs, and what goes with them.

Rows of groups and pages stay, for figures count them; they lose what they had of the alerts' labels and texts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, Text, delete, func, select, type_coerce, update

from incidentd.domain.drills import of_source
from incidentd.storage import removals
from incidentd.storage.expiry import Found, Look, Size, Taken, judged, newest
from incidentd.storage.schema import alerts, events, group_alerts, groups, incident_alerts, pages
from incidentd.storage.schema_quiet import hidings, suppressions
from incidentd.storage.schema_support import reports
from incidentd.storage.tx import Tx

_LEAST = 3  # of the room that an alert takes with its events
_COLUMNS = ("id", "source", "status", "pending", "resolved_at", "last_seen", "first_seen")
_ROWS = select(*(alerts.c[name] for name in _COLUMNS))


class Alerts:
    """Implements `expiry.Sweep`."""

    name = key = "alerts"

    def find(self, conn: Connection, look: Look, after: int, limit: int) -> Found:
        query = _ROWS.where(alerts.c.id > after).order_by(alerts.c.id).limit(limit)
        rows = conn.execute(query).all()
        old = [row for row in rows if _is_over(row, look)]
        reasons = _kept(conn, look, [row.id for row in old])
        reasons |= {row.id: "a drill" for row in old if of_source(row.source) is not None}
        # Numbers follow the first time that an alert was seen: behind one that is young, all are.
        more = len(rows) == limit and rows[-1].first_seen < look.before
        return judged(reasons, [row.id for row in old], rows[-1].id if more else None)

    def size(self, conn: Connection, ids: Sequence[int]) -> Size:
        c = alerts.c
        length = func.sum(
            func.length(type_coerce(c.labels, Text)) + func.length(type_coerce(c.annotations, Text))
            + func.length(c.summary) + 200
        )  # fmt: skip
        stored = conn.execute(select(length).where(c.id.in_(ids))).scalar_one() or 0
        data = func.sum(func.length(type_coerce(events.c.data, Text)) + 60)
        told = conn.execute(select(func.count(), data).where(events.c.subject.in_(_subjects(ids)))).one()
        return Size(rows=len(ids), events=told[0], bytes=stored + (told[1] or 0))

    def take(self, tx: Tx, look: Look, ids: Sequence[int], room: int) -> Taken:
        some = ids[: max(room // _LEAST, 1)]
        # Locked, for one of them may begin to fire on another node.
        rows = tx.conn.execute(_ROWS.where(alerts.c.id.in_(some)).order_by(alerts.c.id).with_for_update()).all()
        reasons = _kept(tx.conn, look, some) | {row.id: "it fires" for row in rows if not _is_over(row, look)}
        free = [one for one in some if one not in reasons]
        wanted, seqs = _fitting(tx.conn, free, room)
        if not free:
            return Taken(after=some[-1])
        if not wanted:  # one with more events than fit: its row stays until they are gone
            gone, of = removals.take_events(tx, seqs)
            return Taken(after=free[0] - 1, seqs=gone, digest=of)
        size = self.size(tx.conn, wanted)
        emptied, counts = _take_rows(tx, wanted)
        gone, of = removals.take_events(tx, [*seqs, *_seqs(tx.conn, [f"group:{one}" for one in emptied])])
        after = some[-1] if wanted == free else wanted[-1]
        return Taken(after=after, seqs=gone, digest=of, rows=counts, count=len(wanted), bytes=size.bytes)


def _is_over(row: Row[Any], look: Look) -> bool:
    """Whether it ended long enough ago, and routing knows of it."""
    return row.status == "resolved" and not row.pending and (row.resolved_at or row.last_seen) < look.before


def _subjects(ids: Sequence[int]) -> list[str]:
    return [f"alert:{one}" for one in ids]


def _seqs(conn: Connection, subjects: Sequence[str], limit: int | None = None) -> list[int]:
    query = select(events.c.seq).where(events.c.subject.in_(subjects)).order_by(events.c.seq)
    return list(conn.execute(query.limit(limit) if limit else query).scalars())


def _fitting(conn: Connection, ids: Sequence[int], room: int) -> tuple[list[int], list[int]]:
    """The alerts, from the first on, whose events fit into `room`, with these; no alert when its own are too many."""
    counted = select(events.c.subject, func.count()).where(events.c.subject.in_(_subjects(ids)))
    counts = {row[0]: row[1] for row in conn.execute(counted.group_by(events.c.subject))}
    fitting: list[int] = []
    left = room
    for one in ids:
        left -= 1 + counts.get(f"alert:{one}", 0)
        if left < 0:
            break
        fitting.append(one)
    if ids and not fitting:
        return [], _seqs(conn, _subjects(ids[:1]), room)
    return fitting, _seqs(conn, _subjects(fitting))


def _kept(conn: Connection, look: Look, ids: Sequence[int]) -> dict[int, str]:
    """Why some of the alerts stay."""
    if look.held.everything:
        return dict.fromkeys(ids, "a hold on everything")
    found = dict.fromkeys(look.named.alert.intersection(ids), "named in what is kept")
    groups_of, of = group_alerts.alias(), group_alerts.alias()
    mine = of.c.alert_id.in_(ids)
    open_group = select(of.c.alert_id).join(groups, groups.c.id == of.c.group_id)
    found |= _each(conn, open_group.where(mine, groups.c.closed_at.is_(None)), "an open group")
    paged = select(of.c.alert_id, pages.c.id, pages.c.state, pages.c.incident_id)
    for row in conn.execute(paged.join(pages, pages.c.group_id == of.c.group_id).where(mine)):
        if row.state != "resolved":
            found[row.alert_id] = "an open page"
        elif row.incident_id is not None or row.id in look.named.page:
            found[row.alert_id] = "a page of an incident"
    beside = (
        select(of.c.alert_id)
        .join(groups_of, groups_of.c.group_id == of.c.group_id)
        .join(incident_alerts, incident_alerts.c.alert_id == groups_of.c.alert_id)
    )
    found |= _each(conn, beside.where(mine), "grouped with an incident's")
    hid = {by: one for one in ids for by in (f"alert:{one}", f"upstream:{one}")}
    for table in (suppressions, hidings):
        found |= {
            hid[by]: "it hid others" for by in conn.execute(select(table.c.by).where(table.c.by.in_(hid))).scalars()
        }
    found |= _each(conn, select(reports.c.alert_id).where(reports.c.alert_id.in_(ids)), "a report")
    found |= _each(conn, select(incident_alerts.c.alert_id).where(incident_alerts.c.alert_id.in_(ids)), "an incident")
    last = newest(conn, alerts)
    return found | ({last: "the newest"} if last in ids else {})


def _each(conn: Connection, query: Select[int], reason: str) -> dict[int, str]:
    return dict.fromkeys(conn.execute(query).scalars(), reason)


def _take_rows(tx: Tx, ids: Sequence[int]) -> tuple[list[int], dict[str, int]]:
    """Remove alerts; returns the groups that have none left, and how many rows of which tables went."""
    conn, counts = tx.conn, {}
    of = set(conn.execute(select(group_alerts.c.group_id).where(group_alerts.c.alert_id.in_(ids))).scalars())
    for table in (suppressions, hidings, group_alerts):
        counts[table.name] = conn.execute(delete(table).where(table.c.alert_id.in_(ids))).rowcount
    counts[alerts.name] = conn.execute(delete(alerts).where(alerts.c.id.in_(ids))).rowcount
    full = select(group_alerts.c.group_id).where(group_alerts.c.group_id.in_(of))
    emptied = sorted(of - set(conn.execute(full).scalars()))
    if emptied:
        conn.execute(update(groups).where(groups.c.id.in_(emptied)).values(labels={}))
        # What it says of an incident stands in the page's own events; its state, times and title stay.
        plain = pages.c.group_id.in_(emptied) & pages.c.incident_id.is_(None)
        conn.execute(update(pages).where(plain).values(body="", labels={}))
    return emptied, counts
