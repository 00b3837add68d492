"""The verbs of a review, one module a topic. The order here is the order of the hints and of the help."""

from __future__ import annotations

from incidentd_tui.screens.review_verbs import curating, driving, records, taking_part, writing
from incidentd_tui.verbs import Verb

FRAME = (
    Verb("review.look_back", "left_square_bracket", "look back", "Look at the step before, for yourself", hint=False),
    Verb("review.look_on", "right_square_bracket", "look on", "Look at the step after, for yourself", hint=False),
    Verb("review.pane", "tab", "notes", "Between the step and what was said"),
    Verb("review.left", "h,left", "left", "The account at the left", hint=False),
    Verb("review.right", "l,right", "right", "The account at the right", hint=False),
    Verb("review.fresh", "full_stop", "newest", "Go to the newest row", hint=False),
    Verb("review.room", "o", "room", "The room of the incident", hint=False),
    Verb("review.copy", "y", "copy", "Copy the row under the cursor", hint=False),
    Verb("review.back", "escape,q", "back", "Back; what you typed is kept", hint=False),
)


class ReviewVerbs(
    writing.WritingVerbs,
    records.RecordVerbs,
    curating.CuratingVerbs,
    taking_part.TakingPartVerbs,
    driving.DrivingVerbs,
):
    """Every topic. `ReviewScreen` adds what the verbs of the frame do."""

    VERBS = (
        *driving.GOING_ON,
        *writing.VERBS,
        *taking_part.VERBS,
        *records.VERBS,
        *curating.VERBS,
        *driving.VERBS,
        *FRAME,
    )
