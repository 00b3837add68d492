"""Rooms of incidents: channels that are made, told what happens and archived (docs.slack.dev, "Conversations API")."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from incidentd.plugin import PermanentFailure, Receipt, RoomAct, RoomOrder, safe_line, safe_text
from incidentd_slack.config import SlackConfig
from incidentd_slack.payload import EVENT_TYPE
from incidentd_slack.web_api import WebApi
from incidentd_slack.writing import MAX_TEXT, key_of, plain

_MAX_TOPIC = 250
_CLOCKS = timedelta(hours=1)  # that Slack's clock may be off ours
_PAGE, _PAGES = "1000", 20  # channels of a list that are looked through
Written = Callable[[str, str, str, Any], Awaitable[str]]
"""Asks when a message of ours was written: channel, thread, key, since."""


class Rooms:
    """Does what is ordered; what was done before is found again and not done twice."""

    def __init__(self, config: SlackConfig, api: WebApi, written: Written) -> None:
        self._config = config
        self._api = api
        self._written = written

    async def arrange(self, order: RoomOrder) -> Receipt:
        """Carry an order out. Raises as `WebApi`."""
        acts = {
            RoomAct.OPEN: self._open,
            RoomAct.INVITE: self._invite,
            RoomAct.TOPIC: self._topic,
            RoomAct.POST: self._post,
            RoomAct.ARCHIVE: self._archive,
        }
        return await acts[order.act](order)

    async def _open(self, order: RoomOrder) -> Receipt:
        """The name may be taken, by a room of another installation or of an earlier attempt of ours."""
        names = (order.name, f"{order.name}-{key_of(order.idempotency_key)[:4]}")
        if order.attempt > 1 and (found := await self._made_before(names, order)):
            return await self._receipt(found)
        for name in names:
            document = {"name": name, "is_private": self._config.private_rooms}
            made = await self._api.call("conversations.create", document, well={"name_taken"})
            if made.ok:
                return await self._receipt(made.channel_id)
        raise PermanentFailure(f"Slack: name_taken: rename or delete the channel {names[0]}, then open the room again")

    async def _receipt(self, channel: str) -> Receipt:
        """Slack tells of no address of a channel, but of the workspace's."""
        told = await self._api.call("auth.test", {}, well={"fatal_error", "ratelimited"})
        return Receipt(vendor_id=channel, url=f"{told.url}archives/{channel}" if told.url else "")

    async def _made_before(self, names: tuple[str, ...], order: RoomOrder) -> str:
        """The channel that an earlier attempt made, "" for none."""
        kind = "private_channel" if self._config.private_rooms else "public_channel"
        query = {"types": kind, "exclude_archived": "true", "limit": _PAGE}
        since = (order.created_at - _CLOCKS).timestamp()
        for _ in range(_PAGES):
            listed = await self._api.ask("conversations.list", query)
            for one in listed.channels:
                if one.name in names and one.created >= since:
                    return one.id
            if not (cursor := listed.response_metadata.next_cursor):
                break
            query["cursor"] = cursor
        return ""

    async def _invite(self, order: RoomOrder) -> Receipt:
        document = {"channel": order.room, "users": ",".join(order.people), "force": True}
        await self._api.call("conversations.invite", document, well={"already_in_channel", "cant_invite_self"})
        return Receipt()

    async def _topic(self, order: RoomOrder) -> Receipt:
        topic = safe_line(order.text, _MAX_TOPIC)
        await self._api.call("conversations.setTopic", {"channel": order.room, "topic": plain(topic)[:_MAX_TOPIC]})
        return Receipt()

    async def _post(self, order: RoomOrder) -> Receipt:
        key = key_of(order.idempotency_key)
        if order.attempt > 1 and (ts := await self._written(order.room, "", key, order.created_at)):
            return Receipt(vendor_id=f"{order.room}/{ts}/{ts}")
        document = {
            "channel": order.room,
            "text": plain(safe_text(order.text).strip() or "(no text)")[:MAX_TEXT],
            "mrkdwn": False,
            "unfurl_links": False,
            "unfurl_media": False,
            "metadata": {"event_type": EVENT_TYPE, "event_payload": {"key": key}},
        }
        posted = await self._api.call("chat.postMessage", document)
        return Receipt(vendor_id=f"{order.room}/{posted.ts}/{posted.ts}" if posted.ts else "")

    async def _archive(self, order: RoomOrder) -> Receipt:
        await self._api.call("conversations.archive", {"channel": order.room}, well={"already_archived"})
        return Receipt()
