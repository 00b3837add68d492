"""The timeline in words: one small function for each kind of event. A kind that is not known is shown as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from incidentd.domain.hiding import HIDES
from incidentd.domain.response_history import instant
from incidentd.wire import Event, TimelineEntry

NOTE_KINDS = ("note", "observation", "decision", "action")
"""What a hand-written entry may be."""
_SHOWN_NAMES = 5


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """What a reader sees of an event; `kind` is a short word for the eye, `full` what only some want to read."""

    kind: str
    text: str
    detail: str = ""
    full: str = ""
    evidence: str = ""
    pinned: bool = False


class Told(msgspec.Struct, frozen=True):
    """An event, and the names of the alerts and pages that it may speak of, by subject ("alert:4")."""

    event: Event
    names: Mapping[str, str]

    @property
    def data(self) -> Mapping[str, Any]:
        return self.event.data

    @property
    def name(self) -> str:
        """What the event is about, as people call it."""
        return self.names.get(self.event.subject, "") or str(self.data.get("title") or self.data.get("name") or "")

    def named(self, alert_ids: Sequence[int]) -> str:
        """Alerts as a list of names."""
        shown = [self.names.get(f"alert:{one}") or f"A-{one}" for one in alert_ids[:_SHOWN_NAMES]]
        more = len(alert_ids) - len(shown)
        return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


Renderer = Callable[[Told], Line]
_RENDERERS: dict[str, Renderer] = {}


def _about(kind: str) -> Callable[[Renderer], Renderer]:
    def register(function: Renderer) -> Renderer:
        _RENDERERS[kind] = function
        return function

    return register


def _words(name: str) -> str:
    return name.replace("_", " ")


def _joined(*parts: str) -> str:
    return "\n".join(part for part in parts if part)


# ------------------------------------------------------------------ the incident
@_about("incident.declared")
def _declared(told: Told) -> Line:
    data = told.data
    head = "Suspected" if data["status"] == "suspected" else "Declared"
    linked = f"from {told.named(data['alert_ids'])}" if data["alert_ids"] else ""
    return Line(kind="status", text=f"{head} as {data['severity']}: {data['title']}", detail=linked)


@_about("incident.status")
def _status(told: Told) -> Line:
    data = told.data
    text = f"{_words(data['from'])} → {_words(data['to'])}"
    if data.get("merged_into"):
        text += f" into INC-{data['merged_into']}"
    if data.get("reopened"):
        text += f", reopened as episode {data['episode']}"
    broken = "; ".join(one["text"] for one in data["broken"])
    shown = _joined(data["reason"], f"rule broken: {broken}" if broken else "")
    return Line(kind="status", text=text, detail=shown, evidence=data["evidence"])


@_about("incident.severity")
def _severity(told: Told) -> Line:
    return Line(kind="severity", text=f"{told.data['from']} → {told.data['to']}", detail=told.data["reason"])


@_about("incident.role")
def _role(told: Told) -> Line:
    data = told.data
    role, former = _words(data["role"]), ", ".join(data["ended"])
    if not data["person"]:
        return Line(kind="role", text=f"{former} is no longer {role}")
    return Line(kind="role", text=f"{data['person']} is {role}", detail=f"takes over from {former}" if former else "")


@_about("incident.note")
def _note(told: Told) -> Line:
    data = told.data
    return Line(kind=data["kind"], text=data["text"], evidence=data["evidence"], pinned=data["pinned"])


@_about("incident.update")
def _update(told: Told) -> Line:
    data = told.data
    due = instant(data["next_at"])
    promise = f"next update by {due:%H:%M} UTC" if due else "no further update is promised"
    return Line(kind="update", text=f"{data['phase']} to {data['audience']}: {data['text']}", detail=promise)


@_about("incident.update_overdue")
def _overdue(told: Told) -> Line:
    promised = instant(told.data["promised_at"])
    when = f" for {promised:%H:%M} UTC" if promised else ""
    return Line(kind="overdue", text=f"The update promised{when} is overdue")


@_about("incident.review_overdue")
def _review_overdue(told: Told) -> Line:
    return Line(kind="overdue", text=f"The {told.data['review_name']} has not begun in its window")


@_about("incident.edited")
def _edited(told: Told) -> Line:
    changes: Mapping[str, Any] = told.data["changes"]
    lines = [f"{_words(name)}: {_shown(one['from'])} → {_shown(one['to'])}" for name, one in changes.items()]
    names = ", ".join(_words(name) for name in changes)
    return Line(kind="edit", text=f"Changed {names}", detail="\n".join(lines))


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) if value else "(none)"


@_about("incident.alert_linked")
def _linked(told: Told) -> Line:
    return Line(kind="link", text=f"Linked {told.named(told.data['alert_ids'])}")


@_about("incident.alert_unlinked")
def _unlinked(told: Told) -> Line:
    return Line(kind="link", text=f"Unlinked {told.named(told.data['alert_ids'])}")


@_about("incident.absorbed")
def _absorbed(told: Told) -> Line:
    return Line(kind="link", text=f"INC-{told.data['incident_id']} was merged into this", detail=told.data["title"])


@_about("incident.handed_over")
def _handed_over(told: Told) -> Line:
    data = told.data
    text = f"{data['to']} took over from {data['from']} on {data['schedule']} (H-{data['handover']})"
    return Line(kind="role", text=text)


@_about("incident.report_linked")
def _report_linked(told: Told) -> Line:
    return Line(kind="link", text=f"Linked {told.data['report']}: {told.data['subject']}")


@_about("incident.report_unlinked")
def _report_unlinked(told: Told) -> Line:
    return Line(kind="link", text=f"Unlinked {told.data['report']}")


@_about("incident.reporters_told")
def _reporters_told(told: Told) -> Line:
    return Line(kind="update", text=f"Told the reporters of {', '.join(told.data['reports'])}", full=told.data["text"])


@_about("incident.released")
def _released(told: Told) -> Line:
    return Line(kind="link", text=f"The merge of INC-{told.data['incident_id']} was undone")


# ------------------------------------------------------------------ alerts, pages, deliveries
@_about("alert.fired")
def _fired(told: Told) -> Line:
    again = " again" if told.data.get("episode", 1) > 1 else ""
    return Line(kind="alert", text=f"{told.name} fires{again}", detail=str(told.data.get("summary", "")))


@_about("alert.resolved")
def _resolved(told: Told) -> Line:
    how = "its source did not say so" if told.data.get("expired") else ""
    return Line(kind="alert", text=f"{told.name} ended", detail=how)


@_about("alert.resolved_by_hand")
def _resolved_by_hand(told: Told) -> Line:
    return Line(kind="alert", text=f"{told.name} was resolved by hand")


@_about("alert.flapping")
def _flapping(told: Told) -> Line:
    return Line(kind="alert", text=f"{told.name} is flapping")


@_about("alert.settled")
def _settled(told: Told) -> Line:
    return Line(kind="alert", text=f"{told.name} no longer flaps")


@_about("alert.moved")
def _moved(told: Told) -> Line:
    return Line(kind="alert", text=f"{told.name} was routed again, for its labels have changed")


@_about("alert.acknowledged")
def _alert_acknowledged(told: Told) -> Line:
    return Line(kind="ack", text=f"{told.data['by']} took {told.name} on at {told.data['via']}")


@_about("page.started")
def _started(told: Told) -> Line:
    whom = told.data["policy"] or told.data["person"]
    return Line(kind="page", text=f"Paging {whom}: {told.name}")


@_about("page.step")
def _step(told: Told) -> Line:
    data = told.data
    copies = ", ".join(one["person"] for one in data.get("by", ()) if one.get("copy"))
    people = ", ".join(data["people"]) or (f"{copies} (a copy)" if copies else "nobody can be reached")
    head = f"Step {data['step']} of {data['of']}"
    round_ = f", round {data['round']}" if data["round"] > 1 else ""
    return Line(kind="page", text=f"{head}{round_}: {people}", detail=_joined(data["why"], *data["gaps"]))


@_about("interruption.recorded")
def _interrupted(told: Told) -> Line:
    return Line(kind="page", text=str(told.data.get("text") or "Project work was interrupted"))


@_about("interruption.withdrawn")
def _not_interrupted(told: Told) -> Line:
    return Line(kind="page", text=str(told.data.get("text") or "Project work was not interrupted after all"))


@_about("page.acknowledged")
def _acknowledged(told: Told) -> Line:
    by = told.event.actor
    return Line(kind="ack", text=f"{by} acknowledged: {told.name}", detail=str(told.data.get("note") or ""))


@_about("page.ack_counted")
def _ack_counted(told: Told) -> Line:
    data = told.data
    text = f"{told.event.actor} acknowledged, {len(data['acks'])} of {data['needed']}: {told.name}"
    still = f"still asked: {', '.join(data['missing'])}" if data["missing"] else ""
    return Line(kind="ack", text=text, detail=_joined(str(data.get("note") or ""), still))


@_about("page.taken_over")
def _taken_over(told: Told) -> Line:
    text = f"{told.event.actor} took over from {told.data['from']}: {told.name}"
    return Line(kind="ack", text=text, detail=str(told.data.get("note") or ""))


@_about("page.reassigned")
def _reassigned(told: Told) -> Line:
    text = f"{told.event.actor} gave it to {told.data['to']}: {told.name}"
    return Line(kind="page", text=text, detail=str(told.data.get("note") or ""))


@_about("page.snoozed")
def _snoozed(told: Told) -> Line:
    until = instant(told.data["until"])
    when = f" until {until:%a %H:%M} UTC" if until else ""
    text = f"{told.event.actor} put it off{when}: {told.name}"
    return Line(kind="page", text=text, detail=str(told.data.get("note") or ""))


@_about("page.snooze_over")
def _snooze_over(told: Told) -> Line:
    return Line(kind="page", text=f"No longer put off: {told.name}", detail=f"by {told.data['by']}")


@_about("page.ack_changed")
def _ack_changed(told: Told) -> Line:
    until = instant(told.data["until"])
    text = f"The acknowledgement of {told.event.actor} holds {f'until {until:%H:%M} UTC' if until else 'on'}"
    return Line(kind="ack", text=text, detail=told.name)


@_about("page.ack_lapsed")
def _ack_lapsed(told: Told) -> Line:
    return Line(kind="ack", text=f"The acknowledgement of {told.data['by']} has run out", detail=told.name)


@_about("page.paused")
def _paused(told: Told) -> Line:
    until = instant(told.data["until"])
    when = f" until {until:%a %H:%M} UTC" if until else ""
    return Line(kind="page", text=f"Paging waits{when}: its route is muted", detail=told.name)


@_about("page.handed_back")
def _handed_back(told: Told) -> Line:
    note = str(told.data.get("note") or "")
    return Line(kind="page", text=f"{told.event.actor} handed back: {told.name}", detail=note)


@_about("page.exhausted")
def _exhausted(told: Told) -> Line:
    return Line(kind="page", text=f"Nobody acknowledged: {told.name}", detail=f"policy {told.data['policy']} ended")


@_about("page.restarted")
def _restarted(told: Told) -> Line:
    return Line(kind="page", text=f"Paging again: {told.name}", detail=told.data["why"])


@_about("page.resolved")
def _page_resolved(told: Told) -> Line:
    return Line(kind="page", text=f"Page over: {told.name}", detail=told.data["why"])


@_about("page.waiting")
def _waiting(told: Told) -> Line:
    until = instant(told.data["until"])
    when = f" until {until:%a %H:%M} UTC" if until else ""
    return Line(kind="page", text=f"Paging waits{when}: {told.name}", detail=told.data["why"])


@_about("page.told_later")
def _told_later(told: Told) -> Line:
    return Line(
        kind="page", text=f"It ended while it waited: {', '.join(told.data['people'])} will read so: {told.name}"
    )


@_about("page.last_resort")
def _last_resort(told: Told) -> Line:
    by = ", ".join(told.data["by"])
    head = f"Last resort written to by {by}" if by else "Nobody can be reached, and there is no last resort"
    return Line(kind="page", text=f"{head}: {told.name}", detail=told.data["why"])


def _exact(data: Mapping[str, Any]) -> str:
    """The text of a message as it went out, and by which attempt."""
    carried = f"in one message: {data['sent_title']}" if "bundle" in data else ""
    attempt = f"delivery {data['delivery']}, attempt {data['attempt']}" if "delivery" in data else ""
    return _joined(str(data.get("title", "")), str(data.get("body", "")), str(data.get("reason", "")), carried, attempt)


def _message(data: Mapping[str, Any]) -> str:
    return f"{data['person']} by {data['notifier']}"


@_about("delivery.sent")
def _sent(told: Told) -> Line:
    data = told.data
    return Line(kind="delivery", text=f"{_words(data['kind'])} sent to {_message(data)}", full=_exact(data))


@_about("delivery.failed")
def _failed(told: Told) -> Line:
    data = told.data
    text = f"{_words(data['kind'])} did not reach {_message(data)}"
    return Line(kind="delivery", text=text, detail=data["error"], full=_exact(data))


@_about("delivery.receipt")
def _receipt(told: Told) -> Line:
    data = told.data
    text = f"{_words(data['kind'])} {data['outcome']}: {_message(data)}"
    return Line(kind="delivery", text=text, detail=data["detail"], full=_exact(data))


@_about("delivery.fallback")
def _fallback(told: Told) -> Line:
    data = told.data
    return Line(kind="delivery", text=f"{_message(data)} is in trouble: next contact method used", detail=data["error"])


@_about("delivery.dropped")
def _dropped(told: Told) -> Line:
    text = f"{_words(told.data['kind'])} to {_message(told.data)} not sent: over before its wait ended"
    return Line(kind="delivery", text=text, detail=told.data["held"])


# Kinds that explain a decision about an alert; `alert trace` shows them, a timeline would drown in them.
# An expiry is told by the end that follows it.
_HIDING = {kind for on, (off, _) in HIDES.items() for kind in (on, off)}
_REPORTED = {"alert.report_linked", "alert.report_unlinked"}  # the incident's own entries say so
_LEFT_OUT = frozenset(
    {"delivery.retrying", "delivery.held", "page.updated", "alert.out_of_order", "alert.expired", *_HIDING, *_REPORTED}
)


def known_kinds() -> frozenset[str]:
    """The kinds of event that have words of their own."""
    return frozenset(_RENDERERS)


def line(told: Told) -> Line:
    """What an event says; also when its data is not what was expected, for the log outlives its writers."""
    generic = Line(kind=told.event.kind.partition(".")[0], text=_words(told.event.kind.replace(".", " ")))
    renderer = _RENDERERS.get(told.event.kind)
    if renderer is None:
        return generic
    try:
        return renderer(told)
    except (KeyError, TypeError, ValueError, AttributeError):
        return generic


def observed_at(event: Event) -> datetime:
    """When it happened, as far as the event says; else when it was recorded."""
    return instant(event.data.get("observed_at")) or instant(event.data.get("at")) or event.at


def entry(told: Told) -> TimelineEntry:
    """One entry of the timeline."""
    event, shown = told.event, line(told)
    return TimelineEntry(
        seq=event.seq,
        observed_at=observed_at(event),
        recorded_at=event.at,
        by=event.actor,
        kind=shown.kind,
        text=shown.text,
        detail=shown.detail,
        evidence=shown.evidence,
        pinned=shown.pinned,
        full=shown.full,
    )


def entries(events: Iterable[Event], names: Mapping[str, str]) -> tuple[TimelineEntry, ...]:
    """The timeline: by when things happened, then by when they were recorded."""
    found = [entry(Told(event, names)) for event in events if event.kind not in _LEFT_OUT]
    return tuple(sorted(found, key=lambda one: (one.observed_at, one.seq)))
