"""What differs between two sides of a replay, and between a replay and what really happened."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from incidentd.replay.seen import Pair, SeenPage
from incidentd.wire.replay import Difference, Fidelity, PersonCount, ReplayedPage

SAME_TIME = timedelta(seconds=1)
"""Two pages that begin or write within this are at the same time: both sides route on the same virtual clock."""
NEAR = timedelta(minutes=2)
"""As near as a replay has to be to what happened: messages are tried again, and notifiers take their time."""
_SHOWN = 20


def shown(page: SeenPage) -> ReplayedPage:
    """A page as the report has it."""
    row = page.row
    return ReplayedPage(
        title=row.title,
        started_at=row.started_at,
        route=page.route,
        service=row.service,
        policy=row.policy,
        urgency=row.urgency,
        state=row.state,
        acknowledged_by=row.acknowledged_by,
        people=page.people[:_SHOWN],
    )


def differences(before: SeenPage, after: SeenPage) -> tuple[Difference, ...]:
    """How a page that both sides sent was moved; empty when a person would see no difference."""
    return tuple(_differences(before, after))


def _differences(before: SeenPage, after: SeenPage) -> Iterator[Difference]:
    people = (_people(before), _people(after))
    if people[0] != people[1]:
        yield Difference(what="people", before=people[0], after=people[1])
    times = (_first(before), _first(after))
    if abs(times[0] - times[1]) > SAME_TIME:
        yield Difference(what="time", before=_instant(times[0]), after=_instant(times[1]))
    elif people[0] == people[1] and _later(before, after):
        yield Difference(what="steps", before=_steps(before), after=_steps(after))
    for name in ("policy", "service", "urgency"):
        was, now = getattr(before.row, name), getattr(after.row, name)
        if was != now:
            yield Difference(what=name, before=was, after=now)
    ways = (_notifiers(before), _notifiers(after))
    if people[0] == people[1] and ways[0] != ways[1]:
        yield Difference(what="notifier", before=ways[0], after=ways[1])


def _people(page: SeenPage) -> str:
    return ", ".join(one.person for one in page.people) or "nobody"


def _first(page: SeenPage) -> datetime:
    return page.people[0].at if page.people else page.row.started_at


def _later(before: SeenPage, after: SeenPage) -> bool:
    return any(abs(a.at - b.at) > SAME_TIME for a, b in zip(before.people, after.people, strict=True))


def _steps(page: SeenPage) -> str:
    return ", ".join(f"{one.person} after {round((one.at - _first(page)).total_seconds())} s" for one in page.people)


def _notifiers(page: SeenPage) -> str:
    return ", ".join(f"{one.person} by {'+'.join(one.notifiers)}" for one in page.people)


def _instant(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def counts(pairs: Sequence[Pair]) -> tuple[PersonCount, ...]:
    """How many pages wrote to each person on either side, most affected first."""
    found: dict[str, list[int]] = {}
    for pair in pairs:
        for side, page in enumerate(pair):
            for one in page.people if page is not None else ():
                found.setdefault(one.person, [0, 0])[side] += 1
    people = [PersonCount(person=person, before=b, after=a) for person, (b, a) in found.items()]
    return tuple(sorted(people, key=lambda one: (-abs(one.after - one.before), one.person)))


def fidelity(pairs: Sequence[Pair]) -> Fidelity:
    """How far the replayed record is the record. `pairs` are (really sent, replayed)."""
    told = [_unlike(recorded, replayed) for recorded, replayed in pairs]
    return Fidelity(
        recorded=sum(recorded is not None for recorded, _ in pairs),
        replayed=sum(replayed is not None for _, replayed in pairs),
        alike=sum(not one for one in told),
        differing=tuple([one for one in told if one][:_SHOWN]),
    )


def _unlike(recorded: SeenPage | None, replayed: SeenPage | None) -> str:
    if recorded is None:
        assert replayed is not None
        return f"“{replayed.row.title}” at {_instant(replayed.row.started_at)} was not really sent"
    name = f"P-{recorded.row.id}"
    if replayed is None:
        return f"{name} was really sent, and is not in the replay"
    if _people(recorded) != _people(replayed):
        return f"{name} really wrote to {_people(recorded)}, in the replay to {_people(replayed)}"
    if abs(_first(recorded) - _first(replayed)) > NEAR:
        return f"{name} really wrote at {_instant(_first(recorded))}, in the replay at {_instant(_first(replayed))}"
    return ""
