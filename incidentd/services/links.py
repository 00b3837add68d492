"""Signed links: acknowledge a page from a message, without logging in.

The token names what it is about, the person and an end; it is signed with a key that never leaves the store. Whoever
holds the message may acknowledge as its recipient, and nothing else. It is about a page ("12", or "12d45" when it is
known that delivery 45 carried the link), about all pages of one message ("b45"), about a test message ("t45"), or about
what was offered to the person ("h3d45", see `offers`). Whoever follows it has proved that the contact method works.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Awaitable, Callable, Sequence

import msgspec
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from incidentd.clock import Clock, to_micros
from incidentd.plugin.adapters import StoreUnavailable
from incidentd.services.ack_view import AckView
from incidentd.services.delivery import MessageLinks
from incidentd.services.errors import Conflict, NotFound, ServiceError
from incidentd.services.escalation import Escalation
from incidentd.services.memory_journal import Known
from incidentd.services.offers import Offer
from incidentd.services.outbox import BUNDLE, Claimed
from incidentd.services.signing_keys import LINKS, SigningKeys
from incidentd.storage import contacts, deliveries, outbox, pages, restored
from incidentd.storage.deliveries import DeliveryRow
from incidentd.storage.outbox import contact_of
from incidentd.storage.store import Store, StoreClosed
from incidentd.storage.tx import Tx

_SUBJECT = re.compile(r"(?:([bt])([0-9]{1,18})|([h-s]?)([0-9]{1,18})(?:d([0-9]{1,18}))?)")
_KINDS = {"b": "bundle", "t": "test"}
_ASKING = ("page", "last_resort")
_SIGNATURE = 20  # bytes of HMAC-SHA256: 160 bits
_STORE_SECONDS = 10.0
_TROUBLE = (SQLAlchemyError, StoreClosed, OSError, TimeoutError)
_UNREADABLE = "The store of incidentd cannot be read at the moment. You may acknowledge all the same."
_NOT_TAKEN = "This was NOT recorded: the store of incidentd cannot be written. Try again, and tell the others yourself."
_TAKEN = (
    "It is known that you are on it, but only in memory: the store of incidentd cannot be written. Nobody else is "
    "paged about it while this incidentd runs, and it is recorded when the store is back. If incidentd is started "
    "again before that, it is forgotten: tell the others yourself."
)
_KEPT = (
    "It is known that you are on it, and kept in a file, for the store of incidentd cannot be written. Nobody else is "
    "paged about it. It is recorded when the store is back, also when incidentd is started again before that."
)
_SAID = {Known.NOT: _NOT_TAKEN, Known.IN_MEMORY: _TAKEN, Known.IN_A_FILE: _KEPT}


class About(msgspec.Struct, frozen=True):
    """What a token is about; `offer` is the letter of an offer whose row is `offered`."""

    person: str
    made_at: int  # seconds since the epoch
    page_id: int | None = None
    delivery_id: int | None = None
    kind: str = "page"
    offer: str = ""
    offered: int = 0


class BadToken(ValueError):
    """The token was not signed here, or has run out."""


def sign(key: bytes, subject: str, person: str, expires: int) -> str:
    """A token for one subject and person that ends at `expires` (seconds since the epoch)."""
    payload = f"{subject}.{expires}.{person}".encode()
    mac = hmac.new(key, payload, hashlib.sha256).digest()[:_SIGNATURE]
    return base64.urlsafe_b64encode(mac + payload).rstrip(b"=").decode()


def read(key: bytes, token: str, now: int) -> About:
    """What a token is about. Raises `BadToken`."""
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError) as error:
        raise BadToken("no token") from error
    mac, payload = raw[:_SIGNATURE], raw[_SIGNATURE:]
    if not hmac.compare_digest(mac, hmac.new(key, payload, hashlib.sha256).digest()[:_SIGNATURE]):
        raise BadToken("the signature does not fit")
    subject, expires, person = payload.decode().split(".", 2)
    if int(expires) < now:
        raise BadToken("the link has run out")
    found = _SUBJECT.fullmatch(subject)
    if found is None:
        raise BadToken("it is about nothing that is known")
    letter, number, offer, row_id, delivery = found.groups()
    made_at = int(expires) - int(LINKS.total_seconds())
    if letter:
        return About(person, made_at, delivery_id=int(number), kind=_KINDS[letter])
    carrier = int(delivery) if delivery else None
    if offer:
        return About(person, made_at, delivery_id=carrier, kind="offer", offer=offer, offered=int(row_id))
    return About(person, made_at, page_id=int(row_id), delivery_id=carrier)


async def _nobody_takes(_pages: Sequence[int], _person: str) -> Known:
    return Known.NOT


class AcknowledgeLinks:
    """Makes the links, and answers them; implements the ingress' `AckLinks`. `offers` are what else may be accepted.

    `take` notes who is on which pages, while it cannot be stored, and says how well that is known.
    """

    def __init__(
        self,
        store: Store,
        escalation: Escalation,
        clock: Clock,
        public_url: Callable[[], str],
        keys: SigningKeys,
        offers: Sequence[Offer] = (),
    ) -> None:
        self._store = store
        self._offers = {one.letter: one for one in offers}
        self._escalation = escalation
        self._clock = clock
        self._public_url = public_url
        self._keys = keys
        self.take: Callable[[Sequence[int], str], Awaitable[Known]] = _nobody_takes

    def _now(self) -> int:
        return to_micros(self._clock.now()) // 1_000_000

    # ------------------------------------------------------------------ making them
    def of(self, claimed: Claimed) -> MessageLinks:
        """The link of one message; of several in one, a link for all and one for each page."""
        row = claimed.row
        if row.kind == "test":
            return MessageLinks(self._url(f"t{row.id}", row.person))
        asking = [part for part in claimed.told if part.kind in _ASKING and part.page_id is not None]
        offered = self._offered(claimed)
        if row.kind != BUNDLE:
            return MessageLinks(self._url(f"{row.page_id}d{row.id}", row.person) if asking else None, offered)
        single = [(part.page_id, self._url(f"{part.page_id}d{row.id}", row.person)) for part in asking]
        lines = tuple(f"Acknowledge P-{page_id}: {url}" for page_id, url in single if url)
        return MessageLinks(self._url(f"b{row.id}", row.person) if asking else None, (*lines, *offered))

    def _offered(self, claimed: Claimed) -> tuple[str, ...]:
        """A line for each thing that the message asks for besides pages."""
        found = []
        for part in claimed.told:
            about, _, row_id = part.about.partition(":")
            for offer in self._offers.values():
                if offer.about == about:
                    url = self._url(f"{offer.letter}{row_id}d{claimed.row.id}", part.person)
                    found += [f"{offer.verb}: {url}"] if url else []
        return tuple(found)

    def of_page(self, page_id: int, person: str) -> str | None:
        """The link of a message about one page that no row carries."""
        return self._url(str(page_id), person)

    def _url(self, subject: str, person: str) -> str | None:
        """None when no public address is known."""
        base = self._public_url().rstrip("/")
        if not base:
            return None
        expires = self._now() + int(LINKS.total_seconds())
        return f"{base}/ack/{sign(self._keys.key, subject, person, expires)}"

    def thread(self, page_id: int) -> str:
        """A name for all messages about a page that no other installation uses."""
        return f"page-{page_id}-{self._keys.installation}"

    # ------------------------------------------------------------------ answering them
    async def describe(self, token: str) -> AckView | None:
        """What the confirm page shows; None for a token that is not ours."""
        about = self._about(token)
        if about is None:
            return None
        try:
            async with asyncio.timeout(_STORE_SECONDS):
                return await self._store.read(lambda conn: self._view(conn, about))
        except _TROUBLE as error:
            raise StoreUnavailable(_UNREADABLE) from error

    async def acknowledge(self, token: str) -> AckView | None:
        """Acknowledge as the message's recipient; an older acknowledgement stands.

        Raises `StoreUnavailable`, whose words say what is known in memory.
        """
        about = self._about(token)
        if about is None:
            return None
        try:
            async with asyncio.timeout(_STORE_SECONDS):
                return await self._store.write(lambda tx: self._follow(tx, about))
        except _TROUBLE as error:
            known = await self.take(await self._pages_known(about), about.person)
            raise StoreUnavailable(_SAID[known]) from error

    async def _pages_known(self, about: About) -> list[int]:
        """The pages, as far as the token says or the store can be read."""
        if about.page_id is not None:
            return [about.page_id]
        try:
            async with asyncio.timeout(_STORE_SECONDS):
                return await self._store.read(lambda conn: _pages_of(conn, about))
        except _TROUBLE:
            return []

    def _about(self, token: str) -> About | None:
        """What a token is about that one of the keys signed."""
        for key in self._keys.live(LINKS):
            try:
                return read(key, token, self._now())
            except BadToken:
                continue
        return None

    def _follow(self, tx: Tx, about: About) -> AckView | None:
        if _is_lost(tx.conn, about):
            return None
        for page_id in _pages_of(tx.conn, about):
            try:
                self._escalation.acknowledge(tx, page_id, about.person, via="link")
            except (Conflict, NotFound):
                continue  # the view says who was first
        if offer := self._offers.get(about.offer):
            try:
                offer.follow(tx, about.offered, about.person)
            except ServiceError:
                return self._view(tx.conn, about)  # it says how it stands, and nothing was proved
        carried = deliveries.get(tx.conn, about.delivery_id) if about.delivery_id is not None else None
        if carried is not None and carried.person == about.person:
            _prove(tx, carried)
        return self._view(tx.conn, about)

    def _view(self, conn: Connection, about: About) -> AckView | None:
        if _is_lost(conn, about):
            return None
        if about.kind == "offer":
            offer = self._offers.get(about.offer)
            return None if offer is None else offer.view(conn, about.offered, about.person)
        return _view(conn, about)


def _prove(tx: Tx, carried: DeliveryRow) -> None:
    """The recipient held the message in hand."""
    contacts.change(tx, contact_of(carried), proven_at=tx.now, failures=0)
    data = {"notifier": carried.notifier, "delivery": carried.id, "kind": carried.kind}
    tx.emit("contact.proven", f"person:{carried.person}", data, actor=carried.person)


def _is_lost(conn: Connection, about: About) -> bool:
    """Whether the message with the link is one that a restore forgot: its numbers belong to others meanwhile."""
    restored_at = restored.latest(conn)
    if restored_at is None or about.made_at >= restored_at.timestamp():
        return False
    if about.delivery_id is not None:
        carried = deliveries.get(conn, about.delivery_id)
        began = None if carried is None else carried.created_at
    else:
        page = pages.get(conn, about.page_id or 0)
        began = None if page is None else page.started_at
    return began is None or began.timestamp() > about.made_at + 1  # it counts whole seconds


def _pages_of(conn: Connection, about: About) -> list[int]:
    if about.page_id is not None:
        return [about.page_id]
    carried = outbox.carried_by(conn, about.delivery_id) if about.kind == "bundle" and about.delivery_id else []
    return list(dict.fromkeys(one.page_id for one in carried if one.kind in _ASKING and one.page_id is not None))


def _view(conn: Connection, about: About) -> AckView | None:
    if about.page_id is None:
        return _view_of_message(conn, about)
    page = pages.get(conn, about.page_id)
    if page is None:
        return None
    return AckView(title=page.title, person=about.person, state=page.state, acknowledged_by=page.acknowledged_by)


def _view_of_message(conn: Connection, about: About) -> AckView | None:
    carried = deliveries.get(conn, about.delivery_id or 0)
    if carried is None:
        return None
    takers: list[str] = []
    if about.kind == "test":
        contact = contacts.get(conn, contact_of(carried))
        proven = contact is not None and contact.proven_at is not None and contact.proven_at >= carried.created_at
        state = "proven" if proven else "open"
    else:
        found = [pages.get(conn, page_id) for page_id in _pages_of(conn, about)]
        left = [page for page in found if page is not None and page.state in ("open", "exhausted")]
        takers = sorted({page.acknowledged_by for page in found if page is not None and page.acknowledged_by})
        state = "open" if left else "acknowledged" if takers else "resolved"
    return AckView(
        title=carried.message.title,
        person=about.person,
        state=state,
        acknowledged_by=", ".join(takers),
        kind=about.kind,
    )
