"""A storm: 200 alerts a second for a while, most of them from one noisy neighbour, and pages that must be quick."""

from __future__ import annotations

import asyncio
import json

import pytest

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]

RATE, NOISY = 200, 190
ROSTER = """
[people.ada]
contacts = [{ notifier = "sink" }]
[policies.default]
steps = [{ targets = ["person:ada"], delay = "1h" }]
"""
PROCESS = """
[route]
group_by = ["number"]
group_wait = "0s"
[[route.routes]]
match = ["noise=yes"]
group_by = ["alertname"]
group_wait = "5s"
group_interval = "10s"
"""


async def test_a_storm(daemon, sink, session, eventually, fault_alert, percentile, experiment, runs):
    seconds = runs(60, 5)
    main = f'[sources.noisy]\ntype = "alertmanager"\n[notifiers.sink]\ntype = "webhook"\nurl = "{sink.url}/hook"\n'
    daemon.configure(main=main, roster=ROSTER, process=PROCESS)
    await daemon.start()
    now = asyncio.get_running_loop().time
    t0: dict[str, float] = {}
    memory: list[float] = []
    told: dict[str, float] = {}
    sent, begin = 0, now()
    for second in range(seconds):
        noise = [fault_alert(10**6 + sent + n, noise="yes", host=f"h{(sent + n) % 5000}") for n in range(NOISY)]
        quiet = [fault_alert(second * 10 + n) for n in range(RATE - NOISY)]
        for one in quiet:
            t0[one["labels"]["number"]] = now()
        answers = await asyncio.gather(daemon.post(session, noise), *(daemon.post(session, [one]) for one in quiet))
        assert set(answers) == {200}
        sent += NOISY
        if second % 5 == 4:
            memory.append((await daemon.health()).rss_mib)
        await asyncio.sleep(max(0.0, begin + second + 1 - now()))

    def all_told() -> bool:
        for request in sink.requests:
            told.setdefault(json.loads(request.body)["labels"].get("number", ""), request.at)
        return set(t0) <= set(told)

    await eventually(all_told, 60, "a page for each alert of the quiet ones")
    waits = [told[number] - t0[number] for number in t0]
    half = memory[len(memory) // 2 :] or [0.0]
    keys = [request.headers["idempotency-key"] for request in sink.requests]
    experiment(
        f"storm: {RATE} alerts/s for {seconds} s, {NOISY} of them from one noisy source",
        runs=RATE * seconds, lost=0, missed=len(set(t0) - set(told)), duplicated=len(keys) - len(set(keys)),
        aimed="page p99 < 5 s, memory flat",
        seen=f"page p99 {percentile(waits, 99):.2f} s; {memory[0] if memory else 0:.0f} MiB after 5 s,"
             f" {half[0]:.0f} half way, {half[-1]:.0f} at the end",
    )  # fmt: skip
