"""Drills: what is a drill, who is written to instead of whom, and what a drill and the real world hide from each other.

A drill's alerts come from a source of its own, "drill:7", which no configured source can be called; everything that
follows from them is known by it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

import msgspec

from incidentd.domain.escalation import Contact, Reach
from incidentd.domain.matchers import Matcher, matches_all
from incidentd.domain.people import Roster

LABEL = "drill"
"""The label that a drill's alerts carry, "D-7": other tools show labels, and routes may ask for it."""
MARK = "DRILL "
NOTICE = "This is a drill: nothing is wrong. Act as if it were."
LONGEST_PAUSE = timedelta(hours=4)
"""A drill that waits longer for its people ends."""
_SOURCE = "drill:"


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happens `after` seconds since the step before. `kind` is fire, resolve, or that of a note."""

    after: float
    kind: str
    text: str
    key: str = ""
    labels: Mapping[str, str] = {}


def name(drill_id: int | None) -> str:
    """What people call a drill, "" for none."""
    return "" if drill_id is None else f"D-{drill_id}"


def labels(drill_id: int | None) -> Mapping[str, str]:
    """What the labels of a message about a drill say, nothing for a real one."""
    return {} if drill_id is None else {LABEL: name(drill_id)}


def source(drill_id: int) -> str:
    """The source of a drill's alerts."""
    return f"{_SOURCE}{drill_id}"


def of_source(text: str) -> int | None:
    """The drill whose source, or whose group's key, this is; None for a real one."""
    number = text.removeprefix(_SOURCE).partition("|")[0]
    return int(number) if text.startswith(_SOURCE) and number.isdecimal() else None


def realm(alert_source: str) -> str:
    """Alerts of different realms know nothing of each other: "" is the real world, each drill is one of its own."""
    return alert_source if of_source(alert_source) is not None else ""


def group_key(alert_source: str, key: str) -> str:
    """The key of a group within its realm."""
    of = realm(alert_source)
    return f"{of}|{key}" if of else key


def marked(text: str) -> str:
    """`text` beginning with the mark, once."""
    return text if text.startswith(MARK) else MARK + text


def silences_it(matchers: Sequence[Matcher], labels: Mapping[str, str]) -> bool:
    """Whether a silence is meant for a drill's alert: it would not hide the same alert in the real world."""
    real = {label: value for label, value in labels.items() if label != LABEL}
    return not matches_all(matchers, real)


def redirected(reached: Reach, roster: Roster, people: Sequence[str], step: int, urgency: str) -> Reach:
    """Whom a step writes to in a drill: who takes part stays, everybody else is stood in for by one who does."""
    chosen: dict[str, str] = {}
    for number, handle in enumerate(reached.people):
        stand_in = people[(step - 1 + number) % len(people)]
        chosen.setdefault(handle if handle in people else stand_in, handle)
    whys = {contact.person.handle: contact.reason for contact in reached.contacts}
    contacts, gaps = [], list(reached.gaps)
    for handle, instead_of in chosen.items():
        person = roster.people.get(handle)
        if person is None or not person.contacts_for(urgency):
            gaps.append(f"{handle} takes part and cannot be reached")
            continue
        instead = "" if handle == instead_of else f"stands in for {instead_of}, "
        reason = f"drill: {instead}{whys[instead_of]}"
        contacts += [Contact(person, method, reason) for method in person.contacts_for(urgency)]
    told = tuple(dict.fromkeys(contact.person.handle for contact in contacts))
    return Reach(tuple(contacts), told, tuple(gaps), reached.until)
