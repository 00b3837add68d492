"""Recurring silences, maintenance windows, and what they hide, on the wire; the rules of `wire` hold here too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta

from incidentd import wire
from incidentd.wire.silences import Matchers

LongText = Annotated[str, Meta(min_length=1, max_length=4000, pattern=r"\S")]
SomeMatchers = Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=4000)], ...], Meta(max_length=64)]
ServiceNames = Annotated[
    tuple[Annotated[str, Meta(min_length=1, max_length=100)], ...], Meta(min_length=1, max_length=100)
]


# ------------------------------------------------------------------ maintenance
class MaintenancePlan(wire.Request, frozen=True):
    """What is worked on: alerts of the services page nobody, but those that fulfil all of `spared` do."""

    services: ServiceNames
    text: LongText  # what is done, for the others
    spared: SomeMatchers = ()  # NAME=VALUE, also !=, =~ and !~
    below: Annotated[str, Meta(max_length=60)] = ""  # hide only what is less severe than this


class PlanMaintenance(wire.Request, frozen=True):
    plan: MaintenancePlan
    ends_at: wire.Instant
    starts_at: wire.Instant | None = None  # default: now


class ExtendMaintenance(wire.Request, frozen=True):
    """More time; a window that is over is continued by another one from now."""

    by: Annotated[float, Meta(ge=60, le=31 * 86400)]  # seconds


class Maintenance(wire.Frozen, frozen=True):
    """Planned work from `starts_at` until before `ends_at`."""

    id: int
    name: str  # M-3
    status: str  # planned | active | over
    services: tuple[str, ...]
    text: str
    spared: tuple[str, ...]
    below: str
    starts_at: wire.Instant
    ends_at: wire.Instant
    created_by: str
    created_at: wire.Instant
    updated_at: wire.Instant
    rule: int | None  # of the recurring rule that it is an occurrence of
    continues: int | None
    ended_by: str  # who ended it before its time
    version: int


class MaintenanceList(wire.Frozen, frozen=True):
    windows: tuple[Maintenance, ...]  # by their start


# ------------------------------------------------------------------ recurring
class Recurrence(wire.Request, frozen=True):
    """When: in words (`every`), or as `rrule` with the time of day `at` and how long it `lasts` on the wall clock."""

    zone: Annotated[str, Meta(min_length=1, max_length=100)] = "UTC"  # IANA time zone
    every: Annotated[str, Meta(max_length=200)] = ""  # sun 02:00-04:00
    rrule: Annotated[str, Meta(max_length=500)] = ""  # FREQ=WEEKLY;BYDAY=SU
    at: Annotated[str, Meta(pattern=r"^(?:(?:[01]\d|2[0-3]):[0-5]\d)?\Z")] = ""  # 02:00
    lasts: Annotated[float, Meta(ge=0, le=7 * 86400)] = 0  # seconds
    starts_at: wire.Instant | None = None  # not before; default: today
    until: wire.Instant | None = None  # no occurrence starts after this


class SilencePlan(wire.Request, frozen=True):
    """What each occurrence silences."""

    matchers: Matchers
    comment: LongText
    annotations: Mapping[str, str] = {}


class SetRecurring(wire.Request, frozen=True):
    """A new rule, or with `id` a change of one; exactly one of `silence` and `maintenance`."""

    when: Recurrence
    silence: SilencePlan | None = None
    maintenance: MaintenancePlan | None = None
    id: wire.RowId | None = None


class Occurrence(wire.Frozen, frozen=True):
    starts_at: wire.Instant
    ends_at: wire.Instant


class Recurring(wire.Frozen, frozen=True):
    """A silence or maintenance that recurs. Each occurrence is a silence or a window of its own."""

    id: int
    name: str
    kind: str  # silence | maintenance
    status: str  # active | finished | ended
    rule: str  # the rule with its times and zone, in one line
    rrule: str
    zone: str
    coming: tuple[Occurrence, ...]  # what goes on and what comes, at most five
    matchers: tuple[str, ...]  # of a silence
    services: tuple[str, ...]  # of maintenance
    spared: tuple[str, ...]
    below: str
    text: str  # the comment, or what is worked on
    created_by: str
    owner_known: bool  # False: nobody in the roster hears its reminders
    created_at: wire.Instant
    updated_at: wire.Instant
    last_hid_at: wire.Instant | None
    ended_at: wire.Instant | None
    ended_by: str
    version: int


class RecurringList(wire.Frozen, frozen=True):
    rules: tuple[Recurring, ...]  # the newest first


# ------------------------------------------------------------------ previews
class PreviewHiding(wire.Request, frozen=True):
    """What would, or did, something hide? Exactly one of the fields but `when`, which narrows the past to its times."""

    matchers: SomeMatchers = ()  # a silence
    maintenance: MaintenancePlan | None = None
    dependency: Annotated[str, Meta(max_length=100)] = ""  # a service: what waits when it is broken
    inhibit: Annotated[str, Meta(max_length=250)] = ""  # an [[inhibit]] rule, by its name or its text
    subject: Annotated[str, Meta(max_length=100)] = ""  # what is there: silence:<uuid>, recurring:2, maintenance:3
    when: Recurrence | None = None


class PastHiding(wire.Frozen, frozen=True):
    """An alert that was hidden in the last seven days, or that would have been."""

    alert_id: int
    name: str
    service: str
    severity: str
    since: wire.Instant
    until: wire.Instant | None  # None: it goes on


class HidingPreview(wire.Frozen, frozen=True):
    alerts: tuple[wire.Alert, ...]  # that it would hide now, the oldest hundred
    total: int
    past: tuple[PastHiding, ...]  # in the last seven days, the newest hundred
    past_total: int
