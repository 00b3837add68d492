"""Reading an iCalendar document (RFC 5545) into shifts, by the libraries `icalendar` and `recurring-ical-events`.

What comes from outside is bounded: its size by whoever fetches it, its events and their occurrences here. Rules that
recur more often than daily are no turns of duty and are refused.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any

import msgspec

from incidentd.domain.display import safe_line
from incidentd.domain.imported_calendars import Names, without_overlaps
from incidentd.domain.people import Shift
from incidentd.domain.wall_clock import instant

MOST_EVENTS = 2_000
MOST_RECURRING = 200
MOST_OCCURRENCES = 10_000
_MONTH = timedelta(days=31)
_FREQUENCIES = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}
_FINE = ("BYHOUR", "BYMINUTE", "BYSECOND")
_SHOWN = 5  # texts of events that name nobody


class BadCalendar(ValueError):
    """The document cannot be read, or is too much; the message says what, and what to do."""


class Expanded(msgspec.Struct, frozen=True):
    """The shifts of a calendar in order, free of overlaps, and texts of events that name nobody."""

    shifts: tuple[Shift, ...]
    unknown: tuple[str, ...]


def expand(text: str, names: Names, zone: str, start: datetime, end: datetime) -> Expanded:
    """The shifts from `start` until `end`. Days and times without a zone are those of `zone`. Raises `BadCalendar`."""
    try:
        events = _occurrences(text, zone, start, end)
    except BadCalendar:
        raise
    except Exception as error:  # whatever the libraries make of what somebody else wrote
        raise BadCalendar(f"it is no calendar: {safe_line(str(error), 200) or type(error).__name__}") from error
    if len(events) > MOST_OCCURRENCES:
        raise BadCalendar(f"it has more than {MOST_OCCURRENCES} occurrences: leave out what is no duty")
    shifts: list[Shift] = []
    unknown: dict[str, None] = {}
    for event in events:
        begin, until = _times(event, zone)
        summary = str(event.get("SUMMARY", ""))
        person = names.of(summary, _attendees(event))
        if not person:
            unknown.setdefault(safe_line(summary, 80))
        elif begin < until:
            shifts.append(Shift(person=person, starts_at=begin, ends_at=until))
    return Expanded(tuple(without_overlaps(shifts)), tuple(islice(unknown, _SHOWN)))


def _occurrences(text: str, zone: str, start: datetime, end: datetime) -> list[Any]:
    import recurring_ical_events  # type: ignore[import-untyped]  # these imports take longer than a start may
    from icalendar import Calendar

    document = Calendar.from_ical(text)
    if document.name != "VCALENDAR":
        raise BadCalendar("it is no calendar: it has no VCALENDAR")
    events = document.walk("VEVENT")
    if len(events) > MOST_EVENTS:
        raise BadCalendar(f"it has more than {MOST_EVENTS} events: leave out what is past, or no duty")
    if sum("RRULE" in event for event in events) > MOST_RECURRING:
        raise BadCalendar(f"it has more than {MOST_RECURRING} events that recur: leave out what is no duty")
    for event in events:
        _check_rules(event)
    query, found = recurring_ical_events.of(document, skip_bad_series=True), dict[tuple[str, datetime], Any]()
    while start < end and len(found) <= MOST_OCCURRENCES:  # a month at a time, so that too much is seen in time
        for event in query.between(start, min(start + _MONTH, end)):
            if str(event.get("STATUS", "")).upper() != "CANCELLED":
                found.setdefault((str(event.get("UID", "")), _instant(event["DTSTART"].dt, zone)), event)
        start += _MONTH
    return list(found.values())


def _check_rules(event: Any) -> None:
    rules = event.get("RRULE", [])
    for rule in rules if isinstance(rules, list) else [rules]:
        often = {str(one).upper() for one in rule.get("FREQ", [])} - _FREQUENCIES
        if often or any(rule.get(part) for part in _FINE):
            what = safe_line(str(event.get("SUMMARY", "")), 80)
            raise BadCalendar(f'"{what}" recurs more often than daily: write turns that are daily or rarer')


def _times(event: Any, zone: str) -> tuple[datetime, datetime]:
    begin = event["DTSTART"].dt
    if "DTEND" in event:
        end = event["DTEND"].dt
    elif "DURATION" in event:
        end = begin + event["DURATION"].dt
    else:
        end = begin if isinstance(begin, datetime) else begin + timedelta(days=1)
    return _instant(begin, zone), _instant(end, zone)


def _instant(value: date, zone: str) -> datetime:
    if not isinstance(value, datetime):
        return instant(datetime.combine(value, time()), zone)
    return instant(value, zone) if value.tzinfo is None else value.astimezone(UTC)


def _attendees(event: Any) -> list[str]:
    found = event.get("ATTENDEE", [])
    people = found if isinstance(found, list) else [found]
    return [text for one in people for text in (str(one), str(getattr(one, "params", {}).get("CN", ""))) if text]
