"""A review as its participants see it: what is hidden from the caller never leaves the daemon."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from incidentd.domain.review_steps import GUIDES
from incidentd.domain.reviews import Member, Review
from incidentd.services.action_views import actions_of
from incidentd.services.factor_views import factors_of, hidden_from, themes_of
from incidentd.services.incident_views import Seen, existing
from incidentd.services.learnings import learnings_of
from incidentd.services.review_accounts import accounts_of
from incidentd.services.review_closing import closing_of, talk_of
from incidentd.services.review_facilitator import facilitator_of
from incidentd.services.review_ideas import ideas_of
from incidentd.services.review_masks import masked_from, without_conclusions
from incidentd.services.review_timeline import walk_of
from incidentd.services.similar_views import similar_of
from incidentd.storage import incidents, reviews
from incidentd.wire import reviews as wire_reviews

_COPIED = tuple(name for name in wire_reviews.Review.__struct_fields__ if name in Review.__struct_fields__)
_STEPS = tuple(
    wire_reviews.ReviewStep(name=step, title=one.title, text=one.text, minutes=one.usual / timedelta(minutes=1))
    for step, one in GUIDES.items()
)


def lines(seen: Seen, rows: Sequence[Review]) -> tuple[wire_reviews.Review, ...]:
    """Reviews as a list shows them; a fixed number of queries for any number of rows."""
    ids = [row.incident_id for row in rows]
    about = {one.id: one for one in incidents.among(seen.conn, ids)}
    people = reviews.members(seen.conn, ids)
    written = reviews.factor_counts(seen.conn, ids)
    return tuple(
        wire_reviews.Review(
            **{name: getattr(row, name) for name in _COPIED},
            title=about[row.incident_id].title,
            service=about[row.incident_id].service,
            severity=about[row.incident_id].severity,
            status=about[row.incident_id].status,
            people=len(people[row.incident_id]),
            factors=sum(written[row.incident_id].values()),
        )
        for row in rows
    )


def view(seen: Seen, row: Review, actor: str) -> wire_reviews.ReviewView:
    """Everything that `actor` may see now."""
    masked_by = masked_from(seen.conn, actor).get(row.incident_id)
    return without_conclusions(_shared(seen, row, actor), masked_by)


def _shared(seen: Seen, row: Review, actor: str) -> wire_reviews.ReviewView:
    """What its own workshop lets `actor` see, whichever other reviews they take part in."""
    people = reviews.members(seen.conn, [row.incident_id])[row.incident_id]
    written = reviews.factor_counts(seen.conn, [row.incident_id])[row.incident_id]
    return wire_reviews.ReviewView(
        review=lines(seen, [row])[0],
        steps=_STEPS,
        participants=tuple(_participant(one, written) for one in people),
        joined=any(one.person == actor and one.present for one in people),
        drives=row.facilitator == actor,
        **facilitator_of(seen, row),
        walk=walk_of(seen, existing(seen.conn, row.incident_id), row),
        similar=similar_of(seen, row, actor),
        actions=actions_of(seen, row.incident_id),
        talk=talk_of(seen, row),
        closing=closing_of(seen, row, people, actor),
        accounts=accounts_of(seen, row, actor),
        factors=factors_of(seen, row, actor),
        factors_hidden=hidden_from(seen, row, actor),
        themes=themes_of(seen, row, actor),
        learnings=learnings_of(seen, row, actor),
        ideas=ideas_of(seen, row),
        sections=row.sections,
    )


def _participant(one: Member, written: dict[str, int]) -> wire_reviews.Participant:
    return wire_reviews.Participant(
        person=one.person,
        joined_at=one.joined_at,
        left_at=one.left_at,
        done_step=one.done_step,
        factors_in=one.factors_in,
        factors=written.get(one.person, 0),
    )
