"""Three nodes on a PostgreSQL that replicates, whose primary is killed or stopped and whose standby is promoted.

With commits that wait for the standby nothing that was acknowledged is lost. Without, what the standby had not got yet
is lost, and counted.
"""

import asyncio
import signal
import time

import pytest

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]


@pytest.fixture(params=["synchronous", "asynchronous"])
def pair(request, replicas):
    made = replicas.Pair(synchronous=request.param == "synchronous")
    yield made
    made.close()


@pytest.fixture
def ways(pair):
    """Every node is told both servers."""
    return dict.fromkeys(("one", "two", "three"), pair.url)


async def taken_again(cluster, since):
    """How long it took until a sender was told that something is stored."""
    acknowledged = len(cluster.acknowledged)
    while len(cluster.acknowledged) == acknowledged:
        await asyncio.sleep(0.05)
        assert time.monotonic() - since < 90, "no alert is taken any more"
    return time.monotonic() - since


async def says(node, what) -> bool:
    return what in " ".join((await node.health()).problems)


async def test_the_primary_is_killed_and_the_standby_promoted(pair, cluster, judge, eventually, request):
    waits = "asynchronous" not in request.node.name
    cluster.storm()
    await asyncio.sleep(3)
    await asyncio.to_thread(pair.two.part)
    await asyncio.sleep(2)  # what is stored now does not reach the standby
    pair.one.kill()
    killed = time.monotonic()
    await asyncio.sleep(2)  # somebody has to decide it
    await asyncio.to_thread(pair.two.promote)
    again = await taken_again(cluster, killed)
    await asyncio.sleep(2)
    # The former primary is back as it was, and takes writes. Nodes are on the other; one that starts knows it, too.
    await asyncio.to_thread(pair.one.start, synchronous_standby_names="")
    stale = pair.one.ask("SELECT max(seq) FROM events")
    await cluster.nodes["three"].end(signal.SIGKILL)
    await cluster.nodes["three"].start()
    await asyncio.sleep(2)
    pair.two.tell(signal.SIGSTOP)  # now the former one is the only one that answers
    for name in cluster.nodes:
        await cluster.becomes(name, 503)
    replaced = "was replaced: it is on timeline 1"
    await eventually(lambda: says(cluster.nodes["two"], replaced), 60, replaced)
    await asyncio.sleep(2)
    pair.two.tell(signal.SIGCONT)
    for name in cluster.nodes:
        await cluster.becomes(name, 200)
    assert pair.one.ask("SELECT max(seq) FROM events") == stale, "a node wrote to the server that was replaced"
    kind = "commits wait for the standby" if waits else "asynchronous, may lose what the standby had not got"
    await judge(
        f"primary killed, standby promoted, the former one returns ({kind})",
        f"alerts are taken again after {again:.1f} s; nothing was written to the former primary",
        killed,
        may_lose=not waits,
    )


@pytest.mark.parametrize("pair", ["synchronous"], indirect=True)
async def test_the_primary_stands_still_is_replaced_and_goes_on(pair, cluster, judge, eventually):
    cluster.storm()
    await asyncio.sleep(3)
    pair.one.tell(signal.SIGSTOP)
    stopped = time.monotonic()
    await asyncio.sleep(1)
    await asyncio.to_thread(pair.two.promote)
    again = await taken_again(cluster, stopped)
    pair.one.tell(signal.SIGCONT)  # and every connection that nodes have to it goes on; some have not seen the other
    for name in cluster.nodes:
        await cluster.becomes(name, 200)
    had = len(cluster.acknowledged)
    await eventually(lambda: len(cluster.acknowledged) > had + 40, 120, "alerts are taken by all")
    left = pair.one.ask(
        "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND state = 'active'"
    )
    # Now it takes writes by itself.
    for statement in ("ALTER SYSTEM SET synchronous_standby_names = ''", "SELECT pg_reload_conf()"):
        pair.one.ask(statement, database="postgres")
    await asyncio.sleep(1)
    here = pair.one.ask("SELECT max(seq) FROM events")
    await asyncio.sleep(5)
    assert pair.one.ask("SELECT max(seq) FROM events") == here, "a node writes to the server that was replaced"
    await judge(
        "primary stopped, standby promoted, the former one goes on",
        f"alerts are taken again after {again:.1f} s; {int(left) - 1} commits hung on the former primary",
        stopped,
    )
