"""The verbs of the incident room, one module a topic. The order here is the order of the hints and of the help."""

from __future__ import annotations

from incidentd_tui.screens.room_verbs import course, editing, links, pages, roles, severity, updates
from incidentd_tui.verbs import Verb

NOTE = Verb("room.note", "n", "note", "Write a note to the timeline", writes=True)
_READING = (
    Verb("room.expand", "e", "expand", "Show this entry in full, with its evidence"),
    Verb("room.pane", "tab", "panel", "Between timeline and panel"),
)
_ENDING = (
    Verb("room.copy", "y", "copy", "Copy the entry under the cursor", hint=False),
    Verb("room.fresh", "full_stop", "show new", "Go to the newest entry", hint=False),
    Verb("room.back", "escape,q", "back", "Back to the list; what you typed is kept"),
)


class RoomVerbs(
    updates.UpdateVerbs,
    roles.RoleVerbs,
    severity.SeverityVerbs,
    course.CourseVerbs,
    links.LinkVerbs,
    editing.EditVerbs,
    pages.RoomPageVerbs,
):
    """Every topic. `RoomScreen` adds what the verbs of the frame do: note, expand, pane, copy, fresh, back."""

    VERBS = (
        NOTE,
        *updates.VERBS,
        *roles.VERBS,
        *severity.VERBS,
        *course.VERBS,
        *links.VERBS,
        *editing.VERBS,
        *_READING,
        *pages.VERBS,
        *_ENDING,
    )
