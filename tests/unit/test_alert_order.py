"""A firing signal with the start of an episode that was resolved: overtaken by its own resolve, or meant?"""

from datetime import UTC, datetime, timedelta

import pytest

from incidentd.domain.alerts import OVERTAKEN, Effect, apply_signal
from incidentd.domain.signals import Signal, SignalKind

BEGAN = datetime(2026, 3, 2, 9, tzinfo=UTC)
RESOLVED_AT = BEGAN + timedelta(minutes=10)


def said(kind: SignalKind, **values) -> Signal:
    return Signal(key="k", kind=kind, labels={"alertname": "DiskFull"}, **values)


@pytest.fixture
def resolved():
    """An alert that fired at BEGAN and was resolved by its sender at RESOLVED_AT."""
    state, _ = apply_signal(None, said(SignalKind.FIRING, starts_at=BEGAN), BEGAN)
    state, effect = apply_signal(state, said(SignalKind.RESOLVED, ends_at=RESOLVED_AT), RESOLVED_AT)
    assert effect is Effect.RESOLVED
    return state


def test_soon_after_the_resolve_it_was_overtaken(resolved):
    late = said(SignalKind.FIRING, starts_at=BEGAN)
    state, effect = apply_signal(resolved, late, RESOLVED_AT + OVERTAKEN - timedelta(seconds=1))
    assert (effect, state.status) == (Effect.OUT_OF_ORDER, "resolved")


def test_later_than_that_it_is_meant(resolved):
    state, effect = apply_signal(resolved, said(SignalKind.FIRING, starts_at=BEGAN), RESOLVED_AT + OVERTAKEN)
    assert (effect, state.status, state.episode) == (Effect.REFIRED, "firing", 2)


def test_a_sender_that_keeps_the_order_is_believed_at_once(resolved):
    again = said(SignalKind.FIRING, starts_at=BEGAN, in_order=True)
    state, effect = apply_signal(resolved, again, RESOLVED_AT + timedelta(seconds=1))
    assert (effect, state.status, state.episode) == (Effect.REFIRED, "firing", 2)
    assert state.starts_at == BEGAN


def test_a_later_start_is_a_new_episode(resolved):
    new = said(SignalKind.FIRING, starts_at=RESOLVED_AT + timedelta(seconds=1))
    state, effect = apply_signal(resolved, new, RESOLVED_AT + timedelta(seconds=2))
    assert (effect, state.episode) == (Effect.REFIRED, 2)


def test_a_sender_that_keeps_the_order_resolves_whatever_its_clock_says():
    state, _ = apply_signal(None, said(SignalKind.FIRING, starts_at=BEGAN), BEGAN)
    early = BEGAN - timedelta(seconds=5)
    _, effect = apply_signal(state, said(SignalKind.RESOLVED, ends_at=early), RESOLVED_AT)
    assert effect is Effect.OUT_OF_ORDER
    state, effect = apply_signal(state, said(SignalKind.RESOLVED, ends_at=early, in_order=True), RESOLVED_AT)
    assert (effect, state.status, state.resolved_at) == (Effect.RESOLVED, "resolved", BEGAN)
