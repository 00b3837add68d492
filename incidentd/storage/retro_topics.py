"""The topics of process retros as rows, with the votes for each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, insert, select, update

from incidentd.domain.retros import Topic, Votes
from incidentd.storage.schema_experiments import retro_topics, retro_votes
from incidentd.storage.tx import Tx

_C = retro_topics.c


def _topic(row: Row[Any]) -> Topic:
    values = {name: getattr(row, name) for name in Topic.__struct_fields__}
    return Topic(**values | {"ideas": tuple(row.ideas)})


def add(tx: Tx, retro_id: int, text: str, ideas: Sequence[int]) -> Topic:
    """Store a topic, at version 1."""
    values = {"retro_id": retro_id, "text": text, "ideas": ideas, "chosen": False, "notes": "", "version": 1}
    return _topic(tx.conn.execute(insert(retro_topics).values(**values).returning(retro_topics)).one())


def of_retros(conn: Connection, retro_ids: Sequence[int]) -> dict[int, list[Topic]]:
    """The topics of some retros, in the order in which they were written."""
    found: dict[int, list[Topic]] = {one: [] for one in retro_ids}
    query = select(retro_topics).where(_C.retro_id.in_(retro_ids)).order_by(_C.id)
    for row in conn.execute(query):
        found[row.retro_id].append(_topic(row))
    return found


def change(tx: Tx, topic: Topic, **values: Any) -> Topic:
    """Store new values of columns; the version goes up by one."""
    statement = update(retro_topics).where(_C.id == topic.id).values(version=_C.version + 1, **values)
    return _topic(tx.conn.execute(statement.returning(retro_topics)).one())


def remove(tx: Tx, topic: Topic) -> None:
    """Forget a topic, and the votes for it: whoever gave them has them again."""
    tx.conn.execute(delete(retro_votes).where(retro_votes.c.topic_id == topic.id))
    tx.conn.execute(delete(retro_topics).where(_C.id == topic.id))


# ------------------------------------------------------------------ votes
def votes(conn: Connection, retro_ids: Sequence[int]) -> Votes:
    """How many votes each person gave, by topic."""
    found: dict[int, dict[str, int]] = {}
    query = select(retro_votes).join(retro_topics, _C.id == retro_votes.c.topic_id).where(_C.retro_id.in_(retro_ids))
    for row in conn.execute(query):
        found.setdefault(row.topic_id, {})[row.person] = row.votes
    return found


def vote(tx: Tx, topic_id: int, person: str, number: int) -> None:
    """Store how many votes `person` gives to a topic, in place of those before."""
    mine = and_(retro_votes.c.topic_id == topic_id, retro_votes.c.person == person)
    tx.conn.execute(delete(retro_votes).where(mine))
    if number:
        tx.conn.execute(insert(retro_votes).values(topic_id=topic_id, person=person, votes=number))
