"""What people are told while nothing can be stored: pure rules over what the daemon has in memory.

A `Case` is what one policy has to hear of: the alerts that came in and are not recorded, or a page that was open. It
takes the steps of its policy as a page does. Nobody can take it on durably, so it goes on until the store is back, or
somebody followed the link of a page.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from incidentd.domain import drills
from incidentd.domain.delivery_keys import step_key
from incidentd.domain.display import safe_line
from incidentd.domain.duty_changes import NO_CHANGES, Changes
from incidentd.domain.escalation import (
    UNANSWERED,
    chosen,
    delay_after,
    following,
    policy_for,
    policy_of_service,
    reach,
    waiting,
    without,
)
from incidentd.domain.maintenance import Window, hiding
from incidentd.domain.people import EscalationPolicy, Roster
from incidentd.domain.routing import Route, matching_routes, service_of
from incidentd.domain.signals import Signal, SignalKind
from incidentd.domain.silences import Silence, silencing
from incidentd.domain.targets import NO_TURNS, Turns

AFTER = timedelta(seconds=30)
LEFT_TO_OTHERS = timedelta(minutes=5)
"""While another node reaches the database, senders that were refused here have so long to go there."""
TELL_AGAIN = timedelta(minutes=5)
"""More alerts for people who were told of some are told together, so long after the latest message at least."""
LAST_RESORT = "last-resort"
_SHOWN = 10
_LINE = 300


class StoreDown(msgspec.Struct, frozen=True, kw_only=True):
    """`page`: whether people are told at all. `after`: how long the store has to be down before."""

    page: bool = True
    after: timedelta = AFTER


class Unrecorded(msgspec.Struct, frozen=True, kw_only=True):
    """An alert that came in at `at` and could not be stored, or of which nobody could be told; told from `due` on."""

    name: str
    summary: str
    labels: Mapping[str, str]
    severity: str
    at: datetime
    due: datetime | None = None  # None: after the group_wait of its route


class OpenPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page that nobody had taken when the store was last read. `route` is the key of its group's route."""

    id: int
    version: int
    title: str
    body: str
    labels: Mapping[str, str]
    policy: EscalationPolicy
    urgency: str
    step: int
    round: int
    started_at: datetime
    next_step_at: datetime
    acks: tuple[str, ...]
    route: str


class Duty(msgspec.Struct, frozen=True, kw_only=True):
    """What else counts when it is asked who is told: changes of the day, whose turn it is, and what hides alerts."""

    changes: Changes = NO_CHANGES
    turns: Turns = NO_TURNS
    silences: tuple[Silence, ...] = ()
    windows: tuple[Window, ...] = ()


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One message to one contact method, at `due_at`."""

    key: str
    case: str
    person: str
    notifier: str
    address: str
    urgency: str
    title: str
    body: str
    reason: str
    labels: Mapping[str, str]
    due_at: datetime
    created_at: datetime
    page_id: int | None = None


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """`step` 0: nobody was told yet. `told` is how many of the alerts the latest message spoke of."""

    id: str
    policy: EscalationPolicy
    urgency: str
    began: datetime
    version: int = 0
    step: int = 0
    round: int = 1
    next_at: datetime | None
    acks: tuple[str, ...] = ()
    alerts: tuple[Unrecorded, ...] = ()
    told: int = 0
    told_at: datetime | None = None
    page: OpenPage | None = None
    last_resort: bool = False  # whether it was told


# ---------------------------------------------------------------------- what the cases are
def held(known: Sequence[Signal], signal: Signal) -> tuple[Signal, ...]:
    """What has to be kept of one alert to store it later: how it began, and what was said last."""
    if signal.kind is not SignalKind.FIRING and known:
        return (known[0], signal)
    return (signal,)


def wanted(
    alert: Unrecorded, process_route: Route, muted: Collection[str], roster: Roster, duty: Duty,
    severities: Sequence[str], now: datetime,
) -> dict[tuple[str, str], datetime]:  # fmt: skip
    """(policy, urgency) of everybody who has to hear of an alert, and from when on.

    Nobody has when something hides it or no route pages.
    `muted` are keys of routes. Inhibition and dependencies are not looked at: they need what fires, which is stored.
    """
    if silencing(duty.silences, alert.labels, now):
        return {}
    found: dict[tuple[str, str], datetime] = {}
    for route in matching_routes(process_route, alert.labels):
        service = service_of(route, alert.labels)
        if not route.page or route.stable_key in muted or hiding(duty.windows, service, alert.labels, severities):
            continue
        asked = route.policy or policy_of_service(roster, service)
        policy = chosen(roster, asked, alert.severity, route.urgency).policy
        due = alert.due or alert.at + route.group_wait
        found[policy, route.urgency] = min(due, found.get((policy, route.urgency), due))
    return found


def joined(
    cases: Mapping[str, Case], alert: Unrecorded, to: Mapping[tuple[str, str], datetime], roster: Roster
) -> list[Case]:
    """The cases that an alert belongs to, with it."""
    found = []
    for (name, urgency), due in to.items():
        ident = f"store-down:{name}:{urgency}"
        case = cases.get(ident) or Case(
            id=ident, policy=policy_for(roster, name), urgency=urgency, began=alert.at, next_at=due
        )
        if not case.step and case.next_at is not None:  # nobody was told yet: whatever is due first
            case = msgspec.structs.replace(case, next_at=min(case.next_at, due))
        found.append(msgspec.structs.replace(case, alerts=(*case.alerts, alert)))
    return found


def of_page(page: OpenPage) -> Case:
    """The case of a page that was open: its next step is due when the page's was."""
    return Case(
        id=f"page:{page.id}",
        policy=page.policy,
        urgency=page.urgency,
        began=page.started_at,
        version=page.version,
        step=page.step,
        round=page.round,
        next_at=page.next_step_at,
        acks=page.acks,
        page=page,
    )


