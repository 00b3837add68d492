"""What responders are shown, and what they press. Pure functions (docs.slack.dev, "Block Kit" and "block_actions")."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qs

import msgspec

from incidentd.plugin import Announcement, BadRequest, Verb, safe_line, safe_text
from incidentd_slack.writing import plain

_MAX_SECTION = 3000  # characters of one block
_MAX_DONE = 10  # elements of a context


class Choice(msgspec.Struct, frozen=True):
    value: str = ""


class Action(msgspec.Struct, frozen=True):
    action_id: str = ""
    value: str = ""
    selected_option: Choice | None = None


class Named(msgspec.Struct, frozen=True):
    id: str = ""


class Interaction(msgspec.Struct, frozen=True):
    type: str
    user: Named = Named()
    channel: Named | None = None
    actions: Sequence[Action] = ()


class Press(msgspec.Struct, frozen=True):
    """Who pressed what, and where they are told what came of it; `channel` "" where that is not known."""

    verb: Verb
    about: str
    severity: str
    user: str
    channel: str


def decode_interaction(body: bytes) -> Interaction:
    """The document in the field `payload` of a form. Raises `BadRequest`."""
    try:
        fields = parse_qs(body.decode(), strict_parsing=True, max_num_fields=10)
        return msgspec.json.decode(fields["payload"][0], type=Interaction)
    except KeyError:
        raise BadRequest("is missing", field="payload") from None
    except (ValueError, RecursionError) as error:
        raise BadRequest("is no form with a document as Slack sends it", field="payload") from error


def press_of(interaction: Interaction) -> Press | None:
    """The press of one of our buttons; None for other actions."""
    for one in interaction.actions:
        if interaction.type == "block_actions" and one.action_id in list(Verb):
            value = one.selected_option.value if one.selected_option is not None else one.value
            about, _, severity = value.partition(" ")
            channel = interaction.channel.id if interaction.channel is not None else ""
            return Press(Verb(one.action_id), about, severity, interaction.user.id, channel)
    return None


def fallback(announcement: Announcement) -> str:
    """What notifications show."""
    return plain(safe_line(f"{announcement.reference}: {announcement.title}", 300))


def blocks(announcement: Announcement) -> list[dict[str, Any]]:
    """An announcement in blocks of plain text, in which nothing is a mention or markup."""
    head = safe_line(f"{announcement.reference}: {announcement.title}", _MAX_SECTION)
    shown = [_section(head)]
    if text := safe_text(announcement.text).strip():
        shown.append(_section(text[:_MAX_SECTION]))
    if announcement.done:
        lines = [_plain(safe_line(one, 300) or "-") for one in announcement.done[-_MAX_DONE:]]
        shown.append({"type": "context", "elements": lines})
    if elements := [_element(verb, announcement) for verb in announcement.verbs]:
        shown.append({"type": "actions", "elements": elements})
    return shown


def _element(verb: Verb, announcement: Announcement) -> dict[str, Any]:
    if verb is Verb.ACKNOWLEDGE:
        text = _plain("Acknowledge")
        return {"type": "button", "action_id": verb, "text": text, "style": "primary", "value": announcement.about}
    return {
        "type": "static_select",
        "action_id": verb,
        "placeholder": _plain("Declare an incident"),
        "options": [
            {"text": _plain(severity), "value": f"{announcement.about} {severity}"}
            for severity in announcement.severities
        ],
        "confirm": {
            "title": _plain("Declare an incident?"),
            "text": _plain("Its roles, updates and timeline begin now."),
            "confirm": _plain("Declare"),
            "deny": _plain("Not yet"),
        },
    }


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": _plain(text)}


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": False}
