"""What an incident is and how its status may change: one table of transitions, each with its rules.

A transition of the response (declare, mitigate, resolve, reopen, merge, false alarm) is never blocked: a broken rule
becomes a `Violation` that is shown. Only what comes after the response can be refused, by a `Refusal`.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from incidentd.domain.process import Process
from incidentd.domain.refusals import Refusal
from incidentd.domain.severity import Severity
from incidentd.wire import Violation


class Status(enum.StrEnum):
    """Where an incident stands."""

    SUSPECTED = "suspected"
    ACTIVE = "active"
    MITIGATED = "mitigated"
    RESOLVED = "resolved"
    COOLING = "cooling"
    REVIEW_READY = "review_ready"
    IN_REVIEW = "in_review"
    LEARNING = "learning"
    CLOSED = "closed"
    MERGED = "merged"
    FALSE_ALARM = "false_alarm"


ENDED = frozenset({Status.CLOSED, Status.MERGED, Status.FALSE_ALARM})
OPEN = frozenset(Status) - ENDED
RESPONDING = frozenset({Status.ACTIVE, Status.MITIGATED})
"""When people respond and roles are wanted."""
UPDATES_OWED = frozenset({Status.ACTIVE, Status.MITIGATED, Status.RESOLVED, Status.COOLING})
"""When a promised update is still owed: also after the resolve, until the last word is said."""
REVIEWED_AS_IS = frozenset({Status.IN_REVIEW, Status.LEARNING, Status.CLOSED, Status.FALSE_ALARM})
"""Where a review begins without a change of status: a near miss stays a false alarm, what is closed stays so."""
AWAITING_REVIEW = frozenset({Status.RESOLVED, Status.COOLING, Status.REVIEW_READY})


class Incident(msgspec.Struct, frozen=True, kw_only=True):
    """One incident as stored. `skipped` are rules that a transition broke and that still stand."""

    id: int
    title: str
    summary: str
    status: Status
    severity: Severity
    episode: int
    service: str
    many_stakeholders: bool
    declared_at: datetime
    declared_by: str
    started_at: datetime
    mitigated_at: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
    merged_into: int | None
    status_before_merge: str
    next_update_at: datetime | None
    skipped: tuple[Violation, ...]
    review_opens_at: datetime | None
    review_due_at: datetime | None
    process_version: str
    version: int
    drill_id: int | None = None
    long_since: datetime | None = None
    """Since when it is run as a long incident: told of less often, with leads that are relieved."""
    public_title: str = ""  # what customers may call it; "": they are told no title
    off_page: bool = False  # no status page shows it, whatever customers are told
    review_soon_at: datetime | None = None

    @property
    def subject(self) -> str:
        """What its events and timers carry."""
        return f"incident:{self.id}"


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A wish to change the status. `at` is when it happened, `now` when it is recorded."""

    to: Status
    at: datetime
    now: datetime
    process: Process
    reason: str = ""
    evidence: str = ""
    merged_into: int | None = None
    impact_confirmed: bool = False
    not_followed_up: tuple[str, ...] = ()  # references of linked reports whose reporters do not know how it ended


class Decision(msgspec.Struct, frozen=True):
    """The new values of an incident, and the rules that were broken on the way."""

    changes: Mapping[str, Any]
    broken: tuple[Violation, ...]


class NoSuchTransition(Exception):  # noqa: N818
    """The table has no such transition."""


class TransitionRefused(Exception):  # noqa: N818
    """A rule for the time after the response says no."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.text)
        self.refusal = refusal


Rule = Callable[[Incident, Asked], Violation | None]
Check = Callable[[Incident, Asked], Refusal | None]


class Edge(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the table: rules that are shown when broken, and checks that refuse."""

    rules: tuple[Rule, ...] = ()
    checks: tuple[Check, ...] = ()


# ------------------------------------------------------------------ rules: shown, never in the way
def _evidence(_: Incident, asked: Asked) -> Violation | None:
    if asked.evidence.strip():
        return None
    return Violation(rule="evidence", text=f"{asked.to} without evidence: what shows it?", since=asked.now)


def _in_order(incident: Incident, asked: Asked) -> Violation | None:
    before = incident.mitigated_at if asked.to is Status.RESOLVED else None
    earliest = max(incident.started_at, before or incident.started_at)
    if asked.at >= earliest:
        return None
    text = f"{asked.to} at a time before the incident {'was mitigated' if before == earliest else 'started'}"
    return Violation(rule="time-order", text=text, since=asked.now)


