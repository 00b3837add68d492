"""The language lint on the wire; the rules of `wire` hold here too. Offsets and columns count characters."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from incidentd import wire

Rule = Annotated[str, Meta(min_length=1, max_length=60)]
Phrase = Annotated[str, Meta(min_length=1, max_length=250, pattern=r"\S")]


class LintText(wire.Request, frozen=True):
    text: Annotated[str, Meta(max_length=100_000)]
    markdown: bool = True


class LintFinding(wire.Frozen, frozen=True):
    rule: str
    category: str
    start: int
    end: int
    line: int
    column: int
    text: str
    message: str  # why, in a sentence
    suggestion: str  # a question to answer instead, or other words
    ask: str  # the same in a few words, for a narrow place


class MutedFinding(wire.Frozen, frozen=True):
    rule: str
    text: str
    line: int
    column: int
    why: str  # muted for this phrase: dismissed by 5, kept by 1


class Linted(wire.Frozen, frozen=True):
    findings: tuple[LintFinding, ...]
    muted: tuple[MutedFinding, ...]  # what the rules found and is not shown, since so many dismissed it


class HiddenPhrase(wire.Frozen, frozen=True):
    rule: str
    phrase: str
    why: str


class Wording(wire.Frozen, frozen=True):
    """What a client needs to lint by itself, while somebody types."""

    language: str
    own_file: str  # "" when the team has no words of its own
    own: str  # the text of that file
    hidden: tuple[HiddenPhrase, ...]  # what the caller is not shown


class JudgeWording(wire.Request, frozen=True):
    rule: Rule
    phrase: Phrase
    reason: wire.Line
    keep: bool = False  # the rule is right: counts against those who dismiss the phrase


class WordingVerdict(wire.Frozen, frozen=True):
    id: int
    rule: str
    phrase: str
    keep: bool
    reason: str
    by: str
    at: wire.Instant


class DismissedPhrase(wire.Frozen, frozen=True):
    rule: str
    phrase: str
    dismissed: int
    kept: int
    muted: bool
    why: str
    verdicts: tuple[WordingVerdict, ...]


class RuleRate(wire.Frozen, frozen=True):
    rule: str
    dismissed: int
    kept: int
    rate: float  # of what was said of the rule's findings, the part that dismisses


class Dismissals(wire.Frozen, frozen=True):
    phrases: tuple[DismissedPhrase, ...]
    rules: tuple[RuleRate, ...]
    mute_after: int
