"""Modes on the wire: who is in support and who on project work; the rules of `wire` hold here too."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from incidentd import wire
from incidentd.wire.duty import DutyWarning, Reason

Mode = Literal["support", "project"]


class ModeBlock(wire.Frozen, frozen=True):
    """`person` is in `mode` for a time, a week or more unless `reason` says why."""

    id: int
    person: str
    mode: str  # support | project
    starts_at: wire.Instant
    ends_at: wire.Instant
    reason: str
    by: str
    at: wire.Instant  # when it was set or changed
    cancelled: bool
    version: int
    process_version: str = ""  # in force when it was set


class PersonMode(wire.Frozen, frozen=True):
    """The mode of a person at `Modes.at`, and the one that comes after it; "" for neither."""

    person: str
    name: str
    teams: tuple[str, ...]
    mode: str  # support | project | ""
    since: wire.Instant | None
    until: wire.Instant | None
    next_mode: str
    next_at: wire.Instant | None


class TeamModes(wire.Frozen, frozen=True):
    """A team at `Modes.at`. `wanted` are to be in support by its share, 0 when it states none."""

    team: str
    support_percent: int | None
    wanted: int
    support: tuple[str, ...]
    project: tuple[str, ...]
    neither: tuple[str, ...]


class Modes(wire.Frozen, frozen=True):
    """Modes now, and the blocks that touch the time from `starts_at` until before `ends_at`, by person and time."""

    at: wire.Instant
    starts_at: wire.Instant
    ends_at: wire.Instant
    people: tuple[PersonMode, ...]
    teams: tuple[TeamModes, ...]
    blocks: tuple[ModeBlock, ...]
    warnings: tuple[DutyWarning, ...]


class ModeSplit(wire.Frozen, frozen=True):
    """What became of a block that was split; `rest` is None where nothing follows."""

    first: ModeBlock
    rest: ModeBlock | None


class SetMode(wire.Request, frozen=True):
    """Exactly one of `ends_at` and `days`, which are days on the clocks of the person's zone."""

    person: wire.Handle
    mode: Mode
    starts_at: wire.Instant | None = None  # default: now
    ends_at: wire.Instant | None = None
    days: Annotated[int, Meta(ge=1, le=366)] | None = None
    reason: Reason = ""  # wanted for what makes a time in one mode shorter than a week


class ChangeMode(wire.Request, frozen=True):
    """What is given is changed."""

    mode: Mode | None = None
    starts_at: wire.Instant | None = None
    ends_at: wire.Instant | None = None
    reason: Reason = ""


class SplitMode(wire.Request, frozen=True):
    """End a block early; `then` is what the person does for the rest of it."""

    at: wire.Instant | None = None  # default: now
    then: Literal["", "support", "project", "none"] = ""  # default: the other mode
    reason: Reason = ""


class EndMode(wire.Request, frozen=True):
    reason: Reason = ""


# ------------------------------------------------------------------ plans
class SupportLoad(wire.Frozen, frozen=True):
    """What time in support costs somebody, on the clocks of their zone."""

    days: int
    weekend_days: int
    holidays: int  # public ones
    nights: int


class PlannedWeek(wire.Frozen, frozen=True):
    starts_at: wire.Instant
    ends_at: wire.Instant
    support: tuple[str, ...]  # with those who were to be before the plan


class PlanChoice(wire.Frozen, frozen=True):
    """Why `person` is in support in the week from `starts_at`, and who else could be ("" for nobody)."""

    starts_at: wire.Instant
    person: str
    why: str
    alternative: str
    why_not: str


class PlanShare(wire.Frozen, frozen=True):
    """What somebody bears in the 13 weeks before the plan and in its time, without the plan and with it."""

    person: str
    before: SupportLoad
    after: SupportLoad


class PlannedBlock(wire.Frozen, frozen=True):
    person: str
    mode: str
    starts_at: wire.Instant
    ends_at: wire.Instant


class ModePlan(wire.Frozen, frozen=True):
    """A fair plan of a team's modes. The days are as even as in any plan for these weeks; `short` names weeks with too
    few people. `plan` names what it would set.
    """

    team: str
    starts_at: wire.Instant
    ends_at: wire.Instant
    wanted: int  # in support at a time
    weeks: tuple[PlannedWeek, ...]
    choices: tuple[PlanChoice, ...]
    shares: tuple[PlanShare, ...]  # in the order of the roster
    blocks: tuple[PlannedBlock, ...]
    short: tuple[str, ...]
    plan: str
    applied: bool


class ApplyModePlan(wire.Request, frozen=True):
    """Make a plan true; with `plan`, only when it is still the one that was shown."""

    starts_at: wire.Instant | None = None  # default: the next Monday at nine in the zone of the first member
    weeks: Annotated[int, Meta(ge=1, le=52)] = 13
    replace: bool = False  # plan anew what is planned already
    plan: Annotated[str, Meta(max_length=64)] = ""
