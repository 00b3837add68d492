"""More of what reads bytes from outside: whole requests, addresses, answers of vendors, a terminal, plugins' tables."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from textual import events

from incidentd.api.bodies import decode_body
from incidentd.api.problems import Fault
from incidentd.api.queries import parse_query
from incidentd.api.router import Router
from incidentd.api.routes import ROUTES
from incidentd.configuration.daemon_settings import read_main
from incidentd.configuration.documents import Document
from incidentd.configuration.problems import ConfigurationError
from incidentd.domain.subscribers import read_link
from incidentd.ingress.metrics import Metrics
from incidentd.ingress.ratelimit import Buckets
from incidentd.ingress.server import Ingress
from incidentd.plugin import BadRequest, PermanentFailure, Route, Secret, TemporaryFailure
from incidentd.plugin.httpcall import Answer
from incidentd.plugin.outcomes import UnknownOutcome
from incidentd.plugin.testing import FakeClock
from incidentd.plugin.values import WebhookRequest, WebhookResponse
from incidentd.pluginhost.host import Mounted, PluginHost
from incidentd.services import calendar_feeds, links
from incidentd_discord import rest as discord_rest
from incidentd_email.mailbox import Mailbox
from incidentd_email.reply_token import ReplyTokens
from incidentd_forge import access as forge_access
from incidentd_forge import payload as forge_payload
from incidentd_forge import rest as forge_rest
from incidentd_ntfy import notifier as ntfy
from incidentd_slack import web_api as slack
from incidentd_sns.signature import read_certificate
from incidentd_sns.trust import AWS
from incidentd_tui.driver import PatientParser
from incidentd_tui.far_end import FarEnd
from incidentd_twilio import messages as twilio
from incidentd_webform.signing import Signer

Target = Callable[[bytes], None]
KEY = Secret("an-example-of-a-key-for-tests-0001")
NOW = FakeClock().now()


# ------------------------------------------------------------------ whole requests
class _Wire(asyncio.Transport):
    """The other end of a connection, which keeps what it is sent."""

    def __init__(self) -> None:
        super().__init__({"peername": ("203.0.113.9", 4711)})
        self.sent = bytearray()
        self.closing = False

    def write(self, data: Any) -> None:
        self.sent += data

    def writelines(self, pieces: Any) -> None:
        self.sent += b"".join(pieces)

    def is_closing(self) -> bool:
        return self.closing

    def close(self) -> None:
        self.closing = True

    abort = close

    def pause_reading(self) -> None: ...
    def resume_reading(self) -> None: ...


class _NoLinks:
    async def describe(self, _token: str) -> None: ...
    async def acknowledge(self, _token: str) -> None: ...


async def _echo(request: WebhookRequest) -> WebhookResponse:
    return WebhookResponse(body=request.body + repr(request.query).encode(), content_type="text/plain")


async def _listened(data: bytes) -> bytes:
    clock = FakeClock()
    ingress = Ingress(clock=clock, links=_NoLinks(), metrics=Metrics("1"), buckets=Buckets(0, 1), at_once=8)
    route = partial(Route, path="/hook/{name}/close", handler=_echo, max_body=4096)
    ingress.mount([Mounted("web", route(method=method), True) for method in ("POST", "GET")])
    ingress.ready = True
    wire, server = _Wire(), ingress.server()
    peer = server()
    peer.connection_made(wire)
    peer.data_received(data)
    peer.eof_received()
    for _ in range(40):
        await asyncio.sleep(0)
    peer.connection_lost(None)
    await server.shutdown(0)
    return bytes(wire.sent)


def listener(data: bytes) -> None:
    """The TCP listener, from the first byte of a connection: never a fault of ours, never a traceback."""
    said = asyncio.run(_listened(data))
    assert b"HTTP/1.1 500" not in said, said[:400]
    assert b"Traceback" not in said


@cache
def _router() -> Router:
    return Router(ROUTES)


def api(data: bytes) -> None:
    """A request to the socket: which route, its query and its body as the struct of that route."""
    head, _, body = data.partition(b"\n\n")
    method, _, target = head.decode("latin-1").partition(" ")
    path, _, query = target.partition("?")
    try:
        route = _router().find(method, path).route
        parse_query(query, route.query)
        decode_body(body, route.body)
    except Fault as fault:
        str(fault).encode("utf-8", "surrogateescape")


# ------------------------------------------------------------------ addresses
def addresses(data: bytes) -> None:
    """Links of messages, calendars, subscriptions, forms and mails: none can be made up, whatever it holds."""
    text = data.decode("utf-8", "replace")
    key = KEY.reveal().encode()
    for token in (text, text.partition("\n")[0].strip()):
        try:
            links.read(key, token, int(NOW.timestamp()))
            raise AssertionError("a link that nobody signed")
        except links.BadToken:
            pass
        feeds = SimpleNamespace(_keys=SimpleNamespace(live=lambda _within: (key,)))
        assert calendar_feeds.CalendarFeeds._about(feeds, token) is None  # type: ignore[arg-type]
        read_link(token)
        assert Signer(KEY, "web").read("conversation", token) is None
    tokens = ReplyTokens(KEY, "mail", Mailbox(local="support", domain="example.org"))
    assert not tokens.find(text, text[:80])[1]


# ------------------------------------------------------------------ what vendors answer
def vendors(data: bytes) -> None:
    """The answer of a vendor to what we sent: its status, what it says of limits, and a body."""
    status, _, body = data.partition(b"\n")
    number = int(status[:3]) if status[:3].isdigit() else 200
    answer = Answer(status=number, body=body, headers={"x-ratelimit-reset": status[3:].decode("latin-1").strip()})
    readers: list[Callable[[], object]] = [
        lambda: discord_rest._told(answer),
        lambda: slack._result(answer),
        lambda: twilio._told(answer),
        lambda: forge_rest.rate_pause(answer, NOW),
        lambda: forge_access.granted(answer)[1] < NOW,
        lambda: forge_rest._decoded(body, list[forge_payload.Issue]),
        lambda: [ntfy._error_code(body), ntfy._message_id(body)],
        lambda: read_certificate(body, AWS.certificate_name),
        lambda: [twilio._since(one, NOW) for one in (twilio._told(answer) or twilio._Told()).messages],
    ]
    for read in readers:
        try:
            read()
        except (TemporaryFailure, PermanentFailure, UnknownOutcome, BadRequest) as error:
            str(error).encode("utf-8", "surrogateescape")


# ------------------------------------------------------------------ a terminal
def terminal(data: bytes) -> None:
    """What a terminal sends, as Textual reads it, and what we take it for."""
    end, clock = FarEnd(0.0), 0.0
    for event in PatientParser().feed(data.decode("utf-8", "replace")):
        clock += 1.0
        if isinstance(event, events.CursorPosition):
            end.answered(clock)
        else:
            end.heard(clock)
        end.ask(clock)
        assert not end.gone(clock)


# ------------------------------------------------------------------ tables of plugins
@cache
def _host() -> PluginHost:
    return PluginHost(FakeClock(), {})


def plugin_tables(data: bytes) -> None:
    """The tables of plugins' instances: every fault of them in words, and none of a plugin's own."""
    try:
        document = Document(Path("fuzz.toml"), data.decode("utf-8", "replace"))
        _, adapters = read_main(document, {"HOME": "/nonexistent"})
    except ConfigurationError:  # `configuration` tries these
        return
    for fault in _host().check(adapters):
        assert "failed to check it" not in fault.what, fault
        str(fault).encode("utf-8", "surrogateescape")


TARGETS: Mapping[str, Target] = {
    "listener": listener,
    "api": api,
    "addresses": addresses,
    "vendors": vendors,
    "terminal": terminal,
    "plugin_tables": plugin_tables,
}
