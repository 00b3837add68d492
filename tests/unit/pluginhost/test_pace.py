"""A plugin that submits by itself is slowed down, one that answers a sender is not."""

import pytest

from incidentd.pluginhost.pace import BURST, RATE, Pace, answering


@pytest.fixture
def paced():
    at, slept = [100.0], []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    return Pace(lambda: at[0], sleep), at, slept


async def test_what_comes_at_once_is_bounded_and_the_rest_waits_its_turn(paced):
    pace, at, slept = paced
    await pace.take(int(BURST))
    assert slept == []
    await pace.take(int(RATE))
    await pace.take(int(RATE))
    assert slept == [1.0, 2.0]
    at[0] += 3
    await pace.take(int(RATE))
    assert slept == [1.0, 2.0], "it is served again at its rate"


async def test_senders_are_not_slowed_down(paced):
    pace, _, slept = paced
    with answering():
        for _ in range(100):
            await pace.take(1000)
    assert slept == []