def _nothing_skipped(incident: Incident, asked: Asked) -> Violation | None:
    path = [Status.SUSPECTED, Status.ACTIVE, Status.MITIGATED, Status.RESOLVED]
    skipped = path[path.index(incident.status) + 1 : path.index(asked.to)]
    if not skipped:
        return None
    return Violation(rule="skipped-status", text=f"{asked.to} without {' and '.join(skipped)}", since=asked.now)


def _no_confirmed_impact(_: Incident, asked: Asked) -> Violation | None:
    if not asked.impact_confirmed:
        return None
    text = "called a false alarm although its impact had been confirmed"
    return Violation(rule="confirmed-impact", text=text, since=asked.now)


# ------------------------------------------------------------------ checks: only after the response
def _floor(incident: Incident, asked: Asked) -> Refusal | None:
    opens = incident.review_opens_at
    if opens is None or asked.now >= opens:
        return None
    return Refusal(
        f"the cool-down lasts until {opens.isoformat(timespec='minutes')}: people rest first",
        "wait until then; own notes may be written before",
        "to",
    )


def _low_severity(incident: Incident, asked: Asked) -> Refusal | None:
    if incident.severity not in asked.process.review_windows:
        return None
    name = asked.process.review_name
    return Refusal(
        f"a {incident.severity} incident is not closed without its {name}",
        f"hold the {name}, or correct the severity first",
        "to",
    )


def _waiver(_: Incident, asked: Asked) -> Refusal | None:
    if asked.reason.strip():
        return None
    name = asked.process.review_name
    return Refusal(f"closing without {name} needs a reason", f"say why no {name} is needed", "reason")


def _reporters_told(_: Incident, asked: Asked) -> Refusal | None:
    if not asked.not_followed_up:
        return None
    names = ", ".join(asked.not_followed_up[:5]) + (" and others" if len(asked.not_followed_up) > 5 else "")
    return Refusal(
        f"the reporters of {names} have not been told how it ended",
        "tell them: an update to customers with the phase resolved, or a final reply to each",
        "to",
    )


_S = Status
_TOWARDS_MITIGATED = Edge(rules=(_nothing_skipped, _evidence, _in_order))
# A severity whose floor is 0 is ready for review at once, so what comes back then must still be reopened.
_REOPENED_FROM = (_S.MITIGATED, _S.RESOLVED, _S.COOLING, _S.REVIEW_READY, _S.FALSE_ALARM)

TRANSITIONS: Mapping[tuple[Status, Status], Edge] = {
    (_S.SUSPECTED, _S.ACTIVE): Edge(),
    (_S.SUSPECTED, _S.MITIGATED): _TOWARDS_MITIGATED,
    (_S.SUSPECTED, _S.RESOLVED): _TOWARDS_MITIGATED,
    (_S.ACTIVE, _S.MITIGATED): _TOWARDS_MITIGATED,
    (_S.ACTIVE, _S.RESOLVED): _TOWARDS_MITIGATED,
    (_S.MITIGATED, _S.RESOLVED): _TOWARDS_MITIGATED,
    (_S.SUSPECTED, _S.FALSE_ALARM): Edge(rules=(_no_confirmed_impact,)),
    (_S.ACTIVE, _S.FALSE_ALARM): Edge(rules=(_no_confirmed_impact,)),
    **{(before, _S.ACTIVE): Edge() for before in _REOPENED_FROM},
    **{(before, _S.MERGED): Edge() for before in sorted(OPEN)},
    (_S.RESOLVED, _S.COOLING): Edge(),
    (_S.COOLING, _S.REVIEW_READY): Edge(checks=(_floor,)),
    (_S.REVIEW_READY, _S.IN_REVIEW): Edge(checks=(_floor,)),
    (_S.RESOLVED, _S.IN_REVIEW): Edge(checks=(_floor,)),  # one that no window asks for, or whose floor is none
    (_S.IN_REVIEW, _S.LEARNING): Edge(),
    (_S.LEARNING, _S.CLOSED): Edge(checks=(_reporters_told,)),
    (_S.RESOLVED, _S.CLOSED): Edge(checks=(_low_severity, _waiver, _reporters_told)),
    (_S.CLOSED, _S.LEARNING): Edge(),
}


