"""What may speak against a meeting: pagers, absences, rest after heavy shifts, project work, public holidays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from incidentd.domain.duty_changes import Changes
from incidentd.domain.final_schedule import final_schedule
from incidentd.domain.meeting_times import Against, Busy, Invitee, Part
from incidentd.domain.modes import Mode
from incidentd.domain.people import Roster
from incidentd.domain.rest import State
from incidentd.domain.wall_clock import wall
from incidentd.services.public_holidays import public_holidays
from incidentd.storage import duty_changes, rests

_LONGEST_REST = timedelta(days=2)


def invitees(roster: Roster, parts: dict[str, Part], start: datetime, end: datetime) -> list[Invitee]:
    """Those of `parts` whom the roster knows, with their public holidays of that time."""
    known = {handle: roster.people[handle] for handle in parts if handle in roster.people}
    days = public_holidays(known, start, end)
    return [
        Invitee(person=person, part=parts[handle], holidays=days.get(handle, {}))
        for handle, person in sorted(known.items())
    ]


def busy(conn: Connection, roster: Roster, people: Sequence[str], start: datetime, end: datetime) -> list[Busy]:
    """What is known of these people from `start` until before `end`."""
    changes = duty_changes.between(conn, start, end)
    found = [*_pagers(roster, changes, start, end), *_absences(roster, changes), *_rests(conn, roster)]
    blocks = duty_changes.mode_blocks_between(conn, start, end)
    found += [
        Busy(person=one.person, starts_at=one.starts_at, ends_at=one.ends_at, against=Against.PROJECT,
             text="is on project work")
        for one in blocks if one.mode is Mode.PROJECT
    ]  # fmt: skip
    return [one for one in found if one.person in people]


def _pagers(roster: Roster, changes: Changes, start: datetime, end: datetime) -> Iterator[Busy]:
    for schedule in roster.schedules.values():
        for shift in final_schedule(schedule, changes, start, end):
            if shift.person:
                text = f"carries the pager of {schedule.name}"
                yield Busy(person=shift.person, starts_at=shift.starts_at, ends_at=shift.ends_at,
                           against=Against.PAGER, text=text)  # fmt: skip


def _absences(roster: Roster, changes: Changes) -> Iterable[Busy]:
    for one in changes.absences:
        person = roster.people.get(one.person)
        until = f"{wall(one.ends_at, person.zone):%a %d %b}" if person else f"{one.ends_at:%a %d %b}"
        yield Busy(person=one.person, starts_at=one.starts_at, ends_at=one.ends_at, against=Against.AWAY,
                   text=f"is away until {until}")  # fmt: skip


def _rests(conn: Connection, roster: Roster) -> Iterator[Busy]:
    """Offers to rest that were not declined; until work begins again."""
    for one in rests.listed(conn, (State.OFFERED, State.TAKEN)):
        person = roster.people.get(one.person)
        if person is not None and one.start_at - one.last_at < _LONGEST_REST:
            text = f"rests after a heavy shift until {wall(one.start_at, person.zone):%a %H:%M} their time"
            yield Busy(person=one.person, starts_at=one.last_at, ends_at=one.start_at, against=Against.RESTS, text=text)
