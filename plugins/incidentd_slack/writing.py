"""Text out of Slack's markup and into it. Pure functions (docs.slack.dev, "Formatting message text")."""

from __future__ import annotations

import hashlib
import re

from incidentd.plugin import Outgoing, safe_line, safe_text

MAX_TEXT = 35_000  # characters, escaped; Slack takes 40,000
_ANGLE = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")
_HALF_ENTITY = re.compile(r"&[a-z]{0,3}$")
_CUT = "\n… (cut)"


def read_text(text: str) -> str:
    """What a person sees of a message: links, mentions and entities spelled out."""
    shown = _ANGLE.sub(_spelled, text)
    return shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip()


def _spelled(found: re.Match[str]) -> str:
    target, label = found[1], found[2] or ""
    if target.startswith(("@", "#", "!")):
        sign = "@" if target.startswith(("@", "!")) else "#"
        name = label or target[1:].partition("^")[0]
        return name if name.startswith(sign) else sign + name
    return f"{label} ({target})" if label and label not in target else target


def plain(text: str) -> str:
    """`text` so that it mentions nobody and links only by its web addresses."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def message_text(outgoing: Outgoing, *, named: bool) -> str:
    """The text of a message, within Slack's limit; `named` where nothing else says what it is about."""
    text = safe_text(outgoing.text).strip() or "(no text)"
    reference = safe_line(outgoing.reference, 40)
    if outgoing.automatic:
        reference += ", written automatically"
    end = f"\n\n{plain(reference)}" if named or outgoing.automatic else ""
    shown = plain(text)
    if len(shown) > MAX_TEXT:
        shown = _HALF_ENTITY.sub("", shown[:MAX_TEXT]) + _CUT
    return shown + end


def key_of(idempotency_key: str) -> str:
    """By what a message is known again."""
    return hashlib.sha256(idempotency_key.encode("utf-8", "surrogatepass")).hexdigest()[:32]
