"""What happens before a review, in words."""

from __future__ import annotations

from datetime import datetime

from incidentd.domain.event_times import instant
from incidentd.domain.review_words import words_of_nights
from incidentd.domain.told import Line, Sentences, Told, joined

SENTENCES = Sentences()


@SENTENCES.about("incident.review_window")
def _window(told: Told) -> Line:
    data = told.data
    opens, due = instant(data["opens_at"]), instant(data["due_at"])
    if opens is None or due is None:
        return Line(kind="window", text=f"No {data['review_name']} is owed")
    text = f"{data['review_name']} from {_when(opens)} until {_when(due)} UTC"
    return Line(kind="window", text=text, detail=words_of_nights([one["text"] for one in data["nights"]]))


@SENTENCES.about("incident.review_opening_asked")
def _asked(told: Told) -> Line:
    return Line(kind="window", text=f"Asked to open the {told.data['review_name']} early", detail=told.data["reason"])


@SENTENCES.about("incident.review_opened_early")
def _opened(told: Told) -> Line:
    data = told.data
    text = f"{data['review_name']} {data['text']}"
    return Line(kind="window", text=text, detail=joined(data["why"], *data["not_rested"]))


@SENTENCES.about("incident.review_opening_declined")
def _declined(told: Told) -> Line:
    data = told.data
    text = f"The {data['review_name']} is not opened early, as {data['asked_by']} had asked"
    return Line(kind="window", text=text, detail=data["why"])


@SENTENCES.about("incident.review_opening_withdrawn")
def _withdrawn(told: Told) -> Line:
    text = f"No longer asks to open the {told.data['review_name']} early"
    return Line(kind="window", text=text, detail=told.data["why"])


@SENTENCES.about("incident.review_meeting")
def _meeting(told: Told) -> Line:
    data = told.data
    at = instant(data["starts_at"])
    when = f"{_when(at)} UTC" if at is not None else ""
    whom = ", ".join(data.get("people", ()))
    detail = joined(data["place"], f"invited: {whom}" if whom else "", str(data.get("why", "")))
    return Line(kind="window", text=f"{data['review_name']} {data['what']}: {when}", detail=detail)


def _when(at: datetime) -> str:
    return f"{at:%a %d %b %H:%M}"
