"""Wishes to hold a review before people rested, as rows."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import Connection, Row, insert, select, update

from incidentd.domain.review_opening import Opening, OpeningState
from incidentd.storage.schema_review_window import review_openings
from incidentd.storage.tx import Tx


def _opening(row: Row[Any]) -> Opening:
    values = {name: getattr(row, name) for name in Opening.__struct_fields__}
    return Opening(**values | {"state": OpeningState(row.state)})


def of_incident(conn: Connection, incident_id: int) -> list[Opening]:
    """Everything that was asked, oldest first."""
    query = select(review_openings).where(review_openings.c.incident_id == incident_id).order_by(review_openings.c.id)
    return [_opening(row) for row in conn.execute(query)]


def add(tx: Tx, opening: Opening) -> None:
    """Store a wish; its id is given here."""
    values = {name: value for name, value in msgspec.structs.asdict(opening).items() if name != "id"}
    tx.conn.execute(insert(review_openings).values(**values))


def replace(tx: Tx, opening: Opening) -> None:
    """Store a wish over its former self."""
    values = {name: value for name, value in msgspec.structs.asdict(opening).items() if name != "id"}
    tx.conn.execute(update(review_openings).where(review_openings.c.id == opening.id).values(**values))
