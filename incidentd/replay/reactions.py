"""What people did about pages, done again in a replay: as long after the page began as it really took.

A page that was never really sent has nobody's reaction: it counts as unacknowledged, and goes through its steps.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import msgspec

from incidentd.replay.history import History, instant, number
from incidentd.replay.seen import Episode, members
from incidentd.storage.pages import PageRow
from incidentd.wire import Event

_KINDS = {
    "page.acknowledged": "acknowledge",
    "page.handed_back": "hand_back",
    "page.resolved": "resolve",
    "page.step": "escalate",
}


class Reaction(msgspec.Struct, frozen=True, kw_only=True):
    """`kind` is acknowledge, hand_back, resolve or escalate; `after` counts from the beginning of the page."""

    kind: str
    person: str
    after: timedelta
    note: str
    lasts: timedelta | None = None  # an acknowledgement that ends by itself


class Reactions:
    """The reactions to each page, found by the alerts the page is about."""

    def __init__(self, history: History) -> None:
        fired = [one for one in (*history.earlier, *history.events) if one.kind == "alert.fired"]
        self._of_page: dict[int, list[Reaction]] = {}
        for event in history.events:
            page = history.pages.get(number(event)) if event.subject.startswith("page:") else None
            reaction = None if page is None else _reaction(event, page)
            if page is not None and reaction is not None:
                self._of_page.setdefault(page.id, []).append(reaction)
        groups = members(fired)
        self._about: dict[Episode, list[PageRow]] = {}
        for page in history.pages.values():
            for episode in groups[page.group_id].episodes if page.group_id in groups else ():
                self._about.setdefault(episode, []).append(page)
        self._by_hand = {page.title: page for page in history.pages.values() if page.group_id is None}

    def to(self, page: PageRow, episodes: set[Episode]) -> list[Reaction]:
        """What was done about the recorded page that is most like a replayed one."""
        if page.group_id is None:
            same = self._by_hand.get(page.title)
            return [] if same is None else self._of_page.get(same.id, [])
        common: dict[int, int] = {}
        rows: dict[int, PageRow] = {}
        for episode in episodes:
            for one in self._about.get(episode, ()):
                rows[one.id] = one
                common[one.id] = common.get(one.id, 0) + 1
        nearest = min(rows.values(), key=lambda one: _likeness(common, one, page), default=None)
        return [] if nearest is None else self._of_page.get(nearest.id, [])


def _likeness(common: Mapping[int, int], one: PageRow, page: PageRow) -> tuple[int, float]:
    return -common[one.id], abs((one.started_at - page.started_at).total_seconds())


def _reaction(event: Event, page: PageRow) -> Reaction | None:
    kind = _KINDS.get(event.kind)
    by_source = event.data.get("via") == "source"  # the source said so, and says so again
    if kind is None or event.actor == "system" or by_source:
        return None
    # The first step of a page that a person sent carries that person's name too.
    if kind == "escalate" and not event.data.get("why"):
        return None
    until = event.data.get("until") if kind == "acknowledge" else None
    return Reaction(
        kind=kind,
        person=event.actor,
        after=event.at - page.started_at,
        note=str(event.data.get("note", "")),
        lasts=None if not until else instant(until) - event.at,
    )
