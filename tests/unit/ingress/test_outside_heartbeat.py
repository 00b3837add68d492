"""The ping to outside: it goes out while all is well, stays away when something is wrong, and tells no URL."""

import asyncio
from datetime import timedelta

import pytest
from aiohttp import web

from incidentd.domain.own_alarms import OwnAlarm
from incidentd.ingress.outbound import guarded_session
from incidentd.ingress.outside_heartbeat import OutsideHeartbeat
from incidentd.plugin import Secret


class Watcher:
    """What takes the pings, on loopback."""

    def __init__(self):
        self.pings = []
        self.status = 200
        self.url = ""

    async def handle(self, request):
        self.pings.append(request.path)
        return web.Response(status=self.status, headers={"Location": "/elsewhere"})


@pytest.fixture
async def watcher():
    found = Watcher()
    app = web.Application()
    app.router.add_get("/{path:.*}", found.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    found.url = f"http://127.0.0.1:{runner.addresses[0][1]}/ping/s3cret-uuid"
    yield found
    await runner.cleanup()


@pytest.fixture
async def make():
    session = guarded_session()
    signs: list[str] = []

    async def look():
        return list(signs)

    def make(url, every=60.0):
        return OutsideHeartbeat(Secret(url), timedelta(seconds=every), look, session)

    yield make, signs
    await session.close()


async def test_it_stays_away_while_something_is_wrong(make, watcher):
    new, signs = make
    heart = new(watcher.url)
    await heart.beat()
    assert (watcher.pings, heart.problem) == (["/ping/s3cret-uuid"], "")
    signs.append("timers are late")
    await heart.beat()
    assert len(watcher.pings) == 1
    said = "the heartbeat to outside is withheld: timers are late"
    assert heart.problems() == [OwnAlarm("heartbeat-withheld", said)]
    signs.clear()
    await heart.beat()
    assert (len(watcher.pings), heart.problems()) == (2, [])


@pytest.mark.parametrize("status", [404, 500, 302])
async def test_a_refusal_is_told(make, watcher, status):
    watcher.status = status
    heart = make[0](watcher.url)
    await heart.beat()
    said = f"the heartbeat to outside was refused: HTTP {status}"
    assert heart.problems() == [OwnAlarm("heartbeat-not-sent", said)]
    assert len(watcher.pings) == 1


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/s3cret", "http://169.254.169.254/s3cret", "http://s3cret\r\nx/"])
async def test_no_failure_tells_the_url(make, url):
    heart = make[0](url)
    await heart.beat()
    assert heart.problem.startswith("could not be sent: ")
    assert "s3cret" not in heart.problem


async def test_it_beats_again_and_again(make, watcher):
    heart = make[0](watcher.url, every=0.05)
    heart.start()
    for _ in range(200):
        if len(watcher.pings) >= 3:
            break
        await asyncio.sleep(0.02)
    await heart.close()
    assert len(watcher.pings) >= 3
