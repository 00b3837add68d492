"""What the daemon keeps in memory of the store, so that it can page while the store is away: one read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import msgspec
from sqlalchemy import Connection, String, cast, exists, literal, or_, select

from incidentd.domain.final_schedule import WEEK
from incidentd.domain.people import EscalationPolicy
from incidentd.domain.store_down import Call, Duty, OpenPage, Unrecorded
from incidentd.storage import deliveries as stored
from incidentd.storage import duty_changes, maintenance, pages, silences, suppressions, team_turns
from incidentd.storage.deliveries import DeliveryRow
from incidentd.storage.pages import PageRow
from incidentd.storage.schema import alerts, deliveries, group_alerts, groups, timers
from incidentd.storage.schema import pages as pages_table

_MOST = 500
"""Pages, messages and alerts that are kept in mind, each: the oldest first."""
_FIRING = select(alerts.c.source, alerts.c.key).where(alerts.c.status == "firing")
_ANNOUNCED = exists().where(group_alerts.c.alert_id == alerts.c.id, group_alerts.c.left_at.is_(None)).where(
    group_alerts.c.announced
)  # fmt: skip
_IN_GROUP = exists().where(
    group_alerts.c.alert_id == alerts.c.id, group_alerts.c.left_at.is_(None), groups.c.id == group_alerts.c.group_id,
    groups.c.closed_at.is_(None),
)  # fmt: skip
_GROUP = literal("group:").concat(cast(alerts.c.group_id, String))
_FLUSH = (
    select(timers.c.due_at)
    .where(
        timers.c.kind == "group.flush", timers.c.subject == literal("group:").concat(cast(alerts.c.group_id, String))
    )
    .scalar_subquery()
)
_UNTOLD = (
    select(alerts, _FLUSH.label("due"))
    .where(alerts.c.status == "firing", ~_ANNOUNCED, or_(alerts.c.pending, _IN_GROUP))
    .order_by(alerts.c.id)
    .limit(_MOST)
)
_OPEN = (
    select(pages_table)
    .where(
        pages_table.c.state == "open", pages_table.c.drill_id.is_(None), pages_table.c.snoozed_until.is_(None),
        pages_table.c.next_step_at.is_not(None), pages_table.c.waits_for == "",
    )
    .order_by(pages_table.c.id)
    .limit(_MOST)
)  # fmt: skip
_UNSENT = (
    select(deliveries)
    .join(pages_table, pages_table.c.id == deliveries.c.page_id)
    .where(
        deliveries.c.state == "pending", deliveries.c.kind.in_(("page", "last_resort")), deliveries.c.attempt == 0,
        pages_table.c.state.in_(("open", "exhausted")), pages_table.c.drill_id.is_(None),
    )
    .order_by(deliveries.c.id)
    .limit(_MOST)
)  # fmt: skip


class Remembered(msgspec.Struct, frozen=True, kw_only=True):
    """`firing` are (source, key) of the alerts that are stored; `untold` those of them of which nobody was told yet."""

    firing: frozenset[tuple[str, str]] = frozenset()
    untold: tuple[tuple[str, str, Unrecorded], ...] = ()
    duty: Duty = Duty()
    pages: tuple[OpenPage, ...] = ()
    unsent: tuple[Call, ...] = ()


def read(conn: Connection, now: datetime, policy_of: Callable[[PageRow], EscalationPolicy]) -> Remembered:
    """Everything that is kept in mind, as of one instant."""
    duty = Duty(
        changes=duty_changes.between(conn, now, now + WEEK),
        turns=team_turns.everybody(conn),
        silences=tuple(silences.active(conn, now)),
        windows=tuple(maintenance.active(conn, now)),
    )
    return Remembered(
        firing=frozenset((row.source, row.key) for row in conn.execute(_FIRING)),
        untold=tuple(_untold(conn)),
        duty=duty,
        pages=tuple(_open_page(conn, page, policy_of(page)) for page in pages.listed(conn, _OPEN)),
        unsent=tuple(_call(stored.row(row)) for row in conn.execute(_UNSENT)),
    )


def _untold(conn: Connection) -> list[tuple[str, str, Unrecorded]]:
    rows = conn.execute(_UNTOLD).all()
    hidden = suppressions.of_alerts(conn, [row.id for row in rows])
    return [
        (row.source, row.key, Unrecorded(
            name=row.name, summary=row.summary, labels=row.labels, severity=row.severity, at=row.last_seen, due=row.due
        ))
        for row in rows
        if row.id not in hidden and not (row.acknowledged_by and row.acknowledged_episode == row.episode)
    ]  # fmt: skip


def _open_page(conn: Connection, page: PageRow, policy: EscalationPolicy) -> OpenPage:
    route = select(groups.c.route).where(groups.c.id == page.group_id)
    return OpenPage(
        id=page.id,
        version=page.version,
        title=page.title,
        body=page.body,
        labels=page.labels,
        policy=policy,
        urgency=page.urgency,
        step=max(page.step, 1),
        round=page.round,
        started_at=page.started_at,
        next_step_at=page.next_step_at or page.started_at,
        acks=page.acks,
        route=conn.execute(route).scalar_one_or_none() or "" if page.group_id is not None else "",
    )


def _call(row: DeliveryRow) -> Call:
    """A message that stands in the store, as it is: under its own key."""
    return Call(
        key=row.idempotency_key,
        case=f"page:{row.page_id}",
        person=row.person,
        notifier=row.notifier,
        address=row.address,
        urgency=row.message.urgency,
        title=row.message.title,
        body=row.message.body,
        reason=row.message.reason,
        labels=row.message.labels,
        due_at=row.due_at,
        created_at=row.created_at,
        page_id=row.page_id,
    )
