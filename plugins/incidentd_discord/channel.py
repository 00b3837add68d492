"""The Discord channel: interactions in, messages out."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine, Sequence
from typing import Any, TypeVar

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from incidentd.plugin import (
    Access,
    AdapterType,
    Announcement,
    BadRequest,
    ChatChannel,
    Condition,
    Context,
    Outgoing,
    PermanentFailure,
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
from incidentd.plugin.hearing import Hearing
from incidentd_discord.buttons import Press, message_of, press_of
from incidentd_discord.config import Answers, DiscordConfig
from incidentd_discord.decode import FORM, REPLY, REPORT, channel_of, decode, reply_form
from incidentd_discord.payload import Interaction, Kind, Said
from incidentd_discord.rest import Rest
from incidentd_discord.rooms import Rooms
from incidentd_discord.signature import check_signature
from incidentd_discord.writing import content, nonce

T = TypeVar("T")
PATH = "/discord/interactions"
MAX_BODY = 512 * 1024
ANSWER_WITHIN = 2.0  # seconds; Discord gives an interaction three
MAX_PENDING = 200
_CLOSING = 3.0  # seconds that what is still being stored gets at the end
_PONG, _MESSAGE, _LATER, _MODAL = 1, 4, 5, 9  # kinds of answers
_FOR_ONE = 1 << 6  # flag EPHEMERAL: only who wrote sees it


class DiscordChannel(ChatChannel):
    """Conversations with the people of servers that installed the application, and buttons for responders."""

    def __init__(self, config: DiscordConfig, context: Context) -> None:
        self._config = config
        self._context = context
        self._keys = [Ed25519PublicKey.from_public_bytes(one) for one in config.public_keys]
        self._rest = Rest(config, context)
        self._rooms = Rooms(config, self._rest, context)
        self._hearing = Hearing()
        self._pending: set[asyncio.Task[Any]] = set()

    def routes(self) -> Sequence[Route]:
        return (Route(method="POST", path=PATH, handler=self.hear, max_body=MAX_BODY, access=Access.SIGNED),)

    def condition(self) -> Condition:
        """Who was heard and refused. Refusals are well: Discord itself tries whether bad signatures are refused."""
        return Condition(text=self._hearing.condition().text)

    async def run(self) -> None:
        """Look every now and then for what is pinned in rooms of incidents."""
        await self._rooms.rounds()

    # ------------------------------------------------------------------ in
    async def hear(self, request: WebhookRequest) -> WebhookResponse:
        """One interaction."""
        with self._hearing.checking(request.received_at):
            check_signature(self._keys, request)
        interaction = decode_json(request.body, Interaction)
        if interaction.type == Kind.PING:
            return _answer(_PONG)
        if self._config.guilds and interaction.guild_id not in (None, *self._config.guilds):
            return _said("Reports are not taken on this server.")
        return await self._obey(interaction, request)

    async def _obey(self, interaction: Interaction, request: WebhookRequest) -> WebhookResponse:
        data = interaction.data
        if interaction.type == Kind.COMMAND and data.name == REPORT and not data.written().get("text"):
            return _answer(_MODAL, FORM)
        if interaction.type == Kind.COMPONENT and data.custom_id.startswith(REPLY):
            return _answer(_MODAL, reply_form(data.custom_id.removeprefix(REPLY)))
        if interaction.type == Kind.COMMAND and data.resolved is not None and data.target_id in data.resolved.messages:
            chosen = data.resolved.messages[data.target_id]
            return await self._answered(interaction, self._kept_message(interaction.channel_id or "", chosen))
        if interaction.type == Kind.COMPONENT and (press := press_of(data)) is not None:
            return await self._answered(interaction, self._acted(interaction, press))
        is_report = data.name == REPORT if interaction.type == Kind.COMMAND else data.custom_id == REPORT
        if interaction.type not in (Kind.COMMAND, Kind.MODAL) or not (is_report or data.custom_id.startswith(REPLY)):
            return _said("This is not known here. Write /report to tell us what is wrong.")
        message = decode(interaction, self._config, request.received_at)
        return await self._answered(interaction, self._stored(message))

    async def _answered(self, interaction: Interaction, work: Coroutine[Any, Any, str]) -> WebhookResponse:
        """Do it and say what came of it. Where that takes long, Discord is told to wait, and the answer comes later."""
        if len(self._pending) >= MAX_PENDING:
            work.close()
            return _said(_AGAIN)
        storing = self._kept(work)
        done, _ = await asyncio.wait({storing}, timeout=ANSWER_WITHIN)
        if done:
            return _said(storing.result())
        self._kept(self._tell_later(interaction, storing))
        return _answer(_LATER, {"flags": _FOR_ONE})

    def _kept(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """A task that is waited for at the end."""
        task = asyncio.create_task(work)
        self._pending.add(task)
        task.add_done_callback(self._pending.discard)
        return task

    async def _stored(self, message: Received) -> str:
        """Keep a message; returns what its writer is told."""
        try:
            taken = await self._context.reports.receive(message)
        except StoreUnavailable:
            return _AGAIN
        except BadRequest as error:
            return f"Your message could not be taken: {error}."
        return _thanks(taken, self._config.answers)

    async def _acted(self, interaction: Interaction, press: Press) -> str:
        """Do what a button says; returns what whoever pressed is told."""
        user = interaction.author.id if interaction.author is not None else ""
        try:
            done = await self._context.chat.act(press.verb, press.about, user, severity=press.severity)
        except StoreUnavailable:
            return "It could not be stored just now. Please press again in a moment."
        return done.text

    async def _kept_message(self, room: str, message: Said) -> str:
        """Somebody chose a message for the timeline; returns what they are told."""
        try:
            kept = await self._rooms.keep(room, message)
        except StoreUnavailable:
            return "It could not be stored just now. Please choose it again in a moment."
        return (
            "It is in the timeline now."
            if kept
            else "It is in the timeline already, or this is no room of an incident."
        )

    async def _tell_later(self, interaction: Interaction, storing: asyncio.Task[str]) -> None:
        """That the writer hears of it is a kindness: what is stored is answered anyway."""
        text = await storing
        with contextlib.suppress(Exception):
            await self._rest.follow_up(interaction, {"content": text, "flags": _FOR_ONE})

    # ------------------------------------------------------------------ out
    async def send(self, outgoing: Outgoing) -> Receipt:
        """Write to the customer, in the channel where they reported if so wished; the nonce keeps it one message."""
        channel = channel_of(outgoing.thread)
        if not channel:
            raise PermanentFailure("the conversation is none of Discord's")
        if outgoing.private or self._config.answers is Answers.DIRECT:
            channel = await self._rest.direct_channel(outgoing.recipient)
        button = {"type": 2, "style": 2, "label": "Answer", "custom_id": REPLY + outgoing.thread}
        message: dict[str, Any] = {
            **content(outgoing),
            "nonce": nonce(outgoing.idempotency_key),
            "enforce_nonce": True,
            "allowed_mentions": {"parse": []},
            "components": [{"type": 1, "components": [button]}],
        }
        return Receipt(vendor_id=await self._rest.write(channel, message))

    async def announce(self, announcement: Announcement) -> Receipt:
        """Write to responders, or change what was written before; the nonce keeps it one message."""
        message = message_of(announcement)
        channel, _, written = announcement.before.partition("/")
        if channel and written:
            await self._rest.change(channel, written, message)
            return Receipt(vendor_id=announcement.before)
        named = {"nonce": nonce(announcement.idempotency_key), "enforce_nonce": True}
        return Receipt(vendor_id=f"{announcement.place}/{await self._rest.write(announcement.place, message | named)}")

    async def arrange(self, order: RoomOrder) -> Receipt:
        """Do something with the room of an incident."""
        return await self._rooms.arrange(order)

    async def close(self) -> None:
        """Let what is being stored come to its end."""
        if self._pending:
            _, late = await asyncio.wait(set(self._pending), timeout=_CLOSING)
            for one in late:
                one.cancel()


_AGAIN = "Your message could not be stored just now. Please send it again in a minute."


def _thanks(taken: Taken, answers: Answers) -> str:
    where = "by direct message" if answers is Answers.DIRECT else "in this channel"
    return f"Thank you. This is {taken.reference}; you will be answered {where}."


def _said(text: str) -> WebhookResponse:
    return _answer(_MESSAGE, {"content": text, "flags": _FOR_ONE, "allowed_mentions": {"parse": []}})


def _answer(kind: int, data: Any = None) -> WebhookResponse:
    return WebhookResponse(body=msgspec.json.encode({"type": kind} if data is None else {"type": kind, "data": data}))


CHANNELS: tuple[AdapterType[SupportChannel], ...] = (
    AdapterType(
        id="discord",
        config=DiscordConfig,
        create=DiscordChannel,
        summary="Discord: the command /report, answers by message, buttons for responders: POST /discord/interactions",
    ),
)
