"""Which learnings may be sent as that of the week, and which were."""

from __future__ import annotations

from sqlalchemy import Connection, func, insert, select

from incidentd.domain.learning_digest import Candidate, Piece
from incidentd.domain.reviews import HELD, State
from incidentd.storage import library_uses
from incidentd.storage.schema import incidents
from incidentd.storage.schema_reviews import learning_digests, learnings, reviews
from incidentd.storage.tx import Tx


def candidates(conn: Connection) -> list[Candidate]:
    """Learnings of published reviews. Left out are those of incidents that a review under way lists as similar: who
    takes part in it must not read them yet, and a note cannot be taken back.
    """
    listed = select(reviews.c.similar).where(reviews.c.state.in_(sorted(HELD)))
    kept_back = {one["id"] for similar in conn.execute(listed).scalars() for one in similar or ()}
    sent = select(func.count()).where(learning_digests.c.learning_id == learnings.c.id).scalar_subquery()
    query = (
        select(learnings.c.id, learnings.c.incident_id, incidents.c.started_at.label("began"), sent.label("sent"))
        .join(incidents, incidents.c.id == learnings.c.incident_id)
        .join(reviews, reviews.c.incident_id == learnings.c.incident_id)
        .where(reviews.c.state == State.PUBLISHED, learnings.c.withdrawn_at.is_(None))
    )
    found = (Candidate(**row._mapping) for row in conn.execute(query))
    return [one for one in found if one.incident_id not in kept_back]


def sent_before(conn: Connection) -> int:
    """How many were sent in all."""
    number: int = conn.execute(select(func.count()).select_from(learning_digests)).scalar_one()
    return number


def piece(conn: Connection, one: Candidate) -> Piece:
    """What is said of it."""
    query = (
        select(learnings.c.text, incidents.c.title)
        .join(incidents, incidents.c.id == learnings.c.incident_id)
        .where(learnings.c.id == one.id)
    )
    row = conn.execute(query).one()
    used = library_uses.listed(conn, f"learning:{one.id}")
    return Piece(
        learning_id=one.id,
        incident_id=one.incident_id,
        title=row.title,
        began=one.began,
        text=row.text,
        places=tuple(dict.fromkeys(use.place for use in used)),
    )


def add(tx: Tx, learning_id: int) -> None:
    """Store that it is sent now."""
    tx.conn.execute(insert(learning_digests).values(learning_id=learning_id, at=tx.now))
