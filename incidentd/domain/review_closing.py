"""The questions at the end of a review, counted without names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec

from incidentd.domain.reviews import Member, Review


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What one person answered: yes, no or unsure to both, and what they add."""

    learned: str
    come_again: str
    text: str = ""


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """What all of them answered; `texts` by the alphabet, so that their order tells nothing."""

    learned: Mapping[str, int] = {}
    come_again: Mapping[str, int] = {}
    texts: tuple[str, ...] = ()


def counted(row: Review, members: Iterable[Member], answers: Mapping[str, Answer]) -> Counted:
    """Nothing until everybody present has answered, or the workshop is over: else each change tells who it was."""
    if row.held and any(one.present and one.person not in answers for one in members):
        return Counted()
    given = list(answers.values())
    return Counted(
        learned=dict(Counter(one.learned for one in given)),
        come_again=dict(Counter(one.come_again for one in given)),
        texts=tuple(sorted(one.text.strip() for one in given if one.text.strip())),
    )
