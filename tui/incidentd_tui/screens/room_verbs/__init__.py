"""The verbs of the incident room, one module a topic. The order here is the order of the hints and of the help."""

from __future__ import annotations

from incidentd_tui.screens.room_verbs import (
    before_review,
    chat,
    course,
    editing,
    facts,
    life,
    links,
    pages,
    reading,
    review,
    roles,
    severity,
    updates,
)
from incidentd_tui.verbs import Verb

NOTE = Verb("room.note", "n", "note", "Write a note to the timeline", writes=True)
_FRAME = (
    Verb("room.pane", "tab", "panel", "Between timeline and panel"),
    Verb("room.who", "i", "who", "Go to who is here, in the panel", hint=False),
    Verb("room.back", "escape,q", "back", "Back to the list; what you typed is kept"),
)


class RoomVerbs(
    updates.UpdateVerbs,
    roles.RoleVerbs,
    severity.SeverityVerbs,
    course.CourseVerbs,
    facts.FactVerbs,
    links.LinkVerbs,
    editing.EditVerbs,
    reading.ReadingVerbs,
    life.LifeVerbs,
    pages.RoomPageVerbs,
    chat.ChatVerbs,
    before_review.BeforeReviewVerbs,
    review.ReviewVerb,
):
    """Every topic. `RoomScreen` adds what the verbs of the frame do: note, pane, who, copy, back."""

    VERBS = (
        NOTE,
        *updates.VERBS,
        *roles.VERBS,
        *severity.VERBS,
        *course.VERBS,
        *facts.VERBS,
        *_FRAME,
        *reading.VERBS,
        *links.VERBS,
        *editing.VERBS,
        *life.VERBS,
        *pages.VERBS,
        *chat.VERBS,
        *before_review.VERBS,
        *review.VERBS,
    )
