"""What Slack sends, as far as it matters here (docs.slack.dev, "Events API" and the event `message`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

EVENT_TYPE = "incidentd_message"
"""Of the metadata by which a message of ours is known again."""


class File(msgspec.Struct, frozen=True):
    name: str | None = None
    permalink: str | None = None


class BotProfile(msgspec.Struct, frozen=True):
    app_id: str = ""


class Metadata(msgspec.Struct, frozen=True):
    event_type: str = ""
    event_payload: Mapping[str, Any] = {}


class Message(msgspec.Struct, frozen=True):
    """A message; also the event that brings one, or that brings a change of one (`message` and `previous_message`)."""

    type: str = ""
    subtype: str = ""
    channel: str = ""
    channel_type: str = ""
    user: str = ""
    bot_id: str = ""
    app_id: str = ""
    bot_profile: BotProfile | None = None
    metadata: Metadata | None = None
    text: str | None = ""
    ts: str = ""
    thread_ts: str = ""
    latest_reply: str = ""
    files: Sequence[File] | None = None
    permalink: str = ""
    reaction: str = ""
    item: Item | None = None
    message: Message | None = None
    previous_message: Message | None = None


class Item(msgspec.Struct, frozen=True):
    """What was pinned, or reacted to."""

    channel: str = ""
    ts: str = ""
    message: Message | None = None


class Authorization(msgspec.Struct, frozen=True):
    user_id: str = ""
    is_bot: bool = False


class Envelope(msgspec.Struct, frozen=True):
    type: str
    challenge: str = ""
    api_app_id: str = ""
    event: Message | None = None
    authorizations: Sequence[Authorization] | None = None

    def is_ours(self, message: Message) -> bool:
        """Whether this app wrote `message`."""
        if message.metadata is not None and message.metadata.event_type == EVENT_TYPE:
            return True
        apps = (message.app_id, message.bot_profile.app_id if message.bot_profile is not None else "")
        users = [one.user_id for one in self.authorizations or () if one.is_bot]
        return (self.api_app_id != "" and self.api_app_id in apps) or (message.user != "" and message.user in users)
