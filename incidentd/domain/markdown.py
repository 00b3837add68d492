"""Text from outside in a Markdown document (CommonMark and GitHub's extensions): shown exactly, never acted on."""

from __future__ import annotations

import re

from incidentd.domain.display import safe_line, safe_text

_SPECIAL = re.compile(r"[\\`*_\[\]<>#|~&$@]")
_AT_START = re.compile(r"(?:[-+=]|\d{1,9}(?=[.)]))")
_SCHEME = re.compile(r"(?<=\w)://")
_WWW = re.compile(r"\bwww\.", re.IGNORECASE)


def _escaped(text: str) -> str:
    shown = _SPECIAL.sub(r"\\\g<0>", text)
    return _WWW.sub(lambda found: f"{found[0][:-1]}&#46;", _SCHEME.sub("&#58;//", shown))


def inline(text: str, limit: int | None = None) -> str:
    """`text` on one line, for the middle of a line; web addresses become no links."""
    return _escaped(safe_line(text, limit)).strip()


def quoted(text: str) -> str:
    """`text` as a block quote that keeps its lines and their indentation."""
    return "\\\n".join(f"> {_line(line)}" for line in safe_text(text).strip().split("\n"))


def _line(line: str) -> str:
    text = line.expandtabs(4)
    content = text.lstrip(" ")
    start = _AT_START.match(content)
    lead = "" if start is None else _protected(start[0])
    return "\u00a0" * (len(text) - len(content)) + lead + _escaped(content[len(start[0]) if start else 0 :])


def _protected(start: str) -> str:
    """What would begin a list or a heading, so that it does not."""
    return f"&#{ord(start[0])};{start[1:]}"
