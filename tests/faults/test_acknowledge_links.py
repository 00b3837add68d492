"""Acknowledge links, followed while the store is away or just as the daemon is killed: what was said holds."""

import asyncio
import contextlib
import json
import os
import random
import re
import shutil
import signal
import subprocess

import aiohttp
import pytest
from yarl import URL

from incidentd.client import Client

pytestmark = [pytest.mark.faults, pytest.mark.timeout(1800)]

ROSTER = """
[people.ada]
contacts = [{ notifier = "sink" }]
[policies.default]
steps = [{ targets = ["person:ada"], delay = "2h" }]
"""
PROCESS = '[route]\ngroup_by = ["number"]\ngroup_wait = "0s"\n'
PAGES = 4
ROOM = "4m"


def configure(daemon, sink, storage: str = "") -> None:
    main = f'[notifiers.sink]\ntype = "webhook"\nurl = "{sink.url}/hook"\n{storage}[store_down]\npage = false\n'
    daemon.configure(main=main, roster=ROSTER, process=PROCESS)


def links(sink) -> dict[int, str]:
    """Page -> the link of the message about it."""
    said = [json.loads(request.body) for request in sink.requests]
    return {int(one["thread"].split("-")[1]): one["acknowledge_url"] for one in said if one["kind"] == "page"}


async def paged(daemon, session, sink, eventually, alert, first: int) -> dict[int, str]:
    """The links of as many new pages."""
    before = links(sink)
    assert await daemon.post(session, [alert(first + one) for one in range(PAGES)]) == 200
    await eventually(lambda: len(links(sink)) == len(before) + PAGES, 120, "everybody is paged")
    return {page: link for page, link in links(sink).items() if page not in before}


async def follow(daemon, session, link: str) -> str:
    """What the page says behind the button, "" when nothing came."""
    try:
        timeout = aiohttp.ClientTimeout(total=60)
        async with session.post(URL(link).with_port(daemon.port), timeout=timeout) as answer:
            return re.sub("<[^>]*>", "", await answer.text())
    except (aiohttp.ClientError, OSError):
        return ""


async def acknowledged(daemon, pages) -> set[int]:
    async with Client(daemon.directory / "run" / "api.sock") as client:
        found = [(await client.page(number)).page for number in pages]
    return {one.id for one in found if (one.state, one.acknowledged_via) == ("acknowledged", "link")}


@pytest.fixture
def other_disk(tmp_path):
    """A file system of 4 MiB beside that of the daemon's state; only root can make one."""
    if os.geteuid() != 0 or not shutil.which("mount"):
        pytest.skip("needs root to mount a tmpfs")
    place = tmp_path / "other"
    place.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={ROOM}", "tmpfs", str(place)], capture_output=True, text=True, check=False
    )
    if made.returncode:
        pytest.skip(f"no tmpfs can be mounted here: {made.stderr.strip()}")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


async def use_up(disk, daemon, session, alert) -> None:
    """Until not even a small alert finds room any more."""
    subprocess.run(["mount", "-o", f"remount,size={ROOM}", str(disk)], check=True)
    with (disk / "ballast").open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(b"x" * 4096):
            pass
    number = 10**6
    while await daemon.post(session, [alert(number)]) == 200:
        number += 1


def give_room(disk) -> None:
    (disk / "ballast").unlink()
    subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)


async def test_links_that_are_followed_while_the_store_is_away(
    daemon, other_disk, sink, session, eventually, flood, experiment, runs
):
    """Half of the times it is killed before the store is back."""
    times, kept, lost = runs(10, 2), 0, 0
    configure(daemon, sink, f'[storage]\nurl = "sqlite:///{other_disk / "incidentd.db"}"\n')
    await daemon.start()
    for one in range(times):
        found = await paged(daemon, session, sink, eventually, flood.alert, one * PAGES)
        await use_up(other_disk, daemon, session, flood.large)
        for link in found.values():
            assert "kept in a file" in await follow(daemon, session, link)
            kept += 1
        if one % 2:
            assert await daemon.end(signal.SIGKILL) == -signal.SIGKILL
        give_room(other_disk)
        if one % 2:
            await daemon.start()

        async def stored(found=found) -> bool:
            return await acknowledged(daemon, found) == set(found)

        await eventually(stored, 60, "what was kept is stored")
        lost += len(set(found) - await acknowledged(daemon, found))
        await eventually(lambda: not (daemon.state / "told-from-memory.jsonl").exists(), 30, "the file is gone")
    experiment(
        "acknowledge links followed while nothing can be stored, kill -9 before it can in one of two",
        runs=times, lost=lost, missed=None, aimed="on the page = on the page after the start",
        seen=f"{kept} answered that it is kept in a file, all of them stored afterwards",
    )  # fmt: skip
    assert lost == 0


async def test_links_that_are_followed_as_it_is_killed(daemon, sink, session, eventually, flood, experiment, runs):
    times, said, unsure, lost, chance = runs(20, 2), 0, 0, 0, random.Random(5)
    configure(daemon, sink)
    await daemon.start()
    for one in range(times):
        found = await paged(daemon, session, sink, eventually, flood.alert, one * PAGES)
        asking = {page: asyncio.create_task(follow(daemon, session, link)) for page, link in found.items()}
        await asyncio.sleep(chance.uniform(0.0, 0.2))
        assert await daemon.end(signal.SIGKILL) == -signal.SIGKILL
        answers = {page: await task for page, task in asking.items()}
        promised = {page for page, text in answers.items() if "Acknowledged by" in text}
        await daemon.start()
        stored = await acknowledged(daemon, found)
        said, unsure, lost = said + len(promised), unsure + len(stored - promised), lost + len(promised - stored)
        for page, link in found.items():
            assert page in stored or "Acknowledged by" in await follow(daemon, session, link), "it may be tried again"
    experiment(
        "acknowledge links followed at the moment of kill -9",
        runs=times, lost=lost, missed=None, aimed="on the page = on the page after the start",
        seen=f"{said} were answered, {unsure} stored without an answer",
    )  # fmt: skip
    assert lost == 0
