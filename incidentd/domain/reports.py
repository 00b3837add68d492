"""What a customer's report is and how its state may change: one pure table of transitions, with what each one needs.

new -> acknowledged -> triaging <-> awaiting_reporter -> linked | duplicate | ticketed | no_fault_found -> followed_up
-> closed. Whoever triages may pass over steps before an outcome; nobody passes over the follow-up: closing needs it.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from incidentd.domain.customers import CustomerKind


class State(enum.StrEnum):
    """Where a report stands."""

    NEW = "new"
    ACKNOWLEDGED = "acknowledged"
    TRIAGING = "triaging"
    AWAITING_REPORTER = "awaiting_reporter"
    LINKED = "linked"
    DUPLICATE = "duplicate"
    TICKETED = "ticketed"
    NO_FAULT_FOUND = "no_fault_found"
    FOLLOWED_UP = "followed_up"
    CLOSED = "closed"


IN_TRIAGE = frozenset({State.NEW, State.ACKNOWLEDGED, State.TRIAGING, State.AWAITING_REPORTER})
OUTCOMES = frozenset({State.LINKED, State.DUPLICATE, State.TICKETED, State.NO_FAULT_FOUND})
OPEN = frozenset(State) - {State.CLOSED}
OWED = IN_TRIAGE | OUTCOMES
"""When the reporter has not heard how it ended."""
SECURITY_TAG = "security"


class Customer(msgspec.Struct, frozen=True, kw_only=True):
    """Who reports. One customer may write from several addresses."""

    id: int
    kind: CustomerKind
    name: str
    notes: str
    created_at: datetime
    version: int = 1


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """One report as stored. `recipient` is the address, on `channel`, at which the reporter is answered.

    `next_due` is when the reporter is owed the next word; `asked_at` when they wrote last, `answered_at` when a person
    of ours wrote last.
    """

    id: int
    state: State
    customer_id: int
    channel: str
    thread: str
    recipient: str
    private: bool
    subject: str
    service: str
    tags: Mapping[str, str]
    priority: str
    impact: str
    urgency: str
    answers: Mapping[str, str | None]
    incident_id: int | None
    alert_id: int | None
    duplicate_of: int | None
    ticket: str
    owner: str
    created_at: datetime
    asked_at: datetime
    answered_at: datetime | None
    first_response_due: datetime | None
    first_responded_at: datetime | None
    next_due: datetime | None
    followed_up_at: datetime | None
    closed_at: datetime | None
    version: int
    page_id: int | None = None
    process_version: str = ""  # in force when it came

    @property
    def about(self) -> str:
        """What its events and timers carry."""
        return f"report:{self.id}"

    @property
    def reference(self) -> str:
        """As people call it."""
        return f"R-{self.id}"

    @property
    def unanswered(self) -> bool:
        """Whether the reporter wrote last."""
        return self.answered_at is None or self.answered_at < self.asked_at

    @property
    def due_at(self) -> datetime | None:
        """When the reporter is owed a word: the first response, after that the next one."""
        if self.state is State.CLOSED:
            return None
        return self.first_response_due if self.first_responded_at is None else self.next_due

    def is_late(self, now: datetime) -> bool:
        """Whether that word is overdue."""
        return self.due_at is not None and self.due_at <= now

    @property
    def is_security(self) -> bool:
        """Whether somebody tagged it as a matter of security: its clock is shorter."""
        return self.tags.get(SECURITY_TAG, "").casefold() in ("yes", "true", "1")


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A wish to change the state, with what the new one needs."""

    to: State
    now: datetime
    reason: str = ""
    incident_id: int | None = None
    alert_id: int | None = None
    duplicate_of: int | None = None
    ticket: str = ""


class Refusal(Exception):  # noqa: N818
    """The state cannot be had now; `field` is the part of the wish that is missing or wrong."""

    def __init__(self, text: str, remedy: str, field: str = "to") -> None:
        super().__init__(text)
        self.text = text
        self.remedy = remedy
        self.field = field


_S = State
_TRIAGED = (_S.LINKED, _S.DUPLICATE, _S.TICKETED, _S.NO_FAULT_FOUND)
_AGAIN = (_S.TRIAGING, *_TRIAGED)

TRANSITIONS: Mapping[State, tuple[State, ...]] = {
    _S.NEW: (_S.ACKNOWLEDGED, _S.TRIAGING, _S.AWAITING_REPORTER, *_TRIAGED),
    _S.ACKNOWLEDGED: (_S.TRIAGING, _S.AWAITING_REPORTER, *_TRIAGED),
    _S.TRIAGING: (_S.AWAITING_REPORTER, *_TRIAGED),
    _S.AWAITING_REPORTER: (_S.TRIAGING, *_TRIAGED),
    _S.LINKED: (_S.FOLLOWED_UP, *(one for one in _AGAIN if one is not _S.LINKED)),
    _S.DUPLICATE: (_S.FOLLOWED_UP, *(one for one in _AGAIN if one is not _S.DUPLICATE)),
    _S.TICKETED: (_S.FOLLOWED_UP, *(one for one in _AGAIN if one is not _S.TICKETED)),
    _S.NO_FAULT_FOUND: (_S.FOLLOWED_UP, *(one for one in _AGAIN if one is not _S.NO_FAULT_FOUND)),
    _S.FOLLOWED_UP: (_S.CLOSED, *_AGAIN),
    _S.CLOSED: _AGAIN,
}


