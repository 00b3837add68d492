"""Shifts as an iCalendar document (RFC 5545), by the `icalendar` library.

Instants are written in UTC, so that a reader needs no time zone of ours and no change of the clocks moves anything.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from incidentd.domain.people import Shift

if TYPE_CHECKING:
    from icalendar import Event

PRODUCT = "-//incidentd//on-call//EN"
Named = tuple[str, Shift]
"""A schedule's name, and a shift of it."""


def calendar(
    title: str, shifts: Iterable[Named], stamp: datetime, instance: str, others: Iterable[Event] = ()
) -> bytes:
    """A calendar with an event for each shift that somebody has, and `others`. `instance` makes its ids its own."""
    from icalendar import Calendar, Event  # its import takes longer than a start may

    document = Calendar()
    document.add("prodid", PRODUCT)
    document.add("version", "2.0")
    document.add("x-wr-calname", title)
    for name, shift in shifts:
        if not shift.person:
            continue
        event = Event()
        event.add("uid", _uid(name, shift, instance))
        event.add("dtstamp", stamp)
        event.add("dtstart", shift.starts_at)
        event.add("dtend", shift.ends_at)
        event.add("summary", f"{shift.person}: on call for {name}")
        if shift.instead_of:
            event.add("description", f"instead of {shift.instead_of}")
        event.add("transp", "TRANSPARENT")  # carrying a pager does not make a person busy
        document.add_component(event)
    for other in others:
        document.add_component(other)
    return bytes(document.to_ical())


def _uid(name: str, shift: Shift, instance: str) -> str:
    """The same for the same shift at every fetch, so that a reader changes its event and adds none."""
    text = f"{name}\n{shift.person}\n{shift.starts_at.isoformat()}"
    return f"{hashlib.sha256(text.encode()).hexdigest()[:32]}@{instance}"
