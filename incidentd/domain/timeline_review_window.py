"""What happens before a review, in words."""

from __future__ import annotations

from datetime import datetime

from incidentd.domain.event_times import instant
from incidentd.domain.review_window import words_of_nights
from incidentd.domain.told import Line, Sentences, Told

SENTENCES = Sentences()


@SENTENCES.about("incident.review_window")
def _window(told: Told) -> Line:
    data = told.data
    opens, due = instant(data["opens_at"]), instant(data["due_at"])
    if opens is None or due is None:
        return Line(kind="window", text=f"No {data['review_name']} is owed")
    text = f"{data['review_name']} from {_when(opens)} until {_when(due)} UTC"
    return Line(kind="window", text=text, detail=words_of_nights([one["text"] for one in data["nights"]]))


def _when(at: datetime) -> str:
    return f"{at:%a %d %b %H:%M}"
