"""A real pgbouncer between a node and PostgreSQL: in session mode all is well; in any other the start is refused."""

import asyncio
import os
import pwd
import shutil
import socket
import subprocess
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import text

from incidentd.storage import migrate
from incidentd.storage.postgresql import READERS

PROGRAM = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
COUNTED = {"runs": 1, "lost": None, "missed": None, "aimed": "works, or is refused"}
pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(PROGRAM is None, reason="pgbouncer is not installed"),
    pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True),
]


@pytest.fixture
def pooler(database_url, tmp_path):
    """`pooler(mode, **settings)` is the address of a pgbouncer in that mode in front of the test's database."""
    assert PROGRAM is not None
    program = PROGRAM
    parts = urlsplit(database_url)
    running = []

    def start(mode: str, **settings: object) -> str:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        said = {"listen_addr": "127.0.0.1", "listen_port": port, "unix_socket_dir": "", "auth_type": "any"}
        lines = [f"{name} = {value}" for name, value in (said | {"pool_mode": mode} | settings).items()]
        server = f"* = host={parse_qs(parts.query)['host'][0]} user=postgres"
        file = tmp_path / f"{mode}.ini"
        file.write_text("\n".join(["[databases]", server, "[pgbouncer]", *lines, ""]))
        who: dict[str, Any] = {}
        if os.geteuid() == 0:  # it refuses to run as root, too, and the directory of the test is root's
            user = pwd.getpwnam("nobody")
            who = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
            file = shutil.copy(file, f"/tmp/incidentd-pgbouncer-{port}.ini")
            os.chown(file, user.pw_uid, user.pw_gid)
        log = (tmp_path / f"{mode}.log").open("wb")
        running.append((subprocess.Popen([program, file], cwd="/", stdout=log, stderr=log, **who), file))
        deadline = time.monotonic() + 20
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert time.monotonic() < deadline, (tmp_path / f"{mode}.log").read_text()
            time.sleep(0.05)
        return f"postgresql://postgres@127.0.0.1:{port}{parts.path}"

    yield start
    for process, file in running:
        process.kill()
        process.wait()
        os.unlink(file)


async def test_session_mode_keeps_notices_settings_and_statements(pooler, make_store, experiment):
    url = pooler("session", default_pool_size=20)
    one, other = await make_store(url=url), await make_store(url=url)
    heard = asyncio.Event()
    other.on_elsewhere.append(heard.set)
    async with asyncio.timeout(20):
        while not heard.is_set():
            await one.write(lambda tx: tx.emit("told", "b:1"))
            await asyncio.sleep(0.05)
    said = await asyncio.gather(
        *(one.read(lambda conn: conn.execute(text("SHOW lock_timeout")).scalar_one()) for _ in range(READERS * 5))
    )
    assert set(said) == {"15s"}
    experiment("pgbouncer, session mode", seen="notices, settings, prepared statements", **COUNTED)


async def test_a_pool_without_a_place_for_one_more_is_no_fault(pooler, make_store):
    """The listener and the writer take both; what asks whether there are sessions finds none free."""
    store = await make_store(url=pooler("session", default_pool_size=2))
    await store.write(lambda tx: tx.emit("told", "b:1"))


@pytest.mark.parametrize("mode", ["transaction", "statement"])
@pytest.mark.parametrize("size", [1, 20])
async def test_other_modes_are_refused_at_the_start_with_the_remedy(pooler, make_store, experiment, mode, size):
    url = pooler(mode, default_pool_size=size)
    with pytest.raises(migrate.CannotReach, match="pool_mode = session"):
        await make_store(url=url)
    experiment(f"pgbouncer, {mode} mode, {size} sessions", seen="refused at the start", **COUNTED)
