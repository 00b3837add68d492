"""One vendor is sick, then several at once: the others' messages stay quick, people hear by their next method, and a
vendor that is well again is found out by one message and gets no burst."""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from itertools import pairwise

import pytest

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

MOODS = ("hanging", "failing", "slow", "flapping", "dropping", "stalling")
HEALED = ("hanging", "failing", "slow", "flapping", "dropping")
NAMELESS = ("nameless-1", "nameless-2", "nameless-3")  # their names are asked of a server that is silent
PAUSE = 0.2
PERSON = '[people."{name}"]\ncontacts = [{contacts}]\n'
PROCESS = """
[route]
group_by = ["number"]
group_wait = "0s"
[limits]
usual = ["1/2s"]
by_notifier = { good = [], named = [], second = [] }
"""


class Silent(asyncio.DatagramProtocol):
    """A name server that takes questions."""


def roster() -> str:
    second = ', { notifier = "second", after = "1h" }'  # only a fallback brings it forward
    people = {name: f'{{ notifier = "{name}" }}{second}' for name in (*MOODS, *NAMELESS)}
    people |= {"ada": '{ notifier = "good" }', "bea": '{ notifier = "named" }'}
    text = "".join(PERSON.format(name=name, contacts=contacts) for name, contacts in people.items())
    targets = json.dumps([f"person:{name}" for name in people])
    return f'{text}[policies.default]\nsteps = [{{ targets = {targets}, delay = "1h" }}]\n'


def notifiers(urls: dict[str, str]) -> str:
    return "".join(f'[notifiers.{name}]\ntype = "webhook"\nurl = "{url}"\n' for name, url in urls.items())


def first_told(vendors, t0: dict[str, float]) -> dict[tuple[str, str], float]:
    """(recipient, alert number) -> seconds from the alert to the first vendor that took it well."""
    told: dict[tuple[str, str], float] = {}
    for got in sorted((one for vendor in vendors for one in vendor.good), key=lambda one: one.at):
        for number in got.numbers:
            told.setdefault((got.recipient, number), got.at - t0[number])
    return told


def most_within(seconds: float, times: list[float]) -> int:
    """The most of the sorted `times` that lie within so many seconds."""
    return max((sum(1 for at in times[n:] if at - begin <= seconds) for n, begin in enumerate(times)), default=0)


class Watch:
    """When each notifier was first paused, and since when it is well again."""

    def __init__(self, daemon) -> None:
        self.paused: dict[str, float] = {}
        self.well: dict[str, float] = {}
        self._daemon = daemon

    async def run(self) -> None:
        now = asyncio.get_running_loop().time
        while True:
            for one in (await self._daemon.health()).adapters:
                if one.state == "quarantined":
                    self.paused.setdefault(one.instance, now())
                    self.well.pop(one.instance, None)
                elif one.state == "ok" and one.instance in self.paused:
                    self.well.setdefault(one.instance, now())
            await asyncio.sleep(0.25)


async def send_alerts(daemon, session, fault_alert, count: int) -> dict[str, float]:
    t0 = {}
    for number in range(count):
        t0[str(number)] = asyncio.get_running_loop().time()
        assert await daemon.post(session, [fault_alert(number)]) == 200
        await asyncio.sleep(PAUSE)
    return t0


@pytest.fixture
async def silent_names(daemon, tmp_path, as_root):
    """The daemon, in a mount namespace of its own, asks for names at a server that never answers."""
    address = f"127.{random.randrange(1, 255)}.{random.randrange(255)}.53"
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(Silent, (address, 53))
    (tmp_path / "resolv.conf").write_text(f"nameserver {address}\noptions timeout:30 attempts:2\n")
    mount = f'mount --bind {tmp_path}/resolv.conf "$(readlink -f /etc/resolv.conf)" && exec "$@"'
    daemon.wrap = ("unshare", "--mount", "sh", "-c", mount, "sh")
    yield
    transport.close()


