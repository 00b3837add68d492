"""Rest after a heavy shift: more than two incidents in twelve hours, or any page in somebody's sleep hours.

What belongs to one incident counts once; a page that belongs to none counts as one, for it pulled somebody out all the
same. Rest is offered and never ordered: nothing here changes who carries a pager.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec

from incidentd.domain.hours import Hours
from incidentd.domain.sleep_hours import in_sleep_hours
from incidentd.domain.wall_clock import wall

MOST_INCIDENTS = 2
WINDOW = timedelta(hours=12)
DAILY_REST = timedelta(hours=11)
"""So long in a row, as Directive 2003/88/EC of the European Union has it in article 3."""
OPEN_FOR = timedelta(hours=24)
"""An offer is over so long after the last call."""


class Why(enum.StrEnum):
    """What made a shift heavy."""

    SLEEP = "sleep"
    MANY = "many"


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One time somebody was pulled out. `what` is incident:3, or page:7 of a page that belongs to no incident."""

    at: datetime
    what: str
    paged: bool = True


class Heavy(msgspec.Struct, frozen=True, kw_only=True):
    """A heavy shift: from its first call to its last, and about how many things they were."""

    why: Why
    first_at: datetime
    last_at: datetime
    count: int


class State(enum.StrEnum):
    """What became of an offer to rest."""

    OFFERED = "offered"
    TAKEN = "taken"
    DECLINED = "declined"
    OVER = "over"


class Rest(msgspec.Struct, frozen=True, kw_only=True):
    """An offer to `person`. `relief` and `skip` are the requests made of it, such as Q-3; "" for none."""

    id: int
    person: str
    why: Why
    first_at: datetime
    last_at: datetime
    count: int
    start_at: datetime
    schedule: str = ""  # the duty block that still runs, "" for none
    block_ends_at: datetime | None = None
    next_starts_at: datetime | None = None
    next_ends_at: datetime | None = None
    state: State = State.OFFERED
    late: bool = False
    relief: str = ""
    skip: str = ""
    told_at: datetime | None = None
    at: datetime
    version: int = 1

    @property
    def subject(self) -> str:
        """What its events, timers and messages carry."""
        return f"rest:{self.id}"

    @property
    def ends_at(self) -> datetime:
        """When the offer is over."""
        return max(self.last_at + OPEN_FOR, self.start_at)


def heavy(calls: Iterable[Call], zone: str, sleep: Sequence[Hours] = ()) -> Heavy | None:
    """Whether these calls made a shift heavy. A page in sleep hours counts before many incidents."""
    found = sorted(calls, key=lambda one: one.at)
    asleep = [one for one in found if one.paged and in_sleep_hours(one.at, zone, sleep)]
    if asleep:
        return _heavy(Why.SLEEP, asleep)
    firsts: dict[str, Call] = {}
    for one in found:
        firsts.setdefault(one.what, one)
    begun = list(firsts.values())
    for at, one in enumerate(begun):
        within = [other for other in begun[at:] if other.at - one.at <= WINDOW]
        if len(within) > MOST_INCIDENTS:
            return _heavy(Why.MANY, within)
    return None


def _heavy(why: Why, calls: list[Call]) -> Heavy:
    about = len({one.what for one in calls})
    return Heavy(why=why, first_at=calls[0].at, last_at=calls[-1].at, count=about)


def start_after(last_at: datetime) -> datetime:
    """When work begins again after the last call: not before eleven hours of rest."""
    return last_at + DAILY_REST


def reason(rest: Rest) -> str:
    """Why rest is offered, as the end of a sentence about the person."""
    times = f"{rest.first_at:%Y-%m-%d %H:%M} and {rest.last_at:%H:%M} UTC"
    if rest.why is Why.SLEEP:
        once = rest.first_at == rest.last_at
        when = f"at {rest.first_at:%Y-%m-%d %H:%M} UTC" if once else f"between {times}"
        return f"was paged in their sleep hours {when}"
    return f"was called for {rest.count} incidents between {times}"


def warning(rest: Rest) -> str:
    """What stands beside a person whose shift was heavy."""
    what = [f"starts late, at {rest.start_at:%H:%M} UTC"] if rest.late else []
    what += [f"asks for relief by {rest.relief}"] if rest.relief else []
    what += [f"asks to skip the next block by {rest.skip}"] if rest.skip else []
    return f"{reason(rest)}: " + (", ".join(what) or f"rest until {rest.start_at:%Y-%m-%d %H:%M} UTC is offered")


def message(rest: Rest, zone: str) -> tuple[str, str]:
    """Title and body of the offer, in the person's own time."""

    def own(at: datetime) -> str:
        return f"{wall(at, zone):%a %H:%M}"

    lines = [f"You were {reason(rest).removeprefix('was ').replace('their', 'your')}. What you can do:"]
    lines.append(f"- start late, at {own(rest.start_at)} ({zone}): incidentctl rest take {rest.id} --late")
    if rest.block_ends_at is not None:
        ends = own(rest.block_ends_at)
        lines.append(f"- ask the others to take your pager until {ends}: incidentctl rest take {rest.id} --relief")
    if rest.next_starts_at is not None:
        begins = f"{wall(rest.next_starts_at, zone):%Y-%m-%d}"
        lines.append(f"- skip your next block, of {begins}: incidentctl rest take {rest.id} --skip-next")
    lines.append(f"Nothing of it is needed: incidentctl rest decline {rest.id}")
    return "A heavy shift: rest first", "\n".join(lines)
