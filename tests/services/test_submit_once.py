"""What a source submits under a key counts once, on both engines, over restarts, for 24 hours."""

import asyncio
from datetime import timedelta

import pytest

from incidentd.domain.signals import Signal, SignalKind
from incidentd.plugin import StoreUnavailable


async def submit(daemon, once="", kind=SignalKind.FIRING, source="nagios", **values):
    signal = Signal(key="disk", kind=kind, labels={"alertname": "disk", "service": "shop"}, **values)
    await daemon.core.intake.submit(source, [signal], once)


@pytest.mark.both_engines
async def test_the_same_key_counts_once_even_after_the_opposite_was_said(daemon):
    await submit(daemon, "a")
    await submit(daemon, "b", SignalKind.RESOLVED)
    await submit(daemon, "a")
    await daemon.restart()
    await submit(daemon, "a")
    alert = await daemon.alert("disk", "nagios")
    assert (alert.status, alert.count) == ("resolved", 2)


async def test_without_a_key_and_under_other_keys_each_counts(daemon):
    for once in ("", "", "a", "b"):
        await submit(daemon, once)
    await submit(daemon, "a", source="another")
    assert (await daemon.alert("disk", "nagios")).count == 4
    assert (await daemon.alert("disk", "another")).count == 1


@pytest.mark.both_engines
async def test_two_at_once_count_once(daemon):
    await asyncio.gather(*(submit(daemon, "a") for _ in range(5)))
    assert (await daemon.alert("disk", "nagios")).count == 1


async def test_the_key_is_not_used_up_by_what_could_not_be_stored(daemon, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr("incidentd.storage.alert_intake.save", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
        with pytest.raises(StoreUnavailable):
            await submit(daemon, "a")
    await submit(daemon, "a")
    assert (await daemon.alert("disk", "nagios")).count == 1


@pytest.mark.both_engines
async def test_a_text_that_has_to_be_mended_counts_once_too(daemon):
    for _ in range(2):
        await submit(daemon, "a", annotations={"summary": "a\x00b"})
    assert (await daemon.alert("disk", "nagios")).count == 1


async def test_a_key_is_forgotten_after_a_day(daemon):
    await submit(daemon, "a")
    await daemon.advance(timedelta(hours=25))
    await submit(daemon, "a")
    assert (await daemon.alert("disk", "nagios")).count == 2
