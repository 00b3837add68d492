"""One incidentd watches another: when it is killed, stopped, cut off or cannot store, the watcher pages."""

from __future__ import annotations

import asyncio
import signal
import subprocess

import pytest

pytestmark = [pytest.mark.faults, pytest.mark.timeout(180)]

UUID = "5d9f1c1e-6c0b-4d0a-9a8e-0f6f3d7c2b11"
PERIOD, GRACE = 2, 3
WATCHER = """
[sources.heartbeat]
type = "heartbeat"
ping_key = {{ file = "{key}" }}
settle = "1s"
[sources.heartbeat.checks.other]
period = "{period}s"
grace = "{grace}s"
uuid = "{uuid}"
[notifiers.sink]
type = "webhook"
url = "{sink}/hook"
"""
WATCHED = '[heartbeat]\nurl = "http://127.0.0.1:{port}/ping/{uuid}"\nevery = "1s"\n'
ROSTER = """
[people.ada]
contacts = [{ notifier = "sink" }]
[policies.default]
steps = [{ targets = ["person:ada"], delay = "1h" }]
"""


@pytest.fixture
async def watched(daemon, tmp_path, sqlite_template):
    """A second daemon, made like the first."""
    directory = tmp_path / "watched"
    directory.mkdir()
    made = type(daemon)(directory, sqlite_template)
    yield made
    if made.running:
        made.tell(signal.SIGCONT)
        await made.end(signal.SIGKILL)


def read_only(watched) -> None:
    """Its disk takes no more writes: no file may grow, not even the log of its database."""
    watched.limit_files(0)


@pytest.mark.parametrize("how", ["SIGKILL", "SIGSTOP", "cannot store"])
async def test_the_watcher_pages(daemon, watched, sink, eventually, tmp_path, experiment, runs, how):
    times = runs(5, 1)
    (tmp_path / "key").write_text("0123456789abcdef0123456789abcdef")
    main = WATCHER.format(key=tmp_path / "key", period=PERIOD, grace=GRACE, uuid=UUID, sink=sink.url)
    daemon.configure(main=main, roster=ROSTER, process='[route]\ngroup_wait = "0s"\ngroup_interval = "1s"\n')
    await daemon.start()
    watched.configure(main=WATCHED.format(port=daemon.port, uuid=UUID))
    now, waits = asyncio.get_running_loop().time, []
    for _ in range(times):
        await watched.start()
        await asyncio.sleep(2.5)
        before, began = len(sink.requests), now()
        if how == "SIGKILL":
            await watched.end(signal.SIGKILL)
        elif how == "SIGSTOP":
            watched.tell(signal.SIGSTOP)
        else:
            read_only(watched)
        await eventually(lambda before=before: len(sink.requests) > before, 60, f"paged after {how}")
        waits.append(sink.requests[before].at - began)
        watched.tell(signal.SIGCONT) if watched.running else None
        if watched.running:
            await watched.end(signal.SIGKILL)
    experiment(
        f"host gone: {how}; the other incidentd pages",
        runs=times, lost=None, missed=times - len(waits), duplicated=None,
        aimed=f"within period + grace ({PERIOD} s + {GRACE} s)", seen=f"{min(waits):.1f} .. {max(waits):.1f} s",
    )  # fmt: skip


async def test_the_watcher_pages_when_the_cable_is_cut(
    daemon, watched, sink, eventually, tmp_path, experiment, runs, two_machines
):
    near, far = two_machines
    times, waits = runs(5, 1), []
    (tmp_path / "key").write_text("0123456789abcdef0123456789abcdef")
    log = f'[notifiers.page]\ntype = "log"\npath = "{tmp_path / "pages"}"\n'
    main = WATCHER.format(key=tmp_path / "key", period=PERIOD, grace=GRACE, uuid=UUID, sink=sink.url) + log
    process = '[route]\ngroup_wait = "0s"\ngroup_interval = "1s"\n'
    daemon.configure(main=main, roster=ROSTER.replace('"sink"', '"page"'), process=process)
    own = (daemon.config / "incidentd.toml").read_text().replace("127.0.0.1:0", "10.77.0.1:9095")
    (daemon.config / "incidentd.toml").write_text(own)
    daemon.wrap, watched.wrap = near, far
    await daemon.start()
    watched.configure(main=WATCHED.format(port=9095, uuid=UUID).replace("127.0.0.1", "10.77.0.1"))
    await watched.start()
    pages, now = tmp_path / "pages", asyncio.get_running_loop().time

    def told() -> int:
        return pages.read_text().count("other is down") if pages.exists() else 0

    async def well() -> bool:
        return (await daemon.health()).alerts_firing == 0

    for _ in range(times):
        await eventually(well, 60, "it is heard of")
        await asyncio.sleep(2.5)
        before, began = told(), now()
        subprocess.run([*far, "ip", "link", "set", "far", "down"], check=True)
        await eventually(lambda before=before: told() > before, 60, "paged")
        waits.append(now() - began)
        subprocess.run([*far, "ip", "link", "set", "far", "up"], check=True)
    experiment(
        "host gone: its network is cut without a word",
        runs=times, lost=None, missed=times - len(waits), duplicated=None,
        aimed=f"within period + grace ({PERIOD} s + {GRACE} s)", seen=f"{min(waits):.1f} .. {max(waits):.1f} s",
    )  # fmt: skip
