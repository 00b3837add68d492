"""Public holidays of people's regions and of business calendars, by the `holidays` library."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from incidentd.domain.business_time import BusinessCalendar
from incidentd.domain.people import Person

_LONGEST_PROMISE = timedelta(days=400)  # what `business_time.LONGEST` days take where one day a week is open


def public_holidays(people: Mapping[str, Person], start: datetime, end: datetime) -> dict[str, dict[date, str]]:
    """The holidays from a day before `start` until a day after `end`, of each person who has a region."""
    regions = {person.holidays for person in people.values() if person.holidays}
    first, last = (start - timedelta(days=1)).date(), (end + timedelta(days=1)).date()
    days = {region: _of_region(region, first, last) for region in regions}
    return {handle: days[person.holidays] for handle, person in people.items() if person.holidays}


def holidays_of(
    calendar: BusinessCalendar, since: datetime, *, before: timedelta = timedelta(days=2)
) -> frozenset[date]:
    """The holidays that a promise made at `since` can meet, and those of the time `before`."""
    if not calendar.holidays:
        return frozenset()
    return frozenset(_of_region(calendar.holidays, (since - before).date(), (since + _LONGEST_PROMISE).date()))


def _of_region(region: str, first: date, last: date) -> dict[date, str]:
    from holidays import country_holidays  # its import takes longer than a start may

    country, _, part = region.partition("-")
    found = country_holidays(country, subdiv=part or None, years=range(first.year, last.year + 1))
    return {day: name for day, name in found.items() if first <= day <= last}
