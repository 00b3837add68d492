"""Groups of alerts, and everything known about one alert, on the wire; the rules of `wire` hold here too."""

from __future__ import annotations

from collections.abc import Mapping

from incidentd import wire
from incidentd.wire import pages as wire_pages


class Group(wire.Frozen, frozen=True):
    """Alerts of one route that are told about together."""

    id: int
    route: str  # its place in the routing tree, e.g. "root/1/0"
    service: str
    labels: Mapping[str, str]  # what the alerts have in common by group_by
    opened_at: wire.Instant
    notified_at: wire.Instant | None  # when somebody was written to last
    closed_at: wire.Instant | None
    severities: Mapping[str, int]  # firing alerts by the label "severity" as sent
    firing: int
    total: int  # every alert that was in it
    page_id: int | None  # the latest page
    page_state: str  # "" | open | acknowledged | resolved | exhausted
    acknowledged_by: str


class GroupPage(wire.Frozen, frozen=True):
    groups: tuple[Group, ...]
    next_cursor: str  # "" at the end
    total: int


class GroupMembers(wire.Frozen, frozen=True):
    """A group and a page of its alerts, the oldest first."""

    group: Group
    alerts: tuple[wire.Alert, ...]
    next_cursor: str


class Message(wire.Frozen, frozen=True):
    """One message about an alert with its exact text."""

    delivery: wire_pages.Delivery
    body: str
    reason: str  # why this person got it
    urgency: str


class LinkedIncident(wire.Frozen, frozen=True):
    id: int
    title: str
    status: str
    severity: str


class Episode(wire.Frozen, frozen=True):
    """One stretch in which an alert fired."""

    number: int
    began_at: wire.Instant
    ended_at: wire.Instant | None  # None while it fires
    ended_by: str  # "" | source | expiry | the handle of who ended it by hand


class AlertDetail(wire.Frozen, frozen=True):
    """Everything known about one alert."""

    trace: wire.Trace  # with the alert itself, and what hides it
    group: Group | None
    pages: tuple[wire.Page, ...]  # the newest first
    messages: tuple[Message, ...]  # the newest first
    incidents: tuple[LinkedIncident, ...]
    episodes: tuple[Episode, ...]  # the newest first
