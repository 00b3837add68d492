"""Addresses and form tokens that nobody can make up.

A conversation's address is the whole proof that one may read it: 128 random bits, and an HMAC, so that who can read the
database cannot tell the addresses of conversations from it.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

from incidentd.plugin import Secret

_THREAD = re.compile(r"[0-9a-f]{32}")
_DIGEST = 16  # bytes


def new_thread() -> str:
    """The id of a conversation that may come to be: 128 random bits."""
    return secrets.token_hex(16)


class Signer:
    """Signs texts of one instance for one purpose each. What `old_secret` signed is read, too."""

    def __init__(self, secret: Secret, instance: str, old_secret: Secret | None = None) -> None:
        self._secret = secret
        self._live = (secret,) if old_secret is None else (secret, old_secret)
        self._instance = instance

    def sign(self, purpose: str, thread: str) -> str:
        """`thread` with its signature; letters and digits only."""
        return thread + _digest(self._secret, self._said(purpose, thread))

    def read(self, purpose: str, token: str) -> str | None:
        """The thread of a token that `sign` made for the same purpose; None for any other text."""
        thread, digest = token[:32], token[32:]
        if not _THREAD.fullmatch(thread) or not digest.isascii():
            return None
        fits = [hmac.compare_digest(digest, _digest(one, self._said(purpose, thread))) for one in self._live]
        return thread if any(fits) else None

    def _said(self, purpose: str, thread: str) -> bytes:
        return "\n".join((self._instance, purpose, thread)).encode()


def _digest(secret: Secret, said: bytes) -> str:
    return hmac.digest(secret.reveal().encode(), said, hashlib.sha256)[:_DIGEST].hex()
