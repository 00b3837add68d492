"""Real clients against the source behind the real listener: curl, as crontabs call it, and the raw shapes of others."""

import asyncio
import shutil
import uuid

import pytest

from incidentd.ingress.metrics import Metrics
from incidentd.ingress.ratelimit import Buckets
from incidentd.ingress.server import Ingress
from incidentd.pluginhost.host import Mounted

KEY = "the-key-of-this-project"


class NoLinks:
    async def describe(self, token):
        return None

    async def acknowledge(self, token):
        return None


@pytest.fixture
async def address(node):
    """Where the source answers, at its own place."""
    ingress = Ingress(clock=node.clock, links=NoLinks(), metrics=Metrics("1"), buckets=Buckets(0, 1), at_once=8)
    ingress.mount([Mounted("heartbeat", route, True) for route in node.source.routes()])
    await ingress.start([("127.0.0.1", 0)])
    host, port = ingress.addresses[0]
    yield f"http://{host}:{port}"
    await ingress.close()


async def curl(*arguments, given=b""):
    program = shutil.which("curl")
    if program is None:
        pytest.skip("needs curl")
    process = await asyncio.create_subprocess_exec(
        program, "-sS", "-m", "10", "-w", "%{http_code}", *arguments,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, _ = await process.communicate(given)
    return process.returncode, out.decode()


async def test_curl_as_crontabs_call_it(node, address):
    url = f"{address}/ping/{node.source._config.address('backup')}"
    assert await curl("-f", "--retry", "5", "-o", "/dev/null", url) == (0, "200")
    assert await curl(f"{url}/start?rid={uuid.uuid4()}") == (0, "OK200")
    assert await curl("-I", "-o", "/dev/null", url) == (0, "200")
    assert await curl("--data-raw", "m=the log", f"{url}/1") == (0, "OK200")
    assert node.signals[-1].annotations["output"] == "m=the log"
    assert await curl("--data-binary", "@-", f"{url}/fail", given=b"\xff\x00line\n") == (0, "OK200")
    assert node.signals[-1].annotations["output"] == "\ufffd\u2400line"
    assert await curl("-T", "-", "-X", "POST", f"{url}/0", given=b"x" * 500_000) == (0, "OK200")  # sent in chunks
    assert node.said()[-1] == ("backup", "resolved")
    assert await curl("-f", "-o", "/dev/null", f"{url}/999") == (22, "400")


async def test_slugs_encodings_and_wrong_methods(node, address):
    assert await curl(f"{address}/ping/{KEY}/new-job/start?create=1") == (0, "Created201")
    assert await curl(f"{address}/ping/{KEY}/new-job?create=1") == (0, "OK200")
    assert await curl(f"{address}/ping/{KEY}/no%2Fjob?create=1") == (
        0,
        "slug: may hold a to z, 0 to 9, - and _, at most 64400",
    )
    assert (await curl("-X", "PUT", f"{address}/ping/{KEY}/mail"))[1].endswith("405")
    assert (await curl(f"{address}/ping/{KEY}/%ff/%00"))[1].endswith("404")
    assert (await curl("--data-binary", "@-", f"{address}/ping/{KEY}/mail", given=b"x" * 2_000_000))[1].endswith("413")


async def test_the_header_by_which_clients_cut_their_output(node, address):
    _, head = await curl("-i", f"{address}/ping/{KEY}/mail")
    assert "Ping-Body-Limit: 8000" in head
