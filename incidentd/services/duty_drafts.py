"""Changes of the day as they are asked for: checked against the roster, and what they would do before they are kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from incidentd.domain.duty_changes import Absence, Changes, Override, Swap, SwapState
from incidentd.domain.duty_rules import check_absence, check_override, check_swap
from incidentd.domain.duty_warnings import DutyWarning, warnings
from incidentd.domain.final_schedule import final_schedule, gaps
from incidentd.domain.people import Roster, Schedule, Shift
from incidentd.services.duty_rows import checked
from incidentd.services.errors import Invalid
from incidentd.services.roster import policies_of_schedule
from incidentd.wire import duty as wire_duty

Change = Override | Swap | Absence
_MARGIN = timedelta(minutes=1)


def override_of(body: wire_duty.SetOverride, actor: str, now: datetime) -> Override:
    """The override that is asked for; it begins now at the earliest."""
    return Override(
        id=0,
        schedule=body.schedule,
        person=body.person,
        starts_at=max(body.starts_at or now, now),
        ends_at=body.ends_at,
        reason=body.reason.strip(),
        by=actor,
        at=now,
    )


def swap_of(body: wire_duty.ProposeSwap, actor: str, now: datetime) -> Swap:
    """The swap that the caller offers."""
    values = {name: getattr(body, name) for name in body.__struct_fields__}
    return Swap(**values | {"reason": body.reason.strip()}, id=0, person=actor, by=actor, at=now)


def absence_of(body: wire_duty.SetAbsence, actor: str, now: datetime) -> Absence:
    """The absence of whom the body names, or of the caller."""
    return Absence(
        id=0,
        person=body.person or actor,
        starts_at=max(body.starts_at or now, now),
        ends_at=body.ends_at,
        stand_in=body.stand_in,
        reason=body.reason.strip(),
        by=actor,
        at=now,
    )


def draft_of(body: wire_duty.PreviewDuty, actor: str, now: datetime) -> Change:
    """The one change of a preview. Raises `Invalid`."""
    if body.instead_of is not None and body.override is None:
        raise Invalid("only an override is changed in place", field="instead_of", remedy="give it as the override")
    given: list[Change] = []
    if body.override is not None:
        given.append(override_of(body.override, actor, now))
    if body.swap is not None:
        given.append(swap_of(body.swap, actor, now))
    if body.absence is not None:
        given.append(absence_of(body.absence, actor, now))
    if len(given) != 1:
        raise Invalid("a preview is of one change", field="override", remedy="give override, swap or absence")
    return given[0]


def time_of(change: Change) -> tuple[datetime, datetime]:
    """From the first instant that it touches until the last; never empty."""
    begin, end = change.starts_at, change.ends_at
    if isinstance(change, Swap):
        begin, end = min(begin, change.other_starts_at), max(end, change.other_ends_at)
    return begin, max(end, begin + _MARGIN)


def check(roster: Roster, others: Changes, change: Change, now: datetime) -> None:
    """Raise `Invalid` unless it can be, beside the `others` of its time."""
    match change:
        case Override():
            checked(lambda: check_override(roster, others, change, now))
        case Swap():
            checked(lambda: check_swap(roster, others, change, now))
        case Absence():
            checked(lambda: check_absence(roster, change, now))


def with_change(others: Changes, change: Change) -> Changes:
    """`others` and `change` on top of them, a swap as if it were accepted."""
    match change:
        case Override():
            return msgspec.structs.replace(others, overrides=(*others.overrides, change))
        case Swap():
            accepted = msgspec.structs.replace(change, state=SwapState.ACCEPTED)
            return msgspec.structs.replace(others, swaps=(*others.swaps, accepted))
        case Absence():
            return msgspec.structs.replace(others, absences=(*others.absences, change))


def preview(
    roster: Roster, others: Changes, change: Change, instead_of: Override | None = None
) -> wire_duty.DutyPreview:
    """What becomes different by `change` over its time, and over what is ahead of the override that it changes."""
    begin, end = time_of(change)
    then = others
    if instead_of is not None:
        begin, end = min(begin, max(instead_of.starts_at, change.at)), max(end, instead_of.ends_at)
        kept = tuple(one for one in others.overrides if one.id != instead_of.id)
        then = msgspec.structs.replace(others, overrides=kept)
    then = with_change(then, change)
    pairs = [
        (before, after)
        for one in roster.schedules.values()
        if (before := schedule_view(roster, one, others, begin, end))
        != (after := schedule_view(roster, one, then, begin, end))
    ]
    old, new = (warnings(roster, changes, begin, end) for changes in (others, then))
    return wire_duty.DutyPreview(
        starts_at=begin,
        ends_at=end,
        before=tuple(before for before, _ in pairs),
        after=tuple(after for _, after in pairs),
        warnings=_told(new, old),
        mended=_told(old, new),
    )


def _told(found: Sequence[DutyWarning], known: Sequence[DutyWarning]) -> tuple[wire_duty.DutyWarning, ...]:
    """Those of `found` that `known` does not have."""
    return tuple(wire_duty.DutyWarning(**msgspec.structs.asdict(one)) for one in found if one not in known)


def schedule_view(
    roster: Roster, schedule: Schedule, changes: Changes, start: datetime, end: datetime
) -> wire_duty.Schedule:
    """The final schedule over a time, as the API tells it."""
    shifts = final_schedule(schedule, changes, start, end)
    return wire_duty.Schedule(
        name=schedule.name,
        zone=schedule.zone,
        layers=tuple(layer.name for layer in schedule.layers),
        people=schedule.people,
        policies=policies_of_schedule(roster, schedule.name),
        shifts=tuple(_shift(one) for one in shifts),
        gaps=tuple(wire_duty.Span(starts_at=low, ends_at=high) for low, high in gaps(shifts, start, end)),
    )


def _shift(shift: Shift) -> wire_duty.DutyShift:
    return wire_duty.DutyShift(**msgspec.structs.asdict(shift))
