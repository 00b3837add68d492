"""What responders are shown, and what they press. Pure functions (docs.discord.com, "Component Reference")."""

from __future__ import annotations

from typing import Any

import msgspec

from incidentd.plugin import Announcement, Verb, safe_line, safe_text
from incidentd_discord.payload import Data
from incidentd_discord.writing import plain

ACT = "act:"
"""How the ids of our buttons for responders begin."""
_MAX_CONTENT = 2000
_NO_PREVIEWS = 1 << 2  # flag SUPPRESS_EMBEDS
_ROW, _BUTTON, _SELECT = 1, 2, 3  # kinds of components
_PRIMARY = 1


class Press(msgspec.Struct, frozen=True):
    verb: Verb
    about: str
    severity: str


def press_of(data: Data) -> Press | None:
    """The press of one of our buttons; None for what is none."""
    verb, _, about = data.custom_id.removeprefix(ACT).partition(":")
    if not data.custom_id.startswith(ACT) or verb not in list(Verb):
        return None
    return Press(Verb(verb), about, data.values[0] if data.values else "")


def message_of(announcement: Announcement) -> dict[str, Any]:
    """An announcement as a message without markup, and its buttons."""
    head = safe_line(f"{announcement.reference}: {announcement.title}", 300)
    done = [safe_line(one, 200) for one in announcement.done[-5:]]
    end = "".join(f"\n{plain(one)}" for one in done)[:800]
    text = f"{plain(head)}\n{plain(safe_text(announcement.text).strip())}"
    return {
        "content": text[: _MAX_CONTENT - len(end)] + end,
        "flags": _NO_PREVIEWS,
        "allowed_mentions": {"parse": []},
        "components": [{"type": _ROW, "components": [_component(verb, announcement)]} for verb in announcement.verbs],
    }


def _component(verb: Verb, announcement: Announcement) -> dict[str, Any]:
    custom_id = f"{ACT}{verb}:{announcement.about}"
    if verb is Verb.ACKNOWLEDGE:
        return {"type": _BUTTON, "style": _PRIMARY, "label": "Acknowledge", "custom_id": custom_id}
    options = [{"label": severity, "value": severity} for severity in announcement.severities]
    return {"type": _SELECT, "custom_id": custom_id, "placeholder": "Declare an incident", "options": options}
