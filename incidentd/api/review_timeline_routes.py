"""The routes of a review's timeline; a part of the table in `routes`."""

from __future__ import annotations

from incidentd.api.handlers import review_timeline
from incidentd.api.identity import Role
from incidentd.api.route import Route, created, get, post
from incidentd.wire import review_timeline as wire_timeline

_ENTRY = wire_timeline.CuratedEntry

REVIEW_TIMELINE_ROUTES: tuple[Route, ...] = (
    get(
        "/v1/incidents/{id}/review/timeline",
        review_timeline.get_review_timeline,
        wire_timeline.Walk,
        "The timeline of a review, as far as it may be seen now",
    ),
    created(
        "/v1/incidents/{id}/review/entries",
        review_timeline.add_entry,
        _ENTRY,
        "Add a note, a decision point or a source to the timeline of a review",
        body=wire_timeline.WriteEntry,
    ),
    Route(
        method="PATCH",
        path="/v1/incidents/{id}/review/entries/{entry_id}",
        handler=review_timeline.edit_entry,
        role=Role.RESPONDER,
        answer=_ENTRY,
        summary="Say otherwise what was added",
        body=wire_timeline.EditEntry,
        versioned=True,
    ),
    Route(
        method="DELETE",
        path="/v1/incidents/{id}/review/entries/{entry_id}",
        handler=review_timeline.withdraw_entry,
        role=Role.RESPONDER,
        answer=_ENTRY,
        summary="Take back what was added",
    ),
    post(
        "/v1/incidents/{id}/review/groups",
        review_timeline.group_entries,
        wire_timeline.Walk,
        "Put entries of the log under one name",
        body=wire_timeline.GroupEntries,
    ),
)
