"""Text as Discord shows it, without effect (docs.discord.com, "Message Formatting"). Pure functions."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from incidentd.plugin import Outgoing, safe_line, safe_text

_MAX_CONTENT = 2000  # characters of a message
_MAX_EMBEDS = (4096, 1800)  # characters of the boxes of a longer one, which may have 6,000 together
_MARKUP = re.compile(r"[\\*_~`|>#\-\[\]()<:@.+]")
_URL = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_NO_PREVIEWS = 1 << 2  # flag SUPPRESS_EMBEDS
_CUT = "… (cut)"


def plain(text: str) -> str:
    """`text` without effect of its markup; web addresses stay links."""
    parts: list[str] = []
    at = 0
    for found in _URL.finditer(text):
        parts += [_MARKUP.sub(r"\\\g<0>", text[at : found.start()]), found[0]]
        at = found.end()
    return "".join([*parts, _MARKUP.sub(r"\\\g<0>", text[at:])])


def content(outgoing: Outgoing) -> dict[str, Any]:
    """The members of a message that say `outgoing`: a text, or boxes where it is too long for one."""
    about = outgoing.reference + (", written automatically" if outgoing.automatic else "")
    text = f"{plain(safe_text(outgoing.text).strip()) or '(no text)'}\n\n{plain(safe_line(about, 80))}"
    if len(text) <= _MAX_CONTENT:
        return {"content": text, "flags": _NO_PREVIEWS}
    boxes = []
    for most in _MAX_EMBEDS:
        boxes.append({"description": text[:most]})
        text = text[most:]
    if text:
        boxes[-1]["description"] += _CUT
    return {"embeds": [box for box in boxes if box["description"]]}


def nonce(idempotency_key: str) -> str:
    """At most 25 characters by which Discord knows a message again."""
    return hashlib.sha256(idempotency_key.encode("utf-8", "surrogatepass")).hexdigest()[:24]
