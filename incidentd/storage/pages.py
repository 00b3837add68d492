"""Pages: one escalation run each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Select, bindparam, func, insert, select, update

from incidentd.domain.people import EscalationPolicy
from incidentd.domain.role_pages import asking
from incidentd.storage.schema import group_alerts, pages
from incidentd.storage.tx import Tx

_SHOWN = 20
ACTIVE = ("open", "acknowledged", "exhausted")


class PageRow(msgspec.Struct, frozen=True, kw_only=True):
    """One page as stored. `person` is set for a page straight to one person, else `policy`."""

    id: int
    title: str
    body: str
    labels: Mapping[str, str]
    service: str
    policy: str
    person: str
    urgency: str
    severity: str
    state: str
    step: int
    round: int
    group_id: int | None
    incident_id: int | None
    drill_id: int | None
    started_at: datetime
    next_step_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str
    acknowledged_via: str
    acknowledged_until: datetime | None
    resolved_at: datetime | None
    version: int
    waits_for: str
    last_resort_at: datetime | None
    last_resort_why: str
    schedule: str
    acks: tuple[str, ...]
    acks_needed: int
    snoozed_until: datetime | None
    snoozed_by: str
    role: str
    asks: tuple[tuple[str, ...], ...]
    ask_seconds: int

    @property
    def subject(self) -> str:
        """What its timers and events carry."""
        return f"page:{self.id}"

    @property
    def asked(self) -> EscalationPolicy | None:
        """Those whom a page for a role asks before its policy."""
        return asking(self.role, self.asks, self.ask_seconds)


# Built once: to build a statement costs several times what it costs to run it.
_GET = select(pages).where(pages.c.id == bindparam("of_page"))
_LOCK = _GET.with_for_update()
_LATEST = (
    select(pages)
    .where(pages.c.group_id == bindparam("of_group"))
    .order_by(pages.c.id.desc())
    .limit(1)
    .with_for_update()
)
_ALERTS = (
    select(group_alerts.c.group_id, group_alerts.c.alert_id)
    .where(group_alerts.c.group_id.in_(bindparam("some", expanding=True)))
    .order_by(group_alerts.c.alert_id)
)
_CREATE = insert(pages).returning(pages)
_CHANGE = update(pages).where(pages.c.id == bindparam("of_page")).values(version=pages.c.version + 1).returning(pages)


def _page(row: Row[Any]) -> PageRow:
    values = {name: getattr(row, name) for name in PageRow.__struct_fields__}
    return PageRow(**values | {"acks": tuple(row.acks), "asks": tuple(map(tuple, row.asks))})


def create(tx: Tx, **values: Any) -> PageRow:
    """Open a page at step 0 of round 1."""
    fixed = {
        "state": "open", "step": 0, "round": 1, "started_at": tx.now, "acknowledged_by": "", "acknowledged_via": "",
        "version": 1, "severity": "",
    }  # fmt: skip
    return _page(tx.conn.execute(_CREATE, fixed | values).one())


def get(conn: Connection, page_id: int, *, lock: bool = False) -> PageRow | None:
    """One page."""
    row = conn.execute(_LOCK if lock else _GET, {"of_page": page_id}).one_or_none()
    return None if row is None else _page(row)


def of_group(tx: Tx, group_id: int) -> PageRow | None:
    """The latest page of a group, locked."""
    row = tx.conn.execute(_LATEST, {"of_group": group_id}).one_or_none()
    return None if row is None else _page(row)


def latest_of_groups(conn: Connection, group_ids: Sequence[int]) -> dict[int, PageRow]:
    """The latest page of each group that has one."""
    found: dict[int, PageRow] = {}
    for start in range(0, len(group_ids), 500):
        query = select(pages).where(pages.c.group_id.in_(group_ids[start : start + 500])).order_by(pages.c.id)
        found.update({row.group_id: _page(row) for row in conn.execute(query)})
    return found


def active_of_alert(conn: Connection, alert_id: int) -> list[PageRow]:
    """The pages about an alert that are not over, newest first: one for each route that took it."""
    return active_of_alerts(conn, [alert_id]).get(alert_id, [])


def active_of_alerts(conn: Connection, alert_ids: Sequence[int]) -> dict[int, list[PageRow]]:
    """`active_of_alert` of many alerts; those without such a page are missing."""
    found: dict[int, list[PageRow]] = {}
    for start in range(0, len(alert_ids), 500):
        query = (
            select(group_alerts.c.alert_id, pages)
            .join(group_alerts, group_alerts.c.group_id == pages.c.group_id)
            .where(
                group_alerts.c.alert_id.in_(alert_ids[start : start + 500]),
                group_alerts.c.left_at.is_(None),
                pages.c.state.in_(ACTIVE),
            )
            .order_by(pages.c.id.desc())
        )
        for row in conn.execute(query):
            found.setdefault(row.alert_id, []).append(_page(row))
    return found


def waiting_for_hours(conn: Connection) -> list[PageRow]:
    """The pages whose step waits for somebody's hours."""
    return listed(conn, select(pages).where(pages.c.state == "open", pages.c.waits_for != ""))


def at_last_resort(conn: Connection) -> list[PageRow]:
    """Pages that nobody took although the last resort was their turn, oldest first."""
    waiting = pages.c.state.in_(("open", "exhausted")) & pages.c.last_resort_at.is_not(None)
    return listed(conn, select(pages).where(waiting).order_by(pages.c.id).limit(_SHOWN))


def for_roles(conn: Connection, incident_id: int) -> list[PageRow]:
    """The pages for roles of an incident that are not over, oldest first."""
    wanted = (pages.c.incident_id == incident_id) & (pages.c.role != "") & pages.c.state.in_(ACTIVE)
    return listed(conn, select(pages).where(wanted).order_by(pages.c.id))


def change(tx: Tx, page: PageRow, **values: Any) -> PageRow:
    """Store new values of columns; the version goes up by one."""
    return _page(tx.conn.execute(_CHANGE, {"of_page": page.id, **values}).one())


def listed(conn: Connection, query: Select[Any]) -> list[PageRow]:
    """The rows of a list query over `pages`."""
    return [_page(row) for row in conn.execute(query)]


def count_where(conn: Connection, *conditions: Any) -> int:
    """How many pages fulfil `conditions`."""
    total: int = conn.execute(select(func.count()).select_from(pages).where(*conditions)).scalar_one()
    return total


def alert_ids(conn: Connection, group_ids: Sequence[int]) -> dict[int, tuple[int, ...]]:
    """The alerts of many groups, by group."""
    found: dict[int, list[int]] = {}
    for group_id, alert_id in conn.execute(_ALERTS, {"some": group_ids}):
        found.setdefault(group_id, []).append(alert_id)
    return {group: tuple(ids) for group, ids in found.items()}
