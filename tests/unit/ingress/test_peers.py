"""A node that is cut off asks the listeners of the others whether they are ready."""

from datetime import UTC, datetime, timedelta

import aiohttp

from incidentd.domain.nodes import Node
from incidentd.ingress.peers import any_ready, places
from incidentd.plugin.testing.httpserver import Fault, RecordingServer

NOW = datetime(2026, 3, 14, 9, 0, tzinfo=UTC)


def test_a_node_that_listens_everywhere_is_found_by_its_host():
    node = Node(
        id="a:1", name="a", run="r", host="a.example", version="1", schema="1", api_version="1", process="",
        addresses=("http://0.0.0.0:9095", "https://[::]:9443", "http://10.0.0.1:9095"), alike={},
        clock_offset=timedelta(), started_at=NOW, seen_at=NOW,
    )  # fmt: skip
    assert places([node]) == ["http://a.example:9095", "https://a.example:9443", "http://10.0.0.1:9095"]


async def test_one_that_is_ready_is_enough_and_none_is_no_error():
    async with RecordingServer() as server, aiohttp.ClientSession() as http:
        assert await any_ready(http, ["http://127.0.0.1:1", server.url])
        assert server.requests[0].path == "/-/ready"
        server.script(503, Fault.RESET, Fault.RESET)  # a GET is tried twice
        assert not await any_ready(http, [server.url])
        assert not await any_ready(http, [server.url, "nonsense"])
        assert not await any_ready(http, [])
