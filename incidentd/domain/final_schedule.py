"""Who carries the pager: layers, covered by overrides and swaps, less absences.

The rule, from bottom to top: a later layer lies above an earlier one where it has somebody; overrides and accepted
swaps lie above the layers in the order in which they were made; absences come last and take whoever they meet. At every
instant a schedule has one holder or none.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from incidentd.domain.duty_changes import Absence, Changes, Override, Swap
from incidentd.domain.people import Layer, Schedule, Shift
from incidentd.domain.restrictions import spans, within
from incidentd.domain.rotation import shift_at, turns

WEEK = timedelta(weeks=1)
HORIZON = timedelta(days=800)
"""How far ahead the next shift is looked for: two of the longest turns (52 weeks), and some."""
_SOON = timedelta(days=15)
_INSTANT = timedelta(microseconds=1)
_Absences = Mapping[str, Sequence[Absence]]


# ---------------------------------------------------------------------- over a time
def final_schedule(schedule: Schedule, changes: Changes, start: datetime, end: datetime) -> list[Shift]:
    """The shifts from `start` until before `end`, cut there, in order and free of overlaps.

    One without a person is a turn that an absence emptied; between others there may be time that nobody has.
    """
    shifts: list[Shift] = []
    for layer in schedule.layers:
        imported = changes.of_layer(schedule.name, layer.name) if layer.ical is not None else ()
        found = layer_shifts(layer, start, end, imported)
        shifts = _covered(shifts, [_clipped(one, start, end) for one in found])
    for change in changes.of_schedule(schedule.name):
        if isinstance(change, Override):
            _rewrite(shifts, *_clip(change.starts_at, change.ends_at, start, end), _override(change))
        else:
            for low, high, giver, taker in _sides(change):
                _rewrite(shifts, *_clip(low, high, start, end), _hand_over(change, giver, taker))
    return list(_present(shifts, changes.absences_of()))


def layer_shifts(layer: Layer, start: datetime, end: datetime, imported: Sequence[Shift] = ()) -> Iterator[Shift]:
    """The shifts of one layer alone that touch the time from `start` until before `end`; `imported` by its calendar."""
    touching = (one for one in imported if one.starts_at < end and start < one.ends_at)
    named = (
        msgspec.structs.replace(one, source=f"layer:{layer.name}", shadows=layer.shadows)
        for one in (turns(layer.rotation, start, end) if layer.ical is None else touching)
    )
    if not layer.restrictions:
        return named
    return within(named, spans(layer.restrictions, layer.rotation.zone, start, end))


def gaps(shifts: Iterable[Shift], start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The spans from `start` until `end` in which `shifts` (a final schedule) has nobody."""
    free = start
    for shift in shifts:
        if not shift.person:
            continue
        if free < shift.starts_at:
            yield free, shift.starts_at
        free = shift.ends_at
    if free < end:
        yield free, end


def _clip(low: datetime, high: datetime, start: datetime, end: datetime) -> tuple[datetime, datetime]:
    return max(low, start), min(high, end)


def _clipped(shift: Shift, start: datetime, end: datetime) -> Shift:
    inside = start <= shift.starts_at and shift.ends_at <= end
    return shift if inside else shift.cut(*_clip(shift.starts_at, shift.ends_at, start, end))


def _covered(base: Sequence[Shift], top: Sequence[Shift]) -> list[Shift]:
    """`base` where `top` has nobody, and `top`."""
    if not base:
        return list(top)
    return sorted([*_without(base, top), *top], key=lambda one: one.starts_at)


def _without(base: Iterable[Shift], holes: Sequence[Shift]) -> Iterator[Shift]:
    passed = 0
    for shift in base:
        begin = shift.starts_at
        while passed < len(holes) and holes[passed].ends_at <= begin:
            passed += 1
        at = passed
        while at < len(holes) and holes[at].starts_at < shift.ends_at:
            if begin < holes[at].starts_at:
                yield shift.cut(begin, holes[at].starts_at)
            begin = holes[at].ends_at
            at += 1
        if begin < shift.ends_at:
            yield shift.cut(begin, shift.ends_at)


def _rewrite(
    shifts: list[Shift],
    low: datetime,
    high: datetime,
    rewrite: Callable[[list[Shift], datetime, datetime], list[Shift]],
) -> None:
    """Put what `rewrite` makes of the parts from `low` until before `high` in their place."""
    if low >= high:
        return
    first = bisect_right(shifts, low, key=lambda one: one.ends_at)
    last = bisect_left(shifts, high, key=lambda one: one.starts_at)
    touched = shifts[first:last]
    before = [one.cut(one.starts_at, low) for one in touched if one.starts_at < low]
    after = [one.cut(high, one.ends_at) for one in touched if one.ends_at > high]
    inside = [_clipped(one, low, high) for one in touched]
    shifts[first:last] = [*before, *rewrite(inside, low, high), *after]


