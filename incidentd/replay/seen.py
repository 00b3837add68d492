"""Pages as either side of a comparison sees them, and which of one side is which of the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from incidentd.storage.deliveries import WRITTEN_TO, DeliveryRow
from incidentd.storage.pages import PageRow
from incidentd.wire import Event
from incidentd.wire.replay import Written

Episode = tuple[int, int]
"""An alert by its recorded id, and how often it had begun to fire by then."""


class SeenPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page with the alerts it is about and whom it wrote to, the first one first."""

    row: PageRow
    route: str
    episodes: frozenset[Episode]
    people: tuple[Written, ...]


Pair = tuple[SeenPage | None, SeenPage | None]


class Taken(msgspec.Struct):
    """A group: the episodes in it, and what people call the route that took them."""

    route: str
    episodes: set[Episode]


def members(fired: Iterable[Event], known_as: Mapping[int, int] | None = None) -> dict[int, Taken]:
    """Each group, from the events of its alerts' beginnings. `known_as` gives recorded ids."""
    found: dict[int, Taken] = {}
    for event in fired:
        own = int(event.subject.rpartition(":")[2])
        alert = own if known_as is None else known_as[own]
        routes: Any = event.data.get("routes", ())
        for route in routes:
            if "group" in route:
                name = route.get("route_name") or route["route"]
                group = found.setdefault(route["group"], Taken(name, set()))
                group.episodes.add((alert, int(str(event.data["episode"]))))
    return found


def seen(pages: Iterable[PageRow], sent: Iterable[DeliveryRow], groups: Mapping[int, Taken]) -> list[SeenPage]:
    """Pages by their start."""
    written: dict[int, dict[str, Written]] = {}
    for one in sorted(sent, key=lambda delivery: (delivery.sent_at or delivery.due_at, delivery.id)):
        if one.page_id is not None and one.kind == "page" and one.state in WRITTEN_TO:
            people = written.setdefault(one.page_id, {})
            before = people.get(one.person)
            told = before.notifiers if before else ()
            first = before or Written(person=one.person, at=one.sent_at or one.due_at, notifiers=(), step=one.step)
            if one.notifier not in told:
                people[one.person] = msgspec.structs.replace(first, notifiers=(*told, one.notifier))
    found = [
        SeenPage(
            row=page,
            route=group.route,
            episodes=frozenset(group.episodes),
            people=tuple(written.get(page.id, {}).values()),
        )
        for page in pages
        for group in (groups.get(page.group_id or 0, Taken("", set())),)
    ]
    return sorted(found, key=lambda page: (page.row.started_at, page.row.id))


def paired(left: Sequence[SeenPage], right: Sequence[SeenPage]) -> list[Pair]:
    """Each page with its counterpart: the one with most alerts in common, then the nearest in time; None for none."""
    by_episode: dict[Episode, list[int]] = {}
    for index, page in enumerate(right):
        for episode in page.episodes:
            by_episode.setdefault(episode, []).append(index)
    near = []
    for index, page in enumerate(left):
        common: dict[int, int] = {}
        for episode in page.episodes:
            for other in by_episode.get(episode, ()):
                common[other] = common.get(other, 0) + 1
        for other in common or _by_hand(page, right):
            apart = abs((right[other].row.started_at - page.row.started_at).total_seconds())
            near.append((-common.get(other, 0), apart, index, other))
    matched: dict[int, int] = {}
    taken: set[int] = set()
    for _, _, index, other in sorted(near):
        if index not in matched and other not in taken:
            matched[index] = other
            taken.add(other)
    pairs: list[Pair] = [(page, right[matched[i]] if i in matched else None) for i, page in enumerate(left)]
    pairs += [(None, page) for index, page in enumerate(right) if index not in taken]
    return sorted(pairs, key=_began)


def _by_hand(page: SeenPage, right: Sequence[SeenPage]) -> list[int]:
    """Pages that people sent have no alerts: they are known by their title."""
    if page.row.group_id is not None:
        return []
    return [index for index, one in enumerate(right) if one.row.group_id is None and one.row.title == page.row.title]


def _began(pair: Pair) -> datetime:
    return min(page.row.started_at for page in pair if page is not None)
