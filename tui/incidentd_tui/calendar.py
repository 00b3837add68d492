"""Final schedules cut into days of the viewer's zone, and what is to be said of each. No Textual here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

import msgspec

from incidentd.wire import duty as wire_duty
from incidentd_tui import phrases
from incidentd_tui.model import Model

DAY = timedelta(days=1)
WEEK = timedelta(days=7)


class Span(NamedTuple):
    """From `starts_at` until before `ends_at`."""

    starts_at: datetime
    ends_at: datetime

    def touches(self, starts_at: datetime, ends_at: datetime) -> bool:
        return starts_at < self.ends_at and self.starts_at < ends_at


class Part(NamedTuple):
    """Who has a pager for a while; nobody in a gap, whose `source` is "" when no turn lies there."""

    person: str
    starts_at: datetime
    ends_at: datetime
    source: str = ""
    instead_of: str = ""
    shadows: tuple[str, ...] = ()


class Sign(NamedTuple):
    """What is to know of a day beside who has the pager: readable by mark and word, without colour."""

    mark: str
    word: str  # for a narrow column
    text: str  # a sentence
    bad: bool = False


def day_span(first: date, zone: tzinfo, days: int = 1) -> Span:
    """The instants at which `first` begins and, `days` later, ends on the clocks of `zone`."""
    begin, end = (datetime.combine(day, time(), zone).astimezone(UTC) for day in (first, first + days * DAY))
    return Span(begin, end)


def week_of(day: date) -> date:
    """The Monday of its week."""
    return day - day.weekday() * DAY


def month_days(day: date) -> list[date]:
    """Every day of its month."""
    first = day.replace(day=1)
    return [one for number in range(31) if (one := first + number * DAY).month == first.month]


def month_step(day: date, by: int) -> date:
    """The same day of the month before or after, or its last day when it is shorter."""
    number = day.year * 12 + day.month - 1 + by
    days = month_days(date(number // 12, number % 12 + 1, 1))
    return days[min(day.day, len(days)) - 1]


def within(found: wire_duty.Schedules, span: Span) -> wire_duty.Schedules:
    """What of `found` touches `span`: the calendar looks at each day of it, and need not look far."""
    cut = [
        msgspec.structs.replace(
            one,
            shifts=tuple(shift for shift in one.shifts if span.touches(shift.starts_at, shift.ends_at)),
            gaps=tuple(gap for gap in one.gaps if span.touches(gap.starts_at, gap.ends_at)),
        )
        for one in found.schedules
    ]
    warnings = tuple(one for one in found.warnings if span.touches(one.starts_at, one.ends_at))
    return msgspec.structs.replace(found, schedules=tuple(cut), warnings=warnings)


def parts(schedule: wire_duty.Schedule, span: Span) -> list[Part]:
    """Shifts and gaps within `span`, in order; what one person has without a break, for one reason, is one part."""
    found = [
        Part(one.person, one.starts_at, one.ends_at, one.source, one.instead_of, one.shadows)
        for one in schedule.shifts
        if span.touches(one.starts_at, one.ends_at)
    ]
    empty = {one.starts_at for one in found if not one.person}
    found += [
        Part("", gap.starts_at, gap.ends_at)
        for gap in schedule.gaps
        if gap.starts_at not in empty and span.touches(gap.starts_at, gap.ends_at)
    ]
    found.sort(key=lambda one: one.starts_at)
    return list(_joined(_clipped(found, span)))


def _clipped(found: Sequence[Part], span: Span) -> Iterator[Part]:
    for one in found:
        yield one._replace(
            starts_at=max(one.starts_at, span.starts_at),
            ends_at=min(one.ends_at, span.ends_at),
        )


def _joined(found: Iterator[Part]) -> Iterator[Part]:
    before: Part | None = None
    for one in found:
        if before is not None and before.ends_at == one.starts_at and _alike(before, one):
            before = before._replace(ends_at=one.ends_at)
            continue
        if before is not None:
            yield before
        before = one
    if before is not None:
        yield before


def _alike(one: Part, other: Part) -> bool:
    return one._replace(starts_at=other.starts_at, ends_at=other.ends_at) == other


def team_of(model: Model, schedule: wire_duty.Schedule) -> str:
    """The team whose services page it: the first by name, "" for none."""
    found = {one.team for one in model.services if one.policy in schedule.policies and one.team}
    return min(found, default="")


# ---------------------------------------------------------------------- signs
def signs(model: Model, found: wire_duty.Schedules, schedule: wire_duty.Schedule, span: Span) -> list[Sign]:
    """What is to know of `schedule` within `span`: what hurts first."""
    held = parts(schedule, span)
    told = [
        *_gaps(model, held),
        *_overlaps(model, found, schedule, held),
        *_unreachable(model, held),
        *_holidays(model, found, schedule, span),
        *_changed(model, found, held),
        *_offered(model, found, schedule, span),
    ]
    return list(dict.fromkeys(told))


def _gaps(model: Model, held: Sequence[Part]) -> Iterator[Sign]:
    for one in held:
        if not one.person:
            why = f": {one.instead_of} is absent and nobody stands in" if one.instead_of else ""
            length = phrases.age(one.starts_at, one.ends_at)
            yield Sign("▲", f"gap {length}", f"nobody {_clocks(model, one)}{why}", bad=True)


def _overlaps(
    model: Model, found: wire_duty.Schedules, schedule: wire_duty.Schedule, held: Sequence[Part]
) -> Iterator[Sign]:
    """Both schedules of an overlap show it: that the warning names, and the other one with which it shares a policy."""
    policies = {one.name: set(one.policies) for one in found.schedules}
    for warning in found.warnings:
        if warning.kind != "overlap" or not policies.get(warning.schedule, set()) & set(schedule.policies):
            continue
        for one in held:
            span = Span(one.starts_at, one.ends_at)
            if one.person == warning.person and span.touches(warning.starts_at, warning.ends_at):
                yield Sign("‼", "twice", warning.text.partition(", from ")[0], bad=True)


def _unreachable(model: Model, held: Sequence[Part]) -> Iterator[Sign]:
    for handle in dict.fromkeys(one.person for one in held if one.person):
        person = model.people.get(handle)
        if person is not None and not person.contacts:
            yield Sign("✗", "no way", f"{handle} has no contact method: pages reach nobody", bad=True)


def _holidays(model: Model, found: wire_duty.Schedules, schedule: wire_duty.Schedule, span: Span) -> Iterator[Sign]:
    for one in found.warnings:
        if one.kind == "holiday" and one.schedule == schedule.name and span.touches(one.starts_at, one.ends_at):
            yield Sign("◆", "holiday", one.text.rpartition(" from ")[0])


def _changed(model: Model, found: wire_duty.Schedules, held: Sequence[Part]) -> Iterator[Sign]:
    reasons = {f"override:{one.id}": one.reason for one in found.overrides}
    reasons |= {f"swap:{one.id}": one.reason for one in found.swaps}
    reasons |= {f"absence:{one.id}": one.reason for one in found.absences}
    words = {"override": ("↷", "overr."), "swap": ("⇄", "swap"), "absence": ("○", "away")}
    for one in held:
        kind, _, number = one.source.partition(":")
        if kind not in words or not one.person:
            continue
        mark, word = words[kind]
        instead = f" instead of {one.instead_of}" if one.instead_of else ""
        reason = f": {reasons[one.source]}" if reasons.get(one.source) else ""
        yield Sign(mark, word, f"{kind} {number}: {one.person}{instead}{reason}")


def _offered(model: Model, found: wire_duty.Schedules, schedule: wire_duty.Schedule, span: Span) -> Iterator[Sign]:
    for one in found.swaps:
        sides = ((one.starts_at, one.ends_at), (one.other_starts_at, one.other_ends_at))
        if one.state == "proposed" and one.schedule == schedule.name and any(span.touches(*side) for side in sides):
            yield Sign("?", "swap?", f"swap {one.id} waits for {one.other}: {one.person} offers it")


def _clocks(model: Model, part: Part) -> str:
    """18:00–21:00 in the viewer's zone."""
    return f"{clock_at(part.starts_at, model.zone)}–{clock_at(part.ends_at, model.zone, ends=True)}"


def clock_at(at: datetime, zone: tzinfo, *, ends: bool = False) -> str:
    """The time of day; midnight is 24:00 where something ends."""
    shown = phrases.hour(at, zone)
    return "24:00" if ends and shown == "00:00" else shown
