"""Messages that somebody pins in the room of an incident, or marks with the chosen reaction, for its timeline."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import UTC, datetime

from incidentd.plugin import Context, KeptMessage, StoreUnavailable, storable
from incidentd.plugin.outcomes import UnknownOutcome
from incidentd.plugin.values import PermanentFailure, TemporaryFailure
from incidentd_slack.config import SlackConfig
from incidentd_slack.names import Names
from incidentd_slack.payload import Envelope, Message
from incidentd_slack.web_api import WebApi
from incidentd_slack.writing import read_text

_FAILURES = (PermanentFailure, TemporaryFailure, UnknownOutcome)


class Pins:
    """Hears of pins by events, and looks for those that no event told."""

    def __init__(self, config: SlackConfig, api: WebApi, names: Names, context: Context) -> None:
        self._config = config
        self._api = api
        self._names = names
        self._context = context

    async def hear(self, envelope: Envelope) -> str:
        """What came of an event; "" for one that is about no choice of anybody. Raises `StoreUnavailable`."""
        event = envelope.event
        if event is None or event.type not in ("pin_added", "reaction_added") or event.item is None:
            return ""
        item = event.item
        if event.type == "reaction_added" and event.reaction != self._config.keep_reaction:
            return "another reaction"
        if item.channel not in await self._context.chat.rooms():
            return "no room of an incident"
        message = item.message or await self._fetch(item.channel, item.ts)
        if message is None:
            return "a message that cannot be read"
        return "kept" if await self._keep(item.channel, message) else "kept before"

    async def look(self) -> None:
        """Keep what is pinned in every open room. What cannot be read now is looked for again."""
        for room in await self._context.chat.rooms():
            with contextlib.suppress(*_FAILURES):
                for one in (await self._api.ask("pins.list", {"channel": room})).items:
                    if one.message is not None:
                        await self._keep(room, one.message)

    async def rounds(self) -> None:
        """Look every now and then."""
        while True:
            with contextlib.suppress(StoreUnavailable):
                await self.look()
            await asyncio.sleep(self._config.look_every.total_seconds())

    async def _fetch(self, channel: str, ts: str) -> Message | None:
        """A message by its time: of the channel, or of a thread in it."""
        query = {"channel": channel, "oldest": ts, "latest": ts, "inclusive": "true", "limit": "1"}
        query["include_all_metadata"] = "true"
        with contextlib.suppress(*_FAILURES):
            for method, more in (("conversations.history", {}), ("conversations.replies", {"ts": ts})):
                for one in (await self._api.ask(method, query | more)).messages:
                    if one.ts == ts:
                        return one
        return None

    async def _keep(self, channel: str, message: Message) -> bool:
        try:
            at = datetime.fromtimestamp(float(message.ts), UTC)
        except (ValueError, OverflowError, OSError):
            return False
        kept = KeptMessage(
            id=f"{channel}/{message.ts}",
            room=channel,
            author=message.user or message.bot_id,
            author_name=await self._names.of(message.user) if message.user else "",
            text=storable(read_text(message.text or "")) or "(no text)",
            link=message.permalink or await self._link(channel, message.ts),
            at=at,
        )
        return await self._context.chat.keep(kept)

    async def _link(self, channel: str, ts: str) -> str:
        with contextlib.suppress(*_FAILURES):
            return (await self._api.ask("chat.getPermalink", {"channel": channel, "message_ts": ts})).permalink
        return ""
