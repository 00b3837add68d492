"""The routes of triage; a part of the table in `routes`."""

from __future__ import annotations

from incidentd.api.handlers import triage
from incidentd.api.route import Route, changed, get
from incidentd.wire import triage as wire_triage

_PATH = "/v1/reports/{id}"
_CARD = wire_triage.Triage

TRIAGE_ROUTES: tuple[Route, ...] = (
    get(f"{_PATH}/triage", triage.get_triage, _CARD, "The triage card of a report"),
    get(f"{_PATH}/similar", triage.similar, wire_triage.Similar, "Reports that are like it, and why"),
    changed(f"{_PATH}/answers", triage.answer, _CARD, "Answer triage questions", body=wire_triage.AnswerQuestions),
    changed(
        f"{_PATH}/questions", triage.ask, _CARD, "Ask the reporter the next question", body=wire_triage.AskReporter
    ),
    changed(
        f"{_PATH}/canned-replies",
        triage.send_canned,
        _CARD,
        "Send a reply that was written ahead",
        body=wire_triage.SendCanned,
    ),
    changed(
        f"{_PATH}/priority",
        triage.set_priority,
        _CARD,
        "Set the priority by impact and urgency",
        body=wire_triage.SetPriority,
    ),
    changed(
        f"{_PATH}/propagate",
        triage.propagate,
        _CARD,
        "Page the people of a report's area",
        body=wire_triage.Propagate,
    ),
)
