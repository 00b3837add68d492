"""The display sanitiser: the only way text from outside reaches a screen.

Terminals act on control bytes (ESC, C1, OSC 52 writes the clipboard) and on bidirectional overrides, which reorder
what a reader sees ("Trojan Source", Boucher & Anderson 2021). Every such character becomes visible and inert.
"""

from __future__ import annotations

import re
import unicodedata

# C0 and DEL, C1, bidi controls and isolates, zero-width and invisible operators, interlinear annotation,
# line and paragraph separators, byte order mark, lone surrogates, invisible format controls of single scripts, tags and
# the variation selectors that can hide a text of any length.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff\U00013430-\U00013438\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_BREAKS = re.compile("[\t\n]")
_MAX_COMBINING = 3


def _visible(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x20:
        return chr(0x2400 + code)  # the control pictures block
    if code == 0x7F:
        return "\u2421"
    return f"<U+{code:04X}>"


def _limit_combining(text: str) -> str:
    """Keep at most three combining marks on a character, so that stacked marks cannot bury other lines."""
    out: list[str] = []
    run = 0
    for char in text:
        run = run + 1 if unicodedata.combining(char) or "\ufe00" <= char <= "\ufe0f" else 0
        if run <= _MAX_COMBINING:
            out.append(char)
    return "".join(out)


def safe_text(text: str) -> str:
    """`text` with every control or bidi character made visible; line breaks and tabs are kept."""
    shown = _UNSAFE.sub(_visible, text.replace("\r\n", "\n"))
    return shown if shown.isascii() else _limit_combining(shown)


def safe_line(text: str, limit: int | None = None) -> str:
    """`safe_text` on one line: breaks and tabs become one space; cut to `limit` characters with an ellipsis."""
    shown = _BREAKS.sub(" ", safe_text(text))
    if limit is not None and len(shown) > limit:
        return shown[: max(limit - 1, 0)] + "…"
    return shown
