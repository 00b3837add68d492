"""Nights in which the clocks change, lived through by a daemon: shifts end when they should, the right one is paged."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from datetime import datetime, timedelta

import pytest

from incidentd.client import Client

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]

# The first step is of one schedule, the second of another, and an escalation takes a while: it lives through a change.
ROSTER = """
[people.ada]
zone = "Europe/Berlin"
contacts = [{{ notifier = "sink" }}]
[people.bob]
zone = "Europe/Berlin"
contacts = [{{ notifier = "sink" }}]
[people.cyd]
zone = "Europe/Berlin"
contacts = [{{ notifier = "sink" }}]
[people.dan]
zone = "Europe/Berlin"
contacts = [{{ notifier = "sink" }}]
[schedules.at-three]
people = ["ada", "bob"]
start = {day}
handover = "03:00"
days = 1
zone = "Europe/Berlin"
[schedules.at-half-past-two]
people = ["cyd", "dan"]
start = {day}
handover = "02:30"
days = 1
zone = "Europe/Berlin"
[policies.default]
repeat = 0
steps = [{{ targets = ["schedule:at-three"], delay = "30s" }}, {{ targets = ["schedule:at-half-past-two"] }}]
"""
PROCESS = '[route]\ngroup_by = ["number"]\ngroup_wait = "0s"\nrepeat_interval = "30d"\n'
PEOPLE = {"at-three": ("ada", "bob"), "at-half-past-two": ("cyd", "dan")}
BEFORE = timedelta(seconds=20)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}:00+00:00")


# By hand, from the calendar: the shift that ends in that night and the one that begins, in UTC. An hour that comes
# twice is the first one; one that is left out ends when the clocks have gone forward.
NIGHTS = {
    "2026-10-24": {
        "at-three": (utc("2026-10-24T01:00"), utc("2026-10-25T02:00"), utc("2026-10-26T02:00")),
        "at-half-past-two": (utc("2026-10-24T00:30"), utc("2026-10-25T00:30"), utc("2026-10-26T01:30")),
    },
    "2027-03-27": {
        "at-three": (utc("2027-03-27T02:00"), utc("2027-03-28T01:00"), utc("2027-03-29T01:00")),
        "at-half-past-two": (utc("2027-03-27T01:30"), utc("2027-03-28T01:00"), utc("2027-03-29T00:30")),
    },
}


def pages(sink) -> list[dict]:
    """Of messages that came twice under one key the first."""
    said = [json.loads(request.body) for request in sink.requests]
    return list({one["idempotency_key"]: one for one in said if one["kind"] == "page"}.values())


def of_wrong_people(messages, turns) -> list[dict]:
    """Those that went to somebody who was not on call when they were written."""
    found = []
    for one in messages:
        (schedule,) = (name for name, people in PEOPLE.items() if one["recipient"] in people)
        right = PEOPLE[schedule][datetime.fromisoformat(one["created_at"]) >= turns[schedule][1]]
        found += [one] if one["recipient"] != right else []
    return found


@pytest.mark.parametrize("day", NIGHTS)
async def test_a_night_in_which_the_clocks_change(
    daemon, wall, sink, session, eventually, fault_alert, experiment, runs, day
):
    turns, each, number = NIGHTS[day], runs(10, 2), 0
    daemon.environ["TZ"] = "Europe/Berlin"
    main = f'[notifiers.sink]\ntype = "webhook"\nurl = "{sink.url}/hook"\n'
    daemon.configure(main=main, roster=ROSTER.format(day=day), process=PROCESS)
    change = turns["at-three"][1].replace(hour=1, minute=0)
    hours = [change + timedelta(minutes=minutes) for minutes in (-30, 0, 30, 60)]
    wall.set_to(hours[0] - timedelta(minutes=20))
    await daemon.start()
    for at in hours:  # what lies between them is left out, by a clock that goes forward
        wall.set_to(at - BEFORE)
        ends = asyncio.get_running_loop().time() + BEFORE.total_seconds() + 3
        for half in range(2):
            for _ in range(each // 2):
                assert await daemon.post(session, [fault_alert(number)]) == 200
                number += 1
            if half == 0:
                await asyncio.sleep(ends - asyncio.get_running_loop().time())
        await eventually(lambda wanted=2 * number: len(pages(sink)) >= wanted, 120, f"every page around {at}")
        written = [datetime.fromisoformat(one["created_at"]) for one in pages(sink)]
        assert any(at - BEFORE < one < at for one in written)
        assert any(at < one < at + 5 * BEFORE for one in written)

    said = pages(sink)
    steps = Counter((one["labels"]["number"], one["recipient"] in PEOPLE["at-three"]) for one in said)
    wrong = of_wrong_people(said, turns)
    keys = [request.headers["idempotency-key"] for request in sink.requests]
    async with Client(daemon.directory / "run" / "api.sock") as client:
        blocks = (await client.handovers()).handovers
        health = await client.health()
    experiment(
        f"the clocks change: night after {day}",
        runs=number, lost=0, missed=2 * number - len(steps) + len(wrong), duplicated=len(keys) - len(set(keys)),
        aimed="each step to who is on call then, by the calendar; no shift lost",
        seen=f"{len(said)} pages in {len(hours)} half hours, {len(wrong)} to the wrong one; {len(blocks)} shifts",
    )  # fmt: skip
    assert wrong == []
    assert set(steps.values()) == {1}
    assert len(steps) == 2 * number
    expected = {
        (schedule, PEOPLE[schedule][turn], *turns[schedule][turn : turn + 2])
        for schedule in PEOPLE
        for turn in range(2)
    }
    assert {(one.schedule, one.person, one.starts_at, one.ends_at) for one in blocks} == expected
    assert len(blocks) == len(expected)
    assert health.timers_failing == 0
