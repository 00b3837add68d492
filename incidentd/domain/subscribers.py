"""Who subscribes to a status page by mail: which addresses can be, how often one is asked, and the links of letters."""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import datetime, timedelta

import msgspec

LIFETIME = timedelta(days=2)
"""How long a subscription waits to be confirmed before it is deleted."""
MOST_LETTERS = 3
"""Letters that ask one mailbox to confirm within `LIFETIME`: whoever types the address of another cannot fill it."""
BETWEEN_LETTERS = timedelta(minutes=10)
MOST_AN_HOUR = 300
"""Letters that ask to confirm, to all mailboxes of a page together."""
MOST = 10_000
"""Subscriptions of one page, confirmed or not: an update is written to all of them in one transaction."""
_LONGEST = 254  # octets, RFC 5321 section 4.5.3.1.3 without the angle brackets
_LOCAL = 64  # octets, the same section
_ATEXT = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u00a1-\U0010ffff-]+"  # RFC 5322, section 3.2.3, and RFC 6531
_LOCAL_PART = re.compile(rf"{_ATEXT}(\.{_ATEXT})*")
_DOMAIN = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+")
_TOKEN = re.compile(r"([0-9]{1,18})-([0-9]{1,12})-([0-9a-f]{40})")
_SIGNATURE = 40  # hexadecimal digits of HMAC-SHA256: 160 bits


class BadAddress(ValueError):
    """No mail can go to this; the message says what to write."""


def checked_address(text: str) -> str:
    """One e-mail address, its domain in small ASCII letters. Raises `BadAddress`.

    Nothing that could end a header or an SMTP command gets through: no white space, brackets, quotes or controls.
    """
    local, at, domain = text.strip().rpartition("@")
    try:
        domain = domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        domain = ""
    address = f"{local}@{domain}"
    fits = len(local.encode("utf-8", "replace")) <= _LOCAL and len(address.encode("utf-8", "replace")) <= _LONGEST
    if not at or not fits or not address.isprintable() or "=?" in address:
        raise BadAddress("Write one e-mail address, such as ada@example.org")
    if not _LOCAL_PART.fullmatch(local) or not _DOMAIN.fullmatch(domain):
        raise BadAddress("Write one e-mail address, such as ada@example.org")
    return address


def mailbox_of(address: str) -> str:
    """What letters are counted for: ada@ for Ada@ and ada+anything@ alike, as most servers deliver them."""
    local, _, domain = address.rpartition("@")
    return f"{local.partition('+')[0].lower() or local.lower()}@{domain}"


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one mailbox when somebody asks for a subscription."""

    letters: int  # that asked it to confirm, while nothing is confirmed
    last_at: datetime | None


def may_be_asked(asked: Asked, now: datetime) -> bool:
    """Whether a further letter may ask this mailbox to confirm."""
    rested = asked.last_at is None or now - asked.last_at >= BETWEEN_LETTERS
    return asked.letters < MOST_LETTERS and rested


# ------------------------------------------------------------------ links
class Link(msgspec.Struct, frozen=True, kw_only=True):
    """What a token says, before anybody has checked that it is true."""

    subscriber: int
    expires: int  # seconds since the epoch; 0: it holds for ever
    signature: str


def link(key: bytes, purpose: str, subscriber: int, nonce: str, expires: int) -> str:
    """A token for one subscription; `nonce` is its own, so that no other subscription ever has the same."""
    return f"{subscriber}-{expires}-{_signature(key, purpose, subscriber, nonce, expires)}"


def read_link(token: str) -> Link | None:
    """A token's parts; None for any other text."""
    found = _TOKEN.fullmatch(token)
    if found is None:
        return None
    return Link(subscriber=int(found[1]), expires=int(found[2]), signature=found[3])


def genuine(key: bytes, purpose: str, given: Link, nonce: str, now: datetime) -> bool:
    """Whether a link was made here for this purpose, and has not run out."""
    wanted = _signature(key, purpose, given.subscriber, nonce, given.expires)
    lasts = given.expires == 0 or now.timestamp() <= given.expires
    return hmac.compare_digest(wanted, given.signature) and lasts


def _signature(key: bytes, purpose: str, subscriber: int, nonce: str, expires: int) -> str:
    said = "\n".join(("subscriber", purpose, str(subscriber), nonce, str(expires))).encode()
    return hmac.new(key, said, hashlib.sha256).hexdigest()[:_SIGNATURE]
