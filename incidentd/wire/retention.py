"""Retention: the policy, what a run would remove and what it removed; legal holds; the check of the whole log."""

from __future__ import annotations

from collections.abc import Mapping

from incidentd.wire.base import Frozen, Instant, Request, Text


class RetentionClass(Frozen, frozen=True):
    """One sort of what goes after a time."""

    name: str
    what: str
    days: float | None  # that it is kept; None: for ever


class RetentionCount(Frozen, frozen=True):
    """How much went; `bytes` are about what was stored of it, without indexes."""

    rows: int
    events: int
    bytes: int


class RetentionRun(Frozen, frozen=True):
    """One run. `at_class` is what it is at."""

    id: int
    state: str  # running | done | failed
    started_at: Instant
    by: str
    at_class: str
    removed: Mapping[str, RetentionCount]  # by class
    error: str
    ended_at: Instant | None


class RetentionPolicy(Frozen, frozen=True):
    """How long each class is kept, and the runs. `whole_from`: the seq from which all events are there."""

    classes: tuple[RetentionClass, ...]
    at: str  # 03:30
    zone: str
    next_at: Instant
    runs: tuple[RetentionRun, ...]  # the newest first
    whole_from: int
    holds: int  # in force


class RetentionHealth(Frozen, frozen=True):
    """The latest run, the next one, and how many legal holds are in force."""

    state: str  # of the latest run: running | done | failed, "" before the first
    last_at: Instant | None  # when it ended, or began if it goes on
    removed: int  # rows, by it
    next_at: Instant
    holds: int


class RetentionForecast(Frozen, frozen=True):
    """What of a class a run would remove now, and what is old enough and stays, by reason."""

    name: str
    days: float | None
    removes: RetentionCount
    keeps: Mapping[str, int]


class RetentionPreview(Frozen, frozen=True):
    at: Instant
    classes: tuple[RetentionForecast, ...]


class Hold(Frozen, frozen=True):
    """A legal hold: what it covers is never removed or blanked."""

    id: int
    subject: str  # incident:12 | report:3 | customer:4 | everything
    reason: str
    by: str
    at: Instant
    released_at: Instant | None
    released_by: str
    released_why: str


class HoldList(Frozen, frozen=True):
    holds: tuple[Hold, ...]  # the newest first


class AddHold(Request, frozen=True):
    subject: Text  # also INC-12, R-3, C-4
    reason: Text


class ReleaseHold(Request, frozen=True):
    reason: Text


class EraseCustomer(Request, frozen=True):
    reason: Text


class ErasedCustomer(Frozen, frozen=True):
    """What was erased of a customer, and in words what stays and why."""

    customer_id: int
    reports: int
    messages: int
    attachments: int
    stays: tuple[str, ...]


class LogFault(Frozen, frozen=True):
    """Something in the log that is not as it was written."""

    where: str  # seq 12-14 | removal 3 | INC-7 record 4
    text: str


class LogCheck(Frozen, frozen=True):
    """The whole log: each number is there or was removed by retention, and each chain of hashes follows."""

    checked_at: Instant
    last_seq: int
    events: int
    removed: int
    removals: int  # records of what was removed
    head: str  # the hash of the last of them: keep it elsewhere
    incidents: int  # whose chains were followed
    faults: tuple[LogFault, ...]
