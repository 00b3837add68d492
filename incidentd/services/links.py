"""Signed links: acknowledge a page from a message, without logging in.

The token names the page, the person and an end; it is signed with a key that never leaves the store. Whoever holds
the message may acknowledge as its recipient, and nothing else.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Callable
from datetime import timedelta

import msgspec
from sqlalchemy import Connection, insert, select

from incidentd.clock import Clock, to_micros
from incidentd.services.errors import Conflict, NotFound
from incidentd.services.pages import Pages
from incidentd.storage.schema import meta
from incidentd.storage.store import Store
from incidentd.storage.tx import Tx

LIFETIME = timedelta(days=7)
_KEY = "link_key"
_SIGNATURE = 20  # bytes of HMAC-SHA256: 160 bits


class AckView(msgspec.Struct, frozen=True, kw_only=True):
    """What the confirm page of a link shows."""

    title: str
    person: str
    state: str
    acknowledged_by: str


class BadToken(ValueError):
    """The token was not signed here, or has run out."""


def sign(key: bytes, page_id: int, person: str, expires: int) -> str:
    """A token for one page and person that ends at `expires` (seconds since the epoch)."""
    payload = f"{page_id}.{expires}.{person}".encode()
    mac = hmac.new(key, payload, hashlib.sha256).digest()[:_SIGNATURE]
    return base64.urlsafe_b64encode(mac + payload).rstrip(b"=").decode()


def read(key: bytes, token: str, now: int) -> tuple[int, str]:
    """(page, person) of a token. Raises `BadToken`."""
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError) as error:
        raise BadToken("no token") from error
    mac, payload = raw[:_SIGNATURE], raw[_SIGNATURE:]
    if not hmac.compare_digest(mac, hmac.new(key, payload, hashlib.sha256).digest()[:_SIGNATURE]):
        raise BadToken("the signature does not fit")
    page, expires, person = payload.decode().split(".", 2)
    if int(expires) < now:
        raise BadToken("the link has run out")
    return int(page), person


def _key(conn: Connection) -> str | None:
    return conn.execute(select(meta.c.value).where(meta.c.name == _KEY)).scalar_one_or_none()


def _make_key(tx: Tx) -> str:
    key = _key(tx.conn)
    if key is None:
        key = secrets.token_hex(32)
        tx.conn.execute(insert(meta).values(name=_KEY, value=key))
    return key


class AcknowledgeLinks:
    """Makes the links, and answers them; implements the ingress' `AckLinks`."""

    def __init__(self, store: Store, pages: Pages, clock: Clock, public_url: Callable[[], str]) -> None:
        self._store = store
        self._pages = pages
        self._clock = clock
        self._public_url = public_url
        self._key = b""

    async def start(self) -> None:
        """Load the signing key, or make it the first time."""
        known = await self._store.read(_key)
        self._key = bytes.fromhex(known if known is not None else await self._store.write(_make_key))

    def _now(self) -> int:
        return to_micros(self._clock.now()) // 1_000_000

    def url(self, page_id: int, person: str) -> str | None:
        """The link for one message; None when no public address is known."""
        base = self._public_url().rstrip("/")
        if not base:
            return None
        expires = self._now() + int(LIFETIME.total_seconds())
        return f"{base}/ack/{sign(self._key, page_id, person, expires)}"

    def thread(self, page_id: int) -> str:
        """A name for all messages about a page that no other installation uses."""
        return f"page-{page_id}-{hashlib.sha256(self._key).hexdigest()[:12]}"

    async def describe(self, token: str) -> AckView | None:
        """What the confirm page shows; None for a token that is not ours."""
        try:
            page_id, person = read(self._key, token, self._now())
            page = (await self._pages.get(page_id, person)).page
        except (BadToken, NotFound):
            return None
        return AckView(title=page.title, person=person, state=page.state, acknowledged_by=page.acknowledged_by)

    async def acknowledge(self, token: str) -> AckView | None:
        """Acknowledge as the message's recipient; an older acknowledgement stands."""
        try:
            page_id, person = read(self._key, token, self._now())
            await self._pages.acknowledge(page_id, person, via="link")
        except (BadToken, NotFound):
            return None
        except Conflict:
            pass  # the view says who was first
        return await self.describe(token)
