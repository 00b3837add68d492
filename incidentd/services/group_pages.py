"""What the page of a group says, when it is told, and when an acknowledgement no longer holds for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from incidentd.domain import drills
from incidentd.domain.escalation import chosen
from incidentd.domain.messages import group_body, group_title
from incidentd.domain.people import Roster
from incidentd.domain.routing import Route
from incidentd.services.hidden import Hidden
from incidentd.storage import pages
from incidentd.storage.alerts import AlertRow
from incidentd.storage.groups import Group


def not_acknowledged(
    page: pages.PageRow, firing: Sequence[tuple[AlertRow, bool]], now: datetime
) -> tuple[str, Sequence[AlertRow]] | None:
    """Why, and about which alerts, an acknowledged page has to page again: the acknowledgement is over for them.

    What flaps is excepted: it is held open so that it does not page at each change.
    """
    if page.acknowledged_until is not None and page.acknowledged_until <= now:
        return f"the acknowledgement of {page.acknowledged_by} has run out", [alert for alert, _ in firing]
    again = [one for one, announced in firing if not announced and one.acknowledged_before and not one.flapping]
    if not again:
        return None
    return f"{again[0].name} ended after {again[0].acknowledged_before} acknowledged it, and fires again", again


def worst(firing: Iterable[AlertRow], order: Sequence[str]) -> str:
    """The worst severity by `order`, the worst first; one that the order does not know when there is no other."""
    return min((alert.severity for alert in firing), key=lambda severity: _rank(severity, order), default="")


def _rank(severity: str, order: Sequence[str]) -> int:
    return order.index(severity) if severity in order else len(order) + (not severity)


class Worse(msgspec.Struct, frozen=True):
    """What fires by now is worse than what the page began with, and goes by another policy."""

    severity: str
    policy: str
    why: str


def worsened(
    roster: Roster, page: pages.PageRow, asked: str, firing: Iterable[AlertRow], order: Sequence[str]
) -> Worse | None:
    """What a page that nobody has taken goes by from now on, when that is another policy."""
    severity = worst(firing, order)
    by_hand = page.person or page.schedule
    if page.state not in ("open", "exhausted") or by_hand or _rank(severity, order) >= _rank(page.severity, order):
        return None
    choice = chosen(roster, asked, severity, page.urgency)
    if choice.policy == page.policy:
        return None
    return Worse(severity, choice.policy, f"{severity} alerts joined, which go by policy {choice.policy}")


def texts(group: Group, firing: Sequence[AlertRow]) -> dict[str, str]:
    """Title and body of a page about `firing`."""
    names = [(alert.name, alert.summary) for alert in firing]
    links = [firing[0].annotations.get("runbook_url", ""), firing[0].generator_url]
    body = group_body(names, group.labels, links)
    if drills.of_source(group.key) is None:
        return {"title": group_title(names, group.service, firing[0].severity), "body": body}
    bare = [(name.removeprefix(drills.MARK), summary) for name, summary in names]
    title = drills.marked(group_title(bare, group.service, firing[0].severity))
    return {"title": title, "body": f"{drills.MARK}{drills.NOTICE}\n\n{body}"}


def next_flush(group: Group, route: Route, now: datetime) -> datetime:
    """When an alert that joins the group now is told: after group_wait, or at the group's next interval."""
    if group.last_flush_at is None:
        return now + route.group_wait
    return max(group.last_flush_at + route.group_interval, now)


def next_look(hidden: Iterable[Hidden], route: Route, now: datetime) -> datetime:
    """When what is hidden is looked at again: at the group's next interval, sooner when a hold ends before."""
    ends = (at for one in hidden if (at := one.looked_at) is not None)
    return min((now + route.group_interval, *ends))
