"""No room for the database: refused with 5xx, nothing acknowledged is lost, and it goes on when there is room."""

import json
import os
import resource
import shutil
import signal
import subprocess

import pytest

PAYLOAD = "x" * 20_000
QUIET = '[route]\ngroup_wait = "1h"\n'


def alert(number: int) -> dict:
    return {
        "labels": {"alertname": "fault", "number": str(number)},
        "annotations": {"description": PAYLOAD},
        "endsAt": "2100-01-01T00:00:00Z",
    }


async def fill(daemon, session) -> tuple[list[int], list[int]]:
    """Send until it is refused three times; (acknowledged, refused)."""
    acknowledged, refused = [], []
    for number in range(2_000):
        status = await daemon.post(session, [alert(number)])
        if status == 200:
            acknowledged.append(number)
            continue
        assert status == 503
        refused.append(number)
        if len(refused) == 3:
            return acknowledged, refused
    raise AssertionError("the disk never filled up")


async def assert_known(daemon, session, numbers) -> None:
    known = {int(found["labels"]["number"]) for found in await daemon.firing(session)}
    assert set(numbers) <= known


async def assert_recovers(daemon, session, eventually, acknowledged, refused) -> None:
    """With room again what was refused is taken, and all is routed."""
    for number in refused:
        assert await daemon.post(session, [alert(number)]) == 200
    await assert_known(daemon, session, acknowledged + refused)

    async def routed() -> bool:
        return (await daemon.health()).alerts_unrouted == 0

    await eventually(routed, 20, "everything routed")


async def test_a_database_that_cannot_grow(daemon, session, eventually):
    daemon.configure(process=QUIET)
    await daemon.start()
    daemon.limit_files(2 * 2**20)
    acknowledged, refused = await fill(daemon, session)
    assert acknowledged
    await assert_known(daemon, session, acknowledged)
    assert daemon.running
    daemon.limit_files(resource.RLIM_INFINITY)
    # A write that failed for another reason than want of room: it makes place for a process that trusts nothing.
    await eventually(lambda: not daemon.running, 60, "it ends when the file can be written again")
    assert await daemon.end(signal.SIGKILL) == 74
    await daemon.start()
    await assert_recovers(daemon, session, eventually, acknowledged, refused)


@pytest.fixture
def small_disk(daemon):
    """A file system of 4 MiB for the daemon's state; only root can make one."""
    if os.geteuid() != 0 or not shutil.which("mount"):
        pytest.skip("needs root to mount a tmpfs")
    daemon.state.mkdir(mode=0o700)
    options = ["-o", "size=4m,mode=700", "tmpfs", str(daemon.state)]
    made = subprocess.run(["mount", "-t", "tmpfs", *options], capture_output=True, text=True, check=False)
    if made.returncode:
        pytest.skip(f"no tmpfs can be mounted here: {made.stderr.strip()}")
    yield daemon.state
    subprocess.run(["umount", "--lazy", str(daemon.state)], check=True)


async def test_a_full_disk(small_disk, daemon, session, eventually):
    daemon.configure(process=QUIET)
    await daemon.start()
    acknowledged, refused = await fill(daemon, session)
    assert acknowledged
    await assert_known(daemon, session, acknowledged)
    subprocess.run(["mount", "-o", "remount,size=64m", str(small_disk)], check=True)
    await assert_recovers(daemon, session, eventually, acknowledged, refused)


ROSTER = """
[people.ada]
contacts = [{ notifier = "sink" }]
[policies.default]
steps = [{ targets = ["person:ada"], delay = "2h" }]
"""
AT_ONCE = '[route]\ngroup_by = ["number"]\ngroup_wait = "0s"\n'


def titles(sink) -> list[str]:
    return [json.loads(request.body)["title"] for request in sink.requests]


@pytest.mark.faults
async def test_people_are_paged_from_memory_while_the_disk_is_full(
    small_disk, daemon, sink, session, eventually, flood, experiment
):
    main = f'[notifiers.sink]\ntype = "webhook"\nurl = "{sink.url}/hook"\n[store_down]\nafter = "1s"\n'
    daemon.configure(main=main, roster=ROSTER, process=AT_ONCE)
    await daemon.start()
    acknowledged, refused = await fill(daemon, session)

    def told() -> list[str]:
        return [title for title in titles(sink) if title.startswith(flood.FROM_MEMORY)]

    await eventually(told, 60, "a page from memory")
    await assert_known(daemon, session, acknowledged)
    subprocess.run(["mount", "-o", "remount,size=64m", str(small_disk)], check=True)

    async def all_stored() -> bool:
        """Without any sender that sends again."""
        known = {int(found["labels"]["number"]) for found in await daemon.firing(session)}
        return known >= {*acknowledged, *refused}

    await eventually(all_stored, 60, "what was refused is stored from memory")
    own = {str(number) for number in (*acknowledged, *refused)}

    def paged() -> set[str]:
        bodies = [json.loads(request.body) for request in sink.requests]
        return {body["labels"].get("number") for body in bodies}

    await eventually(lambda: own <= paged(), 60, "every page")
    keys = [request.headers["idempotency-key"] for request in sink.requests]
    experiment(
        "disk full (ENOSPC in the write-ahead log), room again",
        runs=1,
        duplicated=len(keys) - len(set(keys)),
        seen=f"{len(acknowledged)} alerts acknowledged, {len(refused)} refused and stored later; {told()[0]}",
    )


@pytest.mark.faults
async def test_a_state_directory_without_room_stops_nothing_while_the_database_has_some(
    small_disk, daemon, session, tmp_path
):
    daemon.configure(main=f'[storage]\nurl = "sqlite:///{tmp_path / "elsewhere.db"}"\n', process=QUIET)
    await daemon.start()
    with (small_disk / "ballast").open("wb") as file:
        try:
            while True:
                file.write(b"x" * 65536)
                file.flush()
        except OSError:
            pass
    for number in range(3):
        assert await daemon.post(session, [alert(number)]) == 200
    assert (await daemon.health()).alerts_firing == 3
