"""What happened to the alerts, pages and messages of an incident, in the words of its timeline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from incidentd.domain.event_times import instant
from incidentd.domain.told import Line, Sentences, Told, joined, words

SENTENCES = Sentences()
about = SENTENCES.about


@about("alert.fired")
def _fired(told: Told) -> Line:
    again = " again" if told.data.get("episode", 1) > 1 else ""
    return Line(kind="alert", text=f"{told.name} fires{again}", detail=str(told.data.get("summary", "")))


@about("alert.resolved")
def _resolved(told: Told) -> Line:
    how = "its source did not say so" if told.data.get("expired") else ""
    return Line(kind="alert", text=f"{told.name} ended", detail=how)


@about("alert.resolved_by_hand")
def _resolved_by_hand(told: Told) -> Line:
    return Line(kind="alert", text=f"{told.name} was resolved by hand")


@about("alert.flapping")
def _flapping(told: Told) -> Line:
    return Line(kind="alert", text=f"{told.name} is flapping")


@about("alert.settled")
def _settled(told: Told) -> Line:
    return Line(kind="alert", text=f"{told.name} no longer flaps")


@about("alert.moved")
def _moved(told: Told) -> Line:
    return Line(kind="alert", text=f"{told.name} was routed again, for its labels have changed")


@about("alert.acknowledged")
def _alert_acknowledged(told: Told) -> Line:
    return Line(kind="ack", text=f"{told.data['by']} took {told.name} on at {told.data['via']}")


@about("page.started")
def _started(told: Told) -> Line:
    whom = told.data["policy"] or told.data["person"]
    return Line(kind="page", text=f"Paging {whom}: {told.name}")


@about("page.step")
def _step(told: Told) -> Line:
    data = told.data
    copies = ", ".join(one["person"] for one in data.get("by", ()) if one.get("copy"))
    people = ", ".join(data["people"]) or (f"{copies} (a copy)" if copies else "nobody can be reached")
    head = f"Step {data['step']} of {data['of']}"
    round_ = f", round {data['round']}" if data["round"] > 1 else ""
    return Line(kind="page", text=f"{head}{round_}: {people}", detail=joined(data["why"], *data["gaps"]))


@about("interruption.recorded")
def _interrupted(told: Told) -> Line:
    return Line(kind="page", text=str(told.data.get("text") or "Project work was interrupted"))


@about("interruption.withdrawn")
def _not_interrupted(told: Told) -> Line:
    return Line(kind="page", text=str(told.data.get("text") or "Project work was not interrupted after all"))


@about("page.acknowledged")
def _acknowledged(told: Told) -> Line:
    by = told.event.actor
    return Line(kind="ack", text=f"{by} acknowledged: {told.name}", detail=str(told.data.get("note") or ""))


@about("page.ack_counted")
def _ack_counted(told: Told) -> Line:
    data = told.data
    text = f"{told.event.actor} acknowledged, {len(data['acks'])} of {data['needed']}: {told.name}"
    still = f"still asked: {', '.join(data['missing'])}" if data["missing"] else ""
    return Line(kind="ack", text=text, detail=joined(str(data.get("note") or ""), still))


@about("page.taken_over")
def _taken_over(told: Told) -> Line:
    text = f"{told.event.actor} took over from {told.data['from']}: {told.name}"
    return Line(kind="ack", text=text, detail=str(told.data.get("note") or ""))


@about("page.reassigned")
def _reassigned(told: Told) -> Line:
    text = f"{told.event.actor} gave it to {told.data['to']}: {told.name}"
    return Line(kind="page", text=text, detail=str(told.data.get("note") or ""))


@about("page.snoozed")
def _snoozed(told: Told) -> Line:
    until = instant(told.data["until"])
    when = f" until {until:%a %H:%M} UTC" if until else ""
    text = f"{told.event.actor} put it off{when}: {told.name}"
    return Line(kind="page", text=text, detail=str(told.data.get("note") or ""))


@about("page.snooze_over")
def _snooze_over(told: Told) -> Line:
    return Line(kind="page", text=f"No longer put off: {told.name}", detail=f"by {told.data['by']}")


@about("page.ack_changed")
def _ack_changed(told: Told) -> Line:
    until = instant(told.data["until"])
    text = f"The acknowledgement of {told.event.actor} holds {f'until {until:%H:%M} UTC' if until else 'on'}"
    return Line(kind="ack", text=text, detail=told.name)


@about("page.ack_lapsed")
def _ack_lapsed(told: Told) -> Line:
    return Line(kind="ack", text=f"The acknowledgement of {told.data['by']} has run out", detail=told.name)


@about("page.paused")
def _paused(told: Told) -> Line:
    until = instant(told.data["until"])
    when = f" until {until:%a %H:%M} UTC" if until else ""
    return Line(kind="page", text=f"Paging waits{when}: its route is muted", detail=told.name)


@about("page.handed_back")
def _handed_back(told: Told) -> Line:
    note = str(told.data.get("note") or "")
    return Line(kind="page", text=f"{told.event.actor} handed back: {told.name}", detail=note)


@about("page.exhausted")
def _exhausted(told: Told) -> Line:
    return Line(kind="page", text=f"Nobody acknowledged: {told.name}", detail=f"policy {told.data['policy']} ended")


@about("page.restarted")
def _restarted(told: Told) -> Line:
    return Line(kind="page", text=f"Paging again: {told.name}", detail=told.data["why"])


@about("page.resolved")
def _page_resolved(told: Told) -> Line:
    return Line(kind="page", text=f"Page over: {told.name}", detail=told.data["why"])


@about("page.waiting")
def _waiting(told: Told) -> Line:
    until = instant(told.data["until"])
    when = f" until {until:%a %H:%M} UTC" if until else ""
    return Line(kind="page", text=f"Paging waits{when}: {told.name}", detail=told.data["why"])


@about("page.told_later")
def _told_later(told: Told) -> Line:
    return Line(
        kind="page", text=f"It ended while it waited: {', '.join(told.data['people'])} will read so: {told.name}"
    )


@about("page.last_resort")
def _last_resort(told: Told) -> Line:
    by = ", ".join(told.data["by"])
    head = f"Last resort written to by {by}" if by else "Nobody can be reached, and there is no last resort"
    return Line(kind="page", text=f"{head}: {told.name}", detail=told.data["why"])


@about("page.told_from_memory")
def _told_from_memory(told: Told) -> Line:
    end = f" failed: {told.data['error']}" if told.data["error"] else ""
    text = f"Told {told.data['person']} by {told.data['notifier']} while nothing could be stored{end}: {told.name}"
    return Line(kind="page", text=text, detail=joined(told.data["title"], told.data["body"]))


def _exact(data: Mapping[str, Any]) -> str:
    """The text of a message as it went out, and by which attempt."""
    carried = f"in one message: {data['sent_title']}" if "bundle" in data else ""
    attempt = f"delivery {data['delivery']}, attempt {data['attempt']}" if "delivery" in data else ""
    return joined(str(data.get("title", "")), str(data.get("body", "")), str(data.get("reason", "")), carried, attempt)


def _message(data: Mapping[str, Any]) -> str:
    return f"{data['person']} by {data['notifier']}"


@about("delivery.sent")
def _sent(told: Told) -> Line:
    data = told.data
    return Line(kind="delivery", text=f"{words(data['kind'])} sent to {_message(data)}", full=_exact(data))


@about("delivery.failed")
def _failed(told: Told) -> Line:
    data = told.data
    text = f"{words(data['kind'])} did not reach {_message(data)}"
    return Line(kind="delivery", text=text, detail=data["error"], full=_exact(data))


@about("delivery.receipt")
def _receipt(told: Told) -> Line:
    data = told.data
    text = f"{words(data['kind'])} {data['outcome']}: {_message(data)}"
    return Line(kind="delivery", text=text, detail=data["detail"], full=_exact(data))


@about("delivery.fallback")
def _fallback(told: Told) -> Line:
    data = told.data
    return Line(kind="delivery", text=f"{_message(data)} is in trouble: next contact method used", detail=data["error"])


@about("delivery.dropped")
def _dropped(told: Told) -> Line:
    text = f"{words(told.data['kind'])} to {_message(told.data)} not sent: over before its wait ended"
    return Line(kind="delivery", text=text, detail=told.data["held"])
