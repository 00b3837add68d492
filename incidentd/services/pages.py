"""Pages as callers see them, and what people do to them."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Connection, and_, select

from incidentd import wire
from incidentd.domain import drills
from incidentd.domain.display import safe_line
from incidentd.domain.escalation import policy_of_service
from incidentd.domain.messages import manual_body
from incidentd.domain.people import LONGEST_ACKNOWLEDGEMENT, Roster
from incidentd.domain.trace import step
from incidentd.services import cursors
from incidentd.services.errors import Conflict, Invalid, NotFound, Unknown
from incidentd.services.escalation import Escalation, lock_page
from incidentd.services.hand_back import hand_back
from incidentd.services.interruptions import check_reason, interrupted_by_hand
from incidentd.services.page_holders import PageHolders
from incidentd.storage import deliveries, event_log, incidents, pages
from incidentd.storage.deliveries import DeliveryRow, Message, NewDelivery
from incidentd.storage.pages import PageRow
from incidentd.storage.schema import deliveries as deliveries_table
from incidentd.storage.schema import pages as table
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx
from incidentd.wire import pages as wire_pages

_STATES = {
    "open": ("open",),
    "acknowledged": ("acknowledged",),
    "resolved": ("resolved",),
    "exhausted": ("exhausted",),
    "active": pages.ACTIVE,
    "all": (),
}


_OWN = {"title", "body", "reason", "page_id", "sent_title", "sent_body", "proven_at"}


def delivery_view(
    row: DeliveryRow, carrier: DeliveryRow | None = None, proven_at: datetime | None = None
) -> wire_pages.Delivery:
    """A stored delivery as callers see it; `carrier` is the bundle that it went out in."""
    values = {name: getattr(row, name) for name in wire_pages.Delivery.__struct_fields__ if name not in _OWN}
    return wire_pages.Delivery(
        **values | {"state": "failed_temporarily" if row.failed_temporarily else row.state},
        page_id=row.page_id or 0,
        title=row.message.title,
        body=row.message.body,
        reason=row.message.reason,
        sent_title=carrier.message.title if carrier is not None else "",
        sent_body=carrier.message.body if carrier is not None else "",
        proven_at=proven_at,
    )


def _deliveries_of(conn: Connection, page_id: int) -> tuple[wire_pages.Delivery, ...]:
    rows = deliveries.of_pages(conn, [page_id])
    carriers = {number: deliveries.get(conn, number) for number in {row.bundle_id for row in rows} if number}
    return tuple(delivery_view(row, carriers.get(row.bundle_id) if row.bundle_id else None) for row in rows)


def check_until(until: datetime | None, now: datetime) -> None:
    """Raise `Invalid` unless an acknowledgement may end then."""
    if until is not None and not now < until <= now + LONGEST_ACKNOWLEDGEMENT:
        raise Invalid(
            "an acknowledgement ends in the future, within 30 days",
            field="until",
            remedy="leave it out for one that stands until the alert ends",
        )


def views(conn: Connection, rows: Sequence[PageRow], viewer: str) -> tuple[wire.Page, ...]:
    """Stored pages as `viewer` sees them."""
    people = deliveries.people_by_page(conn, [row.id for row in rows])
    several = [row.id for row in rows if row.acks_needed > 1 and row.state in ("open", "exhausted")]
    asked = deliveries.asked(conn, several) if several else {}
    members = pages.alert_ids(conn, [row.group_id for row in rows if row.group_id is not None])
    names = [name for name in wire.Page.__struct_fields__ if name in PageRow.__struct_fields__]
    shown = []
    for row in rows:
        notified = people.get(row.id, ())
        alert_ids = members.get(row.group_id, ()) if row.group_id is not None else ()
        values = {name: getattr(row, name) for name in names}
        shown.append(
            wire.Page(
                **values,
                notified=notified,
                alert_ids=alert_ids,
                mine=viewer in notified,
                ack_missing=tuple(one for one in asked.get(row.id, ()) if one not in row.acks),
                drill=drills.name(row.drill_id),
            )
        )
    return tuple(shown)


class Pages:
    """Implements `contracts.PageCalls`."""

    def __init__(self, store: Store, escalation: Escalation, roster: Callable[[], Roster]) -> None:
        self._holders = PageHolders(escalation, roster)
        self._store = store
        self._escalation = escalation
        self._roster = roster

    async def list(self, state: str, mine_of: str | None, limit: int, cursor: str, viewer: str) -> wire.PagePage:
        """Pages in `state`, newest first; only those `mine_of` was written to. Raises `Invalid`."""
        if state not in _STATES:
            raise Invalid(f"state is one of {', '.join(_STATES)}", field="state")
        last = cursors.decode(cursor)

        def query(conn: Connection) -> wire.PagePage:
            conditions = [table.c.state.in_(_STATES[state])] if _STATES[state] else []
            if mine_of is not None:
                mine = select(deliveries_table.c.page_id).where(
                    deliveries_table.c.person == mine_of, deliveries_table.c.state.in_(deliveries.WRITTEN_TO)
                )
                conditions.append(table.c.id.in_(mine))
            beyond = [] if last is None else [table.c.id < last]
            wanted = select(table).where(and_(True, *conditions, *beyond)).order_by(table.c.id.desc())
            rows = pages.listed(conn, wanted.limit(limit + 1))
            after = cursors.encode(rows[limit - 1].id if len(rows) > limit else None)
            total = pages.count_where(conn, *conditions)
            return wire.PagePage(pages=views(conn, rows[:limit], viewer), next_cursor=after, total=total)

        return await self._store.read(query)

    async def get(self, page_id: int, viewer: str) -> wire_pages.PageDetail:
        """One page with its deliveries. Raises `NotFound`."""

        def query(conn: Connection) -> wire_pages.PageDetail:
            page = pages.get(conn, page_id)
            if page is None:
                raise NotFound(f"there is no page P-{page_id}")
            steps = tuple(step(event) for event in event_log.of_subjects(conn, [page.subject]))
            return wire_pages.PageDetail(
                page=views(conn, [page], viewer)[0], deliveries=_deliveries_of(conn, page_id), steps=steps
            )

        return await self._store.read(query)

    async def raise_page(self, body: wire.RaisePage, actor: str) -> wire.Page:
        """Page a service's policy or one person by hand. Raises `Invalid`."""
        if body.urgency not in ("high", "low"):
            raise Invalid("urgency is high or low", field="urgency")
        self._check_target(body.service, body.person)

        def command(tx: Tx) -> wire.Page:
            incident = incidents.get(tx.conn, body.incident_id) if body.incident_id is not None else None
            if body.incident_id is not None and incident is None:
                raise Unknown(f"there is no incident INC-{body.incident_id}", field="incident_id")
            check_reason(tx, body.person, body.interruption)
            page = self._escalation.start(
                tx,
                actor=actor,
                title=safe_line(body.title, 250),
                body=manual_body(body.body, actor),
                labels={"service": body.service} if body.service else {},
                service=body.service,
                policy="" if body.person else policy_of_service(self._roster(), body.service),
                person=body.person,
                urgency=body.urgency,
                severity=body.severity or ("" if incident is None else incident.severity),
                group_id=None,
                incident_id=body.incident_id,
            )
            interrupted_by_hand(tx, page, body.person, body.interruption, actor)
            return views(tx.conn, [page], actor)[0]

        return await self._store.write(command)

    def _check_target(self, service: str, person: str) -> None:
        """Raise `Invalid` unless exactly one known target is named."""
        roster = self._roster()
        if bool(service) == bool(person):
            raise Invalid("name a service or a person, one of the two", field="service")
        if person and person not in roster.people:
            raise Unknown(f"there is no person {person!r}", field="person", remedy="see incidentctl people")
        if service and service not in roster.services and service != "default":
            raise Unknown(f"there is no service {service!r}", field="service", remedy="see incidentctl services")

    def _checked(self, tx: Tx, page_id: int, viewer: str, if_version: int | None) -> PageRow:
        page = lock_page(tx, page_id)
        if if_version is not None and if_version != page.version:
            raise Conflict(f"P-{page_id} has changed meanwhile", current=views(tx.conn, [page], viewer)[0])
        return page

    async def acknowledge(
        self,
        page_id: int,
        actor: str,
        *,
        note: str = "",
        via: str = "api",
        until: datetime | None = None,
        if_version: int | None = None,
    ) -> wire.Page:
        """Take the page on, for good or `until` then.

        Raises `NotFound`, `Invalid`, and `Conflict` naming who was first.
        """

        def command(tx: Tx) -> wire.Page:
            check_until(until, tx.now)
            page = self._checked(tx, page_id, actor, if_version)
            try:
                page = self._escalation.acknowledge(tx, page.id, actor, via=via, note=note, until=until)
            except Conflict as conflict:
                raise Conflict(
                    conflict.message, remedy=conflict.remedy, current=views(tx.conn, [page], actor)[0]
                ) from conflict
            return views(tx.conn, [page], actor)[0]

        return await self._store.write(command)

    async def hand_back(self, page_id: int, actor: str, note: str, if_version: int | None) -> wire.Page:
        """Undo an acknowledgement: the escalation goes on where it stood. Raises `NotFound` or `Conflict`."""

        def change(tx: Tx) -> PageRow:
            return self._escalation.tell_followers(tx, lock_page(tx, page_id), hand_back(tx, page_id, actor, note))

        return await self._moved(page_id, actor, if_version, change)

    def acknowledge_all(
        self, tx: Tx, rows: Sequence[PageRow], actor: str, note: str, until: datetime | None = None
    ) -> wire.Page:
        """Take on every page about one alert, newest first; the answer is the newest. Raises `Conflict`, `Invalid`."""
        check_until(until, tx.now)
        waiting = [page for page in rows if page.state != "acknowledged"] or rows[:1]
        try:
            taken = [
                self._escalation.acknowledge(tx, page.id, actor, via="api", note=note, until=until) for page in waiting
            ]
        except Conflict as conflict:
            raise Conflict(
                conflict.message, remedy=conflict.remedy, current=views(tx.conn, rows[:1], actor)[0]
            ) from conflict
        return views(tx.conn, taken[:1], actor)[0]

    async def take_over(self, page_id: int, body: wire_pages.TakeOver, actor: str, if_version: int | None) -> wire.Page:
        """Take what somebody else has acknowledged. Raises `NotFound`, `Invalid`, `Conflict`."""

        def change(tx: Tx) -> PageRow:
            check_until(body.until, tx.now)
            return self._holders.take_over(tx, page_id, actor, note=body.note, until=body.until)

        return await self._moved(page_id, actor, if_version, change)

    async def reassign(self, page_id: int, body: wire_pages.Reassign, actor: str, if_version: int | None) -> wire.Page:
        """Give the page to somebody else. Raises `NotFound`, `Invalid`, `Conflict`."""
        to = {"person": body.person, "schedule": body.schedule, "policy": body.policy}

        def change(tx: Tx) -> PageRow:
            check_reason(tx, body.person, body.interruption)
            page = self._holders.reassign(tx, page_id, actor, **to, note=body.note)
            interrupted_by_hand(tx, page, body.person, body.interruption, actor)
            return page

        return await self._moved(page_id, actor, if_version, change)

    async def snooze(self, page_id: int, body: wire_pages.Snooze, actor: str, if_version: int | None) -> wire.Page:
        """Put the page off for a while. Raises `NotFound`, `Invalid`, `Conflict`."""

        def change(tx: Tx) -> PageRow:
            return self._holders.snooze(tx, page_id, actor, body.until, body.note)

        return await self._moved(page_id, actor, if_version, change)

    async def _moved(
        self, page_id: int, actor: str, if_version: int | None, change: Callable[[Tx], PageRow]
    ) -> wire.Page:
        def command(tx: Tx) -> wire.Page:
            page = self._checked(tx, page_id, actor, if_version)
            try:
                return views(tx.conn, [change(tx)], actor)[0]
            except Conflict as conflict:
                current = views(tx.conn, [page], actor)[0]
                raise Conflict(conflict.message, remedy=conflict.remedy, current=current) from conflict

        return await self._store.write(command)

    async def resolve(self, page_id: int, actor: str, if_version: int | None) -> wire.Page:
        """End the page by hand. Raises `NotFound` or `Conflict`."""

        def command(tx: Tx) -> wire.Page:
            page = self._checked(tx, page_id, actor, if_version)
            return views(tx.conn, [self._escalation.resolve(tx, page, f"{actor} resolved it", actor)], actor)[0]

        return await self._store.write(command)

    async def escalate(self, page_id: int, actor: str, if_version: int | None) -> wire.Page:
        """Take the next step now. Raises `NotFound`, and `Conflict` when the page is no longer open."""

        def command(tx: Tx) -> wire.Page:
            page = self._checked(tx, page_id, actor, if_version)
            if page.state != "open":
                raise Conflict(f"P-{page_id} is {page.state}", current=views(tx.conn, [page], actor)[0])
            return views(tx.conn, [self._escalation.escalate(tx, page, actor)], actor)[0]

        return await self._store.write(command)

    async def test(self, notifier: str, actor: str) -> wire_pages.Delivery:
        """Send a test message to the caller's own contact on `notifier`. Raises `Invalid`."""
        person = self._roster().people.get(actor)
        method = next((one for one in person.contacts if one.notifier == notifier), None) if person else None
        if method is None:
            raise Invalid(
                f"{actor} has no contact method on {notifier!r}", field="instance", remedy="add one in roster.toml"
            )
        key = uuid.uuid4().hex

        def command(tx: Tx) -> wire_pages.Delivery:
            message = Message(
                title="Test page from incidentd", body="Nothing is wrong.", reason="you asked for it", urgency="low"
            )
            new = NewDelivery(
                page_id=None,
                person=actor,
                notifier=notifier,
                address=method.address,
                kind="test",
                message=message,
                idempotency_key=key,
                due_at=tx.now,
            )
            deliveries.enqueue(tx, [new])
            tx.emit("notifier.tested", f"notifier:{notifier}", {"person": actor}, actor=actor)
            stored = deliveries.by_key(tx.conn, key)
            if stored is None:
                raise NotFound("the test message is gone")
            return delivery_view(stored)

        return await self._store.write(command)
