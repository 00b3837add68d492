"""From a changed alert to a page: routing, grouping, and the flush of a group. All inside a command's transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import msgspec

from incidentd.domain import drills
from incidentd.domain.alerts import flaps_until, is_flapping
from incidentd.domain.escalation import policy_of_service
from incidentd.domain.messages import update_body
from incidentd.domain.muting import Mute
from incidentd.domain.people import Roster
from incidentd.domain.process import Process
from incidentd.domain.routing import Route, find_route, group_labels, matching_routes, service_of
from incidentd.services.escalation import PAUSED, Escalation, Handler
from incidentd.services.group_pages import next_flush, next_look, not_acknowledged, texts, worsened, worst
from incidentd.services.hidden import as_source
from incidentd.services.muting import Mutes, look_again_at, told
from incidentd.services.page_messages import tell_again
from incidentd.services.routing_batch import Batch, changes, key_on, keys
from incidentd.services.suppression import Suppression
from incidentd.storage import alert_routing, alerts, groups, pages, suppressions, timers
from incidentd.storage.alert_routing import Changed, Routed
from incidentd.storage.alerts import AlertRow
from incidentd.storage.groups import Group
from incidentd.storage.routed_by import tree_is
from incidentd.storage.timers import Timer
from incidentd.storage.tx import Tx, Wake

FLUSH = "group.flush"
SETTLED = "alert.settled"
LOOK = "group.look"
UNMUTED = "group.unmuted"
HELD = timedelta(minutes=1)
"""How long what a paused drill wants to tell waits until it is looked at again."""
ROUTE_BATCH = 400
"""Alerts that are routed in one transaction at most."""


class Grouping:
    """Routes alerts into groups and tells people about groups."""

    def __init__(
        self,
        process: Callable[[], Process],
        roster: Callable[[], Roster],
        escalation: Escalation,
        suppression: Suppression,
        mutes: Mutes,
    ) -> None:
        self._process = process
        self._roster = roster
        self._escalation = escalation
        self._suppression = suppression
        self._mutes = mutes

    def handlers(self) -> Mapping[str, Handler]:
        """What its timers do."""
        return {
            FLUSH: self._on_flush,
            SETTLED: self._on_settled,
            LOOK: self._on_look,
            UNMUTED: self._on_unmuted,
        }

    def follow_configuration(self, tx: Tx) -> None:
        """After a start or a reload: what waits for the end of a mute looks again, and another tree routes anew."""
        timers.hasten(tx, (UNMUTED, PAUSED))
        tree = msgspec.json.encode(self._process().route)
        if tree_is(tx, hashlib.blake2b(tree, digest_size=16).hexdigest()) and alerts.route_again(tx):
            tx.wake(Wake.ROUTER)

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
        batch = Batch()
        open_groups = groups.open_groups_of(tx, [one.id for one in changed if one.routed_episode or not one.firing])
        for alert in changed:
            self._route(tx, alert, open_groups.get(alert.id, []), batch)
        alert_routing.join_groups(tx, batch.joins)
        alert_routing.leave_groups(tx, batch.leaves)
        alert_routing.mark_routed(tx, batch.routed)
        self._after_ends(tx, [alert.id for alert in changed if not alert.firing])
        for group in batch.ended.values():
            self._end_if_over(tx, group)
        for group in batch.left.values():
            self._end_if_over(tx, group, moved=True)
        for group, route in batch.flush_now.values():
            self._flush(tx, group, route)

    def _route(self, tx: Tx, alert: Changed, in_groups: Sequence[Group], batch: Batch) -> None:
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
            self._join(tx, alert, outcome, in_groups, batch)
        elif alert.firing:
            self._move(tx, alert, outcome, in_groups, batch)
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
            fired_unseen = {"name": alert.name, "episode": alert.episode, "labels": alert.labels, "routes": []}
            tx.emit("alert.fired", alert.subject, fired_unseen)
            data["unrouted"] = "it ended before it was routed"
        elif alert.episode == 0:
            data["unrouted"] = "its end came without a beginning"
        tx.emit("alert.resolved", alert.subject, data)

    def _join(self, tx: Tx, alert: Changed, outcome: Routed, in_groups: Sequence[Group], batch: Batch) -> None:
        """Route an alert that began to fire."""
        outcome.group_id = None
        routes = list(matching_routes(self._process().route, alert.labels))
        data = {
            "name": alert.name,
            "summary": alert.summary,
            "severity": alert.severity,
            "source": alert.source,
            "episode": alert.episode,
            "starts_at": alert.starts_at,
            "labels": alert.labels,  # those of a later episode may be others: a replay needs them as they were
            "routes": self._take(tx, alert, routes, outcome, {}, batch),
        }
        if alert.acknowledged_before:
            data["acknowledgement_ended"] = alert.acknowledged_before
        self._leave(alert, [group for group in in_groups if group.key not in keys(routes, alert)], batch)
        tx.emit("alert.fired", alert.subject, data)

    def _move(self, tx: Tx, alert: Changed, outcome: Routed, in_groups: Sequence[Group], batch: Batch) -> None:
        """Route an alert that fires again, because its labels or the tree have changed."""
        routes = list(matching_routes(self._process().route, alert.labels))
        wanted = keys(routes, alert)
        staying = {group.key: group for group in in_groups if group.key in wanted}
        left = [group for group in in_groups if group.key not in wanted]
        outcome.service = service_of(routes[0], alert.labels)
        if not left and len(staying) == len(wanted):
            return
        outcome.group_id = None
        decided = self._take(tx, alert, routes, outcome, staying, batch)
        self._leave(alert, left, batch)
        data = {
            "name": alert.name,
            "routes": decided,
            "left": [group.id for group in left],
            "labels": changes(left, alert),
            "labels_now": alert.labels,
        }
        if alert.acknowledged_by and not self._same_people(left, routes, alert):
            alerts.set_acknowledged(tx, [alert.id], "")
            data["acknowledgement_ended"] = alert.acknowledged_by
        tx.emit("alert.moved", alert.subject, data)

    def _take(
        self,
        tx: Tx,
        alert: Changed,
        routes: Sequence[Route],
        outcome: Routed,
        staying: Mapping[str, Group],
        batch: Batch,
    ) -> list[dict[str, Any]]:
        """Put the alert into the groups of `routes`, in some of which it is; returns what the trace says of each."""
        decided: list[dict[str, Any]] = []
        for route in routes:
            service = service_of(route, alert.labels)
            group = staying.get(key_on(route, alert)) if route.page else None
            if group is None and route.page:
                group = self._group_for(tx, alert, route, service, batch)
                batch.joins.append((group.id, alert.id))
            if group is not None and outcome.group_id is None:
                outcome.group_id = group.id
            if not decided:
                outcome.service = service
            decided.append(self._step(route, service, group, batch))
        return decided

    def _leave(self, alert: Changed, left: Sequence[Group], batch: Batch) -> None:
        batch.leaves += [(group.id, alert.id) for group in left]
        batch.left.update({group.id: group for group in left})

    def _same_people(self, left: Sequence[Group], routes: Sequence[Route], alert: Changed) -> bool:
        """Whether a policy of the groups that were left pages about the alert now too."""
        before = {self._policy(self._route_named(group.route), group.service) for group in left}
        return any(route.page and self._policy(route, service_of(route, alert.labels)) in before for route in routes)

    def _policy(self, route: Route, service: str) -> str:
        return route.policy or policy_of_service(self._roster(), service)

    def _step(self, route: Route, service: str, group: Group | None, batch: Batch) -> dict[str, Any]:
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
                step["policy"] = self._policy(route, service)
            batch.steps[key] = step
        return step

    def _group_for(self, tx: Tx, alert: Changed, route: Route, service: str, batch: Batch) -> Group:
        key = key_on(route, alert)
        if key in batch.open:
            return batch.open[key]
        group = groups.find_open(tx, key)
        if group is None:
            group = groups.open_group(tx, key, route.stable_key, service, group_labels(route, alert.labels))
            if route.group_wait:
                timers.arm(tx, FLUSH, group.subject, tx.now + route.group_wait)
            else:
                batch.flush_now[group.id] = (group, route)
        else:
            timers.arm_no_later(tx, FLUSH, group.subject, next_flush(group, route, tx.now))
        batch.open[key] = group
        return group

    # ------------------------------------------------------------------ the end of a group
    def _end_if_over(self, tx: Tx, group: Group, *, moved: bool = False) -> bool:
        """Close a group that has nothing to tell any more; False while it stays open. `moved`: what fired went away."""
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
            why = "its alerts are in another group now" if moved else "every alert of the group has ended"
            self._escalation.resolve(tx, page, why)
        else:
            why = "every alert moved to another group" if moved else "every alert ended"
            tx.emit("group.quiet", group.subject, {"why": f"{why} before anybody was to be told"})
        for kind in (FLUSH, LOOK, UNMUTED):
            timers.cancel(tx, kind, group.subject)
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
        return find_route(self._process().route, route_id)

    def _flush(self, tx: Tx, group: Group, route: Route) -> None:
        if self._escalation.is_held(tx, drills.of_source(group.key)):
            timers.arm(tx, FLUSH, group.subject, tx.now + HELD)
            return
        firing = groups.firing(tx.conn, group.id)
        if not firing:
            if not self._end_if_over(tx, group):  # held open by an alert that flaps
                timers.arm(tx, FLUSH, group.subject, tx.now + route.group_interval)
            return
        if (mute := self._mutes.of_route(route, tx.now)) is not None:
            self._hold(tx, group, mute)
            return
        hidden = self._suppression.look(tx, [alert for alert, _ in firing])
        firing = [one for one in firing if one[0].id not in hidden]
        if hidden:
            timers.arm(tx, LOOK, group.subject, next_look(hidden.values(), route, tx.now))
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

    # ------------------------------------------------------------------ mutes
    def _hold(self, tx: Tx, group: Group, mute: Mute, said: Mapping[str, Any] | None = None) -> None:
        """Tell nobody, as if it was never flushed, and look again at the exact end; `said` is what the trace has."""
        data = told(mute)
        if msgspec.to_builtins(data) != said:
            tx.emit("group.muted", group.subject, data)
        timers.arm(tx, UNMUTED, group.subject, look_again_at(mute, tx.now), data)

    def _on_unmuted(self, tx: Tx, timer: Timer) -> None:
        """What still fires is told at once; a mute that goes on, by now maybe another one, holds it on."""
        group = groups.get(tx.conn, timer.subject_id, lock=True)
        if group is None or group.closed_at is not None:
            return
        route = self._route_named(group.route)
        if (mute := self._mutes.of_route(route, tx.now)) is not None:
            self._hold(tx, group, mute, timer.payload)
            return
        tx.emit("group.unmuted", group.subject, {})
        self._flush(tx, group, route)

    # ------------------------------------------------------------------ what is hidden
    def _on_look(self, tx: Tx, timer: Timer) -> None:
        self.look_again(tx, [timer.subject_id])

    def look_again(self, tx: Tx, group_ids: Sequence[int], *, at_once: bool = False) -> None:
        """Flush groups, by their waits or `at_once`, when something is no longer hidden that nobody was told of."""
        for group_id in sorted(group_ids):
            group = groups.get(tx.conn, group_id, lock=True)
            if group is not None and group.closed_at is None:
                self._look(tx, group, self._route_named(group.route), at_once)

    def look_again_at_alerts(self, tx: Tx, alert_ids: Sequence[int], *, at_once: bool = False) -> None:
        """Look again at the groups these alerts are in."""
        found = groups.open_groups_of(tx, alert_ids)
        self.look_again(tx, list({group.id for some in found.values() for group in some}), at_once=at_once)

    def _look(self, tx: Tx, group: Group, route: Route, at_once: bool) -> None:
        firing = groups.firing(tx.conn, group.id)
        hidden = self._suppression.look(tx, [alert for alert, _ in firing])
        audible = [announced for alert, announced in firing if alert.id not in hidden]
        if hidden:
            timers.arm(tx, LOOK, group.subject, next_look(hidden.values(), route, tx.now))
        else:
            timers.cancel(tx, LOOK, group.subject)
        if not all(audible):
            timers.arm_no_later(tx, FLUSH, group.subject, tx.now if at_once else next_flush(group, route, tx.now))
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
        drill_id = drills.of_source(group.key)
        self._escalation.start(
            tx,
            **texts(group, waiting),
            labels={**group.labels, "service": group.service, **drills.labels(drill_id)},
            service=group.service,
            policy=self._policy(route, group.service),
            person="",
            urgency=route.urgency,
            severity=worst(waiting, self._process().maintenance.severities),
            group_id=group.id,
            incident_id=None,
            drill_id=drill_id,
        )
        return True

    def _tell_more(
        self, tx: Tx, group: Group, route: Route, page: pages.PageRow, firing: Sequence[tuple[AlertRow, bool]]
    ) -> bool:
        new = [(alert.name, alert.summary) for alert, announced in firing if not announced]
        alerts_now, severities = [alert for alert, _ in firing], self._process().maintenance.severities
        if worse := worsened(self._roster(), page, self._policy(route, group.service), alerts_now, severities):
            waiting = [alert for alert in alerts_now if not alert.acknowledged_by] or alerts_now
            self._escalation.restart(
                tx, page, worse.why, **texts(group, waiting), severity=worse.severity, policy=worse.policy
            )
            return True
        repeat = group.notified_at is None or tx.now - group.notified_at >= route.repeat_interval
        if page.state == "exhausted" and (new or repeat):
            why = "it still fires" if not new else "more alerts joined"
            waiting = [alert for alert in alerts_now if not alert.acknowledged_by] or alerts_now
            self._escalation.restart(tx, page, why, **texts(group, waiting))
            return True
        if page.state == "acknowledged" and (unheld := not_acknowledged(page, firing, tx.now)):
            self._escalation.restart(tx, page, unheld[0], **texts(group, unheld[1]))
            return True
        if not new and (not repeat or page.snoozed_until is not None):
            return False
        body = update_body(new, len(firing), page.acknowledged_by)
        reason = "more alerts joined what you were paged for" if new else "it still fires"
        only = page.acknowledged_by if page.state == "acknowledged" else ""
        reached = tell_again(tx, page, "update", body, reason, only)
        tx.emit("page.updated", page.subject, {"new": len(new), "firing": len(firing), "people": reached})
        return True
