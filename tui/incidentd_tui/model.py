"""What the UI knows: the daemon's objects by id, the connection, and what waits for an answer. No Textual here."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from incidentd import wire
from incidentd.clock import Clock
from incidentd.wire import checks as wire_checks
from incidentd.wire import groups as wire_groups
from incidentd.wire import nodes as wire_nodes
from incidentd.wire import requests as wire_requests
from incidentd.wire import rest as wire_rest
from incidentd.wire import views as wire_views


class Link(enum.Enum):
    """The connection to the daemon."""

    CONNECTING = "connecting"
    LIVE = "live"
    LOST = "lost"


class Changes:
    """What became different since the last look; `everything` after a reload."""

    def __init__(self) -> None:
        self.everything = False
        self.link = False
        self.alerts: set[int] = set()
        self.pages: set[int] = set()
        self.incidents: set[int] = set()
        self.kinds: set[str] = set()  # oncall, people, health

    def __bool__(self) -> bool:
        return bool(self.everything or self.link or self.alerts or self.pages or self.incidents or self.kinds)


class Model:
    """`link_since` is when the connection got into its present state."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.link = Link.CONNECTING
        self.link_since = clock.now()
        self.link_trouble = ""
        self.loaded = False  # the first rows are there
        self.complete = False  # every firing alert was listed once
        self.info: wire.Info | None = None
        self.health: wire.Health | None = None
        self.checks: tuple[wire_checks.Check, ...] = ()
        self.nodes: wire_nodes.Nodes | None = None
        self.alerts: dict[int, wire.Alert] = {}
        self.pages: dict[int, wire.Page] = {}
        self.incidents: dict[int, wire.Incident] = {}
        self.groups: dict[int, wire_groups.Group] = {}
        self.unknown_groups: set[int] = set()  # that alerts name and nobody told us of
        self.members: dict[int, set[int]] = {}  # the alerts of each group
        self.views = wire_views.Views(views=(), opens="", pinned=False)
        self.on_call: tuple[wire.OnCall, ...] = ()
        self.own_shifts: tuple[wire.OwnShift, ...] = ()  # the viewer's first one of each schedule, by time
        self.requests: tuple[wire_requests.ShiftRequest, ...] = ()  # open ones from or to the viewer
        self.rests: tuple[wire_rest.Rest, ...] = ()  # offered to the viewer, or taken, and not over
        self.reports_waiting = 0  # reports whose reporter waits for a word of ours
        self.people: dict[str, wire.Person] = {}
        self.roster_problems: tuple[str, ...] = ()
        self.services: tuple[wire.Service, ...] = ()
        self.alerts_total = 0
        self.seq = 0
        self.waiting_pages: set[int] = set()  # acknowledged here, not answered yet
        self.waiting_alerts: set[int] = set()  # being linked or resolved
        self.seen_pages: set[int] = set()  # pages to me that were announced
        self._last_actor: dict[str, str] = {}
        self._zone: tzinfo = UTC

    # ------------------------------------------------------------------ who and when
    @property
    def me(self) -> str:
        return self.info.person if self.info else ""

    @property
    def may_write(self) -> bool:
        return self.info is None or self.info.role in ("responder", "admin")

    @property
    def review_name(self) -> str:
        """What people here call their review; nothing until the daemon has said so."""
        return self.info.review_name if self.info else ""

    @property
    def zone(self) -> tzinfo:
        """The viewer's own zone from the roster, else that of this machine."""
        return self._zone

    def now(self) -> datetime:
        return self.clock.now()

    def set_people(self, people: wire.People) -> None:
        self.people = {person.handle: person for person in people.people}
        self.roster_problems = people.problems
        mine = self.people.get(self.me)
        if mine is None:
            self._zone = self.now().astimezone().tzinfo or UTC
            return
        try:
            self._zone = ZoneInfo(str(mine.zone)) if mine.zone != "UTC" else UTC
        except (ZoneInfoNotFoundError, ValueError):
            self._zone = UTC

    def set_on_call(self, now: wire.OnCallNow) -> None:
        self.on_call, self.own_shifts = now.schedules, now.mine

    def last_actor(self, subject: str) -> str:
        """Who changed `subject` (as in "incident:3") last, "" when unknown."""
        return self._last_actor.get(subject, "")

    def remember_actor(self, event: wire.Event) -> None:
        if len(self._last_actor) > 5000:
            self._last_actor.clear()
        self._last_actor[str(event.subject)] = event.actor

    # ------------------------------------------------------------------ changes
    def set_link(self, link: Link, trouble: str = "") -> None:
        if link is not self.link:
            self.link_since = self.now()
        self.link, self.link_trouble = link, trouble

    def put_alerts(self, alerts: Iterable[wire.Alert]) -> set[int]:
        """Take these in; answers with the ids that differ from what was known."""
        changed = {alert.id for alert in alerts if self.alerts.get(alert.id) != alert}
        for alert in alerts:
            known = self.alerts.get(alert.id)
            if known is None or alert.version >= known.version:
                self._index_group(known, alert)
                self.alerts[alert.id] = alert
        return changed

    def _index_group(self, known: wire.Alert | None, alert: wire.Alert) -> None:
        if known is not None and known.group_id != alert.group_id and known.group_id is not None:
            self.members.get(known.group_id, set()).discard(alert.id)
        if alert.group_id is not None:
            self.members.setdefault(alert.group_id, set()).add(alert.id)
            if alert.group_id not in self.groups:
                self.unknown_groups.add(alert.group_id)

    def drop_alert(self, alert_id: int) -> None:
        """It is gone from the daemon's list."""
        alert = self.alerts.pop(alert_id)
        if alert.group_id is not None:
            self.members.get(alert.group_id, set()).discard(alert_id)

    def put_groups(self, groups: Iterable[wire_groups.Group]) -> None:
        self.groups.update({group.id: group for group in groups})
        self.unknown_groups -= self.groups.keys()

    def put_pages(self, pages: Iterable[wire.Page]) -> set[int]:
        changed = {page.id for page in pages if self.pages.get(page.id) != page}
        for page in pages:
            known = self.pages.get(page.id)
            if known is None or page.version >= known.version:
                self.pages[page.id] = page
        return changed

    def put_incidents(self, incidents: Iterable[wire.Incident]) -> set[int]:
        changed = {one.id for one in incidents if self.incidents.get(one.id) != one}
        for one in incidents:
            known = self.incidents.get(one.id)
            if known is None or one.version >= known.version:
                self.incidents[one.id] = one
        return changed

    # ------------------------------------------------------------------ derived
    def page_of(self, alert: wire.Alert) -> wire.Page | None:
        """The page that this alert led to, when it is still known."""
        return self.pages.get(alert.page_id) if alert.page_id is not None else None

    def page_of_group(self, group_id: int) -> wire.Page | None:
        """The latest page of this group, when it is still known."""
        numbers = {alert.page_id for one in self.members.get(group_id, ()) if (alert := self.alerts.get(one))}
        known = [self.pages[one] for one in numbers if one in self.pages]
        mine = [page for page in known if page.group_id in (group_id, None)]
        return max(mine or known, key=lambda page: page.id, default=None)

    def my_open_pages(self) -> list[wire.Page]:
        """Pages to me that I have not acknowledged, nor anybody else for me or put off, the oldest first."""
        mine = [
            page
            for page in self.pages.values()
            if page.mine
            and page.state in ("open", "exhausted")
            and page.snoozed_until is None
            and self.me not in page.acks
            and page.id not in self.waiting_pages
            and not self._with_another(page)
        ]
        return sorted(mine, key=lambda page: (page.started_at, page.id))

    def _with_another(self, page: wire.Page) -> bool:
        """Whether it was given to somebody else, who still has the time to answer; then its policy goes on."""
        carries = next((one.person for one in self.on_call if page.schedule and one.schedule == page.schedule), "")
        holder = page.person or carries
        return page.state == "open" and (page.step, page.round) == (1, 1) and holder not in ("", self.me)

    def open_incidents(self) -> list[wire.Incident]:
        """Not closed, not merged, no false alarm: the worst first, then the update that is due next."""
        far = datetime.max.replace(tzinfo=UTC)
        chosen = [one for one in self.incidents.values() if one.status not in ("closed", "merged", "false_alarm")]
        return sorted(chosen, key=lambda one: (one.severity.rank, one.next_update_at or far, one.id))

    def reviews_waiting(self) -> int:
        """Reviews that are held now, or may be."""
        return sum(one.status in ("review_ready", "in_review") for one in self.incidents.values())

    def request(self, number: int) -> wire_requests.ShiftRequest | None:
        """The open request of this id, when it is from or to the viewer."""
        return next((one for one in self.requests if one.id == number), None)

    def my_shifts(self) -> list[wire.OnCall]:
        return [shift for shift in self.on_call if self.me and shift.person == self.me]

    def holder(self, incident: wire.Incident, role: str) -> str:
        """Who holds `role` now, "" for nobody."""
        return next((held.person for held in incident.roles if held.role == role), "")
