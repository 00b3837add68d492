"""Which routes are muted by their time intervals, looked up whenever somebody is about to be told."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from sqlalchemy import Connection

from incidentd import wire
from incidentd.domain import hiding
from incidentd.domain.muting import Mute, mute_of
from incidentd.domain.process import Process
from incidentd.domain.routing import Route, find_route, walk_routes
from incidentd.domain.time_intervals import HORIZON
from incidentd.storage import groups
from incidentd.storage.active_alerts import ActiveRow
from incidentd.storage.alerts import AlertRow


class Mutes:
    """Says which routes are muted. `process` is asked at each use, so that a reload counts at once."""

    def __init__(self, process: Callable[[], Process]) -> None:
        self._process = process
        self._known: dict[str, tuple[datetime, Mute]] = {}  # since when, by the route's key
        self._known_for: Process | None = None

    def of_route(self, route: Route, now: datetime) -> Mute | None:
        """Whether and until when `route` is muted at `now`."""
        if not has_intervals(route):
            return None
        process = self._process()
        if self._known_for is not process:
            self._known, self._known_for = {}, process
        since, known = self._known.get(route.stable_key, (now, None))
        if known is not None and since <= now < look_again_at(known, since):
            return known
        found = mute_of(route, process.time_intervals, now)
        if found is not None:
            self._known[route.stable_key] = (now, found)
        return found

    def of_group(self, conn: Connection, group_id: int | None, now: datetime) -> Mute | None:
        """Whether the route of a group is muted; None for what has no group."""
        group = None if group_id is None else groups.get(conn, group_id)
        return None if group is None else self.of_route(find_route(self._process().route, group.route), now)

    def of_alerts(self, conn: Connection, rows: Iterable[AlertRow | ActiveRow], now: datetime) -> dict[int, Mute]:
        """The mute of each firing alert all of whose groups are muted, the one that ends first."""
        root = self._process().route
        muted = {
            route.stable_key: mute for route in walk_routes(root) if (mute := self.of_route(route, now)) is not None
        }
        if not muted:
            return {}
        found: dict[int, Mute] = {}
        for alert_id, keys in groups.open_routes(conn, [row.id for row in rows if row.firing]).items():
            mutes = [muted.get(find_route(root, key).stable_key) for key in keys]
            sure = [mute for mute in mutes if mute is not None]
            if sure and len(sure) == len(mutes):
                found[alert_id] = min(sure, key=lambda mute: look_again_at(mute, now))
        return found

    def reasons(
        self, conn: Connection, rows: Iterable[AlertRow], now: datetime
    ) -> dict[int, tuple[wire.HiddenBy, ...]]:
        """The mute of each alert, as the wire shows what hides it."""
        return {alert_id: (reason(mute),) for alert_id, mute in self.of_alerts(conn, rows, now).items()}


def reason(mute: Mute) -> wire.HiddenBy:
    """A mute as the wire shows what hides an alert."""
    names = ", ".join(mute.by)
    text = hiding.muted(told(mute))
    return wire.HiddenBy(kind="mute", subject=f"interval:{names}", name=names, text=text, until=mute.until)


def has_intervals(route: Route) -> bool:
    """Whether `route` may be muted at all."""
    return bool(route.mute_time_intervals or route.active_time_intervals)


def look_again_at(mute: Mute, now: datetime) -> datetime:
    """When a mute that was found at `now` ends, or is so far from its end that it is looked at again."""
    return mute.until or now + HORIZON


def told(mute: Mute) -> dict[str, object]:
    """A mute as events carry it."""
    return {"by": list(mute.by), "inactive": mute.inactive, "until": mute.until}
