"""How a review came about: who took part by role, how long it took, and what it does not know."""

from __future__ import annotations

from collections.abc import Iterator

from incidentd.domain.attempts import span_text
from incidentd.domain.review_sections import instant
from incidentd.domain.review_voices import Voices
from incidentd.domain.roles import OF_REVIEW
from incidentd.wire.incidents import IncidentDetail
from incidentd.wire.reviews import ReviewView

_DOUBTS = {
    "contradiction": "Times contradict each other",
    "disputed": "Disputed",
    "gap": "A gap",
    "memory": "Told from memory",
    "unknown": "Not known",
}


def method(view: ReviewView, detail: IncidentDetail, voices: Voices) -> Iterator[str]:
    """Sentences, those about how it was done before those about what is missing."""
    yield from _held(view, voices)
    yield from _doubtful(view, voices)
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
    written = {"account": view.accounts, "factor": view.factors, "learning": view.learnings}
    yield f"Written: {', '.join(_counted(len(some), noun) for noun, some in written.items())}."


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _doubtful(view: ReviewView, voices: Voices) -> Iterator[str]:
    for doubt in view.walk.doubts:
        if (what := _DOUBTS.get(doubt.kind)) is not None:
            yield f"{what}: {voices.said(doubt.text)}"


def not_heard(view: ReviewView, detail: IncidentDetail) -> tuple[str, ...]:
    """Who held a role in the response and wrote no account, by when they took it."""
    wrote = {one.person for one in view.accounts}
    held = [one.person for one in detail.roles if one.role not in OF_REVIEW]
    return tuple(one for one in dict.fromkeys(held) if one not in wrote)
