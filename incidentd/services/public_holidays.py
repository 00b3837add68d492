"""Public holidays of people's regions, by the `holidays` library."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from incidentd.domain.people import Person


def public_holidays(people: Mapping[str, Person], start: datetime, end: datetime) -> dict[str, dict[date, str]]:
    """The holidays from a day before `start` until a day after `end`, of each person who has a region."""
    regions = {person.holidays for person in people.values() if person.holidays}
    if not regions:
        return {}
    from holidays import country_holidays  # its import takes longer than a start may

    first, last = (start - timedelta(days=1)).date(), (end + timedelta(days=1)).date()
    years = range(first.year, last.year + 1)
    days: dict[str, dict[date, str]] = {}
    for region in regions:
        country, _, part = region.partition("-")
        found = country_holidays(country, subdiv=part or None, years=years)
        days[region] = {day: name for day, name in found.items() if first <= day <= last}
    return {handle: days[person.holidays] for handle, person in people.items() if person.holidays}
