"""What an update may begin with, and what a reader of it would miss: suggestions, never in the way of sending it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import timedelta

from incidentd.domain.broadcast import CUSTOMERS
from incidentd.domain.incidents import Incident
from incidentd.domain.updates import Phase, says_nothing_new
from incidentd.wire import TimelineEntry, Update

_TELLS = frozenset({"decision", "action", "observation", "status", "severity", "impact", "attempt"})
"""The kinds of entry that colleagues want to hear of."""
INTERNAL = "internal"
"""The audience that an update has when nothing else is said: whoever reads the room."""
_MOST = 8
_LONGEST = 200
_OUTSIDE: Mapping[Phase, str] = {
    Phase.INVESTIGATING: "We are looking into a problem with {service}.",
    Phase.IDENTIFIED: "We know what goes wrong with {service} and are working on it.",
    Phase.MONITORING: "{service} should work again; we are watching it before we call it over.",
    Phase.RESOLVED: "The problem with {service} is over.",
}


def last_to(updates: Sequence[Update], audience: str) -> Update | None:
    """The newest update that an audience was sent."""
    return next((one for one in reversed(updates) if one.audience == audience), None)


def draft(
    incident: Incident, updates: Sequence[Update], entries: Sequence[TimelineEntry], phase: Phase, audience: str
) -> str:
    """A text to begin with. Customers get nothing of the inside: no title, no names, no entries of the timeline."""
    if audience == CUSTOMERS:
        service = incident.service or "our service"
        sentence = _OUTSIDE[phase].format(service=service)
        return sentence[:1].upper() + sentence[1:]
    last = last_to(updates, audience)
    since = last.at if last is not None else None
    head = f"{incident.severity} {incident.status}: {incident.title}."
    told = [one for one in entries if one.kind in _TELLS and (since is None or one.recorded_at > since)]
    lines = [f"- {one.observed_at:%H:%M} {_line(one)}" for one in told[-_MOST:]]
    if since is not None and not lines:
        return head
    news = f"Since the update of {since:%H:%M} UTC:" if since is not None else incident.summary.strip()
    return "\n".join(part for part in (head, news, *lines) if part)


def _line(entry: TimelineEntry) -> str:
    text = " ".join(entry.text.split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def warnings(
    update: Update,
    before: Sequence[Update],
    *,
    people: Mapping[str, str],
    cadence: timedelta | None,
    audiences: Collection[str] = (),
) -> tuple[str, ...]:
    """What a reader would miss in `update`, which is not sent yet. `people` are names by handle."""
    return (*_unheard(update, audiences), *_warnings(update, before, people, cadence))


def _unheard(update: Update, audiences: Collection[str]) -> Iterator[str]:
    known = {*audiences, CUSTOMERS, INTERNAL}
    if audiences and update.audience not in known:
        yield f"{update.audience} is no audience, so nobody is written to: {', '.join(sorted(known))}"


def _warnings(
    update: Update, before: Sequence[Update], people: Mapping[str, str], cadence: timedelta | None
) -> Iterator[str]:
    if says_nothing_new([*before, update]) is not None:
        yield "it says nothing new: what was tried since, what is known now, what comes next?"
    last = last_to(before, update.audience)
    phases = [str(phase) for phase in Phase]
    if last is not None and phases.index(update.phase) < phases.index(last.phase):
        yield f"the phase goes back from {last.phase} to {update.phase}: say why"
    if cadence is not None and update.next_at is not None and update.next_at > update.at + cadence:
        yield f"the next word is promised later than the cadence of {round(cadence / timedelta(minutes=1))} min"
    if update.next_at is None and update.phase != Phase.RESOLVED:
        yield "no time for the next word is promised"
    if update.audience == CUSTOMERS and (named := _named(update.text, people)):
        yield f"it names {', '.join(named)}: customers are told of the work, not of the people"


def _named(text: str, people: Mapping[str, str]) -> Collection[str]:
    words = {word.strip("@.-").casefold() for word in re.findall(r"[\w.@-]+", text)}
    lowered = text.casefold()
    return [
        handle
        for handle, name in sorted(people.items())
        if handle.casefold() in words or (" " in name and name.casefold() in lowered)
    ]
