"""The decision trace in words: why somebody was, or was not, paged about an alert.

One small function for each kind of event; what they say is all a reader gets, so each names the rule that decided.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from incidentd.domain import hiding, page_sentences
from incidentd.domain.sentences import SENTENCES, Data, about, at, names
from incidentd.wire import Event, TraceStep

__all__ = ["known_kinds", "page_sentences", "sentence", "step", "verdict"]  # the module registers its sentences


def _span(seconds: float) -> str:
    """A duration as people say it: 30 s, 5 min, 4 h."""
    whole = timedelta(seconds=round(seconds)).total_seconds()
    for size, unit in ((3600, "h"), (60, "min")):
        if whole >= size and whole % size == 0:
            return f"{whole / size:g} {unit}"
    return f"{whole:g} s"


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _route(decided: Data) -> str:
    matchers = ", ".join(decided.get("matchers", ())) or "no condition"
    name = decided.get("route_name") or decided["route"]
    head = f"route {name} ({matchers}) took it: service {decided['service']}"
    if "not_paged" in decided:
        return f"{head}; {decided['not_paged']}"
    return f"{head}, policy {decided['policy']}, group G-{decided['group']}, group_wait {_span(decided['group_wait'])}"


@about("alert.fired")
def _fired(data: Data, _actor: str) -> str:
    routes = data.get("routes", ())
    head = "Began to fire" if data.get("episode", 1) == 1 else f"Fires again (episode {data['episode']})"
    if by := data.get("acknowledgement_ended"):
        head += f", so the acknowledgement of {by} is over"
    return f"{head}; " + "; ".join(_route(one) for one in routes) if routes else f"{head}."


@about("alert.moved")
def _moved(data: Data, _actor: str) -> str:
    labels = ", ".join(f'{name} was "{old}" and is "{new}"' for name, (old, new) in data["labels"].items())
    left = ", ".join(f"G-{group}" for group in data["left"])
    head = f"Routed again ({labels or 'a label or the routing tree has changed'}); " + "; ".join(
        _route(one) for one in data["routes"]
    )
    tail = f"; it left group {left}" if left else ""
    by = data.get("acknowledgement_ended")
    return f"{head}{tail}" + (f"; the acknowledgement of {by} does not hold for others" if by else "")


@about("alert.resolved")
def _resolved(data: Data, _actor: str) -> str:
    head = "Ended" if data.get("expired") else "Ended: the sender said so"
    return f"{head}; {data['unrouted']}, so nobody was paged" if "unrouted" in data else head


@about("alert.expired")
def _expired(data: Data, _actor: str) -> str:
    return "Not sent again in time: it counts as ended until it is sent again"


@about("alert.resolved_by_hand")
def _resolved_by_hand(data: Data, actor: str) -> str:
    return f"{actor} ended it by hand; it fires again when its source still sends it"


@about("alert.out_of_order")
def _out_of_order(data: Data, _actor: str) -> str:
    return f"An older message ({data['said']}) arrived late and changed nothing"


@about("alert.flapping")
def _flapping(data: Data, _actor: str) -> str:
    return f"It is flapping: {data['changes']} changes within 15 min; its group is held open until it settles"


@about("alert.settled")
def _settled(data: Data, _actor: str) -> str:
    return "It no longer flaps"


@about("alert.acknowledged")
def _alert_acknowledged(data: Data, _actor: str) -> str:
    return f"{data['by']} took it on at the source ({data['via']})"


def _message(data: Data) -> str:
    return f"{data['kind'].replace('_', ' ')} to {data['person']} by {data['notifier']}"


@about("alert.silenced")
def _silenced(data: Data, _actor: str) -> str:
    return _sentence(hiding.silenced(data))


@about("alert.unsilenced")
def _unsilenced(_data: Data, _actor: str) -> str:
    return "No longer silenced: it is told about after the wait of its group"


@about("alert.in_maintenance")
def _in_maintenance(data: Data, _actor: str) -> str:
    return _sentence(hiding.in_maintenance(data))


@about("alert.out_of_maintenance")
def _out_of_maintenance(_data: Data, _actor: str) -> str:
    return "No longer in maintenance: it is told about when nothing else hides it"


@about("alert.inhibited")
def _inhibited(data: Data, _actor: str) -> str:
    return _sentence(hiding.inhibited(data))


@about("alert.uninhibited")
def _uninhibited(_data: Data, _actor: str) -> str:
    return "No longer inhibited: it is told about after the wait of its group"


@about("alert.held")
def _held(data: Data, _actor: str) -> str:
    return _sentence(hiding.held(data))


@about("alert.released")
def _released(_data: Data, _actor: str) -> str:
    return "No longer held: it is told about after the wait of its group"


@about("group.muted")
def _muted(data: Data, _actor: str) -> str:
    return f"Nobody is told: its route is {hiding.muted(data)}; what still fires then is told at once"


@about("group.unmuted")
def _unmuted(_data: Data, _actor: str) -> str:
    return "Its route is no longer muted: what still fires is told"


@about("group.quiet")
def _quiet(data: Data, _actor: str) -> str:
    return f"Nobody was paged: {data['why']}"


@about("interruption.recorded")
def _interrupted(data: Data, _actor: str) -> str:
    return _sentence(data["text"])


@about("interruption.withdrawn")
def _not_interrupted(data: Data, _actor: str) -> str:
    return _sentence(data["text"])


@about("delivery.held")
def _message_held(data: Data, _actor: str) -> str:
    return f"{_message(data)} waits until {at(data['until'])}: {data['why']}"


@about("delivery.dropped")
def _dropped(data: Data, _actor: str) -> str:
    return f"{_message(data)} was not sent: it was over before the end of its wait ({data['held']})"


@about("delivery.receipt")
def _receipt(data: Data, _actor: str) -> str:
    detail = f" ({data['detail']})" if data["detail"] else ""
    return f"{_message(data)} was {data['outcome']}, says its vendor{detail}"


@about("delivery.fallback")
def _fallback(data: Data, _actor: str) -> str:
    return f"{_message(data)} is in trouble ({data['error']}): the next contact method is used now, this one tried on"


@about("delivery.sent")
def _sent(data: Data, _actor: str) -> str:
    arrived = " and confirmed" if data.get("delivered") else ""
    again = f" at attempt {data['attempt']}" if data["attempt"] > 1 else ""
    with_others = f" in one message with {data['of'] - 1} others" if "bundle" in data else ""
    return f"{_message(data)} was sent{with_others}{arrived}{again}"


@about("delivery.retrying")
def _retrying(data: Data, _actor: str) -> str:
    return f"{_message(data)} did not go out (attempt {data['attempt']}): {data['error']}; tried again"


@about("delivery.failed")
def _failed(data: Data, _actor: str) -> str:
    return f"{_message(data)} failed for good: {data['error']}"


@about("incident.alert_linked")
def _linked(data: Data, actor: str) -> str:
    return f"{actor} linked it to INC-{data['incident_id']}"


@about("incident.alert_unlinked")
def _unlinked(data: Data, actor: str) -> str:
    return f"{actor} took it off INC-{data['incident_id']}"


@about("alert.report_linked")
def _report_linked(data: Data, actor: str) -> str:
    return f"{actor} linked {data['report']} to it, which a customer reported: {data['subject']}"


@about("alert.report_unlinked")
def _report_unlinked(data: Data, actor: str) -> str:
    return f"{actor} took {data['report']} off it"


def sentence(event: Event) -> str:
    """What `event` means for an alert, in one sentence."""
    function = SENTENCES.get(event.kind)
    return function(event.data, event.actor) if function else event.kind.replace(".", " ").replace("_", " ")


def known_kinds() -> frozenset[str]:
    """The kinds of event that have a sentence of their own."""
    return frozenset(SENTENCES)


def step(event: Event) -> TraceStep:
    """One step of the trace."""
    return TraceStep(seq=event.seq, at=event.at, kind=event.kind, text=sentence(event), data=event.data)


def verdict(events: Sequence[Event], firing: bool) -> str:
    """What the present episode, the last one, came to in one sentence; earlier episodes stand in the steps only."""
    by_kind: dict[str, list[Event]] = {}
    for event in _episode(events):
        by_kind.setdefault(event.kind, []).append(event)
    sent = [e for e in by_kind.get("delivery.sent", ()) if e.data.get("kind") == "page"]
    if not by_kind.get("page.started"):
        return _why_not(by_kind, firing)
    people = list(dict.fromkeys(str(e.data["person"]) for e in sent))
    went = f"{_who(people, by_kind)}{_how_it_ended(by_kind)}."
    if hidden := _left_out(by_kind):
        return f"Nobody was told of it: {hidden}. Of others in its group: {went}"
    return went


def _episode(events: Sequence[Event]) -> Sequence[Event]:
    """The events since the alert last began to fire, and those of pages that were open in its groups by then."""
    began = next((event for event in reversed(events) if event.kind == "alert.fired"), None)
    if began is None:
        return events
    taken = [began, *(event for event in events if event.kind == "alert.moved" and event.seq > began.seq)]
    routes: list[Any] = [event.data.get("routes", ()) for event in taken]
    groups = {route["group"] for some in routes for route in some if "group" in route}
    over = {event.subject for event in events if event.kind == "page.resolved" and event.seq < began.seq}
    joined = {
        event.subject
        for event in events
        if event.kind == "page.started" and event.data["group_id"] in groups and event.subject not in over
    }
    return [event for event in events if event.seq >= began.seq or event.subject in joined]


def _who(people: Sequence[str], by_kind: Mapping[str, Sequence[Event]]) -> str:
    if people:
        return f"{names(people)} {'was' if len(people) == 1 else 'were'} paged"
    if by_kind.get("delivery.failed"):
        return "A page was opened, but no message has got through"
    steps = by_kind.get("page.step", ())
    if not steps and (waits := by_kind.get("page.waiting")):
        return f"A page was opened and waits until {at(waits[-1].data['until'])} ({waits[-1].data['why']})"
    reached = any(event.data["by"] for event in steps)
    return "A page was opened and is being sent" if reached else "A page was opened, but its policy reaches nobody"


# After these an acknowledgement holds no longer.
_FREE = (
    "page.handed_back",
    "page.ack_lapsed",
    "page.restarted",
    "page.reassigned",
    "page.snoozed",
)


def _how_it_ended(by_kind: Mapping[str, Sequence[Event]]) -> str:
    by_kind = _of_open_pages(by_kind)
    freed = [event for kind in _FREE for event in by_kind.get(kind, ())]
    taken = by_kind.get("page.acknowledged", ())
    if taken and all(event.seq < taken[-1].seq for event in freed):
        over = by_kind.get("page.taken_over", ())
        later = f", {over[-1].actor} took over" if over and over[-1].seq > taken[-1].seq else ""
        return f"; {taken[-1].actor} acknowledged by {taken[-1].data['via']}{later}"
    if ended := by_kind.get("page.resolved"):
        by = ended[-1].actor
        return "; it ended before anybody acknowledged" if by == "system" else f"; {by} resolved the page"
    exhausted, restarted = (by_kind.get(kind, ()) for kind in ("page.exhausted", "page.restarted"))
    if exhausted and (not restarted or restarted[-1].seq < exhausted[-1].seq):
        return "; nobody has acknowledged and the policy is exhausted"
    return _how_far(by_kind)


def _how_far(by_kind: Mapping[str, Sequence[Event]]) -> str:
    """What became of a page that nobody has."""
    freed = max((event.seq for kind in _FREE for event in by_kind.get(kind, ())), default=0)
    snoozed, counted = (by_kind.get(kind, ()) for kind in ("page.snoozed", "page.ack_counted"))
    if snoozed and snoozed[-1].seq == freed and not _woke(by_kind, snoozed[-1]):
        return f"; {snoozed[-1].actor} put it off until {at(snoozed[-1].data['until'])}"
    if counted and counted[-1].seq > freed:
        data: Data = counted[-1].data
        return f"; {len(data['acks'])} of {data['needed']} have acknowledged"
    return "; nobody has acknowledged yet"


def _woke(by_kind: Mapping[str, Sequence[Event]], snoozed: Event) -> bool:
    """Whether a step was taken since a page was put off."""
    return any(event.seq > snoozed.seq for event in by_kind.get("page.step", ()))


def _of_open_pages(by_kind: Mapping[str, Sequence[Event]]) -> Mapping[str, Sequence[Event]]:
    """The events of the pages that are not over, where there are such: what became of the others is past."""
    over = {event.subject for event in by_kind.get("page.resolved", ())}
    still = {event.subject for event in by_kind.get("page.started", ())} - over
    if not still:
        return by_kind
    return {kind: [event for event in some if event.subject in still] for kind, some in by_kind.items()}


def _why_not(by_kind: Mapping[str, Sequence[Event]], firing: bool) -> str:
    if hidden := _hidden(by_kind):
        return f"Nobody was paged: {hidden}."
    if quiet := by_kind.get("group.quiet"):
        return f"Nobody was paged: {quiet[-1].data['why']}."
    resolved = by_kind.get("alert.resolved", ())
    if resolved and "unrouted" in resolved[-1].data:
        return f"Nobody was paged: {resolved[-1].data['unrouted']}."
    fired = by_kind.get("alert.fired", ())
    routes: Any = fired[-1].data.get("routes", ()) if fired else ()
    if routes and all("not_paged" in one for one in routes):
        return "Nobody was paged: its route pages nobody."
    if routes and firing:
        return "Nobody was paged yet: its group waits to see what else fires."
    if firing:
        return "Nobody was paged yet: it waits for routing."
    return "Nobody was paged: it ended while its group waited."


def _hidden(by_kind: Mapping[str, Sequence[Event]]) -> str:
    """What hid the alert last, or muted its route; "" when nothing does by now."""
    return " and ".join(words for _, words in _hides(by_kind))


def _left_out(by_kind: Mapping[str, Sequence[Event]]) -> str:
    """What has hidden the alert itself since before its group was paged; "" when it stood in that page."""
    began = by_kind["page.started"][0].seq
    hides = [words for event, words in _hides(by_kind) if event.kind.startswith("alert.") and event.seq < began]
    return " and ".join(hides)


def _hides(by_kind: Mapping[str, Sequence[Event]]) -> Iterator[tuple[Event, str]]:
    """What hides the alert still, each with its words."""
    for on, (off, words) in hiding.HIDES.items():
        hidden, shown = by_kind.get(on, ()), by_kind.get(off, ())
        if hidden and (not shown or shown[-1].seq < hidden[-1].seq):
            yield hidden[-1], words(hidden[-1].data)
