"""How an answer becomes an outcome: the retry table that every HTTP notifier shares.

| what happened | outcome |
|---|---|
| 2xx | taken |
| 408, 425, 429, 5xx | `TemporaryFailure`, with the vendor's Retry-After (at most one hour) |
| any other status, redirects included | `PermanentFailure` |
| no connection: name, refusal, TLS, time-out while connecting | `TemporaryFailure` |
| the connection broke or went silent after the request may have been written | `UnknownOutcome` |

Retry-After is RFC 9110, section 10.2.3: seconds or a date.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from incidentd.plugin.values import PermanentFailure, TemporaryFailure

MAX_RETRY_AFTER = 3600.0  # seconds; a page must not wait longer on a vendor's word
_RETRIED = frozenset({408, 425, 429})
_SECONDS = re.compile(r"[0-9]{1,18}")


class UnknownOutcome(Exception):  # noqa: N818 - the name says the outcome, not an error class
    """The vendor may have taken the message or not; it is sent again with the same idempotency key."""


def parse_retry_after(value: str | None, now: datetime) -> float | None:
    """The seconds a Retry-After header asks for, between 0 and `MAX_RETRY_AFTER`; None where it is absent or broken."""
    text = (value or "").strip()
    if _SECONDS.fullmatch(text):
        return min(float(text), MAX_RETRY_AFTER)
    try:
        at = parsedate_to_datetime(text)
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at
        return min(max((at - now).total_seconds(), 0.0), MAX_RETRY_AFTER)
    except (ValueError, TypeError, OverflowError):
        return None


def status_failure(
    status: int, retry_after: float | None = None, detail: str = ""
) -> TemporaryFailure | PermanentFailure | None:
    """The failure that an HTTP status means, or None for 2xx.

    `detail` is added to the text: it must hold no secret, so never the vendor's own words, which may repeat the
    request.
    """
    if 200 <= status < 300:
        return None
    more = f": {detail}" if detail else ""
    if status in _RETRIED or 500 <= status < 600:
        return TemporaryFailure(f"HTTP {status}{more}", retry_after)
    if 300 <= status < 400:
        return PermanentFailure(f"HTTP {status}: a redirect, which is not followed; configure the final URL")
    return PermanentFailure(f"HTTP {status}{more}")
