"""The part of the socket API's contract that tells where an alert would go; as `wire`, to which it belongs."""

from __future__ import annotations

from collections.abc import Mapping

from incidentd.wire import Frozen, HiddenBy, Instant


class RouteMatcher(Frozen, frozen=True):
    matcher: str  # name="value", and the other operators
    value: str  # the label's ("" when it is absent)
    matched: bool


class RouteStep(Frozen, frozen=True):
    """A node of the routing tree that was tried; the root has depth 0 and takes every alert."""

    route: str  # its place in the tree, e.g. "root/1/0"
    name: str
    depth: int
    matchers: tuple[RouteMatcher, ...]
    matched: bool
    continues: bool  # the routes beside it are tried too
    ends: bool  # the alert is taken here: no route below matched
    skipped: int  # routes beside it that were not tried


class RouteContact(Frozen, frozen=True):
    person: str
    notifier: str
    after: float  # seconds after the page begins
    reason: str


class RouteEnd(Frozen, frozen=True):
    """What happens where the walk ends. `page` False: recorded and shown, nobody is paged. Durations are seconds."""

    route: str
    name: str
    service: str
    page: bool
    policy: str  # the one that would run
    urgency: str
    group_key: str
    group_labels: Mapping[str, str]
    group_wait: float
    group_interval: float
    repeat_interval: float
    contacts: tuple[RouteContact, ...]  # whom the first step that reaches somebody writes to, as of `RouteTest.at`
    gaps: tuple[str, ...]  # what reaches nobody up to there, in words
    muted: HiddenBy | None = None  # the time intervals by which the route tells nobody, as of `RouteTest.at`


class RouteTest(Frozen, frozen=True):
    """The way of an alert with `labels` through the routing tree, without sending one."""

    at: Instant
    process_version: str
    labels: Mapping[str, str]
    steps: tuple[RouteStep, ...]
    ends: tuple[RouteEnd, ...]
