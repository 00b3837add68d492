"""Schedules and their changes of the day on the wire; the rules of `wire` hold here too."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from incidentd import wire

Reason = Annotated[str, Meta(max_length=1000)]


class DutyShift(wire.Frozen, frozen=True):
    """Who carries a pager; `person` is "" in a gap that an absence made."""

    person: str
    starts_at: wire.Instant
    ends_at: wire.Instant
    source: str  # what decided: layer:NAME, override:ID, swap:ID or absence:ID
    instead_of: str  # who would have had it
    shadows: tuple[str, ...]  # who learn beside them


class Span(wire.Frozen, frozen=True):
    starts_at: wire.Instant
    ends_at: wire.Instant


class Schedule(wire.Frozen, frozen=True):
    """The final schedule of a time: shifts in order, none of which overlap, and the spans that nobody has."""

    name: str
    zone: str
    layers: tuple[str, ...]  # from bottom to top
    people: tuple[str, ...]
    policies: tuple[str, ...]  # that page it
    shifts: tuple[DutyShift, ...]
    gaps: tuple[Span, ...]


class Override(wire.Frozen, frozen=True):
    id: int
    schedule: str
    person: str
    starts_at: wire.Instant
    ends_at: wire.Instant
    reason: str
    by: str
    at: wire.Instant
    cancelled: bool
    version: int


class Swap(wire.Frozen, frozen=True):
    """`person` gives the first time and takes the second from `other`, once `other` has accepted."""

    id: int
    schedule: str
    person: str
    starts_at: wire.Instant
    ends_at: wire.Instant
    other: str
    other_starts_at: wire.Instant
    other_ends_at: wire.Instant
    state: str  # proposed | accepted | declined | cancelled | expired (when a side begins)
    reason: str
    by: str
    at: wire.Instant  # when it was proposed or settled
    version: int


class Absence(wire.Frozen, frozen=True):
    id: int
    person: str
    starts_at: wire.Instant
    ends_at: wire.Instant
    stand_in: str  # "" for a gap
    reason: str
    by: str
    at: wire.Instant
    cancelled: bool
    version: int


class DutyWarning(wire.Frozen, frozen=True):
    """What is wrong before it hurts."""

    kind: str  # gap | overlap | holiday | unreachable, of modes: allocation | team_size | cadence | support | project
    schedule: str  # "" for a team's or a person's modes
    person: str
    starts_at: wire.Instant
    ends_at: wire.Instant
    text: str


class FeedUrl(wire.Frozen, frozen=True):
    """Where a calendar reads shifts. Who knows it may read them: treat it as a secret."""

    kind: str  # person | schedule | team
    name: str
    url: str


class Schedules(wire.Frozen, frozen=True):
    """Final schedules over a time, and the changes that touch it, swaps that wait for an answer among them."""

    starts_at: wire.Instant
    ends_at: wire.Instant
    schedules: tuple[Schedule, ...]
    overrides: tuple[Override, ...]
    swaps: tuple[Swap, ...]
    absences: tuple[Absence, ...]
    warnings: tuple[DutyWarning, ...] = ()


class SetOverride(wire.Request, frozen=True):
    schedule: wire.Handle
    person: wire.Handle
    ends_at: wire.Instant
    starts_at: wire.Instant | None = None  # default: now
    reason: Reason = ""


class EditOverride(wire.Request, frozen=True):
    """What is given is changed."""

    person: wire.Handle | None = None
    starts_at: wire.Instant | None = None
    ends_at: wire.Instant | None = None
    reason: Reason | None = None


class ProposeSwap(wire.Request, frozen=True):
    """The caller gives the first time to `other` and takes the second."""

    schedule: wire.Handle
    starts_at: wire.Instant
    ends_at: wire.Instant
    other: wire.Handle
    other_starts_at: wire.Instant
    other_ends_at: wire.Instant
    reason: Reason = ""


class SettleSwap(wire.Request, frozen=True):
    """The other side accepts or declines (also after accepting, until a side has begun); who proposed it cancels."""

    to: Literal["accepted", "declined", "cancelled"]


class SetAbsence(wire.Request, frozen=True):
    ends_at: wire.Instant
    person: Annotated[str, Meta(max_length=64)] = ""  # default: the caller
    starts_at: wire.Instant | None = None  # default: now
    stand_in: Annotated[str, Meta(max_length=64)] = ""  # default: nobody, so that the time is a gap
    reason: Reason = ""


class PreviewDuty(wire.Request, frozen=True):
    """Exactly one change, as it would be asked for. Nothing is kept."""

    override: SetOverride | None = None
    instead_of: int | None = None  # the override that this one is to become, when one is changed
    swap: ProposeSwap | None = None
    absence: SetAbsence | None = None


class DutyPreview(wire.Frozen, frozen=True):
    """The schedules that a change makes different, over its time; a swap as if it were accepted."""

    starts_at: wire.Instant
    ends_at: wire.Instant
    before: tuple[Schedule, ...]
    after: tuple[Schedule, ...]
    warnings: tuple[DutyWarning, ...]  # that it brings
    mended: tuple[DutyWarning, ...]  # that it ends
