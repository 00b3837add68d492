"""Times that cannot both be as they were said: named, never corrected by a machine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from incidentd.domain.response_episodes import ResponseEpisode
from incidentd.domain.signs import Sign, earliest, of_episode
from incidentd.wire.measures import Contradiction

_VERBS = {"alert": "fired", "report": "came"}


def contradictions(found: Sequence[ResponseEpisode], signs: Sequence[Sign]) -> tuple[Contradiction, ...]:
    """What contradicts what, by episode. `signs` are alerts and reports."""
    named: list[Contradiction] = []
    for index, episode in enumerate(found):
        sign = earliest(of_episode(found, index, signs))
        for rule, text in (*_detection(episode, sign), *_before_start(episode, sign), *_order(found, index)):
            named.append(Contradiction(rule=rule, episode=episode.number, text=text))
    return tuple(named)


def _detection(episode: ResponseEpisode, sign: Sign | None) -> Iterator[tuple[str, str]]:
    said = episode.detected_at
    if said is not None and sign is not None and sign.at < said:
        first = f"{sign.name} {_VERBS[sign.kind]} {_since(episode, sign.at)}"
        yield "detection-late", f"detection is said to be {_since(episode, said)}, but {first}"


def _before_start(episode: ResponseEpisode, sign: Sign | None) -> Iterator[tuple[str, str]]:
    times: dict[str, datetime | None] = {
        "detection is said to be": episode.detected_at,
        "mitigation is said to be": episode.mitigated_at,
        "the resolve is said to be": episode.resolved_at,
    }
    if sign is not None:
        times[f"{sign.name} {_VERBS[sign.kind]}"] = sign.at
    for what, at in times.items():
        if at is not None and at < episode.started_at:
            yield "before-start", f"{what} {_since(episode, at)}"


def _order(found: Sequence[ResponseEpisode], index: int) -> Iterator[tuple[str, str]]:
    episode = found[index]
    mitigated, resolved = episode.mitigated_at, episode.resolved_at
    if mitigated is not None and resolved is not None and resolved < mitigated:
        yield "order", f"it is said to be resolved {_apart(mitigated - resolved)} before it was mitigated"
    former = found[index - 1].resolved_at if index else None
    if former is not None and episode.started_at < former:
        early = _apart(former - episode.started_at)
        yield "episodes", f"episode {episode.number} starts {early} before episode {episode.number - 1} was resolved"


def _since(episode: ResponseEpisode, at: datetime) -> str:
    """An instant as people compare them: from the start."""
    early = at < episode.started_at
    return f"{_apart(abs(at - episode.started_at))} {'before' if early else 'after'} the start"


def _apart(span: timedelta) -> str:
    minutes, seconds = divmod(round(span.total_seconds()), 60)
    if minutes < 2:
        return f"{60 * minutes + seconds} s"
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"
