"""How a team tunes the language lint: who said that wording is fine here, who said that it is not, and what follows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

import msgspec

from incidentd.domain.lint.findings import Finding
from incidentd.domain.lint.lexicon import normal

Phrase = tuple[str, str]
"""The rule that found it, and what was found, as `lexicon.normal` writes it."""


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What one person said of wording: that it is fine here (a dismissal), or, with `keep`, that the rule is right."""

    id: int
    rule: str
    phrase: str
    keep: bool
    reason: str
    by: str
    at: datetime


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """What people said of one phrase, the newest first."""

    rule: str
    phrase: str
    verdicts: tuple[Verdict, ...]
    mute_after: int

    @property
    def dismissed(self) -> int:
        """How many say that it is fine."""
        return sum(not one.keep for one in self.verdicts)

    @property
    def kept(self) -> int:
        """How many say that the rule is right."""
        return len(self.verdicts) - self.dismissed

    @property
    def muted(self) -> bool:
        """Whether it is shown to nobody any more."""
        return self.dismissed >= self.mute_after and self.dismissed > self.kept

    @property
    def why(self) -> str:
        """What follows, in a sentence."""
        said = f"dismissed by {self.dismissed}, kept by {self.kept}"
        if self.muted:
            return f"muted for this phrase: {said}"
        if self.dismissed >= self.mute_after:
            return f"shown: {said}; it is muted when more dismiss than keep it"
        return f"shown: {said}; muted for everybody from {self.mute_after} on"


def tallies(verdicts: Iterable[Verdict], mute_after: int) -> tuple[Tally, ...]:
    """The phrases that somebody said something of, those that were dismissed most first."""
    found: dict[Phrase, list[Verdict]] = {}
    for one in sorted(verdicts, key=lambda one: (one.at, one.id), reverse=True):
        found.setdefault((one.rule, one.phrase), []).append(one)
    counted = (
        Tally(rule=rule, phrase=phrase, verdicts=tuple(said), mute_after=mute_after)
        for (rule, phrase), said in found.items()
    )
    return tuple(sorted(counted, key=lambda one: (-one.dismissed, one.rule, one.phrase)))


def muted_phrases(counted: Iterable[Tally]) -> dict[Phrase, str]:
    """What is shown to nobody, and why."""
    return {(one.rule, one.phrase): one.why for one in counted if one.muted}


def dismissed_by(counted: Iterable[Tally], person: str) -> frozenset[Phrase]:
    """What `person` is not told of again, because they said that it is fine."""
    return frozenset(
        (one.rule, one.phrase) for one in counted if any(said.by == person and not said.keep for said in one.verdicts)
    )


def without(found: Sequence[Finding], hidden: Collection[Phrase]) -> tuple[Finding, ...]:
    """The findings that nobody has dismissed."""
    return tuple(one for one in found if phrase_of(one) not in hidden)


def phrase_of(finding: Finding) -> Phrase:
    """What a dismissal of a finding speaks of."""
    return finding.rule, normal(finding.text)
