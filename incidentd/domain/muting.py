"""When a route tells nobody: its `mute_time_intervals` and `active_time_intervals`.

The rules are Alertmanager's (its documentation, "Routing-related settings"): a route is muted while any of its mute
intervals holds, and, where it names active intervals, while none of those does. What is muted is recorded and grouped
as ever. Neither key is inherited.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec

from incidentd.domain.routing import Route
from incidentd.domain.time_intervals import Period, active, first_instant

Intervals = Mapping[str, tuple[Period, ...]]


class Mute(msgspec.Struct, frozen=True, kw_only=True):
    """A route that tells nobody now.

    `by` names the intervals: those that mute it, or (`inactive`) those of which none holds. `until` is the exact end,
    None when there is none within `time_intervals.HORIZON`.
    """

    by: tuple[str, ...]
    inactive: bool
    until: datetime | None


def mute_of(route: Route, intervals: Intervals, at: datetime) -> Mute | None:
    """Whether and how long `route` is muted at `at`. A name that `intervals` does not have never holds."""
    by, inactive = _muted_by(route, intervals, at)
    if not by:
        return None
    named = (*route.mute_time_intervals, *route.active_time_intervals)
    periods = [period for name in named for period in intervals.get(name, ())]
    until = first_instant(lambda later: not _muted_by(route, intervals, later)[0], periods, at)
    return Mute(by=by, inactive=inactive, until=until)


def _muted_by(route: Route, intervals: Intervals, at: datetime) -> tuple[tuple[str, ...], bool]:
    """(the intervals that mute, whether it is because none of them holds)."""
    muting = tuple(name for name in route.mute_time_intervals if active(intervals.get(name, ()), at))
    if muting:
        return muting, False
    wanted = route.active_time_intervals
    if wanted and not any(active(intervals.get(name, ()), at) for name in wanted):
        return wanted, True
    return (), False
