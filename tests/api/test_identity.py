"""The peer of the socket is who the kernel says, and its groups decide what it may do."""

from __future__ import annotations

import asyncio
import os
import pwd
import socket
import subprocess
import sys

import pytest

from incidentd.api import identity
from incidentd.api.identity import Peer, Role, RolePolicy, peer_of
from incidentd.api.server import start_api

GIDS = {"staff": 100, "oncall": 200, "ops": 300}
NOBODY = 65534


def peer(uid: int, *gids: int) -> Peer:
    return Peer(uid=uid, os_user="x", gids=frozenset(gids))


@pytest.mark.parametrize(
    ("who", "role"),
    [
        (peer(0), Role.ADMIN),
        (peer(1000), Role.ADMIN),
        (peer(1001), Role.NONE),
        (peer(1001, 100), Role.VIEWER),
        (peer(1001, 200), Role.RESPONDER),
        (peer(1001, 300), Role.ADMIN),
        (peer(1001, 100, 200), Role.RESPONDER),
        (peer(1001, 999), Role.NONE),
    ],
)
def test_a_role_comes_from_the_highest_group(who, role):
    policy = RolePolicy(
        owner_uid=1000, viewer_groups=("staff", "gone"), responder_groups=("oncall",), admin_groups=("ops",)
    )
    assert policy.role(who, GIDS.get) == role


def test_everybody_has_at_least_the_default_role():
    policy = RolePolicy(owner_uid=1000, viewer_groups=("staff",), default_role=Role.RESPONDER)
    assert policy.role(peer(1001), GIDS.get) == Role.RESPONDER
    assert policy.role(peer(1001, 100), GIDS.get) == Role.RESPONDER


def test_a_group_that_does_not_exist_gives_nothing():
    assert identity.gid_of_group("no-such-group-here") is None
    assert identity.gid_of_group(pwd.getpwuid(0).pw_name) == 0


async def test_the_kernel_names_the_peer():
    ours, theirs = socket.socketpair(socket.AF_UNIX)
    with ours, theirs:
        found = await peer_of(ours)
    assert found.uid == os.getuid()
    assert found.os_user == pwd.getpwuid(os.getuid()).pw_name
    assert os.getgid() in found.gids


async def test_without_peer_groups_the_user_database_is_asked(monkeypatch):
    monkeypatch.setattr(identity, "_SO_PEERGROUPS", 9999)  # an option this kernel does not know
    ours, theirs = socket.socketpair(socket.AF_UNIX)
    with ours, theirs:
        found = await peer_of(ours)
    name = pwd.getpwuid(os.getuid()).pw_name
    assert found.gids == frozenset(os.getgrouplist(name, os.getgid()))


_AS_ANOTHER_USER = """
import os, sys
sys.path[:0] = {path!r}
from incidentd import unixsocket  # before the user loses sight of the interpreter's files
os.setgroups([{group}]); os.setgid({uid}); os.setuid({uid})
answer = unixsocket.request({socket!r}, {method!r}, {route!r}, b"{{}}", {headers!r})
print(answer.status); print(answer.body.decode())
"""


async def ask_as(path: str, group: int, route: str, method: str = "GET", **headers: str) -> tuple[int, str]:
    code = _AS_ANOTHER_USER.format(
        path=sys.path, uid=NOBODY, group=group, socket=path, method=method, route=route, headers=headers
    )
    done = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=30
    )
    status, _, body = done.stdout.partition("\n")
    return int(status), body


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")
async def test_another_user_is_seen_as_itself_with_its_groups(fake, socket_dir):
    socket_dir.chmod(0o711)
    path = str(socket_dir / "api.sock")
    policy = RolePolicy(owner_uid=4242, responder_groups=("daemon",), admin_groups=("no-such-group-here",))
    daemon_gid = identity.gid_of_group("daemon")
    assert daemon_gid is not None
    seen: list[tuple[int, str]] = []

    def person(uid: int, os_user: str) -> str:
        seen.append((uid, os_user))
        return ""

    server = await start_api(fake.calls, roles=policy, person_of_uid=person, socket_path=path, socket_mode=0o666)
    try:
        status, body = await ask_as(path, NOBODY, "/v1/info")
        assert status == 403
        assert '"role"' not in body
        status, body = await ask_as(path, daemon_gid, "/v1/info", **{"X-Remote-User": "root", "X-Role": "admin"})
        assert status == 200
        assert '"role":"responder"' in body
        status, _ = await ask_as(path, daemon_gid, "/v1/pages/1/acknowledge", "POST")
        assert status == 200
        assert fake.asked[-1][2] == f"uid:{NOBODY}"
        assert (await ask_as(path, daemon_gid, "/v1/reload", "POST"))[0] == 403
    finally:
        await server.close()
    assert seen[0] == (NOBODY, "nobody")


@pytest.mark.parametrize(
    ("role", "reads", "acts", "reloads"),
    [
        (Role.NONE, 403, 403, 403),
        (Role.VIEWER, 200, 403, 403),
        (Role.RESPONDER, 200, 200, 403),
        (Role.ADMIN, 200, 200, 200),
    ],
)
async def test_each_role_may_do_its_own(api, fake, role, reads, acts, reloads):
    api.role = role
    await api.restart()
    assert (await api("GET", "/v1/alerts")).status == reads
    assert (await api("POST", "/v1/pages/1/acknowledge")).status == acts
    answer = await api("POST", "/v1/reload")
    assert answer.status == reloads
    if reloads == 403:
        assert answer.problem.type == "urn:incidentd:role"
        assert "admin" in answer.problem.detail


async def test_a_stranger_acts_as_a_uid(api, fake):
    api.person = ""
    await api("POST", "/v1/pages/1/acknowledge", {"note": "x"})
    assert fake.asked[-1] == ("pages.acknowledge", 1, f"uid:{os.getuid()}", "x", "api", None, None)
    assert (await api("GET", "/v1/info")).json["person"] == ""


async def test_the_roster_is_asked_at_each_request(api, connect):
    client = await connect()
    assert (await client.info()).person == "ana"
    api.person = "ben"  # as after a reload
    assert (await client.info()).person == "ben"


async def test_a_connection_given_by_the_service_manager_is_served(fake, socket_dir):
    path = socket_dir / "activated.sock"
    sock = socket.socket(socket.AF_UNIX)
    sock.bind(str(path))
    sock.listen()
    sock.setblocking(False)
    server = await start_api(
        fake.calls, roles=RolePolicy(owner_uid=os.getuid()), person_of_uid=lambda *_: "", sock=sock
    )
    from incidentd import unixsocket

    answer = await asyncio.to_thread(unixsocket.request, str(path), "GET", "/v1/info")
    assert answer.status == 200
    await server.close()
    assert path.exists(), "the path belongs to the service manager"
