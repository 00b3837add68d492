"""Whom an event of a calendar means, and how its events become the shifts of a layer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from incidentd.domain.people import Person, Shift

_MOST = 200  # characters of a text that are looked at


class Names:
    """The texts that stand for people: handles, names, mail addresses of contacts, and what the roster adds."""

    def __init__(self, people: Mapping[str, Person], more: Mapping[str, str]) -> None:
        self._known: dict[str, str] = {}
        for handle, person in people.items():
            for text in (handle, person.name, *(one.address for one in person.contacts if "@" in one.address)):
                self._known.setdefault(_plain(text), handle)
        self._known |= {_plain(text): handle for text, handle in more.items()}
        self._known.pop("", None)
        self._words = {text: re.compile(rf"(?<![\w.@-]){re.escape(text)}(?![\w@-])") for text in self._known}

    def of(self, summary: str, attendees: Iterable[str]) -> str:
        """Whom an event means, "" for nobody: its summary as a whole, one attendee, or one name in the summary."""
        text = _plain(summary)
        if whole := self._known.get(text):
            return whole
        invited = {handle for one in attendees if (handle := self._known.get(_plain(one)))}
        if len(invited) == 1:
            return invited.pop()
        named = {self._known[word] for word, pattern in self._words.items() if pattern.search(text)}
        return named.pop() if len(named) == 1 else ""


def _plain(text: str) -> str:
    return " ".join(text[:_MOST].casefold().removeprefix("mailto:").split())


def without_overlaps(shifts: Iterable[Shift]) -> list[Shift]:
    """Of shifts that overlap the one that begins later counts, as in layers; the former goes on after it."""
    found: list[Shift] = []
    for shift in sorted(shifts, key=lambda one: (one.starts_at, one.ends_at, one.person)):
        before: list[Shift] = []
        after: list[Shift] = []
        while found and found[-1].ends_at > shift.starts_at:
            under = found.pop()
            if under.starts_at < shift.starts_at:
                before.insert(0, under.cut(under.starts_at, shift.starts_at))
            if under.ends_at > shift.ends_at:
                after.insert(0, under.cut(max(under.starts_at, shift.ends_at), under.ends_at))
        found += [*before, shift, *after]
    return found


def problem(schedule: str, layer: str, read_at: datetime | None, why: str) -> str:
    """A calendar that could not be read, as a sentence with what holds meanwhile."""
    if read_at is None:
        held = "it was never read, so that its layer is empty"
    else:
        held = f"what it said at {read_at:%Y-%m-%d %H:%M} UTC holds on"
    return f"the calendar of layer {layer} of schedule {schedule} cannot be read: {why}; {held}"
