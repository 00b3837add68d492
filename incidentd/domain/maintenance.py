"""Maintenance windows: planned work on services, whose alerts are recorded meanwhile and page nobody."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from incidentd.domain.matchers import Matcher, matches_all

LONGEST = timedelta(days=31)
MAX_SERVICES = 100
MAX_MATCHERS = 64
LONGEST_TEXT = 4000  # characters
ANNOUNCE = (timedelta(hours=24), timedelta(hours=1))
ENDS_SOON = timedelta(minutes=15)
SEVERITIES = ("critical", "error", "warning", "info")


class MaintenanceSettings(msgspec.Struct, frozen=True, kw_only=True):
    """`announce`: so long before the start owners hear of it; `ends_soon`: so long before the end, while alerts fire.

    `severities` is the order of the values of the label `severity`, the worst first; `below` of a window refers to it.
    """

    announce: tuple[timedelta, ...] = ANNOUNCE
    ends_soon: timedelta = ENDS_SOON
    severities: tuple[str, ...] = SEVERITIES


class WindowPlan(msgspec.Struct, frozen=True, kw_only=True, tag="maintenance"):
    """What is worked on: alerts of `services` page nobody, but those that fulfil all of `spared` do.

    `below` "critical" hides what is less severe than critical only; an alert without a severity that the settings
    know is not hidden then: unsure means the worse one. "" hides every severity.
    """

    services: tuple[str, ...]
    text: str
    spared: tuple[Matcher, ...] = ()
    below: str = ""

    def hides(self, service: str, labels: Mapping[str, str], severities: Sequence[str]) -> bool:
        """Whether an alert of `service` with `labels` pages nobody meanwhile; says nothing of the time."""
        if service not in self.services or (self.spared and matches_all(self.spared, labels)):
            return False
        if not self.below:
            return True
        severity = labels.get("severity", "")
        known = self.below in severities and severity in severities
        return known and severities.index(severity) > severities.index(self.below)


class WindowStatus(enum.StrEnum):
    """Where a window stands in time."""

    PLANNED = "planned"
    ACTIVE = "active"
    OVER = "over"


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """Planned work from `starts_at` until before `ends_at`."""

    id: int
    plan: WindowPlan
    starts_at: datetime
    ends_at: datetime
    created_by: str
    created_at: datetime
    updated_at: datetime
    rule: int | None = None  # the recurring rule that it is an occurrence of
    continues: int | None = None  # the window that was over when more time was asked for
    ended_by: str = ""  # who ended it before its time
    version: int = 1

    @property
    def subject(self) -> str:
        """What its timers and events carry."""
        return f"maintenance:{self.id}"

    @property
    def name(self) -> str:
        """What people call it."""
        return f"M-{self.id}"

    def status(self, now: datetime) -> WindowStatus:
        """Its status at `now`."""
        if now >= self.ends_at:
            return WindowStatus.OVER
        return WindowStatus.PLANNED if now < self.starts_at else WindowStatus.ACTIVE


class BadWindow(ValueError):
    """Such a window cannot be; `field` names the part that is wrong."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


def check_plan(plan: WindowPlan, settings: MaintenanceSettings) -> None:
    """Raise `BadWindow` unless such work can be planned."""
    if not 1 <= len(plan.services) <= MAX_SERVICES:
        raise BadWindow(f"name one to {MAX_SERVICES} services", "services")
    if len(plan.spared) > MAX_MATCHERS:
        raise BadWindow(f"at most {MAX_MATCHERS} matchers", "except")
    if not plan.text.strip() or len(plan.text) > LONGEST_TEXT:
        raise BadWindow(f"say what is worked on, in {LONGEST_TEXT} characters at most", "text")
    if plan.below and plan.below not in settings.severities:
        raise BadWindow(f"{plan.below!r} is no severity; there is {', '.join(settings.severities)}", "below")


def check_times(starts_at: datetime, ends_at: datetime, now: datetime) -> None:
    """Raise `BadWindow` unless a window can be from `starts_at` to `ends_at`."""
    if ends_at <= starts_at:
        raise BadWindow("maintenance ends after it starts", "ends_at")
    if ends_at <= now:
        raise BadWindow("the end of maintenance cannot lie in the past", "ends_at")
    if ends_at - starts_at > LONGEST:
        raise BadWindow(f"maintenance lasts {LONGEST.days} days at most", "ends_at")


def hiding(
    windows: Iterable[Window], service: str, labels: Mapping[str, str], severities: Sequence[str]
) -> tuple[Window, ...]:
    """Those of the active `windows` that hide an alert, in the order given."""
    return tuple(one for one in windows if one.plan.hides(service, labels, severities))


def announced_at(window: Window, settings: MaintenanceSettings, now: datetime) -> datetime | None:
    """When owners hear of it next before it starts, None when they do not any more."""
    return min((at for ahead in settings.announce if (at := window.starts_at - ahead) > now), default=None)
