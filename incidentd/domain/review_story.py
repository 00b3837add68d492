"""What happened, for the document of a review: moments with the perspectives of those who were there, and a chart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from incidentd.domain.attempts import span_text
from incidentd.domain.review_voices import Voices
from incidentd.wire.incidents import IncidentDetail
from incidentd.wire.measures import EpisodeMeasures, Measures
from incidentd.wire.review_documents import Band, Chart, Mark, Story, Told, Voice
from incidentd.wire.review_documents import Voices as SideBySide
from incidentd.wire.review_records import Account
from incidentd.wire.review_timeline import CuratedEntry, Moment

_NOT_TOLD = frozenset({"review"})  # how the review itself went is no part of what happened


def story(
    moments: Sequence[Moment], accounts: Sequence[Account], started_at: datetime, voices: Voices
) -> tuple[Story, SideBySide | None]:
    """The moments with their accounts, and the accounts of the whole. No account is lost: each stands once."""
    shown = [one for one in moments if one.entry.kind not in _NOT_TOLD]
    homes: dict[int, list[Voice]] = {}
    whole: list[Voice] = []
    for account in sorted(accounts, key=lambda one: (one.at is None, one.at or one.written_at, one.id)):
        home = _home(account, shown)
        (whole if home is None else homes.setdefault(home, [])).append(_voice(account, voices))
    told = tuple(_told(one, homes.get(number, ()), started_at, voices) for number, one in enumerate(shown))
    aside = SideBySide(title="In the words of those who were there", voices=tuple(whole)) if whole else None
    return Story(moments=told), aside


def _home(account: Account, moments: Sequence[Moment]) -> int | None:
    """The moment that an account is about: the entry it names, else the last one not after its time."""
    if account.seq is not None:
        for number, one in enumerate(moments):
            if one.entry.seq == account.seq:
                return number
    if account.at is None:
        return None
    before = [number for number, one in enumerate(moments) if one.entry.observed_at <= account.at]
    return before[-1] if before else 0 if moments else None


def _voice(account: Account, voices: Voices) -> Voice:
    said = {name: voices.said(getattr(account, name)) for name in ("saw", "thought", "tried", "text")}
    return Voice(who=voices.of(account.person), new_to=account.new_to, **said)


def _told(moment: Moment, heard: Sequence[Voice], started_at: datetime, voices: Voices) -> Told:
    entry = moment.entry
    return Told(
        at=entry.observed_at,
        after=after(entry.observed_at - started_at),
        word=entry.kind,
        text=voices.said(entry.text),
        by=voices.of(entry.by) if entry.seq == 0 or entry.kind in ("note", "observation", "decision", "action") else "",
        detail=voices.said(entry.detail),
        decision=moment.decision,
        group=voices.said(moment.group),
        notes=tuple(text for note in moment.notes for text in _notes(note, voices)),
        voices=tuple(heard),
    )


def _notes(note: CuratedEntry, voices: Voices) -> Iterator[str]:
    if note.seq is not None and note.text:
        yield voices.said(note.text)
    for what, text in (
        ("What was seen then", note.cues), ("What was wanted then", note.goals),
        ("What could be done then", note.options), ("Source", note.evidence),
    ):  # fmt: skip
        if text.strip():
            yield f"{what}: {voices.said(text)}"


def after(span: timedelta) -> str:
    """How long after the beginning, such as "+12 min"; before it with a minus."""
    return f"{'-' if span < timedelta(0) else '+'}{span_text(abs(span))}"


# ------------------------------------------------------------------ the chart
def chart(moments: Sequence[Moment], detail: IncidentDetail, measures: Measures) -> Chart | None:
    """The time from the first sign to the end; None while it has no end."""
    incident = detail.incident
    turns = sorted(_turns(measures.episodes), key=lambda one: one.at)
    if incident.resolved_at is None or not turns:
        return None
    begin, end = min(turns[0].at, incident.started_at), max(incident.resolved_at, turns[-1].at)
    length = (end - begin).total_seconds() or 1.0

    def place(at: datetime) -> float:
        return (at - begin).total_seconds() / length

    minor = [one.entry for one in moments if begin <= one.entry.observed_at <= end and one.entry.kind not in _NOT_TOLD]
    marks = [Mark(place=place(one.observed_at), text=one.kind, at=one.observed_at, weight="minor") for one in minor]
    marks += [Mark(place=place(one.at), text=one.text, at=one.at, weight="major") for one in turns]
    stretches = [(one, other) for one, other in pairwise(turns) if one.tone and one.at < other.at]
    return Chart(
        title="From the beginning to the end",
        text=f"{', '.join(f'{one.text} {after(one.at - incident.started_at)}' for one in turns)}.",
        marks=tuple(marks),
        bands=tuple(Band(begins=place(one.at), ends=place(other.at), tone=one.tone) for one, other in stretches),
    )


class _Turn(NamedTuple):
    at: datetime
    text: str
    tone: str  # of the stretch that begins with it


def _turns(episodes: Sequence[EpisodeMeasures]) -> Iterator[_Turn]:
    for one in episodes:
        number = f" again ({one.number})" if one.number > 1 else ""
        for at, word, tone in (
            (one.started_at, "began", "unnoticed"), (one.detected_at, "noticed", "noticed"),
            (one.acknowledged_at, "acknowledged", "noticed"), (one.mitigated_at, "mitigated", "mitigated"),
            (one.resolved_at, "resolved", ""),
        ):  # fmt: skip
            if at is not None:
                yield _Turn(at, f"{word}{number}", tone)
