"""A review that was held elsewhere, read from its Markdown file: what becomes records, what stays text.

Nothing is made up: what the file does not say is asked for, or kept as text and said so. The whole file is kept too.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec

from incidentd.domain.front_matter import BadDocument, front_matter
from incidentd.domain.imported_head import Head, lead_of, read_head
from incidentd.domain.imported_parts import (
    NewAction,
    NewEntry,
    NewFactor,
    NewLearning,
    Note,
    Reading,
    Wishes,
    read_actions,
    read_factors,
    read_learnings,
    read_timeline,
)
from incidentd.domain.imported_sections import Section, sections
from incidentd.domain.incidents import FUTURE_TOLERANCE
from incidentd.domain.markdown_outline import outline
from incidentd.domain.review_headings import ROLE_OF, Part
from incidentd.domain.severity import Severity

TO_SORT = "factors_to_sort"
"""The section that keeps factors of which the file does not say the category."""
ACTIONS_THEN = "actions_then"
"""The section that keeps actions of which the file does not say what became."""
_LONGEST = 20_000
_MOST = 500
_PROSE = (Part.SUMMARY, Part.IMPACT, Part.STORY, Part.QUESTIONS, Part.GAPS)


class ImportedReview(msgspec.Struct, frozen=True, kw_only=True):
    """Everything of a file that becomes rows, and notes of what a reader should know about it."""

    title: str
    severity: Severity
    service: str
    started_at: datetime
    resolved_at: datetime
    entries: tuple[NewEntry, ...]
    factors: tuple[NewFactor, ...]
    learnings: tuple[NewLearning, ...]
    actions: tuple[NewAction, ...]
    sections: Mapping[str, str]
    notes: tuple[Note, ...]


def read_review(name: str, text: str, wishes: Wishes, now: datetime) -> ImportedReview:
    """Read the file called `name`. Raises `BadDocument` with the line and what to do."""
    if not text.strip():
        raise BadDocument("is empty", 0, "name a file that says what was found")
    front = front_matter(text)
    blocks = outline(front.body, front.body_line)
    parts = sections(blocks)
    head = read_head(name, front.values, parts, wishes, now)
    reading = Reading(wishes=wishes, zone=head.zone, now=now + FUTURE_TOLERANCE, contexts=head.tags)
    reading.notes += head.notes
    entries = _entries(reading, parts, head)
    started_at, resolved_at = _span(reading, head, entries, now)
    factors = [one for part in parts if part.part in ROLE_OF for one in read_factors(reading, part)]
    learnings = [one for part in parts if part.part is Part.LEARNINGS for one in read_learnings(part)]
    actions = [one for part in parts if part.part is Part.ACTIONS for one in read_actions(reading, part)]
    _bounded(entries, factors, learnings, actions)
    return ImportedReview(
        title=head.title,
        severity=head.severity,
        service=head.service,
        started_at=started_at,
        resolved_at=resolved_at,
        entries=tuple(entries),
        factors=tuple(factors),
        learnings=tuple(learnings),
        actions=tuple(actions),
        sections=_prose(parts, reading),
        notes=tuple(sorted(reading.notes, key=lambda note: note.line)),
    )


def _entries(reading: Reading, parts: tuple[Section, ...], head: Head) -> list[NewEntry]:
    day = head.started_at or head.day
    local = day.astimezone(head.zone)
    before = local.astimezone(UTC) if head.started_at else None
    found: list[NewEntry] = []
    for part in parts:
        if part.part is Part.TIMELINE:
            found += read_timeline(reading, part, local.date(), found[-1].at if found else before)
    return found


def _span(reading: Reading, head: Head, entries: list[NewEntry], now: datetime) -> tuple[datetime, datetime]:
    """When it started and was resolved, by the file or else by its timeline."""
    times = [one.at for one in entries]
    started = head.started_at or min(times, default=head.day)
    if head.started_at is None:
        reading.say(0, "no start is said: " + ("the first time of its timeline" if times else "its day, at midnight"))
    resolved = head.resolved_at or (started + head.lasted if head.lasted else None)
    if resolved is None:
        resolved = max([*times, started])
        reading.say(0, "no resolve is said: " + ("the last time of its timeline" if times else "when it started"))
    if resolved < started:
        said = f"{resolved:%Y-%m-%d %H:%M} UTC is before {started:%Y-%m-%d %H:%M} UTC"
        raise BadDocument(f"it was resolved before it started: {said}", head.resolved_line, "correct one of the times")
    if resolved > now + FUTURE_TOLERANCE:
        raise BadDocument("it was resolved in the future", head.resolved_line, "import it when it is over")
    return started.astimezone(UTC), resolved.astimezone(UTC)


def _bounded(*lists: list[NewEntry] | list[NewFactor] | list[NewLearning] | list[NewAction]) -> None:
    for found in lists:
        if len(found) > _MOST:
            raise BadDocument(f"more than {_MOST} of one kind", found[_MOST].line, "split the file")
        for one in found:
            if len(one.text) > _LONGEST:
                raise BadDocument(f"a text of more than {_LONGEST} characters", one.line, "split it into several")


def _prose(parts: tuple[Section, ...], reading: Reading) -> dict[str, str]:
    """The prose by name; what has a heading of no known meaning is told in the story, below its heading."""
    found: dict[str, list[str]] = {}
    for part in parts:
        if part.part in _PROSE and (source := part.prose()):
            found.setdefault(part.part.value, []).append(source)
    if Part.SUMMARY not in found and (lead := lead_of(parts)):
        found[Part.SUMMARY.value] = [lead]
    for name, left in ((Part.STORY.value, reading.untimed), (TO_SORT, reading.unsorted), (ACTIONS_THEN, reading.then)):
        if left:
            found.setdefault(name, []).append("\n".join(f"- {text}" for text in left))
    return {name: "\n\n".join(texts) for name, texts in found.items()}
