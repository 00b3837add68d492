"""Messages that no event told of: Slack tries for some minutes, and not again after that.

Looks through the channels of the configuration by conversations.history, and conversations.replies for threads in which
somebody answered. What is found has the same id as what an event tells.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import msgspec

from incidentd.plugin import BadRequest, Received
from incidentd_slack.config import SlackConfig
from incidentd_slack.decode import Ignored, decode_event
from incidentd_slack.payload import Envelope, Message
from incidentd_slack.web_api import WebApi

_THREADS = timedelta(days=7)  # how old a thread is at most in which an answer is looked for
_PAGE = "999"  # messages; Slack tells the newest first, and no more at once
Take = Callable[[Received], Awaitable[object]]


class Missed:
    """Reads channels back."""

    def __init__(self, config: SlackConfig, api: WebApi) -> None:
        self._config = config
        self._api = api

    async def look(self, channel: str, take: Take, since: datetime) -> None:
        """Take in what was written in a channel since then. Raises as `WebApi` and `take`."""
        roots = await self._read("conversations.history", channel, since - _THREADS)
        for root in reversed(roots):  # the newest comes first
            if _at_or_after(root.ts, since):
                await self._take_in(channel, root, take)
            if _at_or_after(root.latest_reply, since):
                for reply in await self._read("conversations.replies", channel, since, ts=root.ts):
                    if reply.ts != root.ts and _at_or_after(reply.ts, since):
                        await self._take_in(channel, reply, take)

    async def _read(self, method: str, channel: str, since: datetime, **more: str) -> list[Message]:
        query = {"channel": channel, "oldest": f"{since.timestamp():.6f}", "limit": _PAGE}
        return list((await self._api.ask(method, query | {"include_all_metadata": "true"} | more)).messages)

    async def _take_in(self, channel: str, message: Message, take: Take) -> None:
        event = msgspec.structs.replace(message, channel=channel)
        try:
            await take(decode_event(Envelope(type="event_callback", event=event), self._config))
        except (Ignored, BadRequest):
            return


def _at_or_after(ts: str, since: datetime) -> bool:
    try:
        return float(ts) >= since.timestamp()
    except ValueError:
        return False
