"""The Slack channel: events and a slash command in, messages in threads and direct messages out."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import msgspec

from incidentd.plugin import (
    Access,
    AdapterType,
    Announcement,
    BadRequest,
    ChatChannel,
    Condition,
    Context,
    Outgoing,
    Receipt,
    Received,
    RoomOrder,
    Route,
    StoreUnavailable,
    SupportChannel,
    Taken,
    WebhookRequest,
    WebhookResponse,
    decode_json,
)
from incidentd.plugin.catching_up import CatchingUp, Look
from incidentd.plugin.hearing import Hearing
from incidentd_slack.buttons import Press, blocks, decode_interaction, fallback, press_of
from incidentd_slack.config import SlackConfig
from incidentd_slack.decode import USAGE, Ignored, Place, decode_command, decode_event, place_of, reported
from incidentd_slack.missed import Missed
from incidentd_slack.names import Names
from incidentd_slack.payload import EVENT_TYPE, Envelope
from incidentd_slack.pins import Pins
from incidentd_slack.rooms import Rooms
from incidentd_slack.signature import check_signature
from incidentd_slack.web_api import WebApi
from incidentd_slack.writing import key_of, message_text, plain

EVENTS = "/slack/events"
COMMANDS = "/slack/commands"
ACTIONS = "/slack/actions"
MAX_BODY = 1024 * 1024
ANSWER_WITHIN = 2.5  # seconds; Slack shows an error to who gave a command after three
ACT_WITHIN, TOLD_WITHIN = 1.6, 0.9  # the same time, of a press and of telling what came of it
_OVERLAP = timedelta(minutes=5)  # of two rounds of looking for what was missed
_CLOCKS = timedelta(hours=1)  # that Slack's clock may be off ours
_LOOKED_THROUGH = 200  # messages of a thread


class SlackChannel(ChatChannel):
    """Conversations with the people of a workspace, and buttons for responders."""

    def __init__(self, config: SlackConfig, context: Context) -> None:
        self._config = config
        self._context = context
        self._api = WebApi(config, context)
        self._names = Names(self._api)
        self._missed = Missed(config, self._api)
        self._catching_up = CatchingUp(context, _OVERLAP)
        self._hearing = Hearing()
        self._rooms = Rooms(config, self._api, self._written)
        self._pins = Pins(config, self._api, self._names, context)

    def routes(self) -> Sequence[Route]:
        return (
            Route(method="POST", path=EVENTS, handler=self.hear_event, max_body=MAX_BODY, access=Access.SIGNED),
            Route(method="POST", path=COMMANDS, handler=self.hear_command, max_body=MAX_BODY, access=Access.SIGNED),
            Route(method="POST", path=ACTIONS, handler=self.hear_action, max_body=MAX_BODY, access=Access.SIGNED),
        )

    def condition(self) -> Condition:
        """Who was heard and refused, and whether it cannot look for what no event told."""
        heard, behind = self._hearing.condition(), self._catching_up.behind
        return Condition(text=f"{heard.text}; {behind}", well=False) if behind else heard

    async def run(self) -> None:
        """Look every now and then through the channels, and the pins of rooms, for what was missed."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._catching_up.rounds(self._places(), self._config.look_every))
            tasks.create_task(self._pins.rounds())

    async def look(self) -> None:
        """One round."""
        await self._catching_up.round(self._places())

    def _places(self) -> dict[str, Look]:
        return {one: partial(self._missed.look, one, self._take) for one in self._config.channels}

    async def _take(self, message: Received) -> Taken:
        """Store a message, with its writer's name."""
        name = "" if message.automatic else await self._names.of(message.sender)
        return await self._context.reports.receive(msgspec.structs.replace(message, sender_name=name))

    # ------------------------------------------------------------------ in
    async def hear_event(self, request: WebhookRequest) -> WebhookResponse:
        """One event, answered when it is on disk. Slack tries three times again; the same message changes nothing."""
        self._check(request)
        envelope = decode_json(request.body, Envelope)
        if envelope.type == "url_verification":
            return _answer({"challenge": envelope.challenge})
        if envelope.type != "event_callback":
            return _answer({"ignored": "no event"})
        if chosen := await self._pins.hear(envelope):
            return _answer({"pinned": chosen})
        try:
            message = decode_event(envelope, self._config)
        except Ignored as why:
            return _answer({"ignored": str(why)})
        taken = await self._take(message)
        return _answer({"reference": taken.reference, "known": taken.known})

    async def hear_command(self, request: WebhookRequest) -> WebhookResponse:
        """One slash command, answered to its writer alone."""
        self._check(request)
        command = decode_command(request.body)
        if command.verb != "report" or not command.text:
            return _ephemeral(USAGE.format(command=command.command))
        return await self._report(reported(command, self._config, request.received_at))

    async def _report(self, message: Received) -> WebhookResponse:
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                taken = await self._context.reports.receive(message)
        except (StoreUnavailable, TimeoutError):
            return _ephemeral("Your report could not be stored just now. Please send it again in a minute.")
        except BadRequest as error:
            return _ephemeral(f"Your report could not be taken: {error}.")
        return _ephemeral(f"Thank you. This is {taken.reference}; you will be answered in a direct message.")

    async def hear_action(self, request: WebhookRequest) -> WebhookResponse:
        """A press of a button. What came of it is told to who pressed, and the message says it to all."""
        self._check(request)
        press = press_of(decode_interaction(request.body))
        if press is not None:
            await self._tell(press, await self._acted(press))
        return WebhookResponse(body=b"")

    async def _acted(self, press: Press) -> str:
        try:
            async with asyncio.timeout(ACT_WITHIN):
                done = await self._context.chat.act(press.verb, press.about, press.user, severity=press.severity)
        except (StoreUnavailable, TimeoutError):
            return "It could not be stored just now. Please press again in a moment."
        return done.text

    async def _tell(self, press: Press, text: str) -> None:
        """That they hear of it is a kindness: the announcement says who did what."""
        if press.channel:
            document = {"channel": press.channel, "user": press.user, "text": plain(text)}
            with contextlib.suppress(Exception):
                await self._api.call("chat.postEphemeral", document, timeout=TOLD_WITHIN)

    def _check(self, request: WebhookRequest) -> None:
        with self._hearing.checking(request.received_at):
            check_signature(self._config.signing_secrets, request)

    # ------------------------------------------------------------------ out
    async def send(self, outgoing: Outgoing) -> Receipt:
        """Write into the thread, or to the customer alone. A resend looks first whether the one before arrived."""
        place = self._target(outgoing)
        key = key_of(outgoing.idempotency_key)
        if outgoing.attempt > 1 and (before := await self._find(place, outgoing, key)) is not None:
            return Receipt(vendor_id=str(before))
        document: dict[str, Any] = {
            "channel": outgoing.recipient if place is None else place.channel,
            "text": message_text(outgoing, named=place is None),
            "mrkdwn": False,
            "unfurl_links": False,
            "unfurl_media": False,
            "metadata": _known_by(key),
        }
        if place is not None:
            document["thread_ts"] = place.thread
        posted = await self._api.call("chat.postMessage", document)
        if not posted.ts:
            return Receipt()
        return Receipt(vendor_id=str(Place(posted.channel_id, place.thread if place else posted.ts, posted.ts)))

    def _target(self, outgoing: Outgoing) -> Place | None:
        """The thread to write into; None for a direct message that begins one."""
        channel, _, thread = outgoing.thread.partition("/")
        if place := place_of(f"{channel}/{thread}/{thread}"):
            is_direct = channel.startswith("D")
            return place if is_direct or not outgoing.private else None
        return place_of(outgoing.in_reply_to)  # of a command: the thread below our direct message, if there is one

    async def announce(self, announcement: Announcement) -> Receipt:
        """Write to responders, or change what was written before. A resend looks first whether it arrived."""
        key = key_of(announcement.idempotency_key)
        document: dict[str, Any] = {
            "channel": announcement.place,
            "text": fallback(announcement),
            "blocks": blocks(announcement),
            "unfurl_links": False,
            "unfurl_media": False,
            "metadata": _known_by(key),
        }
        if before := place_of(announcement.before):
            await self._api.call("chat.update", document | {"channel": before.channel, "ts": before.ts})
            return Receipt(vendor_id=announcement.before)
        if announcement.attempt > 1:
            found = await self._written(announcement.place, "", key, announcement.created_at)
            if found:
                return Receipt(vendor_id=str(Place(announcement.place, found, found)))
        posted = await self._api.call("chat.postMessage", document)
        return Receipt(vendor_id=str(Place(posted.channel_id, posted.ts, posted.ts)) if posted.ts else "")

    async def arrange(self, order: RoomOrder) -> Receipt:
        """Do something with the room of an incident."""
        return await self._rooms.arrange(order)

    async def _find(self, place: Place | None, outgoing: Outgoing, key: str) -> Place | None:
        """Where an earlier attempt wrote it, None when it did not."""
        if place is None:
            channel = (await self._api.call("conversations.open", {"users": outgoing.recipient})).channel_id
            ts = await self._written(channel, "", key, outgoing.created_at)
            return Place(channel, ts, ts) if ts else None
        ts = await self._written(place.channel, place.thread, key, outgoing.created_at)
        return Place(place.channel, place.thread, ts) if ts else None

    async def _written(self, channel: str, thread: str, key: str, since: datetime) -> str:
        """When a message of ours was written in a channel or a thread of it, as Slack counts; "" when it was not."""
        query = {
            "channel": channel,
            "oldest": f"{(since - _CLOCKS).timestamp():.6f}",
            "limit": str(_LOOKED_THROUGH),
            "include_all_metadata": "true",
        }
        method = "conversations.replies" if thread else "conversations.history"
        found = await self._api.ask(method, query | ({"ts": thread} if thread else {}))
        for one in found.messages:
            told = one.metadata
            if told is not None and told.event_type == EVENT_TYPE and told.event_payload.get("key") == key:
                return one.ts
        return ""


def _known_by(key: str) -> dict[str, Any]:
    """The metadata by which a message is found again."""
    return {"event_type": EVENT_TYPE, "event_payload": {"key": key}}


def _answer(document: dict[str, object]) -> WebhookResponse:
    return WebhookResponse(body=msgspec.json.encode(document))


def _ephemeral(text: str) -> WebhookResponse:
    return _answer({"response_type": "ephemeral", "text": text})


CHANNELS: tuple[AdapterType[SupportChannel], ...] = (
    AdapterType(
        id="slack",
        config=SlackConfig,
        create=SlackChannel,
        summary="Slack: messages, a slash command, buttons for responders: POST /slack/{events,commands,actions}",
    ),
)
