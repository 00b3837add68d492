"""Probes of real servers on loopback: what is good, what is bad and why; hung targets, several nodes, pauses."""

import asyncio
import shutil
import socket
import ssl
import subprocess
import time
from datetime import UTC, datetime, timedelta

import pydantic
import pytest
from aiohttp import web

from incidentd.ingress.outbound import open_socket
from incidentd.plugin import CheckStatus, Pause, SignalKind
from incidentd.plugin.testing import FakeContext, InMemory, make_source
from incidentd_prober.config import ProberConfig, Target
from incidentd_prober.probe import Probes
from incidentd_prober.reach import Reach
from incidentd_prober.source import SOURCES, ProberSource

(KIND,) = SOURCES


def plain_socket(info):
    return socket.socket(info[0], info[1], info[2])


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


class Site:
    """A web server whose answer a test chooses."""

    def __init__(self):
        self.status, self.body, self.wait, self.asked = 200, b"all is ok", 0.0, []
        self.url, self.place, self.port = "", "", 0

    async def handle(self, request):
        self.asked.append((request.method, request.headers.get("X-Probe")))
        await asyncio.sleep(self.wait)
        return web.Response(status=self.status, body=self.body)


async def serving(site, context=None):
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", site.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.01)  # a request that hangs is cut off at the end of a test
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    return runner, runner.addresses[0][1]


@pytest.fixture
async def site():
    found = Site()
    runner, port = await serving(found)
    found.url, found.port = f"http://127.0.0.1:{port}/health", port
    yield found
    await runner.cleanup()


@pytest.fixture
async def ask():
    """Ask a target once."""
    probes = Probes(Reach(plain_socket))

    async def ask(certificate=False, **target):
        return await probes.ask(Target.model_validate(target), certificate=certificate)

    yield ask
    await probes.close()


@pytest.fixture(scope="session")
def certificates(tmp_path_factory):
    """(certificate, key) files for localhost: one that holds for 30 days, one that nobody has signed."""
    if shutil.which("openssl") is None:
        pytest.skip("needs openssl")
    directory = tmp_path_factory.mktemp("tls")
    names = directory / "cert.pem", directory / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-out", names[0],
         "-keyout", names[1]],
        check=True, capture_output=True,
    )  # fmt: skip
    return names


