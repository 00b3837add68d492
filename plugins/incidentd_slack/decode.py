"""What Slack delivers, turned into messages. Pure functions.

A message is known as CHANNEL/THREAD/TS, where TS is Slack's id of the message in its channel, and THREAD the one that
begins its thread: itself, where it begins one.
"""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from urllib.parse import parse_qs

import msgspec

from incidentd.plugin import BadRequest, Received, safe_line, storable
from incidentd_slack.config import SlackConfig
from incidentd_slack.payload import Envelope, Message
from incidentd_slack.writing import read_text

_WRITTEN = ("", "file_share", "thread_broadcast", "me_message", "bot_message")
_TS = re.compile(r"[0-9]{1,10}\.[0-9]{1,9}")
USAGE = "Write `{command} report` and what is wrong, in a sentence or two."


class Ignored(Exception):  # noqa: N818 - not an error: the text says why nothing is kept
    pass


class Place(msgspec.Struct, frozen=True):
    """Where a message stands."""

    channel: str
    thread: str
    ts: str

    def __str__(self) -> str:
        return f"{self.channel}/{self.thread}/{self.ts}"


def place_of(known: str) -> Place | None:
    """The place that the id of a message names; None for other ids."""
    parts = known.split("/")
    if len(parts) != 3 or not _TS.fullmatch(parts[1]) or not _TS.fullmatch(parts[2]):
        return None
    return Place(*parts)


def decode_event(envelope: Envelope, config: SlackConfig) -> Received:
    """The message of an event. Raises `Ignored` for what is no customer's word, and `BadRequest`."""
    event = envelope.event
    if event is None:
        raise BadRequest("is missing", field="event")
    if event.type != "message":
        raise Ignored(f"events of the kind {safe_line(event.type, 40)}")
    direct = event.channel_type == "im"
    if not (config.direct if direct else event.channel in config.channels):
        raise Ignored("a channel that is not among `channels`")
    if event.subtype == "message_changed":
        return _edited(envelope, event, config)
    if event.subtype not in _WRITTEN:
        raise Ignored(f"messages of the kind {safe_line(event.subtype, 40)}")
    return _message(envelope, event, event.channel, config)


def _message(envelope: Envelope, message: Message, channel: str, config: SlackConfig) -> Received:
    if envelope.is_ours(message):
        raise Ignored("our own message")
    place = Place(channel, message.thread_ts or message.ts, message.ts)
    if place_of(str(place)) is None:
        raise BadRequest("is no time of a message", field="event.ts")
    ours = bool(message.bot_id) or message.user in config.responders
    service = config.channels.get(channel, "")
    return Received(
        id=str(place),
        thread=f"{place.channel}/{place.thread}",
        sender=message.user or message.bot_id or "unknown",
        text=storable(_text(message)),
        sent_at=datetime.fromtimestamp(float(message.ts), UTC),
        parent="" if place.thread == place.ts else f"{place.channel}/{place.thread}/{place.thread}",
        automatic=ours,
        verified=True,
        opens=not ours,
        kind=config.kind,
        tags={"service": service} if service else {},
    )


def _edited(envelope: Envelope, event: Message, config: SlackConfig) -> Received:
    """Links that were unfurled and replies that were counted are changes too: only other words matter."""
    after, before = event.message, event.previous_message
    if after is None:
        raise BadRequest("is missing", field="event.message")
    if before is not None and after.text == before.text:
        raise Ignored("a message whose words are the same")
    message = _message(envelope, after, event.channel, config)
    digest = hashlib.blake2b(message.text.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
    return msgspec.structs.replace(
        message,
        id=f"{message.id}-edited-{digest}",
        parent=message.id,
        text=f"(edited) {message.text}",
        opens=False,
    )


def _text(message: Message) -> str:
    """What was written, and which files came with it; the files themselves stay in Slack."""
    files = [f"[file: {one.name or 'without a name'} {one.permalink or ''}]" for one in message.files or ()]
    return "\n".join(part for part in (read_text(message.text or ""), *files) if part) or "(no text)"


class Command(msgspec.Struct, frozen=True):
    """A slash command: "/incident report checkout is down"."""

    command: str
    user: str
    user_name: str
    channel: str
    trigger: str
    verb: str
    text: str


def decode_command(body: bytes) -> Command:
    """Raises `BadRequest`."""
    try:
        form = parse_qs(body.decode(), strict_parsing=True, max_num_fields=100)
    except ValueError as error:
        raise BadRequest("is no form as Slack sends it", field="body") from error
    values = {name: values[0] for name, values in form.items()}
    for name in ("command", "user_id", "trigger_id"):
        if not values.get(name):
            raise BadRequest("is missing", field=name)
    verb, _, text = values.get("text", "").strip().partition(" ")
    return Command(
        command=values["command"],
        user=values["user_id"],
        user_name=values.get("user_name", ""),
        channel=values.get("channel_id", ""),
        trigger=values["trigger_id"],
        verb=verb.lower(),
        text=text.strip(),
    )


def reported(command: Command, config: SlackConfig, now: datetime) -> Received:
    """The report that a command makes: a conversation with its writer alone."""
    service = config.channels.get(command.channel, "")
    return Received(
        id=f"command-{command.trigger}",
        thread=f"{command.user}/command-{command.trigger}",
        sender=command.user,
        sender_name=storable(command.user_name),
        text=storable(read_text(command.text)),
        sent_at=now,
        verified=True,
        kind=config.kind,
        tags={"service": service} if service else {},
    )
