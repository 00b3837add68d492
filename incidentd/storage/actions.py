"""Actions as rows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, insert, or_, select, true, update

from incidentd.domain.actions import Action, Export, State
from incidentd.storage.schema_reviews import actions, factors, review_ideas
from incidentd.storage.tx import Tx


def _action(row: Row[Any]) -> Action:
    values = {name: getattr(row, name) for name in Action.__struct_fields__}
    read = {"due_on": date.fromisoformat(row.due_on), "state": State(row.state), "export": Export(row.export)}
    return Action(**values | read)


def _stored(values: dict[str, Any]) -> dict[str, Any]:
    due_on = values.get("due_on")
    return values if due_on is None else {**values, "due_on": due_on.isoformat()}


def create(tx: Tx, **values: Any) -> Action:
    """Store an open action, at version 1."""
    fixed = {"state": State.OPEN, "why": "", "ended_by": "", "issue": "", "version": 1}
    fixed |= {"created_at": tx.now}
    return _action(tx.conn.execute(insert(actions).values(**fixed | _stored(values)).returning(actions)).one())


def get(conn: Connection, action_id: int, *, lock: bool = False) -> Action | None:
    """One action, None when there is none."""
    query = select(actions).where(actions.c.id == action_id)
    row = conn.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else _action(row)


def of_issue(conn: Connection, url: str) -> Action | None:
    """The action that became the issue at `url`, locked; None when none did."""
    query = select(actions).where(actions.c.issue == url, actions.c.export == Export.EXPORTED).with_for_update()
    row = conn.execute(query.order_by(actions.c.id)).first()
    return None if row is None else _action(row)


def change(tx: Tx, action: Action, **values: Any) -> Action:
    """Store new values of columns; the version goes up by one."""
    statement = update(actions).where(actions.c.id == action.id)
    statement = statement.values(version=actions.c.version + 1, **_stored(values))
    return _action(tx.conn.execute(statement.returning(actions)).one())


def matching(
    *,
    state: State | None = None,
    team: str = "",
    owner: str = "",
    due_before: date | None = None,
    incidents: Collection[int] | None = None,
    besides: Collection[int] = (),
) -> ColumnElement[bool]:
    """The condition of a list: what is left out sorts out nothing. `besides` are incidents whose actions are not."""
    conditions: list[ColumnElement[bool]] = [true()]
    if state is not None:
        conditions.append(actions.c.state == state)
    if team:
        conditions.append(actions.c.owner_team == team)
    if owner:
        conditions.append(actions.c.owner == owner)
    if due_before is not None:
        conditions.append(actions.c.due_on < due_before.isoformat())
    if incidents is not None:
        conditions.append(actions.c.incident_id.in_(list(incidents)))
    if besides:
        conditions.append(actions.c.incident_id.not_in(list(besides)))
    return and_(*conditions)


def listed(
    conn: Connection, where: ColumnElement[bool], after: Action | None = None, limit: int | None = None
) -> list[Action]:
    """Actions that fulfil `where`, by the day they are due, those that come after `after`."""
    query = select(actions).where(where)
    if after is not None:
        due_on = after.due_on.isoformat()
        later = and_(actions.c.due_on == due_on, actions.c.id > after.id)
        query = query.where(or_(actions.c.due_on > due_on, later))
    return [_action(row) for row in conn.execute(query.order_by(actions.c.due_on, actions.c.id).limit(limit))]


def count_where(conn: Connection, where: ColumnElement[bool]) -> int:
    """How many actions fulfil `where`."""
    total: int = conn.execute(select(func.count()).select_from(actions).where(where)).scalar_one()
    return total


def open_of(conn: Connection, incident_ids: Sequence[int]) -> list[Action]:
    """What is open still of some incidents, by the day it is due."""
    return listed(conn, matching(state=State.OPEN, incidents=incident_ids)) if incident_ids else []


# ------------------------------------------------------------------ what it comes from
def is_factor_of(conn: Connection, factor_id: int, incident_id: int) -> bool:
    """Whether an incident has this factor."""
    mine = and_(factors.c.id == factor_id, factors.c.incident_id == incident_id, factors.c.withdrawn_at.is_(None))
    return conn.execute(select(factors.c.id).where(mine)).first() is not None


def take_idea(tx: Tx, idea_id: int, action: Action) -> bool:
    """An idea of the parking lot became `action`; False where there is none that nothing became of yet."""
    free = and_(
        review_ideas.c.id == idea_id,
        review_ideas.c.incident_id == action.incident_id,
        review_ideas.c.action_id.is_(None),
        review_ideas.c.dropped_why == "",
    )
    return bool(tx.conn.execute(update(review_ideas).where(free).values(action_id=action.id)).rowcount)
