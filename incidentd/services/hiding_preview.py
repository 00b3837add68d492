"""What something would hide now, and what it has hidden, or would have, in the last seven days."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import Connection

from incidentd import wire
from incidentd.domain.dependencies import chains
from incidentd.domain.inhibition import Firing, InhibitRule, inhibited
from incidentd.domain.maintenance import WindowPlan
from incidentd.domain.matchers import matches_all
from incidentd.domain.people import Roster
from incidentd.domain.process import Process
from incidentd.domain.recurrence import Recurrence, occurrences
from incidentd.services import quiet_plans
from incidentd.services.errors import Invalid, Unknown
from incidentd.storage import alerts, hidings, suppressions
from incidentd.storage.alerts import AlertRow
from incidentd.storage.hidings import Hiding
from incidentd.storage.store import Store
from incidentd.wire import quieting as wire_quieting

PAST = timedelta(days=7)
SHOWN = 100  # alerts of each list
Fits = Callable[[AlertRow], bool]
_KINDS = ("silence", "recurring", "maintenance")


class _Found(msgspec.Struct, frozen=True):
    now: Sequence[int]
    past: Sequence[Hiding]


class HidingPreviews:
    """Implements `contracts.HidingCalls`."""

    def __init__(
        self,
        store: Store,
        process: Callable[[], Process],
        roster: Callable[[], Roster],
        alert_views: Callable[[Connection, Sequence[AlertRow]], tuple[wire.Alert, ...]],
    ) -> None:
        self._store = store
        self._process = process
        self._roster = roster
        self._alert_views = alert_views

    async def preview(self, body: wire_quieting.PreviewHiding) -> wire_quieting.HidingPreview:
        """What `body` names would hide, and did. Raises `Invalid`."""
        names = ("matchers", "maintenance", "dependency", "inhibit", "subject")
        if sum(bool(getattr(body, name)) for name in names) != 1:
            raise Invalid(f"say exactly one of {', '.join(names)}", field="matchers")
        now = self._store.clock.now()
        when = None if body.when is None else quiet_plans.recurrence(body.when, now - PAST)
        find = self._finder(body, now, when)

        def query(conn: Connection) -> wire_quieting.HidingPreview:
            found = find(conn)
            past = found.past[:SHOWN]
            rows = {row.id: row for row in alerts.get_many(conn, [one.alert_id for one in past])}
            return wire_quieting.HidingPreview(
                alerts=self._alert_views(conn, alerts.get_many(conn, found.now[:SHOWN])),
                total=len(found.now),
                past=tuple(_shown(one, rows[one.alert_id]) for one in past),
                past_total=len(found.past),
            )

        return await self._store.read(query)

    def _finder(
        self, body: wire_quieting.PreviewHiding, now: datetime, when: Recurrence | None
    ) -> Callable[[Connection], _Found]:
        if body.matchers:
            wanted = quiet_plans.matchers(body.matchers)
            return lambda conn: _planned(conn, lambda row: matches_all(wanted, row.labels), now, when)
        if body.maintenance is not None:
            plan = quiet_plans.window_plan(body.maintenance, self._process().maintenance)
            return lambda conn: _planned(conn, lambda row: self._works_on(plan, row), now, when)
        if body.dependency:
            return lambda conn: self._dependents(conn, body.dependency, now)
        if body.inhibit:
            rule = self._rule(body.inhibit)
            return lambda conn: _inhibited_by(conn, rule, now)
        return lambda conn: _of_subject(conn, body.subject, now)

    def _works_on(self, plan: WindowPlan, row: AlertRow) -> bool:
        return plan.hides(row.service, row.labels, self._process().maintenance.severities)

    def _dependents(self, conn: Connection, service: str, now: datetime) -> _Found:
        depends_on = self._roster().depends_on
        below = [one for one in depends_on if service in chains(depends_on, one)]
        if not below:
            raise Invalid(f"no service depends on {service!r}", field="dependency", remedy="see incidentctl services")
        past = hidings.past(conn, "upstream:", now - PAST)
        sources = alerts.get_many(conn, sorted({_source(one) for one in past}))
        ours = {row.id for row in sources if row.service == service}
        return _Found(alerts.firing_of_services(conn, below), [one for one in past if _source(one) in ours])

    def _rule(self, name: str) -> InhibitRule:
        rules = self._process().inhibit
        found = next((rule for rule in rules if name in (rule.name, str(rule))), None)
        if found is None:
            known = ", ".join(map(str, rules)) or "none"
            raise Unknown(f"there is no [[inhibit]] rule {name!r}", field="inhibit", remedy=f"there is {known}")
        return found


def _planned(conn: Connection, fits: Fits, now: datetime, when: Recurrence | None) -> _Found:
    """What something that is not there yet hides of what fires, and would have hidden of what fired lately."""
    lately = [row for row in alerts.lately(conn, now - PAST) if fits(row)]
    times = None if when is None else list(_times(when, now))
    past = [Hiding(row.id, "", max(row.began_at, now - PAST), row.resolved_at) for row in lately]
    chosen = [one for one in past if times is None or any(_meets(one, *span, now) for span in times)]
    return _Found([row.id for row in lately if row.firing], chosen[::-1])


def _times(when: Recurrence, now: datetime) -> Iterable[tuple[datetime, datetime]]:
    for one in occurrences(when, now - PAST):
        if one.starts_at > now:
            return
        yield one.starts_at, one.ends_at


def _meets(one: Hiding, starts_at: datetime, ends_at: datetime, now: datetime) -> bool:
    return one.since < ends_at and (one.until or now) >= starts_at


def _inhibited_by(conn: Connection, rule: InhibitRule, now: datetime) -> _Found:
    targets = suppressions.firing_like(conn, rule.target)
    here = inhibited([rule], targets, lambda one: suppressions.firing_like(conn, one.source))
    past = hidings.past(conn, "alert:", now - PAST)
    ids = {one.alert_id for one in past} | {_source(one) for one in past}
    labels = {row.id: Firing(row.id, row.labels) for row in alerts.get_many(conn, sorted(ids))}

    def ours(one: Hiding) -> bool:
        target, source = labels[one.alert_id], labels[_source(one)]
        return bool(inhibited([rule], [target], lambda _: [source]))

    return _Found(sorted(here), [one for one in past if ours(one)])


def _of_subject(conn: Connection, subject: str, now: datetime) -> _Found:
    kind, _, name = subject.partition(":")
    if kind not in _KINDS or not name or (kind != "silence" and not name.isdecimal()):
        known = "silence:<id>, recurring:<number> and maintenance:<number>"
        raise Invalid(f"{subject!r} is nothing that hides alerts", field="subject", remedy=f"there is {known}")
    subjects = hidings.subjects_of_rule(conn, int(name)) if kind == "recurring" else [subject]
    return _Found(suppressions.hidden_by(conn, subjects), hidings.past(conn, subjects, now - PAST))


def _source(one: Hiding) -> int:
    return int(one.by.partition(":")[2])


def _shown(one: Hiding, row: AlertRow) -> wire_quieting.PastHiding:
    return wire_quieting.PastHiding(
        alert_id=row.id, name=row.name, service=row.service, severity=row.severity, since=one.since, until=one.until
    )
