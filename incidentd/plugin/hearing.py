"""What an instance can tell of those who send to it: when the last one was heard, and whom it refused and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from incidentd.plugin.values import BadRequest, Condition

_REASONS = 100
"""Reasons that are told apart: some name what was sent, which may be anything."""


class Hearing:
    """Counts since the start, for the health view. Refusals are also in the metrics, which the listener keeps."""

    def __init__(self) -> None:
        self._last: datetime | None = None
        self._refused: Counter[str] = Counter()

    @contextmanager
    def checking(self, at: datetime) -> Iterator[None]:
        """Check who sends within this: a `BadRequest` is counted as a refusal, anything else as somebody heard."""
        try:
            yield
        except BadRequest as error:
            reason = f"{error.field}: {error}" if error.field else str(error)
            known = reason in self._refused or len(self._refused) < _REASONS
            self._refused[reason if known else "for other reasons"] += 1
            raise
        self._last = at

    def condition(self) -> Condition:
        """Not well when all who sent were refused: most likely a secret differs from the sender's."""
        last = "nothing came since the start" if self._last is None else f"last heard {self._last:%Y-%m-%d %H:%M} UTC"
        refused = [f"{number} refused ({why})" for why, number in self._refused.most_common(3)]
        return Condition(text="; ".join([last, *refused]), well=not refused or self._last is not None)