def allowed(report: Report) -> tuple[State, ...]:
    """The states that may be asked for now."""
    return TRANSITIONS[report.state]


def decide(report: Report, asked: Asked) -> dict[str, Any]:
    """The columns that the wish changes. Raises `Refusal`."""
    if asked.to not in TRANSITIONS[report.state]:
        raise _no_way(report, asked.to)
    changes = _needs(report, asked)
    if report.state is State.NEW:
        changes["first_responded_at"] = report.first_responded_at or asked.now
    if report.state in (State.FOLLOWED_UP, State.CLOSED) and asked.to is not State.CLOSED:
        changes |= {"followed_up_at": None, "closed_at": None}
    return {"state": asked.to, **changes}


def _no_way(report: Report, to: State) -> Refusal:
    if to is State.CLOSED and report.state in OWED:
        if report.state in IN_TRIAGE:
            return Refusal(
                f"{report.reference} is {report.state}: it has no outcome yet",
                "say first what it came to (linked, duplicate, ticketed or no_fault_found), and tell the reporter",
            )
        return Refusal(
            f"{report.reference} cannot be closed: the reporter has not been told how it ended",
            "follow up first: a reply that is final, or followed_up with how they were told as the reason",
        )
    if to is State.FOLLOWED_UP and report.state in IN_TRIAGE:
        return Refusal(
            f"{report.reference} is {report.state}: there is no outcome to tell the reporter of",
            "say first what it came to: linked, duplicate, ticketed or no_fault_found",
        )
    ways = ", ".join(TRANSITIONS[report.state])
    return Refusal(f"{report.reference} is {report.state} and cannot become {to}", f"from here: {ways}")


_NOT_LINKED: Mapping[str, Any] = {"incident_id": None, "alert_id": None, "duplicate_of": None}


def _needs(report: Report, asked: Asked) -> dict[str, Any]:
    """What the new state rests on."""
    if asked.to is State.LINKED:
        return _linked(report, asked)
    if asked.to is State.DUPLICATE:
        number = asked.duplicate_of or report.duplicate_of
        if number is None or number == report.id:
            raise Refusal("a duplicate is one of another report", "name that report", "duplicate_of")
        return {"duplicate_of": number, "alert_id": None}
    if asked.to is State.TICKETED:
        if not (ticket := asked.ticket.strip() or report.ticket):
            raise Refusal("ticketed needs the ticket", "give its number or address", "ticket")
        return {**_NOT_LINKED, "ticket": ticket}
    if asked.to is State.FOLLOWED_UP:
        if not asked.reason.strip() and report.unanswered:
            raise Refusal(
                f"nobody has answered {report.reference} since its reporter wrote last",
                "reply, or say how they were told otherwise",
                "reason",
            )
        return {"followed_up_at": asked.now, "next_due": None}
    if asked.to is State.CLOSED:
        return {"closed_at": asked.now, "next_due": None}
    return {} if asked.to in IN_TRIAGE and report.state in IN_TRIAGE else dict(_NOT_LINKED)


def _linked(report: Report, asked: Asked) -> dict[str, Any]:
    incident_id, alert_id = asked.incident_id, asked.alert_id
    if incident_id is None and alert_id is None:
        incident_id, alert_id = report.incident_id, report.alert_id
    if incident_id is None and alert_id is None:
        raise Refusal("linked needs an incident or an alert", "name the incident or the alert", "incident_id")
    return {"incident_id": incident_id, "alert_id": alert_id, "duplicate_of": None}


def outcome(report: Report) -> State:
    """What a report came to, as far as it still says so."""
    if report.duplicate_of is not None:  # it may go with the incident of the other one
        return State.DUPLICATE
    if report.incident_id is not None or report.alert_id is not None:
        return State.LINKED
    return State.TICKETED if report.ticket else State.NO_FAULT_FOUND


def loses_last_word(report: Report, written_at: datetime) -> bool:
    """Whether a message of then that never arrives was the last word: who did not hear it is owed it still."""
    return report.followed_up_at is not None and written_at >= report.followed_up_at


def on_message_in(report: Report, automatic: bool) -> State:
    """Where a report stands once its reporter has written again; what a machine wrote changes nothing."""
    reopened = (State.AWAITING_REPORTER, State.NO_FAULT_FOUND, State.CLOSED)
    return State.TRIAGING if not automatic and report.state in reopened else report.state


def on_message_out(report: Report, *, question: bool, final: bool) -> State:
    """Where a report stands once a person has answered it: with a question, or with how it ended."""
    if final and report.state in OUTCOMES:
        return State.FOLLOWED_UP
    if question and report.state in IN_TRIAGE:
        return State.AWAITING_REPORTER
    return State.ACKNOWLEDGED if report.state is State.NEW else report.state


def reopened_by_match(report: Report, customer_id: int) -> bool:
    """Whether a matching report from `customer_id` reopens this one: two who see a fault are no chance."""
    return report.state is State.NO_FAULT_FOUND and report.customer_id != customer_id
