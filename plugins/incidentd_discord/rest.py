"""Calls of Discord's HTTP API, and what its errors mean (docs.discord.com, "Opcodes and Status Codes")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from incidentd.plugin import Context, TemporaryFailure
from incidentd.plugin.outcomes import UnknownOutcome
from incidentd_discord.config import DiscordConfig
from incidentd_discord.payload import Interaction

if TYPE_CHECKING:
    from incidentd.plugin.httpcall import Answer

A = TypeVar("A")
_MOST = 4 * 1024 * 1024  # bytes of an answer
_CHANNELS = 1000  # direct channels that are remembered
_REMEDIES = {
    10003: "the channel is gone",
    40003: "too many direct messages were opened",
    50001: "the bot may not see the channel: invite it to the server, and give it access",
    50007: "the customer takes no direct messages from this server",
    50013: "the bot may not write in the channel",
}


class _Told(msgspec.Struct):
    id: str = ""
    code: int = 0
    retry_after: float = 0.0


class Rest:
    """Raises what `httpcall.post` raises, and by status `TemporaryFailure` and `PermanentFailure`."""

    def __init__(self, config: DiscordConfig, context: Context) -> None:
        self._config = config
        self._context = context
        self._direct: dict[str, str] = {}

    async def direct_channel(self, user: str) -> str:
        """The channel of direct messages with `user`; the same one every time."""
        if user not in self._direct:
            found = await self._post("/users/@me/channels", {"recipient_id": user})
            if not found.id:
                raise TemporaryFailure("Discord told no channel of direct messages")
            while len(self._direct) >= _CHANNELS:
                del self._direct[next(iter(self._direct))]
            self._direct[user] = found.id
        return self._direct[user]

    async def write(self, channel: str, message: Mapping[str, Any]) -> str:
        """Write a message; returns its id."""
        return (await self._post(f"/channels/{channel}/messages", message)).id

    async def change(self, channel: str, message_id: str, message: Mapping[str, Any]) -> None:
        """Change a message of ours."""
        await self._call("PATCH", f"/channels/{channel}/messages/{message_id}", message)

    async def follow_up(self, interaction: Interaction, message: Mapping[str, Any]) -> None:
        """Answer an interaction for which Discord was told to wait; its token is what allows it."""
        await self._post(f"/webhooks/{interaction.application_id}/{interaction.token}", message, signed=False)

    async def call(self, method: str, path: str, document: Mapping[str, Any]) -> _Told:
        """Any other change."""
        return await self._call(method, path, document)

    async def ask(self, path: str, of: type[A]) -> A:
        """What is told at `path`, as `of`."""
        from incidentd.plugin.httpcall import get

        now, limit = self._context.now(), self._config.timeout
        url = self._config.api + path
        answer = await get(self._context.http, url, self._headers(), timeout=limit, now=now, most=_MOST)
        _told(answer)
        try:
            return msgspec.json.decode(answer.body, type=of)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            raise UnknownOutcome("Discord's answer is not understood") from None

    async def _post(self, path: str, document: Mapping[str, Any], *, signed: bool = True) -> _Told:
        return await self._call("POST", path, document, signed=signed)

    async def _call(self, method: str, path: str, document: Mapping[str, Any], *, signed: bool = True) -> _Told:
        from incidentd.plugin.httpcall import send

        headers = self._headers(signed=signed) | {"Content-Type": "application/json"}
        body = msgspec.json.encode(document)
        now, limit = self._context.now(), self._config.timeout
        url = self._config.api + path
        answer = await send(self._context.http, method, url, body, headers, timeout=limit, now=now)
        return _told(answer)

    def _headers(self, *, signed: bool = True) -> dict[str, str]:
        agent = f"DiscordBot (https://incidentd.example, {self._context.version})"  # in the form it asks for
        token = {"Authorization": f"Bot {self._config.token.reveal().strip()}"} if signed else {}
        return {"User-Agent": agent} | token


def _told(answer: Answer) -> _Told:
    try:
        told = msgspec.json.decode(answer.body, type=_Told)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        told = _Told()
    if answer.status == 429 and answer.retry_after is None and 0 < told.retry_after <= 3600:
        raise TemporaryFailure("HTTP 429: Discord's limit of requests is reached", told.retry_after)
    detail = f"Discord error {told.code}" if 0 < told.code < 10**7 else ""
    answer.require_success(f"{detail}: {_REMEDIES[told.code]}" if told.code in _REMEDIES else detail)
    return told
