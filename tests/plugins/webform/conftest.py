"""A form as a browser without scripts uses it: it loads the page, fills in fields, sends, and follows redirections."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest

from incidentd.plugin import Outgoing, OutgoingKind, Secret, WebhookResponse
from incidentd.plugin.testing import FakeContext, make_request
from incidentd_webform.channel import CHANNELS, WebFormChannel

SECRET = "the-secret-of-this-form"
BOUNDARY = "----boundary7MA4YWxk"
(KIND,) = CHANNELS
GOOD = {"subject": "Cannot pay", "observed": "The card is refused.", "who": "everybody", "since": "09:10 UTC"}


def multipart(fields: dict[str, str], files: Sequence[tuple[str, str, bytes]] = ()) -> bytes:
    """A body as browsers send it."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    parts += [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n'
        f"Content-Type: {kind}\r\n\r\n".encode()
        + data
        + b"\r\n"
        for name, kind, data in files
    ]
    return b"".join([*parts, f"--{BOUNDARY}--\r\n".encode()])


class Visitor:
    """Somebody at a browser. `page` is what they see."""

    def __init__(self, parse_page: Any, **config: Any) -> None:
        self.context = FakeContext("web")
        self.channel = KIND.create(KIND.config.model_validate({"secret": Secret(SECRET), **config}), self.context)
        assert isinstance(self.channel, WebFormChannel)
        self._parse = parse_page
        self.peer = "192.0.2.7"
        self.headers: dict[str, str] = {}
        self.path = "/support"
        self.answer = WebhookResponse()

    @property
    def page(self) -> Any:
        return self._parse(self.answer.body)

    @property
    def kept(self) -> list[Any]:
        return self.context.reports.messages

    def outgoing(self, thread: str, text: str = "We work on it.") -> Outgoing:
        """An answer of a person."""
        return Outgoing(
            idempotency_key=text[:20],
            kind=OutgoingKind.REPLY,
            reference="R-1",
            thread=thread,
            recipient="",
            subject="Cannot pay",
            text=text,
            created_at=self.context.now(),
        )

    async def ask(self, method: str, path: str, body: bytes = b"", kind: str = "") -> WebhookResponse:
        """One request, as the listener hands it over."""
        place, _, query = path.partition("?")
        token = place.removeprefix("/support").removeprefix("/")
        self.path = place
        pattern = "/support/{token}" if token else "/support"
        request = make_request(
            pattern,
            body,
            method=method,
            params={"token": token} if token else {},
            query=dict(part.split("=", 1) for part in query.split("&") if part),
            headers={"content-type": kind, **self.headers} if kind else self.headers,
            received_at=self.context.now(),
        )
        request = msgspec.structs.replace(request, peer=self.peer)
        (route,) = [one for one in self.channel.routes() if (one.method, one.path) == (method, pattern)]
        self.answer = await route.handler(request)
        return self.answer

    async def load(self, path: str = "/support") -> Any:
        await self.ask("GET", path)
        return self.page

    async def send(self, typed: dict[str, str], files: Any = (), *, follow: bool = True) -> WebhookResponse:
        """Fill in the form of the page one looks at, and send it."""
        hidden = {one.attributes["name"]: one.attributes["value"] for one in self.page.all("input", type="hidden")}
        fields = {**hidden, "website": "", **typed}
        if self.page.one("form").attributes.get("enctype"):
            await self.ask("POST", self.path, multipart(fields, files), f"multipart/form-data; boundary={BOUNDARY}")
        else:
            await self.ask("POST", self.path, urlencode(fields).encode(), "application/x-www-form-urlencoded")
        if follow and self.answer.status == 303:
            base = self.path.rpartition("/")[0]
            await self.ask("GET", f"{base}/{self.answer.headers['Location']}")
        return self.answer


@pytest.fixture
def make_visitor(parse_page):
    def make(**config: Any) -> Visitor:
        return Visitor(parse_page, **config)

    return make


@pytest.fixture
def good() -> dict[str, str]:
    """What a customer types."""
    return dict(GOOD)


@pytest.fixture
def body_of():
    return multipart
