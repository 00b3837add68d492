"""What retention says before it runs: the policy, the latest runs, and what would go now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Connection

from incidentd.domain.retention import NAMES, Retention
from incidentd.services.retention_sweeps import SWEEPS, read_named
from incidentd.services.retention_views import class_views, forecast, run_view
from incidentd.storage import holds, removals
from incidentd.storage import retention_runs as runs
from incidentd.storage.expiry import Found, Look, Size, Sweep
from incidentd.storage.named import Named
from incidentd.storage.old_messages import MessageEvents, Messages
from incidentd.storage.store import Store
from incidentd.wire import retention as wire_retention

_RUNS = 10
_LOOK = 500


class RetentionPreviews:
    """Reads only."""

    def __init__(self, store: Store, policy: Callable[[], Retention]) -> None:
        self._store = store
        self._policy = policy

    async def show(self) -> wire_retention.RetentionPolicy:
        """The policy in force, and what runs did lately."""
        policy, now = self._policy(), self._store.clock.now()

        def read(conn: Connection) -> wire_retention.RetentionPolicy:
            return wire_retention.RetentionPolicy(
                classes=class_views(policy),
                at=f"{policy.at:%H:%M}",
                zone=policy.zone,
                next_at=policy.next_at(now),
                runs=tuple(run_view(one) for one in runs.latest(conn, _RUNS)),
                whole_from=removals.whole_from(conn),
                holds=len(holds.listed(conn, released=False)),
            )

        return await self._store.read(read)

    async def preview(self) -> wire_retention.RetentionPreview:
        """What a run would remove if it began now, and what stays although it is old enough."""
        policy, now = self._policy(), self._store.clock.now()
        named = await read_named(self._store)
        sizes = {name: Size() for name in NAMES}
        keeps: dict[str, Counter[str]] = {name: Counter() for name in NAMES}
        blanked: list[int] = []
        for one in SWEEPS:
            before = policy.before(one.name, now)
            if before is None:
                continue
            sweep = MessageEvents(frozenset(blanked)) if isinstance(one, MessageEvents) else one
            found = await self._all(sweep, before, named, sizes[one.name], keeps[one.name])
            if isinstance(one, Messages):
                blanked = found
        return wire_retention.RetentionPreview(
            at=now, classes=tuple(forecast(name, policy, sizes[name], keeps[name]) for name in NAMES)
        )

    async def _all(self, sweep: Sweep, before: datetime, named: Named, size: Size, keeps: Counter[str]) -> list[int]:
        """Everything that one sweep finds, measured."""
        after: int | None = 0
        ids: list[int] = []
        while after is not None:
            found, part = await self._store.read(lambda conn: _part(conn, sweep, before, named, after or 0))  # noqa: B023
            size.add(part)
            keeps.update(found.kept)
            ids += found.ids
            after = found.after
        return ids


def _part(conn: Connection, sweep: Sweep, before: datetime, named: Named, after: int) -> tuple[Found, Size]:
    look = Look(before=before, held=holds.held(conn), named=named)
    found = sweep.find(conn, look, after, _LOOK)
    size = Size()
    for start in range(0, len(found.ids), _LOOK):
        some: Sequence[int] = found.ids[start : start + _LOOK]
        size.add(sweep.size(conn, some))
    return found, size
