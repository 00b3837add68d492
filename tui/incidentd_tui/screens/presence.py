"""Being in a room, a review or a retro with others: a terminal says what its person does, and hears of the others."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Awaitable

from incidentd.client import ClientError
from incidentd.domain.presence import BEAT_SECONDS
from incidentd.wire import presence as wire_presence
from incidentd_tui import paint, theme
from incidentd_tui.screens.base import VerbScreen

AWAY_AFTER = 180.0
"""Seconds without a key."""
_WAIT = 15
_RETRY = 2.0


class Presence(VerbScreen):
    """A screen says by `doing` what the person does, and shows `here`; where it says so, by its first two calls."""

    def __init__(self) -> None:
        super().__init__()
        self.here: tuple[wire_presence.Present, ...] = ()
        self._session = uuid.uuid4().hex
        self._said: tuple[wire_presence.Doing, str] = ("left", "")
        self._news = asyncio.Event()
        self._version = 0

    def say_there(self, body: wire_presence.BePresent) -> Awaitable[wire_presence.Presence]:
        """The call that says it."""
        raise NotImplementedError

    def ask_there(self, after: int, wait: int) -> Awaitable[wire_presence.Presence]:
        """The call that hears of a version after this one."""
        raise NotImplementedError

    def doing(self) -> str:
        """What is being written, "" when nothing is."""
        raise NotImplementedError

    def looking_at(self) -> str:
        """What is being looked at."""
        raise NotImplementedError

    def show_presence(self) -> None:
        """`here` is new."""
        raise NotImplementedError

    # ------------------------------------------------------------------ saying
    def follow_presence(self) -> None:
        """Begin; it ends with the screen."""
        self.run_worker(self._speak(), exit_on_error=False, group="presence")
        self.run_worker(self._listen(), exit_on_error=False, group="presence")

    def _present(self) -> tuple[wire_presence.Doing, str]:
        if self not in self.app.screen_stack:
            return "left", ""  # another mode is shown
        if what := self.doing():
            return "writing", what
        if self._idle() >= AWAY_AFTER:
            return "away", ""
        return "viewing", self.looking_at()

    def _idle(self) -> float:
        return time.monotonic() - self.tui.keyboard.last

    def tell_presence(self) -> None:
        """Say it at once when it is something else than was said last."""
        if self._present() != self._said:
            self._news.set()

    async def _speak(self) -> None:
        while True:
            self._news.clear()
            before, self._said = self._said, self._present()
            if (before[0], self._said[0]) != ("left", "left"):
                await self.say_present(*self._said)
            try:
                await asyncio.wait_for(self._news.wait(), BEAT_SECONDS)
            except TimeoutError:
                continue

    async def say_present(self, state: wire_presence.Doing, what: str = "") -> None:
        """One heartbeat; one that gets lost is made good by the next."""
        idle = self._idle() if state == "away" else 0.0
        body = wire_presence.BePresent(session=self._session, state=state, what=what, idle=idle)
        try:
            await self.tui.acts.gateway.ask(self.say_there(body))
        except ClientError:
            return

    # ------------------------------------------------------------------ hearing
    async def _listen(self) -> None:
        while True:
            try:
                found = await self.tui.acts.gateway.ask(self.ask_there(self._version, _WAIT))
            except ClientError:
                self._show((), 0)
                await asyncio.sleep(_RETRY)
                continue
            self._show(found.here, found.version)

    def _show(self, here: tuple[wire_presence.Present, ...], version: int) -> None:
        self._version = version
        if here != self.here:
            self.here = here
            self.show_presence()

    def writers(self) -> paint.Line:
        """Who else is writing what."""
        writing = [one for one in self.here if one.state == "writing" and one.person != self.model.me]
        if not writing:
            return []
        first = writing[0]
        more = f" and {len(writing) - 1} more" if len(writing) > 1 else ""
        return [(" ●", theme.success), (f" {first.person}{more} is writing {first.what} ·", theme.plain)]


class IncidentPresence(Presence):
    """In what is about an incident: its room, and its review."""

    incident_id: int

    def say_there(self, body: wire_presence.BePresent) -> Awaitable[wire_presence.Presence]:
        return self.tui.acts.client.be_present(self.incident_id, body)

    def ask_there(self, after: int, wait: int) -> Awaitable[wire_presence.Presence]:
        return self.tui.acts.client.presence(self.incident_id, after=after, wait=wait)
