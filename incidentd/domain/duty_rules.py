"""Which changes of the day can be, judged against the final schedule at the time."""

from __future__ import annotations

from datetime import datetime, timedelta

from incidentd.domain.duty_changes import Absence, Changes, Override, Swap
from incidentd.domain.final_schedule import final_schedule
from incidentd.domain.people import Roster, Schedule
from incidentd.domain.wall_clock import wall

LONGEST = timedelta(days=366)


class BadChange(ValueError):
    """Such a change cannot be; `field` names the part that is wrong, `remedy` what can be done."""

    def __init__(self, message: str, field: str, remedy: str = "") -> None:
        super().__init__(message)
        self.field = field
        self.remedy = remedy


def check_override(roster: Roster, changes: Changes, override: Override, now: datetime) -> None:
    """Raise `BadChange` unless `override` can be set at `now`; `changes` are the others that touch its time."""
    named_schedule(roster, override.schedule)
    named_person(roster, override.person, "person")
    check_span(override.starts_at, override.ends_at, now, "ends_at")
    for one in changes.absences_of().get(override.person, ()):
        if one.starts_at < override.ends_at and override.starts_at < one.ends_at:
            raise BadChange(
                f"{override.person} is absent from {_words(one.starts_at)} until {_words(one.ends_at)}",
                "person",
                f"take somebody else, or end the absence first: incidentctl schedule absence end {one.id}",
            )


def check_absence(roster: Roster, absence: Absence, now: datetime) -> None:
    """Raise `BadChange` unless `absence` can be set at `now`."""
    named_person(roster, absence.person, "person")
    if absence.stand_in:
        named_person(roster, absence.stand_in, "stand_in")
    if absence.stand_in == absence.person:
        raise BadChange("nobody stands in for themselves", "stand_in", "name somebody else, or nobody")
    check_span(absence.starts_at, absence.ends_at, now, "ends_at")


def check_swap(roster: Roster, changes: Changes, swap: Swap, now: datetime) -> None:
    """Raise `BadChange` unless both sides hold what they give at `now`, and hours are conserved.

    The sides are as long as each other on the clocks of the schedule's zone, so that a week with a change of the
    clocks can be swapped for one without.
    """
    schedule = named_schedule(roster, swap.schedule)
    named_person(roster, swap.person, "person")
    named_person(roster, swap.other, "other")
    if swap.person == swap.other:
        raise BadChange("a swap has two sides", "other", "name somebody else")
    for begin, end, field in (
        (swap.starts_at, swap.ends_at, "starts_at"),
        (swap.other_starts_at, swap.other_ends_at, "other_starts_at"),
    ):
        check_span(begin, end, now, field.replace("starts", "ends"))
        if begin < now:
            raise BadChange("has begun already: what was carried cannot be swapped", field, "swap what lies ahead")
    if swap.starts_at < swap.other_ends_at and swap.other_starts_at < swap.ends_at:
        raise BadChange("the two sides overlap", "other_starts_at", "give and take different times")
    lengths = [_length(schedule, swap.starts_at, swap.ends_at)]
    lengths.append(_length(schedule, swap.other_starts_at, swap.other_ends_at))
    if lengths[0] != lengths[1]:
        raise BadChange(
            f"a swap conserves hours, and the sides are {lengths[0]} and {lengths[1]}",
            "other_ends_at",
            "make them equal, or set an override for what is given without a return",
        )
    check_held(schedule, changes, swap.person, swap.starts_at, swap.ends_at, "starts_at")
    check_held(schedule, changes, swap.other, swap.other_starts_at, swap.other_ends_at, "other_starts_at")


def check_held(schedule: Schedule, changes: Changes, person: str, begin: datetime, end: datetime, field: str) -> None:
    """Raise `BadChange` unless `person` carries the pager for the whole time."""
    at = begin
    for shift in final_schedule(schedule, changes, begin, end):
        if shift.person != person or shift.starts_at != at:
            break
        at = shift.ends_at
    if at != end:
        raise BadChange(
            f"{person} does not carry the pager of {schedule.name} from {_words(at)} on",
            field,
            f"incidentctl schedule show {schedule.name} says who does",
        )


def _length(schedule: Schedule, begin: datetime, end: datetime) -> timedelta:
    return wall(end, schedule.zone) - wall(begin, schedule.zone)


def named_schedule(roster: Roster, name: str) -> Schedule:
    """The schedule of that name. Raises `BadChange`."""
    if name not in roster.schedules:
        raise BadChange(f"there is no schedule {name!r}", "schedule", "incidentctl oncall lists them")
    return roster.schedules[name]


def named_person(roster: Roster, handle: str, field: str) -> None:
    """Raise `BadChange` unless the roster knows the person."""
    if handle not in roster.people:
        raise BadChange(f"there is no person {handle!r}", field, "incidentctl people lists them")


def check_span(begin: datetime, end: datetime, now: datetime, field: str) -> None:
    """Raise `BadChange` unless the time is one, not all of it in the past, and not endless."""
    if end <= begin:
        raise BadChange("the end is not after the beginning", field, "exchange the two")
    if end <= now:
        raise BadChange("the end lies in the past", field, "write a later time")
    if end - begin > LONGEST:
        raise BadChange(f"lasts longer than {LONGEST.days} days", field, "change the roster for good instead")


def _words(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
