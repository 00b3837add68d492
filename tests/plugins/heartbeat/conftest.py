"""Heartbeat instances that share a clock and a memory a test holds: restarts of one daemon, or several nodes."""

from datetime import timedelta
from typing import Any

import pytest

from incidentd.plugin import Secret, WebhookResponse
from incidentd.plugin.testing import FakeClock, FakeContext, InMemory, make_request, make_source
from incidentd_heartbeat.source import SOURCES, HeartbeatSource

KEY = "the-key-of-this-project"
CHECKS: dict[str, Any] = {
    "backup": {"period": "1h", "grace": "10m", "service": "shop", "description": "Dumps the orders."},
    "Nightly": {"schedule": "30 2 * * *", "zone": "Europe/Berlin", "grace": "1h", "severity": "warning"},
    "relay": {"period": "5m", "grace": "2m", "uuid": "5d9f1c1e-6c0b-4d0a-9a8e-0f6f3d7c2b11", "slug": "mail"},
}
(KIND,) = SOURCES


class Node:
    """One daemon's instance. `lives(seconds)` moves the shared clock and looks as often as a running one would."""

    key = KEY

    def __init__(self, clock: FakeClock, memory: InMemory, config: dict[str, Any]) -> None:
        self.context = FakeContext("heartbeat", clock=clock, memory=memory)
        source, _ = make_source(KIND, config, self.context)
        assert isinstance(source, HeartbeatSource)
        self.source = source
        self.clock = clock

    @property
    def signals(self):
        return self.context.sink.signals

    def said(self) -> list[tuple[str, str]]:
        """(check, kind) of every signal, in order."""
        return [(signal.key, signal.kind.value) for signal in self.signals]

    async def ping(self, *parts: str, body: bytes = b"", method: str = "GET", **query: str) -> WebhookResponse:
        """Ping at /ping/PARTS; a check's name as the first part stands for its UUID."""
        if parts[0] in CHECKS:
            parts = (str(self.source._config.address(parts[0])), *parts[1:])
        names = ("first", "second", "third")[: len(parts)]
        path = "/ping/" + "/".join(f"{{{name}}}" for name in names)
        request = make_request(
            path,
            body,
            method=method,
            params=dict(zip(names, parts, strict=True)),
            query=query,
            received_at=self.clock.now(),
        )
        route = next(one for one in self.source.routes() if (one.method, one.path) == (method, path))
        return await route.handler(request)

    async def look(self, after: float = 0) -> None:
        self.clock.advance(after)
        await self.source.look()

    async def lives(self, length: timedelta, step: float = 10) -> None:
        for _ in range(int(length.total_seconds() / step)):
            await self.look(step)

    async def state(self, name: str):
        return next(one for one in await self.source.checks() if one.name == name)


@pytest.fixture
def make_node(clock):
    memory = InMemory()

    def make(**config: Any) -> Node:
        return Node(clock, memory, {"ping_key": Secret(KEY), "checks": CHECKS, **config})

    return make


@pytest.fixture
def node(make_node) -> Node:
    return make_node()
