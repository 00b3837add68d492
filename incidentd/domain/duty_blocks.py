"""Duty blocks: how long one person carries a pager before somebody else does."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from incidentd.domain.people import Shift


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """The shifts of one person until somebody else's: time that nobody has may lie between them."""

    person: str
    starts_at: datetime
    ends_at: datetime

    @property
    def length(self) -> timedelta:
        """From its first shift to the end of its last."""
        return self.ends_at - self.starts_at


def blocks(shifts: Iterable[Shift]) -> list[Block]:
    """The blocks of a final schedule, in order. Turns that an absence emptied are nobody's."""
    found: list[Block] = []
    for shift in shifts:
        if not shift.person:
            continue
        if found and found[-1].person == shift.person:
            found[-1] = msgspec.structs.replace(found[-1], ends_at=shift.ends_at)
        else:
            found.append(Block(person=shift.person, starts_at=shift.starts_at, ends_at=shift.ends_at))
    return found
