"""Signatures by a shared secret, of which several may be in use at once. Since API version 1.6."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable

from incidentd.plugin.values import Secret


def any_signed(secrets: Iterable[Secret], given: str, sign: Callable[[bytes], bytes]) -> bool:
    """Whether `given`, as a request shows it, is the signature that `sign` makes with one of `secrets`.

    Every secret is tried, and compared in constant time: the time taken tells nothing.
    """
    shown = given.encode("utf-8", "surrogateescape")
    fits = False
    for secret in secrets:
        fits |= hmac.compare_digest(sign(secret.reveal().encode()), shown)
    return fits
