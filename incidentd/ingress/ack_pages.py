"""The pages behind a signed link: GET asks, POST acknowledges.

GET changes nothing, because mail scanners and chat previews follow links.
"""

from __future__ import annotations

import base64
import hashlib
from html import escape
from typing import Protocol

from incidentd.domain.display import safe_line
from incidentd.plugin.adapters import StoreUnavailable
from incidentd.plugin.values import WebhookResponse

_STYLE = (
    "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:3rem auto;padding:0 1rem;"
    "color:#161d27;background:#fff}button{font:inherit;padding:.8rem 1.6rem;border:0;border-radius:.4rem;"
    "background:#0b5cad;color:#fff}@media(prefers-color-scheme:dark){body{color:#d5dce6;background:#0e131a}}"
)


def _digest(style: str) -> str:
    return base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()


HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_digest(_STYLE)}'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}

_QUESTIONS = {
    "page": ("Nobody has acknowledged this page yet.", "Acknowledge as"),
    "bundle": ("Not all of these pages are acknowledged yet.", "Acknowledge all as"),
    "test": ("This is a test: nothing is wrong. Confirm that it reached you.", "I got it:"),
    "handover": ("You follow on this schedule. What it says is in the message.", "Accept as"),
    "accept": ("It counts once you have accepted.", "Accept as"),
    "decline": ("Nothing changes when you decline.", "Decline as"),
    "late": ("Your team sees that you start late.", "Start late as"),
    "relief": ("The others of the schedule are asked to take your pager.", "Ask for relief as"),
}
_DONE = {
    "handover": ("Accepted by", "No longer to be accepted"),
    "accept": ("Accepted by", "No longer to be accepted"),
    "decline": ("Declined by", "No longer to be answered"),
    "late": ("Noted: a late start of", "No longer offered"),
    "relief": ("The others are asked for", "No longer offered"),
}


class AckView(Protocol):
    """What a link is about."""

    @property
    def title(self) -> str: ...
    @property
    def person(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def acknowledged_by(self) -> str: ...
    @property
    def kind(self) -> str: ...


class AckLinks(Protocol):
    """Answers links; None for a token that is not ours or has run out. Raises `StoreUnavailable`."""

    async def describe(self, token: str) -> AckView | None: ...
    async def acknowledge(self, token: str) -> AckView | None: ...


def _page(title: str, inner: str, status: int = 200) -> WebhookResponse:
    text = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<style>{_STYLE}</style></head><body><main>{inner}</main></body></html>"
    )
    body = text.encode("utf-8", "replace")
    return WebhookResponse(status=status, body=body, content_type="text/html; charset=utf-8", headers=HEADERS)


def _gone() -> WebhookResponse:
    inner = "<h1>This link is not valid</h1><p>It has run out, or it was cut. Open the page in incidentd instead.</p>"
    return _page("Link not valid", inner, 410)


def _unavailable(what: str, *, ask: bool) -> WebhookResponse:
    """Nothing can be stored: what is known of it, and the button where it may still be pressed."""
    form = '<form method="post"><button type="submit">I am on it</button></form>' if ask else ""
    return _page("Not recorded", f"<h1>Not recorded</h1><p>{escape(what)}</p>{form}", 503)


def _told(view: AckView) -> str:
    title = escape(safe_line(view.title, 300))
    taken, over = _DONE.get(view.kind, ("Acknowledged by", "Already resolved"))
    if view.state == "acknowledged":
        who = escape(safe_line(view.acknowledged_by, 64))
        return f"<h1>{taken} {who}</h1><p>{title}</p>"
    if view.state == "proven":
        return f"<h1>Thank you</h1><p>It is noted that {escape(safe_line(view.person, 64))} got this test.</p>"
    if view.state == "resolved":
        return f"<h1>{over}</h1><p>{title}</p>"
    return ""


async def answer(links: AckLinks, method: str, token: str) -> WebhookResponse:
    """The answer to GET or POST /ack/TOKEN."""
    try:
        view = await (links.acknowledge(token) if method == "POST" else links.describe(token))
    except StoreUnavailable as error:
        return _unavailable(str(error), ask=method != "POST")
    if view is None:
        return _gone()
    told = _told(view)
    if told:
        return _page("incidentd", told)
    title, person = escape(safe_line(view.title, 300)), escape(safe_line(view.person, 64))
    asked, button = _QUESTIONS.get(view.kind, _QUESTIONS["page"])
    form = f'<form method="post"><button type="submit">{button} {person}</button></form>'
    return _page("Acknowledge", f"<h1>{title}</h1><p>{asked}</p>{form}")
