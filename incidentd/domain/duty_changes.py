"""Changes of the day: who takes over a while of a schedule, who swaps with whom, and who is away."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from datetime import datetime

import msgspec

from incidentd.domain.people import Shift


class Override(msgspec.Struct, frozen=True, kw_only=True):
    """`person` carries the pager of `schedule` from `starts_at` until before `ends_at`, whoever it was."""

    id: int
    schedule: str
    person: str
    starts_at: datetime
    ends_at: datetime
    reason: str = ""
    by: str = ""
    at: datetime  # when it was set: what was set later lies above
    cancelled: bool = False
    version: int = 1


class SwapState(enum.StrEnum):
    """What became of a swap."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    EXPIRED = "expired"  # a side began, and nobody had answered


class Swap(msgspec.Struct, frozen=True, kw_only=True):
    """`person` gives the first span to `other` and takes the second from them, once `other` has accepted."""

    id: int
    schedule: str
    person: str
    starts_at: datetime
    ends_at: datetime
    other: str
    other_starts_at: datetime
    other_ends_at: datetime
    state: SwapState = SwapState.PROPOSED
    reason: str = ""
    by: str = ""
    at: datetime  # when it was proposed, or settled
    version: int = 1

    @property
    def expires_at(self) -> datetime:
        """When the first side begins: what is not accepted by then counts for nothing."""
        return min(self.starts_at, self.other_starts_at)


class Absence(msgspec.Struct, frozen=True, kw_only=True):
    """`person` is away: their turns go to `stand_in`, or are a gap when there is none or that one is away too."""

    id: int
    person: str
    starts_at: datetime
    ends_at: datetime
    stand_in: str = ""
    reason: str = ""
    by: str = ""
    at: datetime
    cancelled: bool = False
    version: int = 1


class ImportedShift(msgspec.Struct, frozen=True, kw_only=True):
    """What a calendar says of a layer. Those of one layer do not overlap."""

    schedule: str
    layer: str
    person: str
    starts_at: datetime
    ends_at: datetime


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """What counts besides the file: overrides that stand, swaps that were accepted, absences that were not taken back,
    and what calendars say."""

    overrides: tuple[Override, ...] = ()
    swaps: tuple[Swap, ...] = ()
    absences: tuple[Absence, ...] = ()
    imported: tuple[ImportedShift, ...] = ()

    def of_layer(self, schedule: str, layer: str) -> list[Shift]:
        """What a calendar says of one layer, in order."""
        found = (one for one in self.imported if (one.schedule, one.layer) == (schedule, layer))
        return sorted(
            (Shift(person=one.person, starts_at=one.starts_at, ends_at=one.ends_at) for one in found),
            key=lambda one: one.starts_at,
        )

    def of_schedule(self, name: str) -> list[Override | Swap]:
        """Overrides and swaps of one schedule in the order in which they were made."""
        found: list[Override | Swap] = [one for one in self.overrides if one.schedule == name and not one.cancelled]
        found += [one for one in self.swaps if one.schedule == name and one.state is SwapState.ACCEPTED]
        return sorted(found, key=lambda one: (one.at, isinstance(one, Swap), one.id))

    def absences_of(self) -> Mapping[str, list[Absence]]:
        """Absences by person, in order of time."""
        found: dict[str, list[Absence]] = {}
        for one in sorted(self.absences, key=lambda one: (one.starts_at, one.id)):
            if not one.cancelled:
                found.setdefault(one.person, []).append(one)
        return found


NO_CHANGES = Changes()
