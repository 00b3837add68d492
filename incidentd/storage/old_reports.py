"""What customers wrote: attachments and conversations of closed reports, and who the customers were.

Rows of reports, messages and customers stay, and their clocks and states with them: figures count them. `blank` is what
takes the words out of them; it is the same for what is past its time and for a customer who is erased on request.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, String, cast, delete, func, literal, select, update

from incidentd.storage import removals
from incidentd.storage.expiry import Found, Look, Size, Taken, judged
from incidentd.storage.old_messages import BLANK
from incidentd.storage.schema import deliveries, events
from incidentd.storage.schema_support import attachments, customer_addresses, customers, report_messages, reports
from incidentd.storage.tx import Tx

BLANK_NAME = "(erased)"
_MESSAGES, _FILES = 20, 100
"""How much of the room a conversation with its events takes, and one with large files."""


class Conversations:
    """Implements `expiry.Sweep` over reports."""

    name = key = "conversations"

    def find(self, conn: Connection, look: Look, after: int, limit: int) -> Found:
        return _closed(conn, look, after, limit, blank_already=False)

    def size(self, conn: Connection, ids: Sequence[int]) -> Size:
        texts = func.sum(func.length(report_messages.c.text) + func.length(report_messages.c.subject))
        query = select(func.count(), texts).where(report_messages.c.report_id.in_(ids))
        count, length = conn.execute(query).one()
        told = conn.execute(select(func.count()).where(events.c.subject.in_([f"report:{one}" for one in ids])))
        files = Attachments().size(conn, ids)
        return Size(rows=count, events=told.scalar_one(), bytes=(length or 0) + files.bytes)

    def take(self, tx: Tx, look: Look, ids: Sequence[int], room: int) -> Taken:
        some = ids[: max(room // _MESSAGES, 1)]
        wanted = _without(_kept(tx.conn, look, some), some)
        size = self.size(tx.conn, wanted)
        seqs, of, rows = blank(tx, wanted)
        return Taken(after=some[-1], seqs=seqs, digest=of, blanked=True, rows=rows, count=size.rows, bytes=size.bytes)


class Attachments:
    """Implements `expiry.Sweep` over reports."""

    name = key = "attachments"

    def find(self, conn: Connection, look: Look, after: int, limit: int) -> Found:
        found = _closed(conn, look, after, limit, blank_already=True)
        query = select(report_messages.c.report_id).join(attachments, attachments.c.message_id == report_messages.c.id)
        having = set(conn.execute(query.where(report_messages.c.report_id.in_(found.ids))).scalars())
        return Found(ids=[one for one in found.ids if one in having], kept=found.kept, after=found.after)

    def size(self, conn: Connection, ids: Sequence[int]) -> Size:
        of = select(func.count(), func.sum(attachments.c.size)).join(
            report_messages, report_messages.c.id == attachments.c.message_id
        )
        count, length = conn.execute(of.where(report_messages.c.report_id.in_(ids))).one()
        return Size(rows=count, bytes=length or 0)

    def take(self, tx: Tx, look: Look, ids: Sequence[int], room: int) -> Taken:
        some = ids[: max(room // _FILES, 1)]
        wanted = _without(_kept(tx.conn, look, some), some)
        size = self.size(tx.conn, wanted)
        gone = _files(tx, wanted)
        return Taken(after=some[-1], rows={attachments.name: gone}, count=gone, bytes=size.bytes)


class Customers:
    """Implements `expiry.Sweep` over customers."""

    name = key = "customers"

    def find(self, conn: Connection, look: Look, after: int, limit: int) -> Found:
        c = customers.c
        query = select(c.id, c.created_at, c.blanked_at).where(c.id > after).order_by(c.id).limit(limit)
        rows = conn.execute(query).all()
        old = [row.id for row in rows if row.created_at < look.before and row.blanked_at is None]
        return judged(_known(conn, look, old), old, rows[-1].id if len(rows) == limit else None)

    def size(self, conn: Connection, ids: Sequence[int]) -> Size:
        length = func.sum(func.length(customers.c.name) + func.length(customers.c.notes))
        return Size(rows=len(ids), bytes=conn.execute(select(length).where(customers.c.id.in_(ids))).scalar_one() or 0)

    def take(self, tx: Tx, look: Look, ids: Sequence[int], room: int) -> Taken:
        some = ids[: max(room // _MESSAGES, 1)]
        wanted = _without(_known(tx.conn, look, some), some)
        size = self.size(tx.conn, wanted)
        seqs, of, rows = blank_customers(tx, wanted)
        return Taken(after=some[-1], seqs=seqs, digest=of, blanked=True, rows=rows, count=len(wanted), bytes=size.bytes)


def _without(reasons: Mapping[int, str], ids: Sequence[int]) -> list[int]:
    return [one for one in ids if one not in reasons]


def _closed(conn: Connection, look: Look, after: int, limit: int, *, blank_already: bool) -> Found:
    c = reports.c
    query = select(c.id, c.state, c.closed_at, c.blanked_at).where(c.id > after).order_by(c.id).limit(limit)
    rows = conn.execute(query).all()
    old = [
        row.id
        for row in rows
        if row.state == "closed" and row.closed_at is not None and row.closed_at < look.before
        and (blank_already or row.blanked_at is None)
    ]  # fmt: skip
    return judged(_kept(conn, look, old), old, rows[-1].id if len(rows) == limit else None)


def _kept(conn: Connection, look: Look, ids: Sequence[int]) -> dict[int, str]:
    """Why what was written in some reports stays."""
    if look.held.everything:
        return dict.fromkeys(ids, "a hold on everything")
    c = reports.c
    found = dict.fromkeys(look.named.report.intersection(ids), "named in what is kept")
    for row in conn.execute(select(c.id, c.state, c.incident_id).where(c.id.in_(ids))):
        if row.state != "closed":
            found[row.id] = "an open report"
        elif row.incident_id is not None:
            found[row.id] = "an incident"
    return found | dict.fromkeys(look.held.reports.intersection(ids), "a hold")


def _known(conn: Connection, look: Look, ids: Sequence[int]) -> dict[int, str]:
    """Why some customers stay known by name."""
    if look.held.everything:
        return dict.fromkeys(ids, "a hold on everything")
    c = reports.c
    lately = select(c.customer_id).where(
        c.customer_id.in_(ids), c.blanked_at.is_(None) | (c.closed_at >= look.before)
    )  # fmt: skip
    found = dict.fromkeys(conn.execute(lately).scalars(), "conversations that stay")
    return found | dict.fromkeys(look.held.customers.intersection(ids), "a hold")


def _files(tx: Tx, report_ids: Sequence[int]) -> int:
    mine = select(report_messages.c.id).where(report_messages.c.report_id.in_(report_ids))
    return tx.conn.execute(delete(attachments).where(attachments.c.message_id.in_(mine))).rowcount


def blank(tx: Tx, report_ids: Sequence[int]) -> tuple[list[int], str, dict[str, int]]:
    """Take the words out of reports: returns of which events, their digest, and how many rows of which tables."""
    conn, c = tx.conn, report_messages.c
    rows = {attachments.name: _files(tx, report_ids)}
    sent = select(c.delivery_id).where(c.report_id.in_(report_ids), c.delivery_id.is_not(None))
    about = deliveries.c.about.in_([f"report:{one}" for one in report_ids])
    mine = (deliveries.c.id.in_(sent) | about) & deliveries.c.state.not_in(("pending", "sending"))
    blanked = update(deliveries).where(mine).values(message=BLANK, address="")
    rows[deliveries.name] = conn.execute(blanked).rowcount
    words = {"sender": "", "sender_name": "", "subject": "", "text": "", "thread": ""}
    # What a channel calls a message may hold an address, and is unique: the number says the same of nobody.
    known_as = literal("erased:") + cast(c.id, String)
    gone = update(report_messages).where(c.report_id.in_(report_ids)).values(external_id=known_as, **words)
    rows[report_messages.name] = conn.execute(gone).rowcount
    plain = {"subject": "", "recipient": "", "thread": "", "answers": {}, "blanked_at": tx.now}
    of = update(reports).where(reports.c.id.in_(report_ids))
    rows[reports.name] = conn.execute(of.values(version=reports.c.version + 1, **plain)).rowcount
    seqs, digest = removals.blank_events(tx, _seqs(conn, [f"report:{one}" for one in report_ids]))
    return seqs, digest, rows


def blank_customers(tx: Tx, ids: Sequence[int]) -> tuple[list[int], str, dict[str, int]]:
    """Forget who customers are; what they are to us stays, for the clocks were theirs."""
    conn = tx.conn
    mine = delete(customer_addresses).where(customer_addresses.c.customer_id.in_(ids))
    rows = {customer_addresses.name: conn.execute(mine).rowcount}
    of = update(customers).where(customers.c.id.in_(ids))
    plain = {"name": BLANK_NAME, "notes": "", "blanked_at": tx.now, "version": customers.c.version + 1}
    rows[customers.name] = conn.execute(of.values(**plain)).rowcount
    seqs, digest = removals.blank_events(tx, _seqs(conn, [f"customer:{one}" for one in ids]))
    return seqs, digest, rows


def _seqs(conn: Connection, subjects: Sequence[str]) -> list[int]:
    return list(conn.execute(select(events.c.seq).where(events.c.subject.in_(subjects))).scalars())
