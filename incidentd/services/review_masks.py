"""What is concluded of an incident and kept from somebody, because it would tell them what to write."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from sqlalchemy import Connection

from incidentd.domain import review_masks as rules
from incidentd.storage import similar
from incidentd.wire.review_similar import SimilarIncidents
from incidentd.wire.reviews import Closing, ReviewView


def masked_from(conn: Connection, actor: str) -> Mapping[int, int]:
    """The incidents whose conclusions `actor` may not see now, each with the incident whose review hides them.

    Conclusions are factors, learnings, ideas, actions, themes, the prose and the documents of a review. Facts (what
    happened, what was tried, what people saw) are never hidden by it.
    """
    return rules.masked(similar.seats(conn, actor))


def without_conclusions(view: ReviewView, masked_by: int | None) -> ReviewView:
    """The review as somebody may see it from whom the review of INC-`masked_by` hides what was concluded."""
    if masked_by is None:
        return view
    nothing = SimilarIncidents(locked=True, why=rules.told(masked_by))
    return msgspec.structs.replace(
        view,
        masked_by=masked_by,
        talk=(),
        factors=(),
        themes=(),
        learnings=(),
        ideas=(),
        actions=(),
        similar=nothing,
        closing=Closing(),
        sections={},
    )
