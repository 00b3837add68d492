"""The daemon's wall clock is set while it runs, by libfaketime: pages keep their pace, nothing fires twice or never."""

from __future__ import annotations

import asyncio
import json
from collections import Counter

import pytest

from incidentd.client import Client

pytestmark = [pytest.mark.faults, pytest.mark.timeout(180)]

ROSTER = """
[people.ada]
contacts = [{ notifier = "sink" }]
[people.bob]
contacts = [{ notifier = "sink" }]
[policies.default]
repeat = 0
steps = [{ targets = ["person:ada"], delay = "6s" }, { targets = ["person:bob"], delay = "2h" }]
"""
# Nothing is due to be repeated within a day: so whatever is told again has fired twice.
PROCESS = '[route]\ngroup_by = ["number"]\ngroup_wait = "4s"\nrepeat_interval = "30d"\n'


def told(sink) -> dict[str, Counter]:
    """Person -> how often each alert was told."""
    found: dict[str, Counter] = {"ada": Counter(), "bob": Counter()}
    for request in sink.requests:
        said = json.loads(request.body)
        found[said["recipient"]][said["labels"]["number"]] += 1
    return found


@pytest.mark.parametrize("offset", ["-1h", "-1d", "+1h", "+1d"])
async def test_pages_keep_their_pace_when_the_clock_is_set(
    daemon, wall, sink, session, eventually, fault_alert, experiment, runs, offset
):
    number = runs(40, 5)
    daemon.configure(
        main=f'[notifiers.sink]\ntype = "webhook"\nurl = "{sink.url}/hook"\n', roster=ROSTER, process=PROCESS
    )
    await daemon.start()
    now = asyncio.get_running_loop().time
    began = now()
    for one in range(number):  # some wait for their group, some for bob, when the clock is set
        if one == number * 2 // 3:
            await asyncio.sleep(max(0.0, began + 6 - now()))
        assert await daemon.post(session, [fault_alert(one)]) == 200
    wall.set(offset)
    await eventually(lambda: len(told(sink)["bob"]) == number, 90, "bob hears of every alert")
    took = now() - began

    async def stepped() -> bool:
        return any("the clock was set" in problem for problem in (await daemon.health()).problems)

    await eventually(stepped, 10, "health tells of it")
    wall.set("+0")  # and to the right again: nothing comes twice
    assert await daemon.post(session, [fault_alert(number)]) == 200
    await eventually(lambda: len(told(sink)["bob"]) == number + 1, 90, "and of one more")
    seen = told(sink)
    repeated = sum(times - 1 for counts in seen.values() for times in counts.values())
    keys = [request.headers["idempotency-key"] for request in sink.requests]
    async with Client(daemon.directory / "run" / "api.sock") as client:
        link = await client.health()
    assert link.timers_failing == 0
    experiment(
        f"clock set by {offset} while pages wait, then back",
        runs=number + 1, lost=0, missed=2 * (number + 1) - sum(map(len, seen.values())),
        duplicated=len(keys) - len(set(keys)), aimed="bob after 10 s, not after an hour or a day",
        seen=f"the last of {number} after {took:.0f} s",
    )  # fmt: skip
    assert repeated == len(keys) - len(set(keys)), "more than once only under the same key"
    assert set(seen["ada"]) == set(seen["bob"])
