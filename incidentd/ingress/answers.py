"""What the listener answers: refusals, words, and the headers that every answer has."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

import msgspec
from aiohttp import web
from multidict import CIMultiDict

from incidentd.plugin.values import WebhookResponse

CAREFUL: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Server": "incidentd",
}
"""Unless an answer says otherwise: no browser runs, frames, sniffs or keeps it, and no version is told."""


def problem(status: int, message: str, field: str = "", **headers: str) -> WebhookResponse:
    """A refusal as JSON; underscores in names of headers become hyphens."""
    fields = {"field": field} if field else {}
    body = msgspec.json.encode({"status": "error", "message": message, "errors": [message], **fields})
    return WebhookResponse(status=status, body=body, headers={k.replace("_", "-"): v for k, v in headers.items()})


def too_often(message: str, wait: float) -> WebhookResponse:
    """To come again in `wait` seconds."""
    return problem(429, message, Retry_After=str(int(wait) + 1))


class _Message(msgspec.Struct):
    message: str


_TITLE = re.compile(rb"<title>([^<]*)</title>")


def said(answer: WebhookResponse) -> str:
    """What a sender was told of its fault: the message of a JSON answer, the title of a page, else its text."""
    page = _TITLE.search(answer.body, 0, 1000) if answer.content_type.startswith("text/html") else None
    if page is not None:
        return html.unescape(page[1].decode(errors="replace"))
    try:
        return msgspec.json.decode(answer.body, type=_Message).message
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return answer.body[:1000].decode(errors="replace")


def plain(text: str, status: int = 200) -> WebhookResponse:
    """A word."""
    return WebhookResponse(status=status, body=text.encode(), content_type="text/plain")


def response(answer: WebhookResponse, *, close: bool) -> web.Response:
    """`answer` for the wire, with what keeps browsers from making more of it than it says."""
    headers = CIMultiDict(CAREFUL)
    headers.update(answer.headers)
    headers["Content-Type"] = answer.content_type
    made = web.Response(status=answer.status, body=answer.body, headers=headers)
    if close:  # the rest of the body is not read
        made.force_close()
    return made