def edges(incident: Incident) -> Mapping[Status, Edge]:
    """Where the table leads from here. A merge is reversible: back to the status before it."""
    if incident.status is Status.MERGED:
        return {Status(incident.status_before_merge): Edge()}
    return {to: edge for (before, to), edge in TRANSITIONS.items() if before is incident.status}


def allowed(incident: Incident, process: Process, now: datetime) -> tuple[Status, ...]:
    """The statuses that may be asked for now, given a reason and evidence."""
    found = []
    for to, edge in edges(incident).items():
        asked = Asked(to=to, at=now, now=now, process=process, reason="given", evidence="given")
        if not any(check(incident, asked) for check in edge.checks):
            found.append(to)
    return tuple(found)


def decide(incident: Incident, asked: Asked) -> Decision:
    """What the wish changes. Raises `NoSuchTransition`, and `TransitionRefused` after the response only."""
    edge = edges(incident).get(asked.to)
    if edge is None:
        raise NoSuchTransition
    for check in edge.checks:
        if refusal := check(incident, asked):
            raise TransitionRefused(refusal)
    broken = tuple(found for rule in edge.rules if (found := rule(incident, asked)))
    changes = _changes(incident, asked)
    kept: tuple[Violation, ...] = changes.pop("skipped", incident.skipped)
    names = {one.rule for one in broken}
    skipped = (*(one for one in kept if one.rule not in names), *broken)
    return Decision({"status": asked.to, "skipped": skipped, **changes}, broken)


def _changes(incident: Incident, asked: Asked) -> dict[str, Any]:
    if incident.status is Status.MERGED:
        return {"merged_into": None, "status_before_merge": "", "closed_at": None}
    return _EFFECTS.get(asked.to, _no_effect)(incident, asked)


def _no_effect(_: Incident, __: Asked) -> dict[str, Any]:
    return {}


_OF_EPISODE = (
    "mitigated_at", "resolved_at", "closed_at", "review_opens_at", "review_soon_at", "review_due_at", "long_since"
)  # fmt: skip


def _activated(incident: Incident, asked: Asked) -> dict[str, Any]:
    if incident.status is Status.SUSPECTED:
        return {}
    # Reopened: a new episode, and the cool-down starts again at the next resolve. What the former episode broke stays
    # in the log; the new one starts clean.
    return {"episode": incident.episode + 1, "skipped": (), **dict.fromkeys(_OF_EPISODE)}


def _merged(incident: Incident, asked: Asked) -> dict[str, Any]:
    return {"merged_into": asked.merged_into, "status_before_merge": incident.status, "next_update_at": None}


_EFFECTS: Mapping[Status, Callable[[Incident, Asked], dict[str, Any]]] = {
    Status.ACTIVE: _activated,
    Status.MITIGATED: lambda _, asked: {"mitigated_at": asked.at},
    Status.RESOLVED: lambda _, asked: {"resolved_at": asked.at},
    Status.MERGED: _merged,
    Status.FALSE_ALARM: lambda _, asked: {"closed_at": asked.at, "next_update_at": None},
    Status.CLOSED: lambda _, asked: {"closed_at": asked.at, "next_update_at": None},
    Status.LEARNING: lambda _, __: {"closed_at": None},
}


def reopens(incident: Incident, to: Status) -> bool:
    """Whether going to `to` begins a new episode."""
    return to is Status.ACTIVE and incident.status in _REOPENED_FROM


def severity_rule(incident: Incident, severity: Severity, reason: str, now: datetime) -> Violation | None:
    """Lowering a severity needs a reason: unsure means the higher one."""
    if not incident.severity.worse_than(severity) or reason.strip():
        return None
    text = f"severity was lowered from {incident.severity} to {severity} without a reason"
    return Violation(rule="severity-reason", text=text, since=now)


def override_rule(computed: Severity, severity: Severity, reason: str, now: datetime) -> Violation | None:
    """A severity other than the matrix says needs a reason."""
    if severity is computed or reason.strip():
        return None
    text = f"severity is {severity} although the matrix says {computed}, without a reason"
    return Violation(rule="override-reason", text=text, since=now)


FUTURE_TOLERANCE = timedelta(minutes=5)
OLDEST = timedelta(days=3660)


def time_fault(at: datetime, now: datetime) -> str:
    """Why `at` cannot be when something was seen or done; "" when it can. Clocks may differ by some minutes."""
    if at > now + FUTURE_TOLERANCE:
        return "is in the future"
    if at < now - OLDEST:
        return "is more than ten years ago"
    return ""
