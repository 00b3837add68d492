"""What is wrong with duty before it hurts: gaps, one person for two, holidays, people without a contact method."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise

import msgspec

from incidentd.domain.duty_changes import Changes
from incidentd.domain.final_schedule import final_schedule, gaps
from incidentd.domain.own_alarms import OwnAlarm
from incidentd.domain.people import EscalationPolicy, Person, Roster, Shift, TargetKind
from incidentd.domain.wall_clock import instant, wall

Shifts = Mapping[str, Sequence[Shift]]
_DAY = timedelta(days=1)


class DutyWarning(msgspec.Struct, frozen=True, kw_only=True):
    """`kind` is gap, overlap, holiday or unreachable, or one of `mode_warnings`; `text` says it in words, in UTC."""

    kind: str
    schedule: str
    person: str
    starts_at: datetime
    ends_at: datetime
    text: str


def warnings(
    roster: Roster,
    changes: Changes,
    start: datetime,
    end: datetime,
    holidays: Mapping[str, Mapping[date, str]] | None = None,
) -> list[DutyWarning]:
    """What to know about the time from `start` until `end`, by its beginning.

    `holidays` are the public holidays of each person, by day in their zone.
    """
    shifts = {name: final_schedule(one, changes, start, end) for name, one in roster.schedules.items()}
    found = [
        *(one for name, held in shifts.items() for one in _gaps(name, held, start, end)),
        *(one for policy in roster.policies.values() for one in _overlaps(policy, shifts)),
        *(one for name, held in shifts.items() for one in _by_person(roster, name, held, holidays or {})),
    ]
    return sorted(found, key=lambda one: (one.starts_at, one.schedule, one.kind))


def _gaps(name: str, held: Sequence[Shift], start: datetime, end: datetime) -> Iterator[DutyWarning]:
    away = {one.starts_at: one.instead_of for one in held if not one.person}
    for low, high in gaps(held, start, end):
        why = f": {away[low]} is absent and nobody stands in" if low in away else ""
        yield warning("gap", name, away.get(low, ""), low, high, f"nobody is on call for {name}", why)


def _overlaps(policy: EscalationPolicy, shifts: Shifts) -> Iterator[DutyWarning]:
    """One person in two schedules of a policy: whoever does not answer as the first does not as the second."""
    targets = [one.name for step in policy.steps for one in step.targets if one.kind is TargetKind.SCHEDULE]
    names = [name for name in dict.fromkeys(targets) if name in shifts]
    for at, name in enumerate(names):
        for other in names[at + 1 :]:
            for person, low, high in _common(shifts[name], shifts[other]):
                what = f"{person} is on call for {name} and for {other}, both of policy {policy.name},"
                yield warning("overlap", name, person, low, high, what)


def _common(some: Sequence[Shift], others: Sequence[Shift]) -> Iterator[tuple[str, datetime, datetime]]:
    """When the same person holds both, by one pass over two ordered lists."""
    at = 0
    for shift in some:
        while at < len(others) and others[at].ends_at <= shift.starts_at:
            at += 1
        for other in others[at:]:
            if other.starts_at >= shift.ends_at:
                break
            if shift.person and shift.person == other.person:
                yield shift.person, max(shift.starts_at, other.starts_at), min(shift.ends_at, other.ends_at)


def _by_person(
    roster: Roster, name: str, held: Sequence[Shift], holidays: Mapping[str, Mapping[date, str]]
) -> Iterator[DutyWarning]:
    unreachable: set[str] = set()
    for shift in _joined(held):
        person = roster.people.get(shift.person)
        if person is None:
            continue
        if not person.contacts and person.handle not in unreachable:
            unreachable.add(person.handle)
            what = f"{person.handle} has no contact method and is on call for {name}"
            yield warning("unreachable", name, person.handle, shift.starts_at, shift.ends_at, what)
        yield from _on_holidays(person, name, shift, holidays.get(person.handle, {}))


def _on_holidays(person: Person, name: str, shift: Shift, days: Mapping[date, str]) -> Iterator[DutyWarning]:
    """One for each holiday that the shift meets, over the part of the shift that lies in it."""
    day, last = wall(shift.starts_at, person.zone).date(), wall(shift.ends_at, person.zone)
    while datetime.combine(day, time()) < last:
        if day in days:
            begin, end = (instant(datetime.combine(one, time()), person.zone) for one in (day, day + _DAY))
            what = f"{person.handle} is on call for {name} on {day} ({days[day]})"
            low, high = max(begin, shift.starts_at), min(end, shift.ends_at)
            yield warning("holiday", name, person.handle, low, high, what)
        day += _DAY


def _joined(held: Sequence[Shift]) -> Iterable[Shift]:
    """Shifts of one person that follow each other as one."""
    if not held:
        return
    open_ = held[0]
    for before, after in pairwise(held):
        if before.person == after.person and before.ends_at == after.starts_at:
            open_ = open_.cut(open_.starts_at, after.ends_at)
            continue
        yield open_
        open_ = after
    yield open_


def warning(
    kind: str, schedule: str, person: str, low: datetime, high: datetime, what: str, why: str = ""
) -> DutyWarning:
    """A warning of a time, which its text ends with; `schedule` and `person` may be ""."""
    text = f"{what} from {low:%Y-%m-%d %H:%M} until {high:%Y-%m-%d %H:%M} UTC{why}"
    return DutyWarning(kind=kind, schedule=schedule, person=person, starts_at=low, ends_at=high, text=text)


def gap_problems(roster: Roster, found: Iterable[DutyWarning], now: datetime) -> list[OwnAlarm]:
    """The first gap and the first overlap of each schedule that a policy pages."""
    paged = {
        target.name
        for policy in roster.policies.values()
        for step in policy.steps
        for target in step.targets
        if target.kind is TargetKind.SCHEDULE
    }
    first: dict[tuple[str, str], OwnAlarm] = {}
    for one in found:
        if one.kind in ("gap", "overlap") and one.schedule in paged:
            code = "duty-overlap" if one.kind == "overlap" else "nobody-on-call" if one.starts_at <= now else "duty-gap"
            alarm = OwnAlarm(code, f"{one.text} — incidentctl schedule show {one.schedule}")
            first.setdefault((one.kind, one.schedule), alarm)
    return list(first.values())
