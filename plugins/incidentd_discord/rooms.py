"""Rooms of incidents: channels of a server (docs.discord.com, "Channel", "Guild" and "Permissions").

Discord archives no channels: one that is over can be read and not written any more.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import msgspec

from incidentd.plugin import (
    Context,
    KeptMessage,
    PermanentFailure,
    Receipt,
    RoomAct,
    RoomOrder,
    StoreUnavailable,
    TemporaryFailure,
    safe_line,
    safe_text,
    storable,
)
from incidentd.plugin.outcomes import UnknownOutcome
from incidentd_discord.config import DiscordConfig
from incidentd_discord.payload import Said
from incidentd_discord.rest import Rest
from incidentd_discord.writing import nonce, plain

_VIEW, _SEND, _READ_BACK = 1 << 10, 1 << 11, 1 << 16  # permissions
_ROLE, _MEMBER = 0, 1  # whose they are
_TEXT_CHANNEL = 0
_MAX_CONTENT, _MAX_TOPIC = 2000, 1024
_NO_PREVIEWS = 1 << 2  # flag SUPPRESS_EMBEDS
_EPOCH_MS = 1_420_070_400_000  # of the ids
_CLOCKS = timedelta(hours=1)  # that Discord's clock may be off ours


class Listed(msgspec.Struct):
    id: str
    name: str = ""


class Pinned(msgspec.Struct):
    message: Said


class Pins(msgspec.Struct):
    items: Sequence[Pinned] = ()


class Rooms:
    """Does what is ordered; what was done before is found again and not done twice."""

    def __init__(self, config: DiscordConfig, rest: Rest, context: Context) -> None:
        self._config = config
        self._rest = rest
        self._context = context

    async def arrange(self, order: RoomOrder) -> Receipt:
        """Carry an order out. Raises as `Rest`."""
        acts = {
            RoomAct.OPEN: self._open,
            RoomAct.INVITE: self._invite,
            RoomAct.TOPIC: self._topic,
            RoomAct.POST: self._post,
            RoomAct.ARCHIVE: self._archive,
        }
        return await acts[order.act](order)

    async def _open(self, order: RoomOrder) -> Receipt:
        guild = self._config.rooms_guild
        if not guild:
            raise PermanentFailure("no server for rooms is named: set rooms_guild of the channel in incidentd.toml")
        found = await self._made_before(order) if order.attempt > 1 else ""
        if not found:
            document: dict[str, Any] = {"name": order.name, "type": _TEXT_CHANNEL}
            if self._config.rooms_category:
                document["parent_id"] = self._config.rooms_category
            if self._config.private_rooms:
                document["permission_overwrites"] = await self._hidden(guild)
            found = (await self._rest.call("POST", f"/guilds/{guild}/channels", document)).id
        return Receipt(vendor_id=found, url=f"https://discord.com/channels/{guild}/{found}")

    async def _hidden(self, guild: str) -> list[dict[str, Any]]:
        """Nobody sees it but the bot, and who is invited."""
        me = (await self._rest.ask("/users/@me", Listed)).id
        everybody = {"id": guild, "type": _ROLE, "deny": str(_VIEW), "allow": "0"}
        return [everybody, {"id": me, "type": _MEMBER, "allow": str(_VIEW | _SEND | _READ_BACK), "deny": "0"}]

    async def _made_before(self, order: RoomOrder) -> str:
        """The channel that an earlier attempt made, "" for none: Discord lets many have one name."""
        since = (order.created_at - _CLOCKS).timestamp() * 1000
        listed = await self._rest.ask(f"/guilds/{self._config.rooms_guild}/channels", list[Listed])
        same = (one.id for one in listed if one.name == order.name and one.id.isdecimal())
        return next((one for one in same if (int(one) >> 22) + _EPOCH_MS >= since), "")

    async def _invite(self, order: RoomOrder) -> Receipt:
        """Members of the server see a public room; they are called into it by a mention."""
        people = [one for one in order.people if one.isdecimal()]
        if self._config.private_rooms:
            allowed = {"type": _MEMBER, "allow": str(_VIEW | _SEND | _READ_BACK), "deny": "0"}
            for one in people:
                await self._rest.call("PUT", f"/channels/{order.room}/permissions/{one}", allowed)
        called = " ".join(f"<@{one}>" for one in people)
        return await self._say(order, called, people)

    async def _post(self, order: RoomOrder) -> Receipt:
        return await self._say(order, plain(safe_text(order.text).strip() or "(no text)"), [])

    async def _say(self, order: RoomOrder, content: str, mentioned: Sequence[str]) -> Receipt:
        message = {
            "content": content[:_MAX_CONTENT],
            "flags": _NO_PREVIEWS,
            "nonce": nonce(order.idempotency_key),
            "enforce_nonce": True,
            "allowed_mentions": {"parse": [], "users": list(mentioned)},
        }
        return Receipt(vendor_id=f"{order.room}/{await self._rest.write(order.room, message)}")

    async def _topic(self, order: RoomOrder) -> Receipt:
        topic = plain(safe_line(order.text, _MAX_TOPIC))[:_MAX_TOPIC]
        await self._rest.call("PATCH", f"/channels/{order.room}", {"topic": topic})
        return Receipt()

    async def _archive(self, order: RoomOrder) -> Receipt:
        guild = self._config.rooms_guild
        denied = _SEND | (_VIEW if self._config.private_rooms else 0)
        document = {"type": _ROLE, "deny": str(denied), "allow": "0"}
        await self._rest.call("PUT", f"/channels/{order.room}/permissions/{guild}", document)
        return Receipt()

    # ------------------------------------------------------------------ what is kept
    async def keep(self, room: str, message: Said) -> bool:
        """Put a message into the timeline; False when it is there, or in no room. Raises `StoreUnavailable`."""
        author = message.author
        kept = KeptMessage(
            id=message.id,
            room=room,
            author=author.id,
            author_name=storable(author.global_name or author.username),
            text=storable(message.content) or "(no text)",
            link=f"https://discord.com/channels/{self._config.rooms_guild}/{room}/{message.id}",
            at=message.timestamp or self._context.now(),
        )
        return await self._context.chat.keep(kept)

    async def look(self) -> None:
        """Keep what is pinned in every open room. What cannot be read now is looked for again."""
        for room in await self._context.chat.rooms():
            with contextlib.suppress(PermanentFailure, TemporaryFailure, UnknownOutcome):
                for one in (await self._rest.ask(f"/channels/{room}/messages/pins", Pins)).items:
                    await self.keep(room, one.message)

    async def rounds(self) -> None:
        """Look every now and then: Discord tells of pins only applications that stay connected."""
        while True:
            with contextlib.suppress(StoreUnavailable):
                await self.look()
            await asyncio.sleep(self._config.look_every.total_seconds())
