"""Replies that are written ahead: text with named placeholders, `{name}` or `{name|what to write without one}`.

A placeholder that nobody knows is found when the file is read, one that a report cannot fill when it is used: a reply
with a hole in it is never sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import msgspec

from incidentd.domain.display import safe_line

PLACEHOLDERS: Mapping[str, str] = {
    "reference": "the report's number, R-12",
    "name": "the reporter's name",
    "subject": "the report's subject",
    "service": "its service",
    "region": "its region",
    "version": "its version",
    "feature": "its feature",
    "owner": "who has the report",
    "incident": "the incident it is linked to, INC-3",
    "question": "the question that is asked",
}
LONGEST = 8000
_BRACE = re.compile(r"\{\{|\}\}|\{([a-z_]*)(?:\|([^{}]*))?\}|[{}]")
_VALUE = 250


class BadTemplate(ValueError):
    """The text of a reply cannot be used: what is wrong, and the remedy."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(f"{what} — {remedy}")
        self.what = what
        self.remedy = remedy


class Unfilled(ValueError):
    """A report lacks what a reply needs; `names` are the placeholders."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = tuple(names)
        super().__init__(f"the report has no {' and no '.join(self.names)}")


class CannedReply(msgspec.Struct, frozen=True, kw_only=True):
    """`text` is a template; `{{` and `}}` stand for braces."""

    name: str
    text: str


def check_template(text: str) -> str:
    """`text` itself. Raises `BadTemplate`."""
    if not text.strip() or len(text) > LONGEST:
        raise BadTemplate("is no reply", f"write 1 to {LONGEST} characters")
    for found in _BRACE.finditer(text):
        whole, name = found.group(), found[1]
        if whole in ("{", "}"):
            raise BadTemplate("has a brace that belongs to no placeholder", "write {{ or }} for a brace in the text")
        if name is not None and name not in PLACEHOLDERS:
            raise BadTemplate(
                f'"{whole}" is no placeholder', f"there is {', '.join(f'{{{one}}}' for one in PLACEHOLDERS)}"
            )
    return text


def unguarded(text: str) -> set[str]:
    """The placeholders of a template that say nothing in place of a missing value."""
    return {found[1] for found in _BRACE.finditer(text) if found[1] and found[2] is None}


def render(reply: CannedReply, values: Mapping[str, str]) -> str:
    """The text to send. Values are put on one line and cut: they come from outside. Raises `Unfilled`."""
    missing: list[str] = []

    def filled(found: re.Match[str]) -> str:
        if found.group() in ("{{", "}}"):
            return found.group()[0]
        value = values.get(found[1], "").strip()
        if not value and found[2] is None:
            missing.append(found[1])
        limit = None if found[1] == "question" else _VALUE
        return safe_line(value, limit) or (found[2] or "")

    text = _BRACE.sub(filled, reply.text)
    if missing:
        raise Unfilled(dict.fromkeys(missing))
    return text.strip()


RECEIPT, ASK = "receipt", "ask"
"""The replies that incidentd uses by itself: the automatic receipt, and what a question is put in."""
_BUILT_IN: Mapping[str, str] = {
    RECEIPT: """We have your message; its number is {reference}. A person will answer you here.

Whatever you add to this conversation reaches the same people.""",
    ASK: """Hello {name|there},

one question about {reference}, so that we find it faster:

{question}

If you do not know, say so: that helps too.""",
    "looking": """Hello {name|there},

we are looking into {reference}. You will hear from us here.""",
    "known": """Hello {name|there},

others see this too, and we are working on it ({incident}). We will tell you here how it goes on.""",
    "no-fault": """Hello {name|there},

we could not find a fault behind {reference}. If you see it again, answer here and we will look again.""",
    "solved": """Hello {name|there},

what you told us about in {reference} is solved on our side. Does it work for you?""",
}
DEFAULT_REPLIES: Mapping[str, CannedReply] = {
    name: CannedReply(name=name, text=text) for name, text in _BUILT_IN.items()
}