def _override(change: Override) -> Callable[[list[Shift], datetime, datetime], list[Shift]]:
    def rewrite(inside: list[Shift], low: datetime, high: datetime) -> list[Shift]:
        before = {one.person for one in inside if one.person}
        return [
            Shift(
                person=change.person,
                starts_at=low,
                ends_at=high,
                source=f"override:{change.id}",
                instead_of=before.pop() if len(before) == 1 else "",
            )
        ]

    return rewrite


def _hand_over(change: Swap, giver: str, taker: str) -> Callable[[list[Shift], datetime, datetime], list[Shift]]:
    def rewrite(inside: list[Shift], low: datetime, high: datetime) -> list[Shift]:
        return [one.given_to(taker, f"swap:{change.id}") if one.person == giver else one for one in inside]

    return rewrite


def _sides(swap: Swap) -> tuple[tuple[datetime, datetime, str, str], ...]:
    """(from, until, giver, taker) of both sides."""
    return (
        (swap.starts_at, swap.ends_at, swap.person, swap.other),
        (swap.other_starts_at, swap.other_ends_at, swap.other, swap.person),
    )


def _present(shifts: Iterable[Shift], absences: _Absences) -> Iterator[Shift]:
    for shift in shifts:
        yield from _stood_in(shift, absences, frozenset()) if shift.person in absences else (shift,)


def _stood_in(shift: Shift, absences: _Absences, away: frozenset[str]) -> Iterator[Shift]:
    """`shift` in parts, each with somebody who is there. `away` are those whose stand-ins were asked already."""
    met = next((one for one in absences.get(shift.person, ()) if _touches(one, shift)), None)
    if met is None:
        yield shift
        return
    low, high = _clip(met.starts_at, met.ends_at, shift.starts_at, shift.ends_at)
    if shift.starts_at < low:
        yield shift.cut(shift.starts_at, low)
    stand_in = "" if met.stand_in in away else met.stand_in
    given = shift.cut(low, high).given_to(stand_in, f"absence:{met.id}")
    yield from _stood_in(given, absences, away | {shift.person}) if stand_in else (given,)
    if high < shift.ends_at:
        yield from _stood_in(shift.cut(high, shift.ends_at), absences, away)


def _touches(absence: Absence, shift: Shift) -> bool:
    return absence.starts_at < shift.ends_at and shift.starts_at < absence.ends_at


# ---------------------------------------------------------------------- at an instant
def holder_at(schedule: Schedule, changes: Changes, at: datetime) -> Shift | None:
    """What the final schedule says of one instant: its bounds are those of the turn or the change that decides.

    None when no layer and no change has anybody; a shift without a person when an absence emptied it.
    """
    from_top = (_layer_at(schedule.name, layer, changes, at) for layer in reversed(schedule.layers))
    held = next((found for found in from_top if found), None)
    for change in changes.of_schedule(schedule.name):
        if isinstance(change, Override):
            if change.starts_at <= at < change.ends_at:
                (held,) = _override(change)([held] if held else [], change.starts_at, change.ends_at)
        else:
            for low, high, giver, taker in _sides(change):
                if held is not None and low <= at < high and held.person == giver:
                    held = held.given_to(taker, f"swap:{change.id}")
    if held is None:
        return None
    absences = changes.absences_of()
    return next(one for one in _stood_in(held, absences, frozenset()) if one.starts_at <= at < one.ends_at)


def _layer_at(schedule: str, layer: Layer, changes: Changes, at: datetime) -> Shift | None:
    if layer.ical is not None:
        imported = changes.of_layer(schedule, layer.name)
        return next((one for one in layer_shifts(layer, at, at + _INSTANT, imported) if one.starts_at <= at), None)
    turn = shift_at(layer.rotation, at)
    if turn is None:
        return None
    if layer.restrictions:
        turn = next(within([turn], spans(layer.restrictions, layer.rotation.zone, at, at + _INSTANT)), None)
    return turn and msgspec.structs.replace(turn, source=f"layer:{layer.name}", shadows=layer.shadows)


def current(schedule: Schedule, changes: Changes, at: datetime) -> Shift | None:
    """The shift that holds `at` from then on: it ends when the schedule next says something else, or in a week."""
    found = final_schedule(schedule, changes, at, at + WEEK)
    return found[0] if found and found[0].starts_at == at else None


def following(shifts: Sequence[Shift], at: datetime) -> tuple[Shift | None, Shift | None]:
    """(the shift that holds `at`, the first one after it that has somebody) of a final schedule."""
    now = next((one for one in shifts if one.starts_at <= at < one.ends_at), None)
    begin = now.ends_at if now else at
    return now, next((one for one in shifts if one.starts_at >= begin and one.person), None)


def now_and_next(schedule: Schedule, changes: Changes, at: datetime) -> tuple[Shift | None, Shift | None]:
    """(the shift that holds `at`, the next one with somebody within `HORIZON`)."""
    found: tuple[Shift | None, Shift | None] = None, None
    for ahead in (_SOON, HORIZON):
        found = following(final_schedule(schedule, changes, at, at + ahead), at)
        if found[1] is not None:
            break
    return found
