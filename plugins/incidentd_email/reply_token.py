"""The signed part of a Reply-To address: which conversation an answer belongs to, and whom it was given to.

`support+TOKEN@example.org`, where TOKEN is 42 letters and digits: 8 bytes that stand for the conversation, 8 for the
recipient, 10 of an HMAC-SHA256 over both, in base32, whose letters may change their case on the way.

Who shows a token has read a mail that we sent. Who also writes from the address that it was sent to is as sure as mail
can make it. A mail's From alone proves nothing.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

from incidentd.plugin import Secret
from incidentd_email.mailbox import MAX_LOCAL, Mailbox

_PART, _MAC = 8, 10  # bytes
LENGTH = 42  # characters
MIN_KEY = 16  # characters
_SHAPE = re.compile(rf"\+([a-z2-7]{{{LENGTH}}})@", re.IGNORECASE)


def thread_of(root: str) -> str:
    """The conversation that began with the message `root` (its Message-ID)."""
    return hashlib.sha256(root.encode("utf-8", "surrogatepass")).digest()[:_PART].hex()


def room_for_token(key: Secret, address: Mailbox) -> None:
    """Raises `ValueError` where no token can be made: the key is too short to be secret, the address too long."""
    if len(key.reveal().strip()) < MIN_KEY:
        raise ValueError(f"`reply_key` has at least {MIN_KEY} characters: write `openssl rand -hex 32` into its file")
    if len(address.local) + 1 + LENGTH > MAX_LOCAL:
        raise ValueError(
            f"the part of `from` before the @ has at most {MAX_LOCAL - LENGTH - 1} characters with a `reply_key`"
        )


class ReplyTokens:
    """Makes and checks the addresses of one channel. What `old_key` signed is known, too."""

    def __init__(self, key: Secret, instance: str, address: Mailbox, old_key: Secret | None = None) -> None:
        self._key = key
        self._live = (key,) if old_key is None else (key, old_key)
        self._about = instance.encode()
        self._address = address

    def reply_to(self, thread: str, recipient: str) -> Mailbox | None:
        """The address that `recipient` answers to; None for a thread that is none of this channel's."""
        try:
            named = bytes.fromhex(thread)
        except ValueError:
            return None
        if len(named) != _PART:
            return None
        signed = named + _who(recipient)
        token = base64.b32encode(signed + self._mac(self._key, signed)).decode().rstrip("=").lower()
        return Mailbox(local=f"{self._address.local}+{token}", domain=self._address.domain, name=self._address.name)

    def find(self, addresses: str, sender: str) -> tuple[str, bool]:
        """The thread that a genuine token in `addresses` names, and whether it was given to `sender`; ("", False)."""
        for found in _SHAPE.finditer(addresses):
            raw = base64.b32decode(found.group(1).upper() + "=" * (-LENGTH % 8))
            signed, mac = raw[: 2 * _PART], raw[2 * _PART :]
            if any(hmac.compare_digest(mac, self._mac(key, signed)) for key in self._live):
                return signed[:_PART].hex(), hmac.compare_digest(signed[_PART:], _who(sender))
        return "", False

    def _mac(self, key: Secret, signed: bytes) -> bytes:
        message = len(self._about).to_bytes(2, "big") + self._about + signed
        return hmac.new(key.reveal().encode(), message, hashlib.sha256).digest()[:_MAC]


def _who(address: str) -> bytes:
    return hashlib.sha256(address.lower().encode("utf-8", "surrogatepass")).digest()[:_PART]
