"""How a review came about: who took part by role, how long it took, and what it does not know."""

from __future__ import annotations

from collections.abc import Iterator

from incidentd.domain.attempts import span_text
from incidentd.domain.review_sections import claim_text, instant
from incidentd.domain.review_voices import Voices
from incidentd.domain.roles import OF_REVIEW
from incidentd.wire.incidents import IncidentDetail
from incidentd.wire.measures import Measures
from incidentd.wire.reviews import ReviewView


def method(view: ReviewView, detail: IncidentDetail, measures: Measures, voices: Voices) -> Iterator[str]:
    """Sentences, those about how it was done before those about what is missing."""
    yield from _held(view, voices)
    yield from _disputed(view, detail, measures, voices)
    if unheard := not_heard(view, detail):
        yield f"Not heard: {', '.join(voices.of(one) for one in unheard)}."


def _held(view: ReviewView, voices: Voices) -> Iterator[str]:
    review = view.review
    if review.imported_from:
        yield f"Held elsewhere; taken over from {review.imported_from}."
        return
    how = "Worked through alone" if review.solo else "Held as a guided workshop"
    ended = (
        f", over {span_text(review.finished_at - review.started_at)}" if review.finished_at else ", and not over yet"
    )
    yield f"{how}, begun {instant(review.started_at)}{ended}."
    if view.participants:
        there = ", ".join(voices.of(one.person) for one in view.participants)
        yield f"Who took part: {there}."
    if review.facilitator:
        involved = ", who had taken part in the response" if view.facilitator_was_involved else ""
        yield f"Driven by {voices.of(review.facilitator)}{involved}."
    yield f"{len(view.accounts)} accounts, {len(view.factors)} factors, {len(view.learnings)} learnings were written."


def _disputed(view: ReviewView, detail: IncidentDetail, measures: Measures, voices: Voices) -> Iterator[str]:
    for claim in detail.claims:
        if claim.state == "disputed":
            yield f"Disputed: {voices.said(claim_text(claim))}."
    for one in measures.contradictions:
        yield f"Times contradict: {voices.said(one.text)}"
    for doubt in view.walk.doubts:
        what = "Times contradict" if doubt.kind == "contradiction" else "To be doubted"
        yield f"{what}: {voices.said(doubt.text)}"


def not_heard(view: ReviewView, detail: IncidentDetail) -> tuple[str, ...]:
    """Who held a role in the response and wrote no account, by when they took it."""
    wrote = {one.person for one in view.accounts}
    held = [one.person for one in detail.roles if one.role not in OF_REVIEW]
    return tuple(one for one in dict.fromkeys(held) if one not in wrote)
