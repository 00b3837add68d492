"""Theories about an incident, and the mitigations that were tried. A theory is never called the cause."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from incidentd.wire.facts import Attempt, Verdict

OUTCOMES = {
    "worked": "worked",
    "partly": "worked partly",
    "no_effect": "had no effect",
    "made_worse": "made it worse",
    "undone": "was undone",
}
"""What came of an attempt, in words."""
STATES = ("open", "supported", "ruled_out")
"""What is thought of a theory."""


def theory_state(verdicts: Sequence[Verdict]) -> str:
    """What is thought of a theory now: evidence for or against it decides nothing by itself."""
    return next((one.word for one in reversed(verdicts) if one.word in STATES), "open")


def outcome(verdicts: Sequence[Verdict]) -> str:
    """What came of an attempt, as far as it was told; "" while nobody knows."""
    return verdicts[-1].word if verdicts else ""


def span_text(span: timedelta) -> str:
    """How long something took, such as 40 s, 7 min or 2 h 5 min."""
    seconds = max(round(span.total_seconds()), 0)
    if seconds < 60:
        return f"{seconds} s"
    hours, minutes = divmod(seconds // 60, 60)
    parts = [f"{hours} h" if hours else "", f"{minutes} min" if minutes else ""]
    return " ".join(part for part in parts if part)


def outcome_text(word: str, started_at: datetime, told_at: datetime) -> str:
    """An outcome in words, such as "worked after 7 min"."""
    return f"{OUTCOMES.get(word, word)} after {span_text(told_at - started_at)}"


def attempt_text(attempt: Attempt) -> str:
    """What was tried and what came of it, such as "rollback, worked after 7 min"."""
    if not attempt.verdicts:
        return f"{attempt.text}, outcome unknown"
    return f"{attempt.text}, {outcome_text(attempt.outcome, attempt.started_at, attempt.verdicts[-1].at)}"
