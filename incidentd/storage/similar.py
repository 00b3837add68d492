"""Which incidents a review lists as similar, and what people said of them."""

from __future__ import annotations

from sqlalchemy import Connection, select

from incidentd.domain.review_masks import Seat
from incidentd.domain.reviews import HELD
from incidentd.storage.schema_reviews import review_people, reviews


def seats(conn: Connection, person: str) -> list[Seat]:
    """Where somebody sits, or sat, among reviews whose workshop is under way."""
    mine = review_people.join(reviews, reviews.c.incident_id == review_people.c.incident_id)
    query = select(reviews.c.incident_id, reviews.c.similar, review_people.c.left_at, review_people.c.factors_in_at)
    query = query.select_from(mine).where(review_people.c.person == person, reviews.c.state.in_(sorted(HELD)))
    return [
        Seat(
            incident_id=row.incident_id,
            present=row.left_at is None,
            factors_in=row.factors_in_at is not None,
            similar=tuple(one["id"] for one in row.similar or ()),
        )
        for row in conn.execute(query)
    ]
