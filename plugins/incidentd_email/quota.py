"""How many automatic mails an address may get in an hour: the last wall against machines that answer each other."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime

import msgspec

from incidentd.plugin import Memory, PermanentFailure, update_memory

HOUR = 3600
MAX_ENTRIES = 1000  # of all addresses together, the newest; at most 60 bytes each
_KEY = "automatic mails"
Sent = Mapping[str, Mapping[str, int]]
"""By address, by message: when, in seconds since 1970. Addresses and keys are digests."""


class AnswerQuota:
    """Counts durably, so that a restart is no way around it."""

    def __init__(self, memory: Memory, limit: int) -> None:
        self._memory = memory
        self._limit = limit

    async def spend(self, address: str, key: str, now: datetime) -> None:
        """Count one automatic mail; a resend counts once. Raises `PermanentFailure` when the address had its share."""
        who, what = _short(address.lower()), _short(key)

        def count(before: bytes | None) -> bytes | None:
            sent = recent(msgspec.json.decode(before, type=Sent) if before else {}, int(now.timestamp()))
            mine = sent.get(who, {})
            if what not in mine and len(mine) >= self._limit:
                raise PermanentFailure(
                    f"{self._limit} automatic mails went to this address within an hour (`automatic_an_hour`): "
                    "this one is not sent, so that two machines do not answer each other for ever"
                )
            return msgspec.json.encode({**sent, who: {what: int(now.timestamp()), **mine}})

        await update_memory(self._memory, _KEY, count)


def recent(sent: Sent, now: int) -> dict[str, dict[str, int]]:
    """Those of the last hour, at most `MAX_ENTRIES` of them."""
    entries = sorted(((at, who, what) for who, each in sent.items() for what, at in each.items()), reverse=True)
    kept: dict[str, dict[str, int]] = {}
    for at, who, what in entries[:MAX_ENTRIES]:
        if now - HOUR < at:
            kept.setdefault(who, {})[what] = at
    return kept


def _short(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
