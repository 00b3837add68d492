"""The client of short-lived commands: standard library only, one exchange a connection."""

from __future__ import annotations

import asyncio
import http.client
import json
import os

import msgspec
import pytest

from incidentd import unixsocket, wire
from incidentd.client import Client, Unreachable
from incidentd.sse import Frame


async def ask(*arguments, **options):
    return await asyncio.to_thread(unixsocket.request, *arguments, **options)


async def test_an_exchange(api, fake):
    path = str(api.path)
    answer = await ask(path, "GET", "/v1/info")
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("application/json")
    body = json.dumps({"title": "Ünïcode"}).encode()
    answer = await ask(path, "POST", "/v1/incidents", body, {"Idempotency-Key": "k"})
    assert (answer.status, json.loads(answer.body)["title"]) == (201, "Ünïcode")
    assert (await ask(path, "DELETE", "/v1/drafts/x")).body == b""


async def test_faults_are_plain(api, fake, socket_dir):
    with pytest.raises(FileNotFoundError):
        await ask(str(socket_dir / "none"), "GET", "/v1/info")
    fake.delay = 1
    with pytest.raises(TimeoutError):
        await ask(str(api.path), "GET", "/v1/health", timeout=0.1)


async def test_the_answer_to_a_body_that_is_too_long_is_read(api):
    for size in (2, 20):
        assert (await ask(str(api.path), "POST", "/v1/alerts", b" " * size * 2**20)).status == 413


async def test_a_broken_answer_is_an_http_fault(socket_dir):
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}")
        writer.close()

    path = socket_dir / "other.sock"
    async with await asyncio.start_unix_server(speak, path):
        with pytest.raises(http.client.IncompleteRead):
            await ask(str(path), "GET", "/v1/info")


async def test_events_are_followed_until_the_daemon_ends(api, fake):
    for _ in range(3):
        fake.happen()
    frames: list[Frame] = []

    def follow() -> None:
        frames.extend(unixsocket.stream_events(str(api.path), 1))

    following = asyncio.create_task(asyncio.to_thread(follow))
    await asyncio.sleep(0.1)
    fake.happen("status")
    await asyncio.sleep(0.1)
    await api.stop()
    await following
    events = [msgspec.json.decode(frame.data, type=wire.Event) for frame in frames]
    assert [event.seq for event in events] == [2, 3, 4]
    assert [frame.id for frame in frames] == ["2", "3", "4"]
    assert frames[-1].event == "status"


async def test_a_refused_stream_hands_over_the_problem(api):
    with pytest.raises(unixsocket.StreamRefused) as refused:
        await asyncio.to_thread(lambda: list(unixsocket.stream_events(str(api.path), 99)))
    assert refused.value.response.status == 409
    assert msgspec.json.decode(refused.value.response.body, type=wire.Problem).field == "after"


def test_where_the_socket_is(monkeypatch, tmp_path):
    system = tmp_path / "system.sock"
    monkeypatch.setattr(unixsocket, "SYSTEM_SOCKET", str(system))
    monkeypatch.delenv("INCIDENTD_SOCKET", raising=False)
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    assert unixsocket.default_socket_path() == f"/tmp/incidentd-{os.getuid()}/api.sock"
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/run/user/7")
    assert unixsocket.default_socket_path() == "/run/user/7/incidentd/api.sock"
    assert unixsocket.user_socket_path() == "/run/user/7/incidentd/api.sock"
    system.touch()
    assert unixsocket.default_socket_path() == str(system)
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert unixsocket.default_socket_path() == "/run/user/7/incidentd/api.sock"
    monkeypatch.setenv("INCIDENTD_SOCKET", "/elsewhere.sock")
    assert unixsocket.default_socket_path() == "/elsewhere.sock"


def test_a_relative_runtime_directory_is_ignored(monkeypatch):
    monkeypatch.setenv("XDG_RUNTIME_DIR", "run")
    assert unixsocket.user_socket_path() == f"/tmp/incidentd-{os.getuid()}/api.sock"


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a directory away")
async def test_a_socket_in_a_directory_that_another_user_made_in_tmp_is_not_trusted(api, socket_dir):
    os.chown(socket_dir, 65534, 65534)
    with pytest.raises(unixsocket.ForeignDirectory):
        await ask(str(api.path), "GET", "/v1/info")
    async with Client(api.path) as client:
        with pytest.raises(Unreachable, match="belongs to uid 65534: not trusted"):
            await client.info()
    os.chown(socket_dir, 0, 0)
    assert (await ask(str(api.path), "GET", "/v1/info")).status == 200
