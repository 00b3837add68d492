"""The monthly letter: what a month of responding and learning came to. Aggregates only; it names nobody."""

from __future__ import annotations

from incidentd.wire.base import Frozen, Instant


class LetterHead(Frozen, frozen=True):
    """One month of the list. What was not sent is a draft: it is composed anew at each look."""

    month: str  # 2026-03
    title: str
    sent_at: Instant | None
    readers: int  # that it was sent to; 0 of a draft


class Letters(Frozen, frozen=True):
    """Sent letters and the drafts of this month and the one before, the newest month first."""

    letters: tuple[LetterHead, ...]
    next_at: Instant | None  # when the next one is sent; None where the process has no letter
    to: tuple[str, ...]


class Letter(Frozen, frozen=True):
    """A letter as it was sent, or as it would be by now. `text` is plain, as in a message; `markdown` says the same."""

    month: str
    title: str
    text: str
    markdown: str
    sent_at: Instant | None
    readers: int
    to: tuple[str, ...]
