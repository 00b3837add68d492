"""Three nodes on one PostgreSQL in a storm, while one is killed, stopped, or cut off, or the server restarts."""

import asyncio
import contextlib
import itertools
import os
import re
import shutil
import signal
import time
from pathlib import Path

import asyncpg  # type: ignore[import-untyped]
import pytest

import incidentd
from incidentd.client import Client

NAMES = ("one", "two", "three")
pytestmark = [
    pytest.mark.faults,
    pytest.mark.timeout(600),
    pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True),
]


async def calm(seconds: float) -> float:
    await asyncio.sleep(seconds)
    return time.monotonic()


@pytest.fixture
async def durable(database_url):
    """The database, in which what was acknowledged survives a crash of the server: others of the tests' are faster."""
    name = database_url.rpartition("?")[0].rpartition("/")[2]
    connection = await asyncpg.connect(database_url)
    await connection.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = on')
    await connection.close()
    yield database_url
    connection = await asyncpg.connect(database_url)
    await connection.execute(f'ALTER DATABASE "{name}" RESET ALL')
    await connection.close()


@pytest.fixture
async def cuts(durable, make_cut):
    """A way to the database for each node, which may be cut."""
    return {name: await make_cut(durable) for name in NAMES}


@pytest.fixture
def ways(cuts):
    return {name: cut.url for name, cut in cuts.items()}


async def test_one_of_three_is_killed(cluster, judge, eventually, runs):
    cluster.storm()
    await calm(3)
    killed = time.monotonic()
    await cluster.nodes["two"].end(signal.SIGKILL)
    await calm(runs(20, 6))

    async def gone() -> bool:
        async with Client(cluster.nodes["one"].directory / "run" / "api.sock") as client:
            return {one.name: one.state for one in (await client.nodes()).nodes}["two"] in ("late", "gone")

    await eventually(gone, 60, "the others notice")
    await judge("kill -9 one of three nodes in a storm", "", killed)


@pytest.mark.parametrize("how", ["silence", "refuse"])
async def test_one_of_three_is_cut_off_from_the_database(cluster, cuts, judge, eventually, runs, how):
    cluster.storm()
    await calm(3)
    cut = time.monotonic()
    getattr(cuts["two"], how)()
    noticed = await cluster.becomes("two", 503)

    async def told() -> bool:
        return "has not answered since" in (await cluster.nodes["two"].health()).problems[0]

    await eventually(told, 30, "health says since when")
    await calm(runs(15, 4))
    cuts["two"].mend()
    back = await cluster.becomes("two", 200)
    assert cluster.nodes["two"].starts == 1
    await calm(2)
    how = "packets are swallowed" if how == "silence" else "connections are reset"
    await judge(
        f"a node is cut off from the database ({how})",
        f"503 after {noticed:.1f} s, ready {back:.1f} s after the end without a restart",
        cut,
    )


async def test_one_of_three_stands_still_and_returns(cluster, judge, runs):
    cluster.storm()
    await calm(3)
    stopped = time.monotonic()
    os.kill(cluster.nodes["two"].pid, signal.SIGSTOP)
    await calm(runs(60, 12))
    others = [at for at in cluster.taken["one"] if at > stopped]
    gaps = [after - before for before, after in itertools.pairwise(others)]
    os.kill(cluster.nodes["two"].pid, signal.SIGCONT)
    back = await cluster.becomes("two", 200)
    await calm(3)
    seen = f"another took no alert for {max(gaps, default=0):.1f} s at most; ready {back:.1f} s after its return"
    await judge(f"SIGSTOP of one of three nodes for {runs(60, 12)} s", seen, stopped)


async def test_postgresql_itself_crashes_and_starts_again(cluster, judge, durable):
    cluster.storm()
    await calm(3)
    connection = await asyncpg.connect(durable)
    crashed = time.monotonic()
    os.kill(connection.get_server_pid(), signal.SIGKILL)  # the server ends every session and recovers, as after a crash
    with contextlib.suppress(Exception):
        await connection.close(timeout=1)
    acknowledged = len(cluster.acknowledged)
    while len(cluster.acknowledged) == acknowledged:
        await asyncio.sleep(0.05)
        assert time.monotonic() - crashed < 60
    again = time.monotonic() - crashed
    await calm(4)
    assert all(node.starts == 1 and node.running for node in cluster.nodes.values())
    await judge("PostgreSQL crashes and recovers", f"alerts are taken again after {again:.1f} s", crashed)


def newer_program(directory: Path, *, oldest: str | None) -> Path:
    """A copy of the program with one more migration; `oldest` is how old programs beside it may be, None for as now."""
    package = directory / "incidentd"
    shutil.copytree(Path(incidentd.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    migrate = package / "storage" / "migrate.py"
    text = migrate.read_text()
    (head,) = re.findall(r'^HEAD = "(\d+)"', text, re.MULTILINE)
    newer = f"{int(head) + 1:04}"
    text = text.replace(f'HEAD = "{head}"', f'HEAD = "{newer}"', 1)
    if oldest is not None:
        text = re.sub(r'^COMPATIBLE_FROM = "\d+"', f'COMPATIBLE_FROM = "{newer}"', text, flags=re.MULTILINE)
    migrate.write_text(text)
    (package / "storage" / "migrations" / "versions" / f"{newer}_test.py").write_text(
        '"""One more column, which older programs neither read nor write."""\n'
        "import sqlalchemy as sa\nfrom alembic import op\n"
        f'revision = "{newer}"\ndown_revision = "{head}"\n'
        'def upgrade():\n    op.add_column("alerts", sa.Column("spare", sa.Text()))\n'
    )
    return directory


async def test_nodes_are_upgraded_one_after_the_other_in_a_storm(cluster, judge, tmp_path):
    program = newer_program(tmp_path / "newer", oldest=None)
    cluster.storm()
    await calm(2)
    began = time.monotonic()
    for name in NAMES[:2]:
        node = cluster.nodes[name]
        assert await node.end(signal.SIGTERM) == 0
        node.environ["PYTHONPATH"] = str(program)
        await node.start()
        await calm(2)
    async with Client(cluster.nodes["three"].directory / "run" / "api.sock") as client:
        shown = await client.nodes()
    assert shown.problems == ()
    assert "a rolling upgrade is under way" in shown.note
    old, new = {one.name: one.schema for one in shown.nodes}["three"], shown.schema
    assert int(new) == int(old) + 1
    assert cluster.nodes["three"].running
    await judge("a rolling upgrade: old and new programs side by side", f"schema {old} beside {new}", began)


async def test_a_node_that_is_too_old_ends_when_another_one_contracts(cluster, judge, tmp_path, eventually):
    program = newer_program(tmp_path / "newer", oldest="itself")
    cluster.storm()
    await calm(2)
    first = cluster.nodes["one"]
    assert await first.end(signal.SIGTERM) == 0
    first.environ["PYTHONPATH"] = str(program)
    began = time.monotonic()
    await first.start()
    old = [cluster.nodes[name] for name in NAMES[1:]]
    await eventually(lambda: not any(node.running for node in old), 60, "older nodes end")
    took = time.monotonic() - began
    for node in old:
        assert await node.end(signal.SIGTERM) == 69
        assert "works with programs that know" in node.log.read_text()
        assert '"event": "schema_outgrown"' in node.log.read_text()
        node.environ["PYTHONPATH"] = str(program)
        await node.start()
    await calm(2)
    await judge("a migration that older programs cannot live with", f"they ended with 69 after {took:.1f} s", began)
