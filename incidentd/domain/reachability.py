"""Whether a person can be reached: what the roster says, how the notifiers are, and what became of earlier messages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from incidentd.domain.duty_changes import NO_CHANGES, Changes
from incidentd.domain.final_schedule import now_and_next
from incidentd.domain.people import ContactMethod, Person, Roster

FAILED_IN_A_ROW = 3
"""So many messages in a row that failed for good, and a contact method counts as broken."""
UNPROVEN_AFTER = timedelta(days=90)
_DOWN = ("quarantined", "failed", "missing")


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What earlier messages to a contact method came to. `failures` failed for good in a row."""

    failures: int = 0
    last_error: str = ""
    proven_at: datetime | None = None


class NotifierState(msgspec.Struct, frozen=True, kw_only=True):
    """How a notifier instance is: ok, degraded, quarantined, failed or missing. A silent one rings nobody."""

    state: str = "ok"
    silent: bool = False


class Reachability(msgspec.Struct, frozen=True, kw_only=True):
    """`works`: an urgent page has a way to the person. `warnings` say what is wrong, one line each."""

    works: bool
    warnings: tuple[str, ...]
    proven_at: datetime | None


def judge(
    person: Person,
    state_of: Callable[[str], NotifierState],
    known: Mapping[tuple[str, str], Known],
    now: datetime,
) -> Reachability:
    """How `person` can be reached; `known` is by notifier and address."""
    urgent = person.contacts_for("high")
    faults = {method: _fault(method, state_of, known) for method in person.contacts}
    warnings = [fault for fault in faults.values() if fault]
    if not urgent:
        warnings.insert(0, "has no contact method for urgent pages")
    proven = max((one.proven_at for one in _of(person, known) if one.proven_at is not None), default=None)
    rings = [method for method in urgent if not state_of(method.notifier).silent]
    if rings and (proven is None or now - proven > UNPROVEN_AFTER):
        since = "never" if proven is None else f"not since {proven:%Y-%m-%d}"
        warnings.append(f"has {since} confirmed a test or a page: incidentctl person test {person.handle}")
    return Reachability(works=any(not faults[method] for method in urgent), warnings=tuple(warnings), proven_at=proven)


def _of(person: Person, known: Mapping[tuple[str, str], Known]) -> Iterable[Known]:
    return (known[key] for method in person.contacts if (key := (method.notifier, method.address)) in known)


def _fault(
    method: ContactMethod, state_of: Callable[[str], NotifierState], known: Mapping[tuple[str, str], Known]
) -> str:
    """Why this method does not work, "" when nothing is known against it."""
    state = state_of(method.notifier).state
    if state in _DOWN:
        return f"the notifier {method.notifier} is {state}"
    past = known.get((method.notifier, method.address), Known())
    if past.failures >= FAILED_IN_A_ROW:
        return f"the last {past.failures} messages by {method.notifier} failed: {past.last_error}"
    return ""


def on_duty(roster: Roster, now: datetime, changes: Changes = NO_CHANGES) -> dict[str, tuple[str, ...]]:
    """Who carries a pager now or next, in words, by handle: what is wrong with these weighs more."""
    found: dict[str, list[str]] = {}
    for schedule in roster.schedules.values():
        for shift, when in zip(now_and_next(schedule, changes, now), ("now", "next"), strict=True):
            if shift is not None and shift.person:
                found.setdefault(shift.person, []).append(f"on call for {schedule.name} {when}")
    return {handle: tuple(words) for handle, words in found.items()}


def duty_problems(duties: Mapping[str, Sequence[str]], judged: Mapping[str, Reachability]) -> Iterable[str]:
    """Those who carry a pager now or next and have no way that works."""
    for handle, words in duties.items():
        one = judged.get(handle)
        if one is not None and not one.works:
            yield f"{handle} is {', '.join(words)} and cannot be reached: {'; '.join(one.warnings)}"
