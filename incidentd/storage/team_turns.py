"""Who of a team had the latest turns: one row a member."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects import postgresql, sqlite

from incidentd.domain.targets import Turns
from incidentd.storage.schema_policies import team_turns
from incidentd.storage.tx import Tx


def everybody(conn: Connection) -> Turns:
    """By team, those who have had a turn, the one whose turn is longest ago first."""
    found: dict[str, list[str]] = {}
    query = select(team_turns.c.team, team_turns.c.person).order_by(team_turns.c.number, team_turns.c.person)
    for team, person in conn.execute(query):
        found.setdefault(team, []).append(person)
    return found


def for_turn(tx: Tx, teams: Sequence[str]) -> Turns:
    """The same of some teams, locked: another node that pages the same team waits, and takes the next member."""
    if not teams:
        return {}
    tx.conn.execute(
        select(team_turns.c.person).where(team_turns.c.team.in_(teams)).order_by(team_turns.c.team, team_turns.c.person)
        .with_for_update()
    )  # fmt: skip
    return everybody(tx.conn)


def take(tx: Tx, taken: Sequence[tuple[str, str]]) -> None:
    """Somebody of a team was in turn, in this order."""
    insert = postgresql.insert if tx.is_postgresql else sqlite.insert
    for team, person in taken:
        latest = select(func.max(team_turns.c.number)).where(team_turns.c.team == team)
        number = (tx.conn.execute(latest).scalar_one() or 0) + 1
        values = {"team": team, "person": person, "number": number, "at": tx.now}
        new = insert(team_turns).values(**values)
        tx.conn.execute(
            new.on_conflict_do_update(
                index_elements=["team", "person"], set_={"number": new.excluded.number, "at": new.excluded.at}
            )
        )
