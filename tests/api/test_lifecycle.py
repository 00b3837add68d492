"""Starting, draining and stopping, on asyncio's loop and on uvloop."""

from __future__ import annotations

import asyncio
import time

import pytest
import uvloop

from incidentd.api.server import Limits
from incidentd.client import Client
from incidentd.wire import incidents as wire_incidents


async def test_a_request_in_flight_is_answered_before_the_end(api, fake, connect):
    client = await connect()
    await client.info()
    fake.delay = 0.2
    waiting = asyncio.create_task(client.declare(wire_incidents.DeclareIncident(title="x")))
    await asyncio.sleep(0.1)
    began = time.monotonic()
    await api.stop()
    assert (await waiting).title == "x"
    assert time.monotonic() - began < 0.6
    assert [call[0] for call in fake.asked] == ["incidents.declare"]


async def test_a_request_that_never_ends_is_cut_off(api, fake):
    api.limits = Limits(drain=0.2)
    await api.restart()
    fake.delay = 60
    waiting = asyncio.create_task(api("GET", "/v1/health"))
    await asyncio.sleep(0.1)
    began = time.monotonic()
    await api.stop()
    assert time.monotonic() - began < 2
    with pytest.raises(OSError):  # noqa: PT011 - the connection ends, in whichever way
        await waiting


async def test_idle_connections_do_not_hold_up_the_end(api, connect, raw):
    clients = [await connect() for _ in range(5)]
    await asyncio.gather(*(client.info() for client in clients))
    await raw()
    began = time.monotonic()
    await api.stop()
    assert time.monotonic() - began < 0.5


async def test_a_drained_server_opens_no_stream(api):
    await api._server._streams.close(1.0)
    answer = await api("GET", "/v1/events", None, {"Accept": "text/event-stream"})
    assert answer.status == 503


def test_all_of_it_works_on_uvloop(api_class, fake, socket_dir):
    async def life() -> tuple[str, list[int]]:
        server = api_class(fake, socket_dir / "uv.sock")
        await server.start()
        for _ in range(3):
            fake.happen()
        async with Client(server.path) as client:
            info = await client.info()
            events = client.events(0)
            seqs = [(await anext(events)).seq for _ in range(2)]
            await server.restart()
            seqs.append((await anext(events)).seq)
            await events.aclose()
            await client.declare(wire_incidents.DeclareIncident(title="x"))
        await server.stop()
        return info.role, seqs

    assert uvloop.run(life()) == ("admin", [1, 2, 3])
