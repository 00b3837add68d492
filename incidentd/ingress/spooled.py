"""The third way in: what waited in the spool is handed to the sources, in order, as if a local sender had sent it.

An entry is removed after its signals are stored, so a crash in between hands it in twice: sources submit under the
entry's key, and it counts once. Entries of one path keep their order; a path that cannot be served holds up no other.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

import structlog

from incidentd.domain.alarm_kinds import alarms
from incidentd.domain.own_alarms import OwnAlarm
from incidentd.plugin.values import WebhookResponse
from incidentd.services.workers import Loop
from incidentd.spool import SET_ASIDE, BadEntry, Entry, Spool, idempotency_key, is_at_fault, refusal

_TRIES = 5
"""So often an entry may make its source fail before it is set aside."""
_SHOWN = 200
log = structlog.get_logger("incidentd.spool")


class HandIn(Protocol):
    """The listener's way in without a socket."""

    async def __call__(self, path: str, body: bytes, headers: Mapping[str, str], at: datetime) -> WebhookResponse: ...


class SpoolDrain:
    """Empties one spool, at the start and whenever something comes in."""

    def __init__(self, spool: Spool, hand_in: HandIn) -> None:
        self._spool = spool
        self._hand_in = hand_in
        self._failed: dict[str, int] = {}
        self._waiting: dict[str, str] = {}
        self._unusable = ""
        self._set_aside = 0
        self._last_reason = ""
        self._stopping = False
        self._loop = Loop("spool", self._work)

    async def start(self) -> None:
        """Begin with what was left, then look every second."""
        try:
            await asyncio.to_thread(self._spool.clear_temporary)
        except FileNotFoundError:
            pass  # nobody has spooled yet
        except OSError as error:
            self._trouble(error)
        self._loop.start()

    async def stop(self) -> None:
        """Finish the entry that is under way, then end."""
        self._stopping = True
        await self._loop.stop()

    def problems(self) -> list[OwnAlarm]:
        """What health says: entries that wait for something, entries that were set aside, and an unusable directory."""
        unusable = f"the spool cannot be used: {self._unusable}" if self._unusable else ""
        waiting = (f"the spool keeps what was sent to {path}: {why}" for path, why in sorted(self._waiting.items()))
        refused = (
            f"{self._set_aside} spooled entries were refused and lie in {self._spool.directory / SET_ASIDE}, the"
            f" last one as {self._last_reason!r}: see incidentctl spool list"
            if self._set_aside
            else ""
        )
        return [
            *alarms("spool-unusable", [unusable]),
            *alarms("spool-waits", waiting),
            *alarms("spool-refused", [refused]),
        ]

    # ------------------------------------------------------------------ one round
    async def _work(self) -> None:
        try:
            names = await asyncio.to_thread(self._spool.names)
            blocked: dict[str, str] = {}
            for name in names:
                if self._stopping:
                    return
                await self._take(name, blocked)
            self._set_aside, self._last_reason = await asyncio.to_thread(self._spool.last_refused)
        except OSError as error:
            self._trouble(error)
            return
        self._unusable = ""
        self._waiting = blocked
        self._failed = {name: count for name, count in self._failed.items() if name in names}

    async def _take(self, name: str, blocked: dict[str, str]) -> None:
        """Hand in one entry. Adds its path to `blocked` when it has to wait."""
        try:
            entry = await asyncio.to_thread(self._spool.read, name)
        except FileNotFoundError:
            return  # a command handed it in meanwhile
        except BadEntry as error:
            await self._refuse(name, str(error))
            return
        if entry.path in blocked:
            return
        answer = await self._hand_in(entry.path, bytes(entry.body), _headers(name, entry), entry.at)
        if answer.status < 300:
            await asyncio.to_thread(self._spool.remove, name)
            log.info("spooled_entry_taken", entry=name, path=entry.path, spooled_at=entry.at)
        elif self._may_wait(name, answer.status):
            blocked[entry.path] = refusal(answer.status, answer.body)
        else:
            await self._refuse(name, refusal(answer.status, answer.body))

    def _may_wait(self, name: str, status: int) -> bool:
        if status == 500:  # the source failed on it: perhaps on this entry, perhaps on every one
            self._failed[name] = self._failed.get(name, 0) + 1
            return self._failed[name] < _TRIES
        return not is_at_fault(status)

    async def _refuse(self, name: str, reason: str) -> None:
        await asyncio.to_thread(self._spool.set_aside, name, reason)
        log.error("spooled_entry_refused", entry=name, reason=reason)

    def _trouble(self, error: OSError) -> None:
        text = str(error)
        if text != self._unusable:
            log.error("spool_unusable", directory=str(self._spool.directory), error=text)
        self._unusable = text


def _headers(name: str, entry: Entry) -> dict[str, str]:
    headers = {"idempotency-key": idempotency_key(name)}
    return headers | {"authorization": entry.authorization} if entry.authorization else headers
