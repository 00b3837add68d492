"""Which learnings may be sent as that of the week, and which were."""

from __future__ import annotations

from sqlalchemy import Connection, func, insert, select

from incidentd.domain.learning_digest import Candidate, Piece
from incidentd.domain.reviews import HELD, State
from incidentd.storage import library_uses
from incidentd.storage.schema import incidents
from incidentd.storage.schema_reviews import learning_digests, learnings, reviews
from incidentd.storage.tx import Tx


def kept_back(conn: Connection) -> set[int]:
    """The incidents that a review under way lists as similar: who takes part in it must not read yet what they taught,
    and a note cannot be taken back.
    """
    listed = select(reviews.c.similar).where(reviews.c.state.in_(sorted(HELD)))
    return {one["id"] for similar in conn.execute(listed).scalars() for one in similar or ()}


def candidates(conn: Connection) -> list[Candidate]:
    """Learnings of published reviews, without those that are kept back."""
    hidden = kept_back(conn)
    sent = select(func.count()).where(learning_digests.c.learning_id == learnings.c.id).scalar_subquery()
    query = (
        select(learnings.c.id, learnings.c.incident_id, incidents.c.started_at.label("began"), sent.label("sent"))
        .join(incidents, incidents.c.id == learnings.c.incident_id)
        .join(reviews, reviews.c.incident_id == learnings.c.incident_id)
        .where(reviews.c.state == State.PUBLISHED, learnings.c.withdrawn_at.is_(None))
    )
    found = (Candidate(**row._mapping) for row in conn.execute(query))
    return [one for one in found if one.incident_id not in hidden]


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
