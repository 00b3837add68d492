"""What the form asks: the questions of triage, in the words of each kind of customer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

Kind = Literal["end_user", "oss_developer", "internal_team"]
Key = Literal[
    "observed",
    "who",
    "since",
    "expected",
    "reproduce",
    "version",
    "region",
    "feature",
    "scope",
    "workaround",
    "contact",
]
TAGS = ("version", "region", "feature")
"""What is kept as a tag of the report, not as an answer."""
MAX_LINE, MAX_LONG = 250, 10_000  # characters

KINDS: Mapping[Kind, str] = {
    "end_user": "I use it",
    "oss_developer": "I work with its source code",
    "internal_team": "I belong to one of its teams",
}


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """A field of the form."""

    key: str
    label: str
    hint: str = ""
    required: bool = False
    long: bool = False  # several lines
    complete: str = "off"  # what a browser may fill in by itself, as HTML's `autocomplete`

    @property
    def most(self) -> int:
        """Characters that an answer may have."""
        return MAX_LONG if self.long else MAX_LINE


_ALL: Sequence[Question] = (
    Question(key="observed", label="What happened?", hint="What you did, and what you saw.", required=True, long=True),
    Question(key="expected", label="What did you expect instead?", long=True),
    Question(key="since", label="Since when?", hint="As well as you know it, with your time zone."),
    Question(
        key="who", label="Who is affected?", hint="For example: only you, your team, everybody.", required=True
    ),
    Question(key="reproduce", label="How can we make it happen, too?", hint="Step by step.", long=True),
    Question(key="version", label="Which version?", hint="A release or a commit, and where it runs."),
    Question(key="region", label="Which region or place?"),
    Question(key="feature", label="Which part of it?"),
    Question(key="scope", label="Where does it happen, and where not?", hint="Pages, devices, versions, places."),
    Question(key="workaround", label="Have you found a way around it?", long=True),
    Question(
        key="contact",
        label="How can we reach you otherwise?",
        hint="An e-mail address or a telephone number. Without one, the page that follows is where we answer.",
        complete="email",
    ),
)  # fmt: skip
_EVERYBODY = frozenset({"observed", "since", "who", "reproduce", "workaround", "contact"})
_ASKED: Mapping[Kind, frozenset[str]] = {
    "end_user": _EVERYBODY | {"expected", "scope"},
    "oss_developer": _EVERYBODY | {"expected", "version"},
    "internal_team": _EVERYBODY | {"region", "scope"},
}
_REQUIRED: Mapping[Kind, frozenset[str]] = {"oss_developer": frozenset({"reproduce", "version"})}


def usual_questions(kind: Kind) -> list[Question]:
    """What a kind of customer is asked unless the configuration says otherwise."""
    return [question for question in all_questions(kind) if question.key in _ASKED[kind]]


def all_questions(kind: Kind) -> list[Question]:
    """Every question there is, in order, with those required that a kind has to answer."""
    needed = _REQUIRED.get(kind, frozenset())
    return [
        msgspec.structs.replace(question, required=question.required or question.key in needed) for question in _ALL
    ]
