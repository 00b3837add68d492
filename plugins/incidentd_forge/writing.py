"""Text out of Markdown and into it. Pure functions.

In: comments that nobody sees, quotes of what is answered, and the headings of forms. Out: plain text that shows as it
is, calls nobody by name and links to no other issue. The format is GitHub Flavored Markdown (github.github.com/gfm).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

from incidentd.plugin import IssueOrder, Outgoing, safe_line, safe_text

MAX_TEXT = 60_000  # characters, escaped; GitHub takes 65,536
MARK = re.compile(r"<!-- incidentd:[0-9a-f]{32} -->")
ISSUE_MARK = re.compile(r"<!-- incidentd-issue:[0-9a-f]{32} -->")
_HEADING = re.compile(r"^(?:#{1,6}[ \t]+(?P<hash>\S[^\n]*)|\*\*(?P<bold>[^*\n]+)\*\*[ \t]*)$", re.MULTILINE)
_NO_ANSWER = "_No response_"  # what GitHub writes for a field of an issue form that was left empty
_URL = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_PUNCTUATION = re.compile(r"[\\`*_{}\[\]()<>#+\-.!|~&$=:\"']")
_INDENT = re.compile(r"^[ \t]+", re.MULTILINE)
_CALL = re.compile(r"@(?=[\w/-])")
_REFERENCE = re.compile(r"\b(GH|gh)\\-(?=\d)")
_CUT = "\n… (cut)"


def read_text(body: str, *, quotes: bool) -> str:
    """What a person wrote: without hidden comments, and without quoted lines unless `quotes`."""
    text = _shown(body.replace("\r\n", "\n"))
    if not quotes:
        kept = "\n".join(line for line in text.split("\n") if not line.lstrip().startswith(">"))
        text = kept if kept.strip() else text
    return text.strip()


def _shown(body: str) -> str:
    """Without comments of HTML. No pattern: on hostile text one would take time that grows with its square."""
    parts: list[str] = []
    at = 0
    while (begin := body.find("<!--", at)) >= 0 and (end := body.find("-->", begin + 4)) >= 0:
        parts.append(body[at:begin])
        at = end + 3
    return "".join([*parts, body[at:]])


def read_form(text: str, headings: Mapping[str, str]) -> dict[str, str]:
    """What stands below the known headings of a form or template, by the name that `headings` gives."""
    found: dict[str, str] = {}
    marks = list(_HEADING.finditer(text))
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    for mark, after in zip(marks, ends, strict=False):
        title = (mark["hash"] or mark["bold"]).rstrip("# \t").rstrip(":?").casefold()
        answer = text[mark.end() : after].strip()
        if title in headings and answer and answer != _NO_ANSWER:
            found.setdefault(headings[title], answer[:4000])
    return found


def mark_of(idempotency_key: str) -> str:
    """A hidden mark by which a message is known again among the comments of an issue."""
    return f"<!-- incidentd:{_digest(idempotency_key)} -->"


def issue_mark(idempotency_key: str) -> str:
    """The same, of an issue that was opened by order."""
    return f"<!-- incidentd-issue:{_digest(idempotency_key)} -->"


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def comment(outgoing: Outgoing) -> str:
    """The body of a comment that says `outgoing`, with its mark."""
    about = f"{outgoing.reference}, written automatically" if outgoing.automatic else outgoing.reference
    text = _fitting(safe_text(outgoing.text).strip() or "(no text)")
    return f"{text}\n\n<sub>{plain(safe_line(about, 80))}</sub>\n{mark_of(outgoing.idempotency_key)}"


def issue_text(order: IssueOrder, *, shows_day: bool = False) -> str:
    """The body of an issue that is opened by order, with its mark; `shows_day` where the forge has none for it."""
    due = f"**Due {order.due_on.isoformat()}**\n\n" if shows_day else ""
    return f"{due}{_fitting(safe_text(order.text).strip())}\n\n{issue_mark(order.idempotency_key)}"


def _fitting(text: str) -> str:
    """`text` as Markdown of at most `MAX_TEXT` characters, with a mark where it was cut."""
    room = len(text)
    while True:
        shown = plain(text if room >= len(text) else text[: min(room, MAX_TEXT)] + _CUT)
        if len(shown) <= MAX_TEXT:
            return shown
        room = min(room, MAX_TEXT) * MAX_TEXT // len(shown) * 9 // 10


def plain(text: str) -> str:
    """`text` as Markdown that shows exactly it; web addresses become links."""
    parts: list[str] = []
    at = 0
    for found in _URL.finditer(text):
        address = found[0].rstrip(".,;:!?)'")
        parts += [_escaped(text[at : found.start()]), f"<{address}>"]
        at = found.start() + len(address)
    shown = "".join([*parts, _escaped(text[at:])])
    return _INDENT.sub(lambda found: "&nbsp;" * len(found[0].expandtabs(4)), shown)


def _escaped(text: str) -> str:
    escaped = _PUNCTUATION.sub(r"\\\g<0>", text)
    # A backslash keeps nobody from being called, nor an issue from being linked: a space of no width does.
    escaped = _CALL.sub("@&#8203;", escaped)
    escaped = re.sub(r"\\#(?=\d)", r"\\#&#8203;", escaped)
    return _REFERENCE.sub(r"\1\\-&#8203;", escaped)
