"""What was said in a workshop, and how those who took part answered the closing questions."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from sqlalchemy import Connection, insert, select, update

from incidentd.domain.review_closing import Answer
from incidentd.storage.schema_reviews import review_answers, review_talk
from incidentd.storage.tx import Tx
from incidentd.wire.reviews import TalkNote


def add(tx: Tx, incident_id: int, step: str, by: str, text: str) -> TalkNote:
    """Store a note of what was said now."""
    values = {"step": step, "at": tx.now, "by": by, "text": text}
    statement = insert(review_talk).values(incident_id=incident_id, **values).returning(review_talk.c.id)
    return TalkNote(id=tx.conn.execute(statement).scalar_one(), **values)  # type: ignore[arg-type]


def of_review(conn: Connection, incident_id: int) -> tuple[TalkNote, ...]:
    """What was said, in order."""
    table = review_talk.c
    query = select(table.id, table.step, table.at, table.by, table.text).where(table.incident_id == incident_id)
    return tuple(TalkNote(**row._mapping) for row in conn.execute(query.order_by(table.id)))


def answer(tx: Tx, incident_id: int, person: str, given: Answer) -> None:
    """Store what `person` answers, in place of what they answered before."""
    table = review_answers
    values = {**msgspec.structs.asdict(given), "at": tx.now}
    mine = (table.c.incident_id == incident_id) & (table.c.person == person)
    if not tx.conn.execute(update(table).where(mine).values(**values)).rowcount:
        tx.conn.execute(insert(table).values(incident_id=incident_id, person=person, **values))


def answers(conn: Connection, incident_id: int) -> Mapping[str, Answer]:
    """What each person answered."""
    table = review_answers.c
    query = select(table.person, table.learned, table.come_again, table.text)
    rows = conn.execute(query.where(table.incident_id == incident_id).order_by(table.person))
    return {row.person: Answer(learned=row.learned, come_again=row.come_again, text=row.text) for row in rows}
