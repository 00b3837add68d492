"""Keeps the model equal to the daemon: loads everything once, then follows the event stream.

An event only says what became stale. Stale objects are fetched again at most four times a second, one by one while
they are few and as a list when they are many; a burst of events costs a handful of requests.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import TypeVar

from incidentd import wire
from incidentd.client import ApiError, ClientError, VersionMismatch
from incidentd_tui.gateway import Gateway
from incidentd_tui.model import Changes, Link, Model
from incidentd_tui.rows.reports import waits

T = TypeVar("T")
PERIOD = 0.25
"""Seconds between two looks at what became stale."""
FEW = 24
"""Up to this many stale alerts are fetched one by one."""
PAGE_SIZE = 1000
LISTED_MOST = 20_000
"""No more firing alerts than these are held; the status line says how many there are."""
HEALTH_EVERY = 10.0
_ASKED = frozenset({"request", "rest", "daemon"})
"""Kinds of events after which other things may be asked of the viewer."""


class Sync:
    """`run` never returns. `changed` is called on the event loop, at most every `PERIOD` seconds."""

    def __init__(self, gateway: Gateway, model: Model, changed: Callable[[Changes], None]) -> None:
        self._gateway = gateway
        self._client = gateway.client
        self._model = model
        self._changed = changed
        self._stale: dict[str, set[int]] = {"alert": set(), "page": set(), "incident": set()}
        self._stale_kinds: set[str] = set()
        self._reload = True
        self._wake = asyncio.Event()
        self._period = PERIOD

    # ------------------------------------------------------------------ running
    async def run(self) -> None:
        await self._first_load()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._follow())
            group.create_task(self._refresh())
            group.create_task(self._watch_health())

    async def _first_load(self) -> None:
        while True:
            try:
                await self._load_all()
                return
            except VersionMismatch as error:
                self._lost(str(error))
                await asyncio.sleep(5)
            except ClientError as error:
                self._lost(str(error))
                await asyncio.sleep(0.5)

    def _lost(self, trouble: str) -> None:
        self._model.set_link(Link.LOST, trouble)
        changes = Changes()
        changes.link = True
        self._changed(changes)

    async def _load_all(self) -> None:
        """The seq is read first: what happens while the lists load is told again by the stream, never missed."""
        model, client, ask = self._model, self._client, self._gateway.ask
        model.info = await ask(client.info())
        model.seq = model.info.last_seq
        pages, incidents, people, on_call, services = await asyncio.gather(
            ask(client.pages(state="active", limit=PAGE_SIZE)),
            ask(client.incidents(state="open", limit=PAGE_SIZE)),
            ask(client.people()),
            ask(client.on_call()),
            ask(client.services()),
        )
        groups, views = await asyncio.gather(ask(client.groups(limit=PAGE_SIZE)), ask(client.views()))
        model.set_people(people)
        model.set_on_call(on_call)
        model.services = services.services
        model.pages = {page.id: page for page in pages.pages}
        model.incidents = {one.id: one for one in incidents.incidents}
        model.put_groups(groups.groups)
        model.views = views
        await self._load_asked()
        await self._load_alerts()
        model.health = await ask(client.health())
        model.checks = (await ask(client.checks())).checks
        model.nodes = await ask(client.nodes())
        await self._load_reports()
        self._reload = False

    async def _load_alerts(self) -> None:
        """Page by page; the first page is on the screen before the second one is asked for."""
        firing: set[int] = set()
        cursor = ""
        while True:
            answer = await self._gateway.ask(self._client.alerts(status="firing", limit=PAGE_SIZE, cursor=cursor))
            self._model.put_alerts(answer.alerts)
            self._model.alerts_total = answer.total
            firing |= {alert.id for alert in answer.alerts}
            cursor = answer.next_cursor
            self._model.loaded = True
            self._model.set_link(Link.LIVE)
            at_end = not cursor or len(firing) >= LISTED_MOST
            self._model.complete = self._model.complete or at_end
            self._tell_all()
            if at_end:
                break
        ended = {one.id for one in self._model.alerts.values() if one.status == "firing"} - firing
        self._stale["alert"] |= set(sorted(ended)[-FEW:])
        for alert_id in ended - self._stale["alert"]:
            self._model.drop_alert(alert_id)
        self._wake.set()

    def _tell_all(self) -> None:
        changes = Changes()
        changes.everything = changes.link = True
        self._changed(changes)

    # ------------------------------------------------------------------ following
    async def _follow(self) -> None:
        while True:
            try:
                async for event in self._gateway.events(self._model.seq, self._on_state):
                    self._model.seq = event.seq
                    self._model.remember_actor(event)
                    self._mark(event)
            except ClientError as error:
                self._lost(str(error))
            await asyncio.sleep(1)

    def _on_state(self, connected: bool) -> None:
        if connected:
            self._model.set_link(Link.LIVE)
            self._reload = self._reload or not self._model.loaded
        else:
            self._model.set_link(Link.LOST, "the daemon does not answer")
        changes = Changes()
        changes.link = True
        self._changed(changes)

    def _mark(self, event: wire.Event) -> None:
        kind, _, number = event.subject.partition(":")
        if kind in self._stale and number.isdecimal():
            self._stale[kind].add(int(number))
        else:
            self._stale_kinds.add(kind)
        self._mark_related(kind, event)
        self._wake.set()

    def _mark_related(self, kind: str, event: wire.Event) -> None:
        """A page or an incident changes how its alerts are shown."""
        if kind == "page" and (page := self._model.pages.get(_number(event.subject))):
            self._stale["alert"] |= {int(one) for one in page.alert_ids}
        if kind == "incident":
            told = event.data.get("alert_ids") or event.data.get("alerts") or ()
            if isinstance(told, list | tuple):
                self._stale["alert"] |= {one for one in told if isinstance(one, int)}

    # ------------------------------------------------------------------ refetching
    async def _refresh(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            started = asyncio.get_running_loop().time()
            try:
                changes = await self._fetch_stale()
            except ClientError:
                self._wake.set()
                await asyncio.sleep(1)
                continue
            if changes:
                self._changed(changes)
            # Never busier than one part in four with fetching, whatever a list costs.
            spent = asyncio.get_running_loop().time() - started
            await asyncio.sleep(max(self._period, spent * 3))

    async def _fetch_stale(self) -> Changes:
        changes = Changes()
        pages = await self._fetch("page", self._one_page)
        changes.pages |= self._model.put_pages(pages)
        for page in pages:
            self._stale["alert"] |= {int(one) for one in page.alert_ids}
        incidents = await self._fetch("incident", self._one_incident)
        self._model.put_incidents(incidents)
        changes.incidents |= {one.id for one in incidents}  # a note changes the room, not the incident itself
        if len(self._stale["alert"]) > FEW:
            self._stale["alert"].clear()
            await self._load_alerts()
        else:
            alerts = await self._fetch("alert", self._client_alert)
            changes.alerts |= self._model.put_alerts(alerts)
        await self._fetch_groups()
        kinds, self._stale_kinds = self._stale_kinds, set()
        if "view" in kinds:
            self._model.views = await self._gateway.ask(self._client.views())
        if kinds:
            changes.kinds |= kinds
        if kinds & _ASKED:
            await self._load_asked()
        if "report" in kinds:
            await self._load_reports()
        if kinds - {"group", "view", "silence", "maintenance", "recurring", "report"}:
            changes.kinds |= await self._fetch_small()
        return changes

    async def _fetch_groups(self) -> None:
        """What alerts said of groups that came since: a group tells its labels, and those never change."""
        wanted, self._model.unknown_groups = self._model.unknown_groups, set()
        if len(wanted) > FEW:
            self._model.put_groups((await self._gateway.ask(self._client.groups(limit=PAGE_SIZE))).groups)
            return
        for number in sorted(wanted):
            with contextlib.suppress(ApiError):
                self._model.put_groups([(await self._gateway.ask(self._client.group(number, limit=1))).group])

    async def _fetch(self, kind: str, one: Callable[[int], Awaitable[T]]) -> list[T]:
        wanted, self._stale[kind] = self._stale[kind], set()
        found = []
        try:
            for number in sorted(wanted):
                with contextlib.suppress(ApiError):  # 404: it is gone
                    found.append(await one(number))
        except ClientError:
            self._stale[kind] |= wanted
            raise
        return found

    async def _one_page(self, number: int) -> wire.Page:
        return (await self._gateway.ask(self._client.page(number))).page

    async def _one_incident(self, number: int) -> wire.Incident:
        return (await self._gateway.ask(self._client.incident(number))).incident

    async def _client_alert(self, number: int) -> wire.Alert:
        return await self._gateway.ask(self._client.alert(number))

    async def _fetch_small(self) -> set[str]:
        """Roster and duty: short lists, fetched whole."""
        self._model.set_people(await self._gateway.ask(self._client.people()))
        self._model.set_on_call(await self._gateway.ask(self._client.on_call()))
        self._model.health = await self._gateway.ask(self._client.health())
        self._model.checks = (await self._gateway.ask(self._client.checks())).checks
        self._model.nodes = await self._gateway.ask(self._client.nodes())
        return {"people", "oncall", "health"}

    async def _load_asked(self) -> None:
        """What is asked of the viewer, what they ask, and the rest that they are offered."""
        if self._model.me:
            self._model.requests = (await self._gateway.ask(self._client.shift_requests(mine=True))).requests
            self._model.rests = (await self._gateway.ask(self._client.rests(mine=True))).rests

    async def _load_reports(self) -> None:
        """How many reporters wait for a word of ours."""
        found = await self._gateway.ask(self._client.reports("open", limit=PAGE_SIZE))
        self._model.reports_waiting = sum(waits(one) for one in found.reports)

    async def _watch_health(self) -> None:
        """Health has no events of its own, and a shift ends by the clock alone."""
        while True:
            await asyncio.sleep(HEALTH_EVERY)
            with contextlib.suppress(ClientError):
                changes = Changes()
                changes.kinds = await self._fetch_small()
                self._changed(changes)


def _number(subject: str) -> int:
    digits = subject.rpartition(":")[2]
    return int(digits) if digits.isdecimal() else -1