@pytest.fixture
async def secure(certificates):
    """A web server with that certificate."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificates)
    found = Site()
    runner, port = await serving(found, context)
    found.url, found.place = f"https://localhost:{port}/", f"localhost:{port}"
    yield found
    await runner.cleanup()


# ---------------------------------------------------------------------------------------------- one probe
@pytest.mark.parametrize(
    ("target", "status", "body", "good", "detail"),
    [
        ({}, 200, b"", True, ""),
        ({}, 204, b"", True, ""),
        ({}, 503, b"", False, "expected 200 to 299"),
        ({"status": [200, 503]}, 503, b"", True, ""),
        ({"status": [401]}, 200, b"", False, "expected 401"),
        ({"contains": "is ok"}, 200, b"all is ok", True, ""),
        ({"contains": "is ok"}, 200, b"all is bad", False, "does not contain 'is ok'"),
        ({"matches": r'"db": *"(ok|slow)"'}, 200, b'{"db": "slow"}', True, ""),
        ({"matches": "^ok$"}, 200, b"\xff not ok", False, "nothing in it matches '^ok$'"),
        ({"method": "HEAD", "headers": {"X-Probe": "yes"}}, 200, b"", True, ""),
    ],
)
async def test_a_page(ask, site, target, status, body, good, detail):
    site.status, site.body = status, body
    result = await ask(url=site.url, **target)
    assert (result.good, result.outcome, result.detail) == (good, f"HTTP {status}", detail)
    assert "s to the first byte" in result.timing
    assert site.asked == [(target.get("method", "GET"), target.get("headers", {}).get("X-Probe"))]


async def test_a_page_that_hangs_is_given_up(ask, site):
    site.wait = 5
    began = time.monotonic()
    result = await ask(url=site.url, timeout="1s")
    assert (result.good, result.detail) == (False, "no answer within 1 s")
    assert time.monotonic() - began < 3


async def test_ports(ask, site):
    assert (await ask(tcp=f"127.0.0.1:{site.port}")).outcome == "open"
    closed = await ask(tcp=f"127.0.0.1:{free_port()}")
    assert (closed.good, closed.outcome, closed.detail) == (False, "refused", "the connection was refused")
    assert (await ask(url=f"http://127.0.0.1:{free_port()}/")).outcome == "refused"


async def test_names(ask):
    assert (await ask(dns="localhost")).good
    wrong = await ask(dns="localhost", addresses=["192.0.2.1"])
    assert (wrong.good, wrong.outcome) == (False, "wrong address")
    assert "127.0.0.1" in wrong.detail
    unknown = await ask(dns="no-such-name.invalid")
    assert (unknown.good, unknown.outcome) == (False, "unknown name")


async def test_certificates(ask, secure, certificates):
    good = await ask(tls=secure.place, ca_file=str(certificates[0]))
    assert (good.good, good.outcome) == (True, "secure")
    assert 29 <= (good.certificate_until - datetime.now(UTC)).days <= 30
    strange = await ask(tls=secure.place)
    assert (strange.good, strange.outcome) == (False, "bad certificate")
    assert strange.detail.startswith("the certificate is not trusted: self")
    page = await ask(url=secure.url, ca_file=str(certificates[0]), certificate=True)
    assert (page.outcome, page.certificate_until) == ("HTTP 200", good.certificate_until)
    assert (await ask(url=secure.url)).outcome == "bad certificate"


async def test_a_server_without_tls_is_told(ask, site):
    assert (await ask(tls=f"127.0.0.1:{site.port}")).outcome == "TLS failed"


async def test_the_outbound_policy_holds_for_every_kind(site):
    probes = Probes(Reach(lambda info: open_socket(False, info)))
    try:
        for target in ({"url": site.url}, {"tcp": f"127.0.0.1:{site.port}"}, {"tls": f"127.0.0.1:{site.port}"}):
            result = await probes.ask(Target.model_validate(target), certificate=True)
            assert (result.good, result.outcome) == (False, "not allowed")
    finally:
        await probes.close()
    assert site.asked == []


# ---------------------------------------------------------------------------------------------- over time
@pytest.fixture
async def make(clock):
    """Prober instances on one memory and clock: restarts, or nodes."""
    memory, made = InMemory(), []

    def make(**targets) -> ProberSource:
        context = FakeContext("prober", clock=clock, memory=memory)
        source, _ = make_source(KIND, {"targets": targets}, context)
        assert isinstance(source, ProberSource)
        made.append(source)
        return source

    yield make
    for source in made:
        await source.close()


def said(source):
    return [(signal.key, signal.kind.value) for signal in source._context.sink.signals]


async def test_a_page_goes_down_and_up_again_with_its_reason_and_timing(make, site, clock):
    source = make(shop={"url": site.url, "service": "checkout", "failures": 2, "recoveries": 2})
    await source.look("shop")
    site.status = 503
    for _ in range(2):
        assert said(source) == []
        clock.advance(60)
        await source.look("shop")
    (signal,) = source._context.sink.signals
    assert (signal.key, signal.kind, signal.starts_at) == ("shop", SignalKind.FIRING, clock.now())
    assert signal.labels == {
        "alertname": "ProbeDown", "check": "shop", "severity": "critical", "service": "checkout",
    }  # fmt: skip
    assert signal.annotations["reason"] == "HTTP 503: expected 200 to 299"
    assert "s to the first byte" in signal.annotations["timing"]
    assert signal.annotations["results"].startswith("HTTP 503 at")
    assert signal.generator_url == site.url
    (state,) = await source.checks()
    assert (state.status, state.detail, state.kind) == (CheckStatus.DOWN, "HTTP 503: expected 200 to 299", "http")
    site.status = 200
    for _ in range(2):
        assert len(said(source)) == 1
        clock.advance(60)
        await source.look("shop")
    assert said(source) == [("shop", "firing"), ("shop", "resolved")]


async def test_it_is_asked_once_an_interval_by_all_nodes_together(make, site, clock):
    nodes = [make(shop={"url": site.url}) for _ in range(3)]
    for _ in range(4):
        await asyncio.gather(*(node.look("shop") for node in nodes))
        await asyncio.gather(*(node.look("shop") for node in nodes))
        clock.advance(60)
    assert len(site.asked) == 4


async def test_nodes_and_restarts_raise_one_alert(make, site, clock):
    site.status = 500
    nodes = [make(shop={"url": site.url}), make(shop={"url": site.url})]
    for _ in range(10):
        await asyncio.gather(*(node.look("shop") for node in nodes))
        clock.advance(60)
    again = make(shop={"url": site.url})
    await again.look("shop")
    assert said(nodes[0]) + said(nodes[1]) + said(again) == [("shop", "firing")]


async def test_a_certificate_has_an_alert_of_its_own(make, secure, certificates):
    target = {"url": secure.url, "ca_file": str(certificates[0]), "certificate_days": 366}  # the clock stands in March
    source = make(shop=target)
    await source.look("shop")
    assert ("shop/certificate", "firing") in said(source)
    alert = source._context.sink.signals[-1]
    assert alert.labels["severity"] == "warning"
    assert alert.annotations["summary"].startswith("the certificate of shop ends on 20")
    assert (await source.checks())[0].certificate_until is not None


async def test_a_paused_target_is_not_asked(make, site, clock):
    site.status = 500
    source = make(shop={"url": site.url, "failures": 1})
    await source.look("shop")
    source._context.paused.pauses["shop"] = Pause(at=clock.now(), by="ada")
    for _ in range(3):
        clock.advance(60)
        await source.look("shop")
    assert len(site.asked) == 1
    assert said(source) == [("shop", "firing"), ("shop", "resolved")]
    assert (await source.checks())[0].status is CheckStatus.PAUSED


async def test_a_target_that_hangs_harms_itself_alone(make, site):
    """Real time: forty targets that never answer, and one that does."""
    silent = socket.socket()
    silent.bind(("127.0.0.1", 0))
    silent.listen(100)
    hung = {f"hung{n}": {"url": f"http://127.0.0.1:{silent.getsockname()[1]}/", "timeout": "4s"} for n in range(40)}
    source = make(**hung, shop={"url": site.url})
    waiting = [asyncio.create_task(source.look(name)) for name in hung]
    await asyncio.sleep(0.2)
    began = time.monotonic()
    await source.look("shop")
    assert time.monotonic() - began < 1.5
    assert not any(task.done() for task in waiting)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    silent.close()


async def test_a_target_that_the_configuration_drops_ends_its_alerts(make, site):
    site.status = 500
    await make(shop={"url": site.url, "failures": 1}).look("shop")
    other = make(other={"url": site.url})
    task = asyncio.create_task(other.run())
    for _ in range(100):
        if said(other):
            break
        await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert said(other) == [("shop", "resolved")]


# ---------------------------------------------------------------------------------------------- configuration
@pytest.mark.parametrize(
    ("target", "message"),
    [
        ({}, "needs exactly one of"),
        ({"tcp": "a:1", "dns": "a"}, "needs exactly one of"),
        ({"tcp": "a"}, "is no address"),
        ({"tls": "a:99999"}, "is no address"),
        ({"url": "ftp://a/"}, "no web address"),
        ({"url": "https://user:pw@a/"}, "no web address"),
        ({"url": "http://a/", "interval": "1s"}, "below five seconds"),
        ({"url": "http://a/", "timeout": "2m"}, "longer than its interval"),
        ({"url": "http://a/", "matches": "(?=x)"}, "no regular expression"),
        ({"url": "http://a/", "addresses": ["192.0.2.1"]}, "says nothing about url"),
        ({"tcp": "a:1", "status": [200]}, "says nothing about tcp"),
        ({"dns": "a", "addresses": ["x"]}, "no IP address"),
        ({"dns": "a/b"}, "cannot be asked for"),
        ({"tls": "a:1", "ca_file": "/no/such/file"}, "is no file"),
    ],
)
def test_a_wrong_target_names_the_remedy(target, message):
    with pytest.raises(pydantic.ValidationError, match=message) as caught:
        ProberConfig.model_validate({"targets": {"a": target}})
    assert "—" in str(caught.value)


def test_a_target_has_a_usable_name():
    with pytest.raises(pydantic.ValidationError, match="has the name 'a b'"):
        ProberConfig.model_validate({"targets": {"a b": {"tcp": "a:1"}}})


def test_what_is_default():
    target = Target.model_validate({"url": "http://a/"})
    assert (target.interval, target.failures, target.recoveries) == (timedelta(minutes=1), 3, 2)
