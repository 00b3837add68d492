"""Silences: alerts that match are not told about for a time. The rules are Alertmanager's (package `silence`)."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from incidentd.domain.matchers import Matcher, matches, matches_all

MAX_MATCHERS = 64
MAX_ANNOTATIONS = 64
LONGEST_TEXT = 4000  # characters
LONGEST = timedelta(days=3650)
REMIND_BEFORE = timedelta(hours=1)
"""The owner is reminded so long before the end, when alerts still fire under the silence."""
LONG = timedelta(hours=24)
"""A silence that lasts longer than this is brought to its owner's mind once it has lasted so long."""


class Status(enum.StrEnum):
    """Where a silence stands in time."""

    PENDING = "pending"
    ACTIVE = "active"
    EXPIRED = "expired"


class Silence(msgspec.Struct, frozen=True, kw_only=True):
    """Alerts whose labels fulfil every matcher are not told about from `starts_at` until before `ends_at`."""

    id: str  # a UUID as text
    matchers: tuple[Matcher, ...]
    starts_at: datetime
    ends_at: datetime
    created_by: str
    comment: str
    annotations: Mapping[str, str] = {}
    updated_at: datetime
    rule: int | None = None  # the recurring rule that it is an occurrence of

    @property
    def subject(self) -> str:
        """What its timers and events carry."""
        return f"silence:{self.id}"

    @property
    def name(self) -> str:
        """What people call it: S- and the beginning of its id."""
        return f"S-{self.id[:8]}"

    def status(self, now: datetime) -> Status:
        """Its status at `now`."""
        if now < self.starts_at:
            return Status.PENDING
        return Status.ACTIVE if now < self.ends_at else Status.EXPIRED

    def covers(self, labels: Mapping[str, str]) -> bool:
        """Whether an alert with `labels` fulfils every matcher; says nothing of the time."""
        return matches_all(self.matchers, labels)

    def remind_at(self) -> datetime | None:
        """When its owner hears that it ends soon; None for one so short that the owner still knows, or that recurs."""
        long = self.ends_at - self.starts_at > REMIND_BEFORE and self.rule is None
        return self.ends_at - REMIND_BEFORE if long else None

    def long_at(self) -> datetime | None:
        """When its owner hears that it has lasted long; None for one that ends before or recurs."""
        at = self.starts_at + LONG
        return at if at + REMIND_BEFORE < self.ends_at and self.rule is None else None


class BadSilence(ValueError):
    """Such a silence cannot be; `field` names the part that is wrong."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


def check(silence: Silence, now: datetime) -> None:
    """Raise `BadSilence` unless `silence` can be set at `now`."""
    if not silence.matchers:
        raise BadSilence("a silence needs at least one matcher", "matchers")
    if len(silence.matchers) > MAX_MATCHERS:
        raise BadSilence(f"a silence has at most {MAX_MATCHERS} matchers", "matchers")
    if all(matches(matcher, {}) for matcher in silence.matchers):
        raise BadSilence(
            "at least one matcher must not match the empty string: it would silence everything", "matchers"
        )
    if silence.ends_at <= silence.starts_at:
        raise BadSilence("a silence ends after it starts", "ends_at")
    if silence.ends_at <= now:
        raise BadSilence("the end of a silence cannot lie in the past", "ends_at")
    if silence.ends_at - min(silence.starts_at, now) > LONGEST:
        raise BadSilence("a silence lasts ten years at most", "ends_at")
    _check_texts(silence)


def _check_texts(silence: Silence) -> None:
    if len(silence.annotations) > MAX_ANNOTATIONS:
        raise BadSilence(f"a silence has at most {MAX_ANNOTATIONS} annotations", "annotations")
    texts = {
        "comment": (silence.comment,),
        "created_by": (silence.created_by,),
        "matchers": tuple(text for one in silence.matchers for text in (one.name, one.value)),
        "annotations": tuple(text for pair in silence.annotations.items() for text in pair),
    }
    for field, parts in texts.items():
        if any(len(text) > LONGEST_TEXT for text in parts):
            raise BadSilence(f"longer than {LONGEST_TEXT} characters", field)
        if not all(_storable(text) for text in parts):
            raise BadSilence("holds a character that cannot be stored (NUL, or half of a surrogate pair)", field)


def _storable(text: str) -> bool:
    return "\0" not in text and not any("\ud800" <= char <= "\udfff" for char in text)


def can_change(old: Silence, new: Silence, now: datetime) -> bool:
    """Whether `new` may take the place of `old` under the same id; else the old one ends and the new one is another.

    What was silenced in the past is never rewritten: the matchers stay, an active silence keeps its start, and an
    expired one stays as it is.
    """
    if set(old.matchers) != set(new.matchers):
        return False
    match old.status(now):
        case Status.ACTIVE:
            # Senders that go through JSON cut the start to milliseconds; Alertmanager compares whole seconds.
            return abs(new.starts_at - old.starts_at) < timedelta(seconds=1) and new.ends_at > now
        case Status.PENDING:
            return new.starts_at >= now
        case Status.EXPIRED:
            return False


def expired(silence: Silence, now: datetime) -> Silence:
    """`silence` ended at `now`; one that had not begun never does. An expired one is returned as it is."""
    match silence.status(now):
        case Status.ACTIVE:
            return msgspec.structs.replace(silence, ends_at=now, updated_at=now)
        case Status.PENDING:
            return msgspec.structs.replace(silence, starts_at=now, ends_at=now, updated_at=now)
        case Status.EXPIRED:
            return silence


def silencing(silences: Iterable[Silence], labels: Mapping[str, str], now: datetime) -> Sequence[Silence]:
    """The silences that hide an alert with `labels` at `now`, in the order given."""
    return [one for one in silences if one.status(now) is Status.ACTIVE and one.covers(labels)]
