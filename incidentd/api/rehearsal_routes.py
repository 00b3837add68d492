"""The routes of rehearsals; a part of the table in `routes`."""

from __future__ import annotations

from incidentd.api.handlers import rehearsals
from incidentd.api.route import Route, created, get, post
from incidentd.wire import rehearsals as wire_rehearsals

_REHEARSAL = wire_rehearsals.Rehearsal
_OUTCOME = wire_rehearsals.RehearsalOutcome

REHEARSAL_ROUTES: tuple[Route, ...] = (
    get("/v1/rehearsal-cards", rehearsals.list_cards, wire_rehearsals.RehearsalCards, "Cards to rehearse with"),
    get("/v1/rehearsals", rehearsals.list_rehearsals, wire_rehearsals.RehearsalList, "Rehearsals, the newest first"),
    created(
        "/v1/rehearsals",
        rehearsals.start_rehearsal,
        _REHEARSAL,
        "Start to rehearse the severity matrix",
        body=wire_rehearsals.StartRehearsal,
    ),
    get("/v1/rehearsals/{id}", rehearsals.get_rehearsal, _REHEARSAL, "A rehearsal with the caller's own answers"),
    post(
        "/v1/rehearsals/{id}/answers",
        rehearsals.answer_card,
        _REHEARSAL,
        "Say how a card is classified",
        body=wire_rehearsals.AnswerCard,
    ),
    post("/v1/rehearsals/{id}/close", rehearsals.close_rehearsal, _OUTCOME, "End it, and show what came out"),
    get("/v1/rehearsals/{id}/outcome", rehearsals.get_outcome, _OUTCOME, "How far people agreed, once it is closed"),
)
"""Others' answers are shown by the last two only."""
