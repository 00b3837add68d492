"""How a signal changes what is known of an alert."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from incidentd.domain.signals import Signal, SignalKind

FLAP_WINDOW = timedelta(minutes=15)
FLAP_CHANGES = 5
"""An alert that changed its status this often within the window is flapping."""
OVERTAKEN = timedelta(minutes=5)
"""A message that its own resolve overtook comes soon after it; what is said later than this is meant."""


class AlertState(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What is known of one alert, as far as signals change it."""

    status: str  # firing | resolved
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    generator_url: str
    starts_at: datetime
    ends_at: datetime | None
    resolved_at: datetime | None
    expired: bool
    count: int
    episode: int
    changes: tuple[datetime, ...]


class Effect(enum.StrEnum):
    """What a signal meant."""

    NEW = "new"  # first seen, firing
    REFIRED = "refired"  # fires again after it had ended
    REPEAT = "repeat"  # says what was known
    RELABELLED = "relabelled"  # it fires on with other labels, under the same key
    RESOLVED = "resolved"
    RESOLVED_UNKNOWN = "resolved_unknown"  # the end came without a beginning: kept, pages nobody
    RESOLVED_AGAIN = "resolved_again"
    OUT_OF_ORDER = "out_of_order"  # about an episode that ended: changes nothing
    ACKNOWLEDGED = "acknowledged"
    ACKNOWLEDGED_NOTHING = "acknowledged_nothing"


def _first(signal: Signal, now: datetime) -> tuple[AlertState | None, Effect]:
    if signal.kind is SignalKind.ACKNOWLEDGED:
        return None, Effect.ACKNOWLEDGED_NOTHING
    firing = signal.kind is SignalKind.FIRING
    ended = None if firing else min(signal.ends_at or now, now)
    starts = min(signal.starts_at or now, now if ended is None else ended)
    state = AlertState(
        status="firing" if firing else "resolved",
        labels=signal.labels,
        annotations=signal.annotations,
        generator_url=signal.generator_url,
        starts_at=starts,
        ends_at=signal.ends_at if firing else ended,
        resolved_at=ended,
        expired=False,
        count=1,
        episode=1 if firing else 0,
        changes=(now,),
    )
    return state, Effect.NEW if firing else Effect.RESOLVED_UNKNOWN


def _is_stale(state: AlertState, signal: Signal, now: datetime) -> bool:
    """A firing signal about the episode that was resolved: it was overtaken by its own resolve.

    An episode that the sender did not resolve may be taken up again by the same start. So may one that is still told
    of after `OVERTAKEN`: of two senders (a pair of Prometheus servers) one may have been wrong about its end. A sender
    that delivers in order and may not say it again for hours is believed at once.
    """
    return (
        signal.starts_at is not None
        and not signal.in_order
        and not state.expired
        and signal.starts_at <= state.starts_at
        and now - state.changes[-1] < OVERTAKEN
    )


def _fire(state: AlertState, signal: Signal, now: datetime) -> tuple[AlertState, Effect]:
    told = {
        "labels": signal.labels,
        "annotations": signal.annotations,
        "generator_url": signal.generator_url or state.generator_url,
        "ends_at": signal.ends_at,
        "count": state.count + 1,
    }
    if state.status == "firing":
        effect = Effect.REPEAT if signal.labels == state.labels else Effect.RELABELLED
        return msgspec.structs.replace(state, **told), effect
    if _is_stale(state, signal, now):
        return msgspec.structs.replace(state, count=state.count + 1), Effect.OUT_OF_ORDER
    fired = msgspec.structs.replace(
        state,
        **told,
        status="firing",
        starts_at=min(signal.starts_at or now, now),
        resolved_at=None,
        expired=False,
        episode=state.episode + 1,
        changes=_changed(state.changes, now),
    )
    return fired, Effect.REFIRED


def _end(state: AlertState, signal: Signal, now: datetime) -> tuple[AlertState, Effect]:
    if state.status == "resolved":
        return msgspec.structs.replace(state, count=state.count + 1, expired=False), Effect.RESOLVED_AGAIN
    if signal.ends_at is not None and signal.ends_at < state.starts_at and not signal.in_order:
        # It ends an episode before the one that fires now.
        return msgspec.structs.replace(state, count=state.count + 1), Effect.OUT_OF_ORDER
    told = {"annotations": signal.annotations} if signal.annotations else {}
    return ended(msgspec.structs.replace(state, count=state.count + 1, **told), signal.ends_at, now), Effect.RESOLVED


def ended(state: AlertState, at: datetime | None, now: datetime, *, expired: bool = False) -> AlertState:
    """The firing alert after its end at `at` (now when unknown; never in the future).

    `expired` says that its sender did not end it: it was not sent again in time, or a person ended it by hand.
    """
    end = max(min(at or now, now), state.starts_at)
    return msgspec.structs.replace(
        state, status="resolved", ends_at=end, resolved_at=end, expired=expired, changes=_changed(state.changes, now)
    )


def _changed(changes: tuple[datetime, ...], now: datetime) -> tuple[datetime, ...]:
    return (*(at for at in changes if now - at < FLAP_WINDOW), now)[-20:]


def flaps_until(changes: tuple[datetime, ...]) -> datetime:
    """When an alert that flaps stops to count as flapping, if its status stays as it is."""
    return changes[-FLAP_CHANGES] + FLAP_WINDOW


def is_flapping(changes: tuple[datetime, ...], now: datetime) -> bool:
    """Whether the status changed `FLAP_CHANGES` times or more within `FLAP_WINDOW`.

    Changes ahead of `now` are from before the clock was set back: when they were is not known.
    """
    return sum(timedelta(0) <= now - at < FLAP_WINDOW for at in changes) >= FLAP_CHANGES


def apply_signal(state: AlertState | None, signal: Signal, now: datetime) -> tuple[AlertState | None, Effect]:
    """The alert after `signal`, and what the signal meant. `state` is None for an alert never seen."""
    if state is None:
        return _first(signal, now)
    if signal.kind is SignalKind.FIRING:
        return _fire(state, signal, now)
    if signal.kind is SignalKind.RESOLVED:
        return _end(state, signal, now)
    return state, Effect.ACKNOWLEDGED if state.status == "firing" else Effect.ACKNOWLEDGED_NOTHING


def display_name(labels: Mapping[str, str], annotations: Mapping[str, str], key: str) -> str:
    """What a list calls the alert: its alertname, else its summary, else its key."""
    return (labels.get("alertname") or annotations.get("summary") or key)[:200]


def display_summary(annotations: Mapping[str, str]) -> str:
    """The sentence that says what is wrong, "" when the sender gave none."""
    text = annotations.get("summary") or annotations.get("message") or annotations.get("description") or ""
    return text[:1000]
