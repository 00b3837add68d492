"""The review of an incident, in words."""

from __future__ import annotations

from incidentd.domain.told import Line, Sentences, Told

SENTENCES = Sentences()


@SENTENCES.about("incident.review_started")
def _started(told: Told) -> Line:
    data = told.data
    return Line(kind="review", text=f"The {data['review_name']} began, driven by {data['facilitator']}")
