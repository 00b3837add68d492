"""What was said in a workshop, and how its closing questions were answered, for its view."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from incidentd.domain.review_closing import counted
from incidentd.domain.reviews import Member, Review
from incidentd.services.incident_views import Seen
from incidentd.storage import review_talk
from incidentd.wire import reviews as wire_reviews


def talk_of(seen: Seen, row: Review) -> tuple[wire_reviews.TalkNote, ...]:
    """Notes of what was said, in order."""
    return review_talk.of_review(seen.conn, row.incident_id)


def closing_of(seen: Seen, row: Review, members: Sequence[Member], actor: str) -> wire_reviews.Closing:
    """The answers, counted, and those of `actor`."""
    answers = review_talk.answers(seen.conn, row.incident_id)
    mine = answers.get(actor)
    all_of_them = counted(row, members, answers)
    return wire_reviews.Closing(
        learned=all_of_them.learned,
        come_again=all_of_them.come_again,
        texts=all_of_them.texts,
        mine=None if mine is None else wire_reviews.OwnClosing(**msgspec.structs.asdict(mine)),
        answered=len(answers),
    )
