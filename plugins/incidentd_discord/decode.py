"""Interactions turned into messages, and the forms that ask for them. Pure functions.

A conversation is known as CHANNEL/INTERACTION: where it was begun, and by which interaction. Discord hands messages of
channels to applications that stay connected only, so each of our answers has a button by which one replies.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from incidentd.plugin import BadRequest, Received, storable
from incidentd_discord.config import DiscordConfig
from incidentd_discord.payload import Interaction

REPORT = "report"
REPLY = "reply:"
_THREAD = re.compile(r"(?P<channel>[0-9]{1,21})/[0-9]{1,21}")
_ANSWERS = ("reproduce", "since", "expected", "observed", "scope", "workaround", "contact", "who")
_SHORT, _LONG = 1, 2  # styles of a text field


def _field(name: str, label: str, style: int, *, required: bool = False) -> dict[str, Any]:
    text = {"type": 4, "custom_id": name, "label": label, "style": style, "required": required, "max_length": 4000}
    return {"type": 1, "components": [text]}


FORM: Mapping[str, Any] = {
    "custom_id": REPORT,
    "title": "Report a problem",
    "components": [
        _field("text", "What is wrong?", _LONG, required=True),
        _field("expected", "What did you expect?", _SHORT),
        _field("reproduce", "How can we see it too?", _LONG),
        _field("since", "Since when?", _SHORT),
        _field("scope", "Version, device or region", _SHORT),
    ],
}


def reply_form(thread: str) -> dict[str, Any]:
    """Asks for an answer to us."""
    return {
        "custom_id": REPLY + thread,
        "title": "Your answer",
        "components": [_field("text", "Your answer", _LONG, required=True)],
    }


def channel_of(thread: str) -> str:
    """The channel in which a conversation was begun, "" for what is none."""
    found = _THREAD.fullmatch(thread)
    return found["channel"] if found else ""


def decode(interaction: Interaction, config: DiscordConfig, now: datetime) -> Received:
    """What somebody wrote by the command, its form, or the form of an answer. Raises `BadRequest`."""
    author, data = interaction.author, interaction.data
    if author is None:
        raise BadRequest("is missing", field="user")
    if data.custom_id.startswith(REPLY):
        thread = data.custom_id.removeprefix(REPLY)
        if not channel_of(thread):
            raise BadRequest("is no answer to a message of ours", field="data.custom_id")
    else:
        thread = f"{interaction.channel_id or 0}/{interaction.id}"
    written = data.written()
    service = config.services.get(interaction.channel_id or "", "")
    return Received(
        id=interaction.id,
        thread=thread,
        sender=author.id,
        sender_name=storable(author.global_name or author.username),
        text=storable(written.get("text", "")) or "(no text)",
        sent_at=now,
        parent=interaction.message.id if interaction.message is not None else "",
        verified=True,
        kind=config.kind,
        answers={name: storable(written[name]) for name in _ANSWERS if written.get(name)},
        tags={"service": service} if service else {},
    )