# ---------------------------------------------------------------------- who is told
def advance(case: Case, roster: Roster, duty: Duty, now: datetime) -> tuple[Case, list[Call]]:
    """The case after `now`, and what has to be sent: its next step when that is due, or more alerts."""
    if case.next_at is not None and case.next_at <= now:
        return _next_step(case, roster, duty, now)
    more = len(case.alerts) > case.told and case.told_at is not None
    if more and case.told_at is not None and case.told_at + TELL_AGAIN <= now:
        return _tell(case, roster, duty, now, case.step, case.round, case.next_at)
    return case, []


def _next_step(case: Case, roster: Roster, duty: Duty, now: datetime) -> tuple[Case, list[Call]]:
    after = following(case.policy, case.step, case.round) if case.step else (1, 1)
    if after is None:
        version = case.version + 1
        over = msgspec.structs.replace(case, next_at=None, version=version)
        return _told_last_resort(over, roster, now)
    return _tell(case, roster, duty, now, *after, None)


def _tell(
    case: Case, roster: Roster, duty: Duty, now: datetime, step: int, round_: int, next_at: datetime | None
) -> tuple[Case, list[Call]]:
    """Write to those of a step. The next one follows at `next_at`, None: after the delay of the step."""
    reached = without(reach(roster, case.policy, step, now, case.urgency, duty.changes, duty.turns), case.acks)
    wait = waiting(reached, now) if case.urgency == "low" else None
    if wait is not None:
        return msgspec.structs.replace(case, next_at=wait.until), []
    due = now if not reached.contacts else next_at or now + delay_after(case.policy, step)
    moved = msgspec.structs.replace(
        case, version=case.version + 1, step=step, round=round_, next_at=due, told=len(case.alerts), told_at=now
    )
    calls = [
        Call(
            key=step_key(moved.id, moved.began, moved.version, place, contact.person.handle, contact.method),
            case=moved.id,
            person=contact.person.handle,
            notifier=contact.method.notifier,
            address=contact.method.address,
            urgency=moved.urgency,
            title=_title(moved),
            body=_body(moved),
            reason=contact.reason,
            labels=moved.page.labels if moved.page else {},
            due_at=now + contact.method.after,
            created_at=now,
            page_id=moved.page.id if moved.page else None,
        )
        for place, contact in enumerate(reached.contacts)
    ]
    if moved.alerts and not case.step and case.urgency == "high":  # nobody can acknowledge: all who may know, at once
        moved, also = _told_last_resort(moved, roster, now)
        calls += also
    return moved, calls


def _told_last_resort(case: Case, roster: Roster, now: datetime) -> tuple[Case, list[Call]]:
    settings = roster.last_resort
    if case.last_resort or case.urgency != "high" or not (case.alerts or settings.unanswered):
        return case, []
    calls = [
        Call(
            key=step_key(case.id, case.began, case.version, place, LAST_RESORT, method),
            case=case.id,
            person=LAST_RESORT,
            notifier=method.notifier,
            address=method.address,
            urgency="high",
            title=_title(case),
            body=_body(case) if case.alerts else f"{UNANSWERED[0].upper()}{UNANSWERED[1:]}.\n{_body(case)}",
            reason="you are the last resort: incidentd cannot store, so nobody can acknowledge",
            labels=case.page.labels if case.page else {},
            due_at=now + method.after,
            created_at=now,
            page_id=case.page.id if case.page else None,
        )
        for place, method in enumerate(settings.contacts)
    ]
    return msgspec.structs.replace(case, last_resort=True), calls


# ---------------------------------------------------------------------- what they read
def _named(alert: Unrecorded) -> str:
    text = f"{alert.name}: {alert.summary}" if alert.summary and alert.summary != alert.name else alert.name
    return safe_line(text, _LINE)


def counted(number: int) -> str:
    """The alerts in words: "1 alert", "12 alerts"."""
    return "1 alert" if number == 1 else f"{number} alerts"


def _title(case: Case) -> str:
    if case.page is not None:
        return case.page.title
    number = len(case.alerts)
    are = "is" if number == 1 else "are"
    head = f"incidentd cannot store: {counted(number)} came in that {are} not recorded"
    return safe_line(f"{head}; first: {_named(case.alerts[0])}", 250)


def _body(case: Case) -> str:
    """Of a page what its store would say: it may say so later, under the same key."""
    if case.page is not None:
        return case.page.body
    lines = [f"- {alert.at:%H:%M:%S} UTC {_named(alert)}" for alert in case.alerts[:_SHOWN]]
    if len(case.alerts) > _SHOWN:
        lines.append(f"- and {len(case.alerts) - _SHOWN} more")
    told = "This cannot be acknowledged: people are told step by step until the store can be written again."
    return "\n".join([*lines, "", told, "The senders were told to send again. See docs/runbooks/store-down.md."])


def is_real(source: str) -> bool:
    """Whether alerts of a source are meant: a drill is no emergency."""
    return not drills.realm(source)
