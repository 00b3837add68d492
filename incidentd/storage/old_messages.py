"""Messages that were sent long ago: their rows stay without the text, and the events that repeat the text go."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, Text, func, or_, select, type_coerce, update

from incidentd.storage import removals
from incidentd.storage.expiry import Found, Look, Size, Taken, judged
from incidentd.storage.schema import deliveries, events, group_alerts, incident_alerts, pages
from incidentd.storage.schema_support import report_messages
from incidentd.storage.tx import Tx

BLANK = {"title": "", "body": "", "reason": "", "urgency": ""}
"""What a message is without its text."""
_OURS = ("report:", "chat:")
"""How `about` begins of what belongs to reports and to rooms."""


class Messages:
    """The rows. Implements `expiry.Sweep`."""

    name = key = "messages"

    def find(self, conn: Connection, look: Look, after: int, limit: int) -> Found:
        c = deliveries.c
        query = select(c.id, c.state, c.created_at, c.message, c.drill_id).where(c.id > after)
        rows = conn.execute(query.order_by(c.id).limit(limit)).all()
        old = [
            row.id
            for row in rows
            if row.created_at < look.before
            and row.state not in ("pending", "sending")
            and row.drill_id is None
            and row.message.get("title") != ""
        ]
        more = len(rows) == limit and rows[-1].created_at < look.before
        return judged(_kept(conn, look, old), old, rows[-1].id if more else None)

    def size(self, conn: Connection, ids: Sequence[int]) -> Size:
        length = func.sum(func.length(type_coerce(deliveries.c.message, Text)))
        stored = conn.execute(select(length).where(deliveries.c.id.in_(ids))).scalar_one() or 0
        return Size(rows=len(ids), bytes=stored)

    def take(self, tx: Tx, look: Look, ids: Sequence[int], room: int) -> Taken:
        some = ids[:room]
        reasons = _kept(tx.conn, look, some)
        wanted = [one for one in some if one not in reasons]
        size = self.size(tx.conn, wanted)
        if wanted:
            tx.conn.execute(update(deliveries).where(deliveries.c.id.in_(wanted)).values(message=BLANK))
        return Taken(
            after=some[-1], rows={deliveries.name: len(wanted)}, count=len(wanted), blanked=True, bytes=size.bytes
        )


def _kept(conn: Connection, look: Look, ids: Sequence[int]) -> dict[int, str]:
    """Why the texts of some stay; of a bundle, when that of any message in it does."""
    if look.held.everything:
        return dict.fromkeys(ids, "a hold on everything")
    c = deliveries.c
    told = select(c.id, c.bundle_id, c.about, pages.c.id, pages.c.incident_id, pages.c.state, pages.c.group_id)
    told = told.outerjoin(pages, pages.c.id == c.page_id).where(or_(c.id.in_(ids), c.bundle_id.in_(ids)))
    rows = conn.execute(told).all()
    of_reports = select(report_messages.c.delivery_id).where(
        report_messages.c.delivery_id.in_([row[0] for row in rows])
    )
    reports = set(conn.execute(of_reports).scalars())
    of_incidents = (
        select(group_alerts.c.group_id)
        .join(incident_alerts, incident_alerts.c.alert_id == group_alerts.c.alert_id)
        .where(group_alerts.c.group_id.in_({row.group_id for row in rows}))
    )
    groups = set(conn.execute(of_incidents).scalars())
    found: dict[int, str] = {}
    for one, bundle, about, page, incident, state, group in rows:
        reason = ""
        if one in reports or about.startswith(_OURS):
            reason = "a report"
        elif incident is not None or group in groups or page in look.named.page:
            reason = "a page of an incident"
        elif page is not None and state != "resolved":
            reason = "an open page"
        if reason:
            found |= {number: reason for number in (one, bundle) if number is not None}
    return {one: found[one] for one in ids if one in found}


class MessageEvents:
    """The events that repeat the texts of messages which are blank. Implements `expiry.Sweep` over the log.

    `also` are messages that a run would have blanked before, for a preview.
    """

    name = "messages"
    key = "messages told"

    def __init__(self, also: Collection[int] = ()) -> None:
        self._also = also

    def find(self, conn: Connection, look: Look, after: int, limit: int) -> Found:
        seqs, following = window(conn, after, look.before, "delivery.%")
        told = {seq: number for seq, data in seqs if isinstance(number := data.get("delivery"), int)}
        c = deliveries.c
        blank = select(c.id).where(c.id.in_(set(told.values())), type_coerce(c.message, Text).like('{"title":"",%'))
        gone = {*conn.execute(blank).scalars(), *self._also}
        return Found(ids=[seq for seq, number in told.items() if number in gone], after=following)

    def size(self, conn: Connection, ids: Sequence[int]) -> Size:
        return Size(events=len(ids), bytes=removals.size_of(conn, ids))

    def take(self, tx: Tx, look: Look, ids: Sequence[int], room: int) -> Taken:
        return take_events(tx, look, ids, room)


class Notes:
    """What sources noted. Implements `expiry.Sweep` over the log."""

    name = key = "notes"

    def find(self, conn: Connection, look: Look, after: int, limit: int) -> Found:
        seqs, following = window(conn, after, look.before, "source.noted")
        ids = [seq for seq, _ in seqs]
        held = dict.fromkeys(ids, "a hold on everything") if look.held.everything else {}
        return judged(held, ids, following)

    def size(self, conn: Connection, ids: Sequence[int]) -> Size:
        return Size(events=len(ids), bytes=removals.size_of(conn, ids))

    def take(self, tx: Tx, look: Look, ids: Sequence[int], room: int) -> Taken:
        return take_events(tx, look, ids, room)


_WINDOW = 5000


def window(
    conn: Connection, after: int, before: datetime, kind: str
) -> tuple[list[tuple[int, dict[str, object]]], int | None]:
    """The events of a kind (with % for any end) in a part of the log behind a seq, and where the next part begins."""
    c = events.c
    part = select(c.seq, c.at).where(c.seq > after).order_by(c.seq).limit(_WINDOW).subquery()
    last, reached, count = conn.execute(
        select(func.max(part.c.seq), func.max(part.c.at, type_=c.at.type), func.count()).select_from(part)
    ).one()
    if last is None:
        return [], None
    wanted = select(c.seq, c.data).where(c.seq > after, c.seq <= last, c.at < before, c.kind.like(kind)).order_by(c.seq)
    found = [(row.seq, row.data) for row in conn.execute(wanted)]
    return found, last if count == _WINDOW and reached < before else None


def take_events(tx: Tx, look: Look, seqs: Sequence[int], room: int) -> Taken:
    """Events alone."""
    some = list(seqs[:room])
    if look.held.everything:
        return Taken(after=some[-1])
    size = removals.size_of(tx.conn, some)
    gone, of = removals.take_events(tx, some)
    return Taken(after=some[-1], seqs=gone, digest=of, bytes=size)
