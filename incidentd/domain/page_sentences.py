"""What the decision trace says of pages: one small function for each kind of event."""

from __future__ import annotations

from incidentd.domain import hiding
from incidentd.domain.sentences import Data, about, at, names


@about("page.started")
def _started(data: Data, actor: str) -> str:
    by = "" if actor == "system" else f" by {actor}"
    why = f" ({data['policy_why']})" if data.get("policy_why") else ""
    whom = f"policy {data['policy']}" if data["policy"] else f"straight to {data['person']}"
    return f"A page was opened{by}: {whom}{why}"


@about("page.step")
def _step(data: Data, _actor: str) -> str:
    ways = ", ".join(
        f"{one['person']} by {one['notifier']}{' (a copy)' if one.get('copy') else ''}" for one in data["by"]
    )
    head = f"Step {data['step']} of {data['of']}, round {data['round']} of policy {data['policy']}"
    why = f" ({data['why']})" if data.get("why") else ""
    gaps = "; ".join(data["gaps"])
    if not ways:
        return f"{head}{why}: reaches nobody{': ' if gaps else ''}{gaps}"
    turns = "".join(f"; it is {one['person']}'s turn in team {one['team']}" for one in data.get("turns", ()))
    return f"{head}{why}: paging {ways}{turns}{'; but ' if gaps else ''}{gaps}"


@about("page.acknowledged")
def _acknowledged(data: Data, actor: str) -> str:
    note = f": {data['note']}" if data.get("note") else ""
    until = f" until {hiding.at(data['until'])}" if data.get("until") else ""
    return f"{actor} acknowledged by {data['via']}{note}; the escalation stops{until}"


@about("page.declared")
def _declared(data: Data, actor: str) -> str:
    return f"{actor} declared INC-{data['incident']} by {data['via']}"


@about("page.ack_counted")
def _ack_counted(data: Data, actor: str) -> str:
    note = f": {data['note']}" if data.get("note") else ""
    still = f"; still asked: {names(data['missing'])}" if data["missing"] else ""
    return f"{actor} acknowledged by {data['via']}{note}, {len(data['acks'])} of {data['needed']}{still}"


@about("page.taken_over")
def _taken_over(data: Data, actor: str) -> str:
    note = f": {data['note']}" if data.get("note") else ""
    until = f" until {hiding.at(data['until'])}" if data.get("until") else ""
    return f"{actor} took it over from {data['from']}{until}{note}"


@about("page.reassigned")
def _reassigned(data: Data, actor: str) -> str:
    note = f": {data['note']}" if data.get("note") else ""
    had = f" took it from {data['from']} and" if data["from"] and data["from"] != actor else ""
    return f"{actor}{had} gave it to {data['to']}{note}; the escalation begins again there"


@about("page.snoozed")
def _snoozed(data: Data, actor: str) -> str:
    note = f": {data['note']}" if data.get("note") else ""
    return f"{actor} put it off until {hiding.at(data['until'])}{note}; then its step is taken again"


@about("page.snooze_over")
def _snooze_over(data: Data, _actor: str) -> str:
    return f"The time that {data['by']} put it off for is over: the escalation goes on"


@about("page.ack_changed")
def _ack_changed(data: Data, actor: str) -> str:
    return f"The acknowledgement of {actor} holds {'until ' + hiding.at(data['until']) if data['until'] else 'on'}"


@about("page.ack_lapsed")
def _ack_lapsed(data: Data, _actor: str) -> str:
    return f"The acknowledgement of {data['by']} has run out, and it still fires: the escalation goes on"


@about("page.paused")
def _paused(data: Data, _actor: str) -> str:
    return f"The escalation waits: its route is {hiding.muted(data)}"


@about("page.handed_back")
def _handed_back(data: Data, actor: str) -> str:
    note = f": {data['note']}" if data.get("note") else ""
    goes_on = "the escalation goes on where it stood" if data["next_at"] else "its policy was exhausted already"
    return f"{actor} handed it back{note}; {goes_on}"


@about("page.exhausted")
def _exhausted(data: Data, _actor: str) -> str:
    return f"Policy {data['policy']} is exhausted after {data['rounds']} rounds: nobody acknowledged"


@about("page.restarted")
def _restarted(data: Data, _actor: str) -> str:
    return f"The page starts again: {data['why']}"


@about("page.resolved")
def _page_resolved(data: Data, _actor: str) -> str:
    return f"The page is over: {data['why']}"


@about("page.updated")
def _updated(data: Data, _actor: str) -> str:
    said = f"{data['new']} more alerts joined" if data["new"] else "it still fires"
    return f"People who know were written to again ({data['people']}): {said}"


@about("page.waiting")
def _waiting(data: Data, _actor: str) -> str:
    return (
        f"It can wait: step {data['step']} ({names(data['people'])}) is held until {at(data['until'])}: {data['why']}"
    )


@about("page.told_later")
def _told_later(data: Data, _actor: str) -> str:
    return f"It ended while it waited: {names(data['people'])} will read so in one message at {at(data['until'])}"


@about("page.last_resort")
def _last_resort(data: Data, _actor: str) -> str:
    told = f"the last resort is written to by {', '.join(data['by'])}" if data["by"] else "no last resort is configured"
    return f"{data['why'][0].upper()}{data['why'][1:]}: {told}"


@about("page.told_from_memory")
def _told_from_memory(data: Data, _actor: str) -> str:
    head = f"While nothing could be stored: to {data['person']} by {data['notifier']} at {at(data['at'])}"
    return f"{head}, which failed: {data['error']}" if data["error"] else head


@about("chat.failed")
def _chat_failed(data: Data, _actor: str) -> str:
    return f"The chat ({data['notifier']}) could not be told: {data['error']}"
