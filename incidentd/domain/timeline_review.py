"""The review of an incident, in words."""

from __future__ import annotations

from incidentd.domain.told import Line, Sentences, Told, words

SENTENCES = Sentences()


@SENTENCES.about("incident.review_started")
def _started(told: Told) -> Line:
    data = told.data
    return Line(kind="review", text=f"The {data['review_name']} began, driven by {data['facilitator']}")


@SENTENCES.about("incident.review_resumed")
def _resumed(told: Told) -> Line:
    days, step = told.data["days"], words(told.data["step"])
    pause = f"{days} day{'' if days == 1 else 's'}"
    return Line(
        kind="review", text=f"The {told.data['review_name']} goes on after {pause}", detail=f"at its step {step}"
    )


@SENTENCES.about("incident.review_finished")
def _finished(told: Told) -> Line:
    data = told.data
    people = f"{data['people']} {'person' if data['people'] == 1 else 'people'} took part"
    at = "" if data["step"] == "closing" else f"ended at its step {words(data['step'])}; "
    return Line(kind="review", text=f"The {data['review_name']} was held", detail=f"{at}{people}")


@SENTENCES.about("incident.review_published")
def _published(told: Told) -> Line:
    data = told.data
    whom = " for customers" if data["kind"] == "external" else ""
    again = "" if data["number"] == 1 else f", document {data['number']} of it"
    return Line(kind="review", text=f"The {data['review_name']} was published{whom}{again}")


@SENTENCES.about("incident.review_reopened")
def _reopened(told: Told) -> Line:
    return Line(kind="review", text=f"The {told.data['review_name']} is held again", detail=told.data["reason"])
