"""From a changed alert to a page: routing, grouping, and the flush of a group. All inside a command's transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from incidentd.domain.alerts import flaps_until, is_flapping
from incidentd.domain.escalation import policy_of_service
from incidentd.domain.messages import group_body, group_title, update_body
from incidentd.domain.people import Roster
from incidentd.domain.process import Process
from incidentd.domain.routing import Route, group_key, group_labels, matching_routes, service_of
from incidentd.services.escalation import Escalation, Handler
from incidentd.services.hidden import Hidden, as_source
from incidentd.services.suppression import Suppression
from incidentd.storage import alert_routing, alerts, groups, pages, suppressions, timers
from incidentd.storage.alert_routing import Changed, Routed
from incidentd.storage.alerts import AlertRow
from incidentd.storage.groups import Group
from incidentd.storage.timers import Timer
from incidentd.storage.tx import Tx, Wake

FLUSH = "group.flush"
SETTLED = "alert.settled"
LOOK = "group.look"
ROUTE_BATCH = 400
"""Alerts that are routed in one transaction at most."""


class _Batch(msgspec.Struct):
    """What one routing transaction gathers before it writes."""

    open: dict[str, Group] = {}
    joins: list[tuple[int, int]] = []
    routed: list[Routed] = []
    flush_now: dict[int, tuple[Group, Route]] = {}
    ended: dict[int, Group] = {}
    steps: dict[tuple[str, str, int], dict[str, Any]] = {}


class Grouping:
    """Routes alerts into groups and tells people about groups."""

    def __init__(
        self,
        process: Callable[[], Process],
        roster: Callable[[], Roster],
        escalation: Escalation,
        suppression: Suppression,
    ) -> None:
        self._process = process
        self._roster = roster
        self._escalation = escalation
        self._suppression = suppression

    def handlers(self) -> Mapping[str, Handler]:
        """What its timers do."""
        return {FLUSH: self._on_flush, SETTLED: self._on_settled, LOOK: self._on_look}

    # ------------------------------------------------------------------ routing
    def route_pending(self, tx: Tx) -> int:
        """Route the alerts that changed; returns how many. Called until it returns 0."""
        changed = alert_routing.take_pending(tx, ROUTE_BATCH)
        self._route_all(tx, changed)
        if len(changed) == ROUTE_BATCH:
            tx.wake(Wake.ROUTER)
        return len(changed)

    def route_one(self, alert_id: int, tx: Tx) -> None:
        """Route one alert if it has changed."""
        self._route_all(tx, alert_routing.take_one(tx, alert_id))

    def _route_all(self, tx: Tx, changed: Sequence[Changed]) -> None:
        if not changed:
            return
        batch = _Batch()
        open_groups = groups.open_groups_of(tx, [one.id for one in changed if not one.firing])
        for alert in changed:
            self._route(tx, alert, open_groups.get(alert.id, []), batch)
        alert_routing.join_groups(tx, batch.joins)
        alert_routing.mark_routed(tx, batch.routed)
        self._after_ends(tx, [alert.id for alert in changed if not alert.firing])
        for group in batch.ended.values():
            self._end_if_over(tx, group)
        for group, route in batch.flush_now.values():
            self._flush(tx, group, route)

    def _route(self, tx: Tx, alert: Changed, in_groups: Sequence[Group], batch: _Batch) -> None:
        fired = alert.episode > alert.routed_episode
        flapping = is_flapping(alert.changes, tx.now)
        outcome = Routed(
            id=alert.id,
            episode=alert.episode,
            service=alert.service,
            group_id=alert.group_id,
            flapping=flapping,
        )
        if fired and alert.firing:
            self._join(tx, alert, outcome, batch)
        elif not alert.service:
            route = next(matching_routes(self._process().route, alert.labels))
            outcome.service = service_of(route, alert.labels)
        if not alert.firing:
            self._tell_end(tx, alert, fired)
            batch.ended.update({group.id: group for group in in_groups})
        if flapping:
            timers.arm(tx, SETTLED, alert.subject, flaps_until(alert.changes))
        if flapping and not alert.flapping:
            tx.emit("alert.flapping", alert.subject, {"changes": len(alert.changes)})
        batch.routed.append(outcome)

    def _tell_end(self, tx: Tx, alert: Changed, fired: bool) -> None:
        data = {"name": alert.name, "ended_at": alert.resolved_at, "expired": alert.expired}
        if fired:  # began and ended between two looks of the router
            tx.emit("alert.fired", alert.subject, {"name": alert.name, "episode": alert.episode, "routes": []})
            data["unrouted"] = "it ended before it was routed"
        elif alert.episode == 0:
            data["unrouted"] = "its end came without a beginning"
        tx.emit("alert.resolved", alert.subject, data)

    def _join(self, tx: Tx, alert: Changed, outcome: Routed, batch: _Batch) -> None:
        decided: list[dict[str, Any]] = []
        outcome.group_id = None
        for route in matching_routes(self._process().route, alert.labels):
            service = service_of(route, alert.labels)
            group = self._group_for(tx, alert, route, service, batch) if route.page else None
            if group is not None:
                batch.joins.append((group.id, alert.id))
                if outcome.group_id is None:
                    outcome.group_id = group.id
            if not decided:
                outcome.service = service
            decided.append(self._step(route, service, group, batch))
        data = {
            "name": alert.name,
            "summary": alert.summary,
            "severity": alert.severity,
            "source": alert.source,
            "episode": alert.episode,
            "starts_at": alert.starts_at,
            "routes": decided,
        }
        tx.emit("alert.fired", alert.subject, data)

    def _step(self, route: Route, service: str, group: Group | None, batch: _Batch) -> dict[str, Any]:
        """What the trace says about one route; alike for all alerts of a batch that it took the same way."""
        key = (route.id, service, 0 if group is None else group.id)
        step = batch.steps.get(key)
        if step is None:
            step = {"route": route.id, "route_name": route.name, "service": service}
            step["matchers"] = [str(matcher) for matcher in route.matchers]
            if group is None:
                step["not_paged"] = "this route pages nobody"
            else:
                step |= {"group": group.id, "group_wait": route.group_wait.total_seconds()}
                step["policy"] = route.policy or policy_of_service(self._roster(), service)
            batch.steps[key] = step
        return step

    def _group_for(self, tx: Tx, alert: Changed, route: Route, service: str, batch: _Batch) -> Group:
        key = group_key(route, alert.labels)
        if key in batch.open:
            return batch.open[key]
        group = groups.find_open(tx, key)
        if group is None:
            group = groups.open_group(tx, key, route.id, service, group_labels(route, alert.labels))
            if route.group_wait:
                timers.arm(tx, FLUSH, group.subject, tx.now + route.group_wait)
            else:
                batch.flush_now[group.id] = (group, route)
        else:
            timers.arm_no_later(tx, FLUSH, group.subject, _next_flush(group, route, tx.now))
        batch.open[key] = group
        return group

    # ------------------------------------------------------------------ the end of a group
    def _end_if_over(self, tx: Tx, group: Group) -> bool:
        """Close a group that has nothing to tell any more; False while it stays open."""
        current = groups.get(tx.conn, group.id, lock=True)
        if current is None or current.closed_at is not None:
            return True
        page = pages.of_group(tx, group.id)
        if groups.has_firing(tx.conn, group.id):
            if page is not None:  # what is left of it may have been taken on at the source
                self._escalation.acknowledge_taken(tx, page)
            return False
        if groups.has_flapping(tx.conn, group.id):
            return False
        if page is not None:
            self._escalation.resolve(tx, page, "every alert of the group has ended")
        else:
            tx.emit("group.quiet", group.subject, {"why": "every alert ended before anybody was to be told"})
        timers.cancel(tx, FLUSH, group.subject)
        timers.cancel(tx, LOOK, group.subject)
        groups.change(tx, group.id, closed_at=tx.now)
        return True

    def _on_settled(self, tx: Tx, timer: Timer) -> None:
        """A flapping alert has kept its status for a while: its groups are held open no longer."""
        alert = alerts.get(tx.conn, timer.subject_id, lock=True)
        if alert is None or not alert.flapping:
            return
        if is_flapping(alert.changes, tx.now):
            timers.arm(tx, SETTLED, alert.subject, flaps_until(alert.changes))
            return
        alerts.settle(tx, alert)
        tx.emit("alert.settled", alert.subject, {"status": alert.status})
        for group in groups.open_groups_of(tx, [alert.id]).get(alert.id, ()):
            self._end_if_over(tx, group)

    # ------------------------------------------------------------------ flushing
    def _on_flush(self, tx: Tx, timer: Timer) -> None:
        group = groups.get(tx.conn, timer.subject_id, lock=True)
        if group is not None and group.closed_at is None:
            self._flush(tx, group, self._route_named(group.route))

    def _route_named(self, route_id: str) -> Route:
        """The route a group was opened on; the root when a reload took it away."""
        root = self._process().route
        return next((route for route in _walk(root) if route.id == route_id), root)

    def _flush(self, tx: Tx, group: Group, route: Route) -> None:
        firing = groups.firing(tx.conn, group.id)
        if not firing:
            if not self._end_if_over(tx, group):  # held open by an alert that flaps
                timers.arm(tx, FLUSH, group.subject, tx.now + route.group_interval)
            return
        hidden = self._suppression.look(tx, [alert for alert, _ in firing])
        firing = [one for one in firing if one[0].id not in hidden]
        if hidden:
            timers.arm(tx, LOOK, group.subject, _next_look(hidden.values(), route, tx.now))
        if not firing:  # as if it was never flushed: what may be told later waits for its group_wait
            return
        page = pages.of_group(tx, group.id)
        told = False
        if page is None or page.state == "resolved":
            told = self._start_page(tx, group, route, [alert for alert, _ in firing])
        else:
            told = self._tell_more(tx, group, route, page, firing)
        groups.mark_announced(tx, group.id, but=list(hidden))
        notified_at = tx.now if told else group.notified_at
        groups.change(tx, group.id, last_flush_at=tx.now, notified_at=notified_at)
        timers.arm(tx, FLUSH, group.subject, (notified_at or tx.now) + route.repeat_interval)

    # ------------------------------------------------------------------ what is hidden
    def _on_look(self, tx: Tx, timer: Timer) -> None:
        self.look_again(tx, [timer.subject_id])

    def look_again(self, tx: Tx, group_ids: Sequence[int]) -> None:
        """Flush groups by their waits when something in them is no longer hidden that nobody was told of."""
        for group_id in sorted(group_ids):
            group = groups.get(tx.conn, group_id, lock=True)
            if group is not None and group.closed_at is None:
                self._look(tx, group, self._route_named(group.route))

    def look_again_at_alerts(self, tx: Tx, alert_ids: Sequence[int]) -> None:
        """Look again at the groups these alerts are in."""
        found = groups.open_groups_of(tx, alert_ids)
        self.look_again(tx, list({group.id for some in found.values() for group in some}))

    def _look(self, tx: Tx, group: Group, route: Route) -> None:
        firing = groups.firing(tx.conn, group.id)
        hidden = self._suppression.look(tx, [alert for alert, _ in firing])
        audible = [announced for alert, announced in firing if alert.id not in hidden]
        if hidden:
            timers.arm(tx, LOOK, group.subject, _next_look(hidden.values(), route, tx.now))
        else:
            timers.cancel(tx, LOOK, group.subject)
        if not all(audible):
            timers.arm_no_later(tx, FLUSH, group.subject, _next_flush(group, route, tx.now))
        elif audible and group.notified_at is not None:
            due = max(group.notified_at + route.repeat_interval, tx.now)
            timers.arm_no_later(tx, FLUSH, group.subject, due)

    def _after_ends(self, tx: Tx, ended: Sequence[int]) -> None:
        """Nothing hides what has ended, and what it inhibited is looked at again."""
        if not ended:
            return
        suppressions.forget(tx, ended)
        explained = suppressions.hidden_by(tx.conn, as_source(ended))
        self.look_again_at_alerts(tx, [one for one in explained if one not in set(ended)])

    def _start_page(self, tx: Tx, group: Group, route: Route, firing: Sequence[AlertRow]) -> bool:
        waiting = [alert for alert in firing if not alert.acknowledged_by]
        if not waiting:
            by = sorted({alert.acknowledged_by for alert in firing})
            tx.emit("group.quiet", group.subject, {"why": f"acknowledged by {', '.join(by)} before the page went out"})
            return False
        self._escalation.start(
            tx,
            **_texts(group, waiting),
            labels=dict(group.labels) | {"service": group.service},
            service=group.service,
            policy=route.policy or policy_of_service(self._roster(), group.service),
            person="",
            urgency=route.urgency,
            group_id=group.id,
            incident_id=None,
        )
        return True

    def _tell_more(
        self, tx: Tx, group: Group, route: Route, page: pages.PageRow, firing: Sequence[tuple[AlertRow, bool]]
    ) -> bool:
        new = [(alert.name, alert.summary) for alert, announced in firing if not announced]
        repeat = group.notified_at is None or tx.now - group.notified_at >= route.repeat_interval
        if page.state == "exhausted" and (new or repeat):
            why = "it still fires" if not new else "more alerts joined"
            waiting = [alert for alert, _ in firing if not alert.acknowledged_by] or [alert for alert, _ in firing]
            self._escalation.restart(tx, page, why, **_texts(group, waiting))
            return True
        if not new and not repeat:
            return False
        body = update_body(new, len(firing), page.acknowledged_by)
        reason = "more alerts joined what you were paged for" if new else "it still fires"
        only = page.acknowledged_by if page.state == "acknowledged" else ""
        reached = self._escalation.tell_again(tx, page, "update", body, reason, only)
        tx.emit("page.updated", page.subject, {"new": len(new), "firing": len(firing), "people": reached})
        return True


def _texts(group: Group, firing: Sequence[AlertRow]) -> dict[str, str]:
    """Title and body of a page about `firing`."""
    names = [(alert.name, alert.summary) for alert in firing]
    links = [firing[0].annotations.get("runbook_url", ""), firing[0].generator_url]
    return {
        "title": group_title(names, group.service, firing[0].severity),
        "body": group_body(names, group.labels, links),
    }


def _next_flush(group: Group, route: Route, now: datetime) -> datetime:
    """When an alert that joins the group now is told: after group_wait, or at the group's next interval."""
    if group.last_flush_at is None:
        return now + route.group_wait
    return max(group.last_flush_at + route.group_interval, now)


def _next_look(hidden: Iterable[Hidden], route: Route, now: datetime) -> datetime:
    """When what is hidden is looked at again: at the group's next interval, sooner when a hold ends before."""
    ends = (at for one in hidden if (at := one.looked_at) is not None)
    return min((now + route.group_interval, *ends))


def _walk(route: Route) -> list[Route]:
    return [route, *(below for child in route.routes for below in _walk(child))]