async def test_sick_notifiers_hold_up_nobody_else(
    daemon, session, eventually, vendors, fault_alert, percentile, experiment, runs, silent_names
):
    alerts = runs(150, 40)
    by_name = {name: await vendors(name) for name in MOODS} | {n: await vendors() for n in ("good", "named", "second")}
    urls = {name: f"http://127.0.0.1:{vendor.port}/" for name, vendor in by_name.items()}
    urls |= {"named": f"http://localhost:{by_name['named'].port}/"}
    urls |= {"stalling": urls["stalling"].replace("http:", "https:")}
    urls |= {name: f"http://{name}.example.test/" for name in NAMELESS}
    daemon.configure(main=notifiers(urls), roster=roster())
    (daemon.config / "process.toml").write_text(PROCESS)
    await daemon.start()
    watch = Watch(daemon)
    watching = asyncio.create_task(watch.run())
    t0 = await send_alerts(daemon, session, fault_alert, alerts)
    people = ("ada", "bea", *MOODS, *NAMELESS)
    wanted = {(person, number) for person in people for number in t0}
    await eventually(lambda: wanted <= set(first_told(by_name.values(), t0)), 120, "everybody heard of every alert")
    must_pause = {"hanging", "failing", "dropping", "stalling", *NAMELESS}
    await eventually(lambda: must_pause <= set(watch.paused), 90, "each that does nothing but fail is paused")
    told = first_told(by_name.values(), t0)

    healed_at = asyncio.get_running_loop().time()
    for name in HEALED:
        by_name[name].mood = "well"
    back = set(HEALED) & set(watch.paused)
    await eventually(lambda: back <= set(watch.well), 90, "each that is well again is in use")
    await asyncio.sleep(4)
    watching.cancel()

    keys = [got.key for vendor in by_name.values() for got in vendor.good]
    quick = [told[person, number] for person in ("ada", "bea") for number in t0]
    after = [sorted((g.at, g.attempt) for g in by_name[n].good if g.at > healed_at) for n in back]
    bursts = [most_within(4, [at for at, _ in one]) for one in after]
    fresh = [most_within(4, [at for at, attempt in one if attempt == 1]) for one in after]
    tries = [len([g for g in by_name[n].got if watch.paused[n] < g.at < healed_at]) for n in ("hanging", "failing")]
    experiment(
        "notifiers: 9 of 12 sick at once (hanging, 503, slow, flapping, dropping, TLS stalls, 3 names that hang)",
        runs=alerts, lost=0, missed=len(wanted - set(told)), duplicated=sum(Counter(keys).values()) - len(set(keys)),
        aimed="others' p99 from alert to sent < 5 s",
        seen=f"p99 {percentile(quick, 99):.2f} s, worst {max(quick):.2f} s of {len(quick)}",
    )  # fmt: skip
    sick = [told[person, number] for person in (*MOODS, *NAMELESS) for number in t0]
    experiment(
        "notifiers: whoever has the sick one is told by the next method",
        runs=len(sick), lost=0, missed=0, duplicated=0,
        aimed="fallback < 60 s", seen=f"p99 {percentile(sick, 99):.1f} s, worst {max(sick):.1f} s",
    )  # fmt: skip
    experiment(
        "notifiers: paused after 5 failures, one message tries, back without a burst",
        runs=len(back), lost=0, missed=0, duplicated=0,
        aimed="3 messages in 4 s to one contact (its limit is one in 2 s), besides what is sent again under its key",
        seen=f"{max(fresh)} in 4 s, {max(bursts)} with those again;"
             f" back after {max(watch.well[n] for n in back) - healed_at:.0f} s at most;"
             f" {max(tries)} tries while paused",
    )  # fmt: skip
    assert max(fresh) <= 3, "all that waited goes as bundles; only what may have arrived goes again as it was"
    for name in ("hanging", "failing"):
        after = [g.at for g in by_name[name].got if watch.paused[name] < g.at < healed_at]
        assert len(after) <= 1 + (healed_at - watch.paused[name]) / 25, "it rests between tries"
        assert all(later - earlier > 1 for earlier, later in pairwise(after)), "one message tries, not several"
