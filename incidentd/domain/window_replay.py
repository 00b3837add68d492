"""Past review windows under another process: which would close earlier, and which reviews would have been late."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec

from incidentd.domain.review_window import Window

LIMIT = "people met while the former window was open: with another they might have met at another time"


class Resolved(msgspec.Struct, frozen=True, kw_only=True):
    """An incident that was resolved, with its window under both processes (None: no review is needed), and when its
    review was begun, None when it was not.
    """

    incident_id: int
    before: Window | None
    after: Window | None
    held_at: datetime | None


class ReplayedWindows(msgspec.Struct, frozen=True, kw_only=True):
    """`n` are the resolved incidents compared. `late_...`: the review began after the window, or has not begun though
    it has closed. `turned` are the incidents of which that differs.
    """

    n: int
    needed_before: int
    needed_after: int
    closes_earlier: int
    closes_later: int
    late_before: int
    late_after: int
    turned: tuple[int, ...]


def replay(resolved: Iterable[Resolved], as_of: datetime) -> ReplayedWindows:
    """What the edit changes."""
    found = list(resolved)
    both = [(one.before.due_at, one.after.due_at) for one in found if one.before and one.after]
    late = [(one.incident_id, _late(one.before, one, as_of), _late(one.after, one, as_of)) for one in found]
    return ReplayedWindows(
        n=len(found),
        needed_before=sum(one.before is not None for one in found),
        needed_after=sum(one.after is not None for one in found),
        closes_earlier=sum(after < before for before, after in both),
        closes_later=sum(after > before for before, after in both),
        late_before=sum(before for _, before, _ in late),
        late_after=sum(after for _, _, after in late),
        turned=tuple(incident_id for incident_id, before, after in late if before != after),
    )


def _late(window: Window | None, one: Resolved, as_of: datetime) -> bool:
    return window is not None and (one.held_at or as_of) > window.due_at
