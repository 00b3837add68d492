"""Who carries the pager, as a plugin may ask: a phone line that puts callers through to them. Since API version 1.6."""

from __future__ import annotations

from typing import Protocol

import msgspec


class OnDuty(msgspec.Struct, frozen=True, kw_only=True):
    """Whoever carries the pager. `addresses` are those of their contact methods for what is urgent, in their order."""

    person: str  # the handle
    name: str
    addresses: tuple[str, ...]


class DutyBook(Protocol):
    """The schedules, read only."""

    async def on_call(self, schedule: str) -> OnDuty | None:
        """Who is on call for `schedule` now; None when nobody is, or when there is no such schedule.

        Raises `StoreUnavailable`.
        """
        ...

    async def put_through(self, person: str, *, once: str, note: str = "") -> None:
        """Somebody was connected with `person` by a call: one on project work was interrupted, which is recorded.

        `once` is the vendor's id of the call: told again it changes nothing. Raises `StoreUnavailable`. Since API
        version 1.7.
        """
        ...
