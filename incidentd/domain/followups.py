"""What those who took part in a review are asked later: once after 30 and once after 90 days, and never again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from incidentd.domain.display import safe_line

DAYS = (30, 90)
"""How many days after a review was published."""
ANSWERS = ("yes", "partly", "no")


def due_at(published_at: datetime, days: int) -> datetime:
    """When the question after so many days is asked."""
    return published_at + timedelta(days=days)


def question(incident_id: int, title: str, review_name: str, days: int) -> tuple[str, str]:
    """(title, body) of the one note."""
    asked = f"Did something from the {safe_line(review_name)} of INC-{incident_id} change how you work?"
    body = (
        f"{safe_line(title)}\n\nYes, partly or no, and what, if you like. "
        "It is asked once and shown in numbers, never by name.\n"
        f'incidentctl learn answer INC-{incident_id} --days {days} partly "..."'
    )
    return asked, body


def tally(answers: Iterable[str]) -> Mapping[str, int]:
    """How often each answer was given; "" are those who have not answered."""
    counted = Counter(answers)
    return {answer: counted[answer] for answer in ANSWERS}
