"""The texts of a review's document that people write: what belongs into each, and what the records offer to begin with.

A draft holds what was recorded and nothing else: no figure, reason or conclusion that nobody wrote down.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

import msgspec

from incidentd.domain.attempts import span_text
from incidentd.domain.impact import figure_text, in_force
from incidentd.domain.review_voices import Voices
from incidentd.wire.facts import ImpactClaim
from incidentd.wire.incidents import IncidentDetail
from incidentd.wire.review_records import Factor
from incidentd.wire.reviews import ReviewView

CUSTOMERS = "customers"
"""The audience of updates that may be told again to anybody."""


class Section(msgspec.Struct, frozen=True):
    title: str
    guide: str
    external: bool = False


SECTIONS = {
    "summary": Section("Summary", "What happened and what it meant: the five sentences for who reads no more."),
    "impact": Section("Impact", "What the figures do not say: who could not do what, and what they did instead."),
    "what_happened": Section("What happened", "The story as those who were there would tell it, before the moments."),
    "hard": Section("What made it hard", "What was difficult to see, to know, to decide or to do at the time."),
    "helped": Section("What helped, and where we were lucky", "What kept it smaller, and what we cannot count on."),
    "surprises": Section("Surprises", "What was not as somebody thought it was."),
    "open_questions": Section("Open questions", "What we still do not know, and whether anybody will find out."),
    "gaps": Section("How this was written", "Who was not heard, what is disputed, what was left out and why."),
    "external_title": Section("Title for customers", "One line, in words that customers use.", external=True),
    "external_summary": Section("Summary for customers", "What they noticed, from when to when.", external=True),
    "external_what_happened": Section("What happened, for customers", "Plainly, as far as it is known.", external=True),
    "external_what_we_do": Section("What we do", "What is done and will be. Promise no end of it all.", external=True),
}  # fmt: skip
"""By name, in the order of the document."""


def drafts(view: ReviewView, detail: IncidentDetail, voices: Voices) -> dict[str, str]:
    """What the records offer for each section, "" where they say nothing."""
    found = {
        "summary": _summary(view, detail),
        "hard": _listed(one.text for one in view.factors if one.role in ("difficulty", "risk")),
        "helped": _listed(one.text for one in view.factors if _helped(one)),
        "surprises": _listed(one.text for one in view.factors if one.role == "surprise"),
        "open_questions": _listed(_questions(detail)),
        "external_title": detail.incident.public_title,
        "external_summary": _told_last(detail),
        "external_what_happened": _told(detail),
        "external_what_we_do": _listed(one.text for one in view.actions if one.state != "wont_do"),
    }
    return {name: voices.said(found.get(name, "")) for name in SECTIONS}


def _helped(factor: Factor) -> bool:
    return factor.role == "mitigator" or factor.category == "luck"


def _listed(texts: Iterable[str]) -> str:
    return "\n".join(f"- {' '.join(text.split())}" for text in texts)


def _summary(view: ReviewView, detail: IncidentDetail) -> str:
    incident = detail.incident
    where = f" in {incident.service}" if incident.service else ""
    ended = incident.resolved_at
    lasted = f" and lasted {span_text(ended - incident.started_at)}" if ended is not None else ""
    parts = [f"{incident.title}: {incident.severity}{where}. It began at {instant(incident.started_at)}{lasted}."]
    parts += [f"{claim_text(claim)}." for claim in in_force(detail.claims)]
    tried = [one.text for one in detail.attempts if one.outcome == "worked"]
    parts += [f"What worked: {', '.join(tried)}."] if tried else []
    return "\n\n".join(part for part in (incident.summary.strip(), " ".join(parts)) if part)


def _questions(detail: IncidentDetail) -> Iterator[str]:
    for theory in detail.theories:
        if theory.state == "open":
            yield f"Is it so? {theory.text}"
    for claim in detail.claims:
        if claim.state == "disputed":
            why = next((one.why for one in reversed(claim.verdicts) if one.word == "disputed"), "")
            yield f"{claim_text(claim)}. This is disputed{f': {why}' if why else ''}"
    for attempt in detail.attempts:
        if not attempt.outcome:
            yield f"What came of it? {attempt.text}"


def _told_last(detail: IncidentDetail) -> str:
    return next((one.text for one in reversed(detail.updates) if one.audience == CUSTOMERS), "").strip()


def _told(detail: IncidentDetail) -> str:
    mine = [one for one in detail.updates if one.audience == CUSTOMERS]
    return _listed(f"{instant(one.at)}: {one.text}" for one in mine)


def claim_text(claim: ImpactClaim) -> str:
    """A claim with its figure and who makes it."""
    guess = ", as a guess" if claim.suspected else ""
    return f"{claim.affected}: {figure_text(claim.figure)} ({claim.source} says so{guess})"


def instant(at: datetime) -> str:
    """A time as the document states it."""
    return f"{at:%Y-%m-%d %H:%M} UTC"
