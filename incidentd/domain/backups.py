"""Backups of the store: what one holds, when the next is due, and which are kept."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from incidentd.domain.byte_sizes import readable

DAY = timedelta(days=1)
LATE_AFTER = timedelta(hours=1)
"""A backup that was due for so long, while the daemon ran, is late."""
LEAST_FREE = 2**30
"""Bytes that stay free beside a backup, on a disk of ten times as many or more; of a smaller one a tenth."""


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """One state of a store: what a copy of it has to hold. `rows` counts them by table."""

    schema: str
    last_seq: int
    last_at: datetime | None
    rows: Mapping[str, int]

    def differences(self, found: Snapshot) -> list[str]:
        """How a copy differs from this, in words; nothing when it is the same."""
        said = []
        if found.schema != self.schema:
            said.append(f"schema {found.schema} instead of {self.schema}")
        if found.last_seq != self.last_seq:
            said.append(f"last event {found.last_seq} instead of {self.last_seq}")
        for table in sorted({*self.rows, *found.rows}):
            wanted, has = self.rows.get(table), found.rows.get(table)
            if wanted != has:
                said.append(f"{table} has {has} rows instead of {wanted}")
        return said


class Backup(msgspec.Struct, frozen=True, kw_only=True):
    """A backup that lies in the directory of backups. `doubts` were in the store already when it was copied."""

    file: str  # its name, without a directory
    made_at: datetime
    verified_at: datetime | None  # when it was opened as a database of its own and found to be the same
    seconds: float  # that copying and verifying took
    size: int  # bytes
    sha256: str
    engine: str  # sqlite | postgresql: where it was copied from
    version: str  # of the incidentd that made it
    snapshot: Snapshot
    doubts: tuple[str, ...] = ()

    @property
    def good(self) -> bool:
        """Whether it may be relied on."""
        return self.verified_at is not None and not self.doubts


class Schedule(msgspec.Struct, frozen=True, kw_only=True):
    """At a time of the day in `zone`, and `every` so often from then to the same time of the next day."""

    at: time = time(3, 30)
    zone: str = "UTC"
    every: timedelta = DAY

    def after(self, moment: datetime) -> datetime:
        """When the first backup after `moment` is due."""
        today = moment.astimezone(ZoneInfo(self.zone)).date()
        days = [self._on(today + offset * DAY) for offset in (-1, 0, 1)]
        begins, ends = max(at for at in days if at <= moment), min(at for at in days if at > moment)
        return min(begins + ((moment - begins) // self.every + 1) * self.every, ends)

    def _on(self, day: date) -> datetime:
        return datetime.combine(day, self.at, ZoneInfo(self.zone)).astimezone(UTC)


def due_at(schedule: Schedule, kept: Iterable[Backup], first_event_at: datetime | None) -> datetime | None:
    """When the next backup is due: after the newest there is, or else after the store's first event.

    Thus a machine that is off at the time of day makes up for it when it is on. None while there is nothing to keep.
    """
    newest = max((one.made_at for one in kept), default=None) or first_event_at
    return None if newest is None else schedule.after(newest)


class Keeping(msgspec.Struct, frozen=True, kw_only=True):
    """How many backups are kept: the newest, and of each of so many days and weeks before today the last one made."""

    newest: int = 7
    daily: int = 0
    weekly: int = 0


def superfluous(backups: Sequence[Backup], keeping: Keeping) -> list[Backup]:
    """The backups that may go, oldest first. The newest good one never goes, whatever the numbers say."""
    by_age = sorted(backups, key=lambda one: one.made_at, reverse=True)
    kept = {one.file for one in by_age[: keeping.newest]}
    kept |= _last_of(by_age, keeping.daily, lambda at: at.date().toordinal())
    kept |= _last_of(by_age, keeping.weekly, lambda at: at.isocalendar()[:2])
    kept |= {one.file for one in [one for one in by_age if one.good][:1]}
    return [one for one in reversed(by_age) if one.file not in kept]


def _last_of(by_age: Sequence[Backup], number: int, period: Callable[[datetime], Hashable]) -> set[str]:
    last: dict[Hashable, str] = {}
    for one in by_age:
        last.setdefault(period(one.made_at.astimezone(UTC)), one.file)
    return set(list(last.values())[:number])


def lacks_room(size: int, free: int, total: int) -> str:
    """Why a copy of `size` bytes must not be written to a disk with `free` of `total` bytes; "" when it may."""
    reserve = min(LEAST_FREE, total // 10)
    if size + reserve <= free:
        return ""
    return (
        f"it needs {readable(size)}, and {readable(free)} of {readable(total)} are free: {readable(reserve)} have to "
        "stay free for the store itself. Make room, keep fewer, or set another directory"
    )
