"""While the store cannot be written people are told from memory, and what was sent is recorded once it is back.

Senders get 503 meanwhile. What they said is kept, and stored when the store is back, unless it was heard of since: a
sender may never send it again. The rules are in `domain.store_down`.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

import msgspec
import structlog
from sqlalchemy.exc import SQLAlchemyError

from incidentd.domain import store_down
from incidentd.domain.alerts import display_name, display_summary
from incidentd.domain.escalation import policy_for
from incidentd.domain.own_alarms import OwnAlarm
from incidentd.domain.people import Roster
from incidentd.domain.process import Process
from incidentd.domain.routing import find_route, walk_routes
from incidentd.domain.signals import Signal, SignalKind
from incidentd.domain.store_down import LEFT_TO_OTHERS, Call, Case, StoreDown, Unrecorded
from incidentd.plugin.values import Notification, NotificationKind, PermanentFailure, Receipt, TemporaryFailure, Urgency
from incidentd.services.delivery_outcomes import MAX_ATTEMPTS, backoff
from incidentd.services.memory_journal import Entry, Known, MemoryJournal, Taken
from incidentd.services.muting import Mutes
from incidentd.services.store_return import SHOWN, Outage, Sent, StoreReturn
from incidentd.services.workers import Loop
from incidentd.storage import remembered
from incidentd.storage.remembered import Remembered
from incidentd.storage.store import Store, StoreClosed

REFRESH = timedelta(seconds=5)
"""What is in mind is so old at most, while anything changes."""
MOST_HELD = 20_000
"""Alerts whose signals are kept to be stored later; what comes in beyond is told of in numbers only."""
IN_FLIGHT = 32  # messages that one notifier sends at once
_TOLD = 20_000  # messages that are remembered as sent, so that they are not sent again once the store is back
RENEW_AFTER = timedelta(minutes=1)
"""A process that can store though its disk failed serves for so long: one that ended again and again would not."""
_PROBE_SECONDS = 5.0
_DISK = "the disk of the database failed: nothing acknowledged is lost, and incidentd starts anew so that it stays so"
_PROBE_EVERY = timedelta(seconds=1)
_Key = tuple[str, str]
log = structlog.get_logger("incidentd.store")


async def _alone() -> bool:
    return False


class Sender(Protocol):
    """The plugin host's side."""

    async def send(self, instance: str, notification: Notification) -> Receipt: ...


class PageLinks(Protocol):
    """What a message says about a page."""

    def of_page(self, page_id: int, person: str) -> str | None: ...
    def thread(self, page_id: int) -> str: ...


class StoreOutage:
    """Notices that the store is down, and tells people; `back` catches up."""

    def __init__(
        self,
        store: Store,
        sender: Sender,
        links: PageLinks,
        mutes: Mutes,
        process: Callable[[], Process],
        roster: Callable[[], Roster],
        back: StoreReturn,
    ) -> None:
        self._store = store
        self._back = back
        self._sender = sender
        self._links = links
        self._mutes = mutes
        self._process = process
        self._roster = roster
        self._began = store.clock.now()
        self._mind = Remembered()
        self._looked_at: datetime | None = None
        self._probed_at: datetime | None = None
        self._changed = True
        self._outage: Outage | None = None
        self._told: dict[str, Sent] = {}
        self._sending: set[asyncio.Task[None]] = set()
        self._in_flight: Counter[str] = Counter()
        self.journal = MemoryJournal()
        self.settings: Callable[[], StoreDown] = StoreDown
        self.renew: Callable[[], None] = lambda: None
        """Ends this process, whose disk failed and takes writes again: the next one opens the database anew."""
        self.others: Callable[[], Awaitable[bool]] = _alone
        """Whether another node reaches the database, so that it is only this one that does not."""
        self.loop = Loop("store outage", self.work)
        store.on_commit.append(self._on_commit)

    def _on_commit(self, _events: object) -> None:
        self._changed = True

    @property
    def down_since(self) -> datetime | None:
        """Since when nothing can be stored."""
        return self._outage.since if self._outage is not None else self._store.failing_since

    def trouble(self) -> str:
        """Why senders should go to another node, "" while this one can store."""
        down = self.down_since
        return self._store.trouble() or (f"nothing can be stored since {down:%H:%M:%S} UTC" if down else "")

    def problems(self) -> list[OwnAlarm]:
        """That nothing can be stored, and how far people know."""
        since, outage = self.down_since, self._outage
        if since is None:
            return [OwnAlarm("disk-failed", _DISK)] if self._store.suspect else []
        came = f"{store_down.counted(len(outage.held) + outage.left_out)} came in" if outage else "nothing came in"
        told = "nobody is told ([store_down] page = false)"
        if self.settings().page:
            told = f"{len({one.call.person for one in outage.ended if not one.error})} were told" if outage else "none"
        text = f"nothing can be stored since {since:%H:%M:%S} UTC: {came}, {told}"
        return [OwnAlarm("store-down", text)]

    # ------------------------------------------------------------------ what others tell and ask
    def refused(self, source: str, signals: Sequence[Signal]) -> None:
        """Intake could not store this."""
        if not store_down.is_real(source):
            return
        outage = self._present()
        for signal in signals:
            key = (source, signal.key)
            if key not in outage.held and len(outage.held) >= MOST_HELD:
                outage.left_out += 1
                continue
            outage.held[key] = store_down.held(outage.held.get(key, ()), signal)
            outage.at[key] = self._store.clock.now()

    def _present(self) -> Outage:
        """The outage that there is, from now on."""
        if self._outage is None:
            since = self._store.failing_since or self._store.clock.now()
            self._outage = Outage(since=since)
            log.error("store_down", since=since, tells_people=self.settings().page)
        return self._outage

    def already(self, key: str) -> Receipt | None:
        """What came of a message that was sent from memory: it is not sent again."""
        sent = self._told.get(key)
        return sent.receipt if sent is not None else None

    async def take(self, page_ids: Sequence[int], person: str) -> Known:
        """Somebody followed the link of pages: they are left alone, and it is stored when the store is back."""
        if self._store.failing_since is None or not page_ids:
            return Known.NOT
        outage, now = self._present(), self._store.clock.now()
        for page_id in page_ids:
            outage.taken.setdefault(page_id, (person, now))
            outage.waiting = {key: one for key, one in outage.waiting.items() if one[0].page_id != page_id}
        taken = [Taken(page=page_id, person=person, at=now) for page_id in page_ids]
        kept = await self.journal.keep([Entry(since=outage.since, taken=one) for one in taken])
        return Known.IN_A_FILE if kept else Known.IN_MEMORY

    # ------------------------------------------------------------------ the loop
    async def start(self) -> None:
        """Take up what an earlier process told from memory and could not record: it is not told again."""
        outage = await self.journal.left()
        if outage is None:
            return
        log.warning("told_from_memory_found", messages=len(outage.ended), pages_taken=len(outage.taken))
        for sent in outage.ended:
            self._know(sent)
        self._outage = outage
        if await self._is_back(outage):
            await self._over(outage)

    async def work(self) -> float | None:
        """One look."""
        now = self._store.clock.now()
        if self._store.suspect:
            await self._make_room(now)
        if self._outage is None and self._store.failing_since is None:
            if self._changed:
                await self._remember(now)
            return None
        outage = self._present()
        if await self._is_back(outage):
            await self._over(outage)
            return 0.0
        if self.settings().page and now - outage.since >= self.settings().after:
            await self._remember(now)
            self._judge(outage, now, left=await self.others())
            self._send_due(outage, now)
        return None

    async def _make_room(self, now: datetime) -> None:
        """End this process once its disk is well, at once where nothing can be stored until then."""
        due = self._store.failing_since is not None or now - self._began >= RENEW_AFTER
        if due and await self._store.disk_takes_writes():
            log.error("disk_failed", remedy="this process ends, so that the next one opens the database anew")
            self.renew()

    async def _remember(self, now: datetime) -> None:
        """Read what is kept in mind; where the store cannot be read either, what is known has to do."""
        if self._looked_at is not None and now - self._looked_at < REFRESH:
            return
        self._looked_at, self._changed = now, False
        roster = self._roster()
        try:
            async with asyncio.timeout(_PROBE_SECONDS):
                self._mind = await self._store.read(
                    lambda conn: remembered.read(
                        conn, now, lambda page: policy_for(roster, page.policy, page.person, page.schedule, page.asked)
                    )
                )
        except (SQLAlchemyError, StoreClosed, OSError, TimeoutError):
            self._changed = True

    async def _is_back(self, outage: Outage) -> bool:
        """Try to record what happened: that it can be written is what shows that the store is back."""
        now = self._store.clock.now()
        if self._probed_at is not None and now - self._probed_at < _PROBE_EVERY:
            return False
        self._probed_at = now
        try:
            async with asyncio.timeout(_PROBE_SECONDS):  # it may hang, too
                await self._back.probe(outage)
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            log.debug("store_still_down", error=repr(error), alerts=len(outage.held))
            return False
        return True

    async def _over(self, outage: Outage) -> None:
        """What was not sent yet is sent from the store; what is on its way is waited for. Raises what stops it."""
        log.warning("store_back", down_since=outage.since, alerts=len(outage.held), messages=len(outage.ended))
        outage.waiting.clear()
        await asyncio.gather(*self._sending, return_exceptions=True)
        outage.waiting.clear()
        await self._back.catch_up(outage)
        await self.journal.clear()
        while outage.taken.keys() - outage.stored:  # somebody followed a link meanwhile
            await self._back.probe(outage)
        self._outage = None

    # ------------------------------------------------------------------ whom to tell
    def _judge(self, outage: Outage, now: datetime, *, left: bool) -> None:
        """`left`: what is stored is the other nodes' to page, and what was refused here will mostly have gone there."""
        self._gather(outage, now, left=left)
        roster, duty = self._roster(), self._mind.duty
        for case in list(outage.cases.values()):
            if left and case.page is not None:
                continue
            if case.page is not None and self._is_held(outage, case, now):
                continue
            moved, calls = store_down.advance(case, roster, duty, now)
            outage.cases[case.id] = moved
            outage.waiting |= {one.key: (one, 0) for one in calls}

    def _is_held(self, outage: Outage, case: Case, now: datetime) -> bool:
        page = case.page
        if page is None or page.id in outage.taken:
            return page is not None
        return bool(page.route) and self._mutes.of_route(find_route(self._process().route, page.route), now) is not None

    def _gather(self, outage: Outage, now: datetime, *, left: bool) -> None:
        """What came in or was left undone since the last look."""
        process, roster, mind = self._process(), self._roster(), self._mind
        muted = {one.stable_key for one in walk_routes(process.route) if self._mutes.of_route(one, now)}
        refused = [
            (key, _unrecorded(signals, outage.at[key]))
            for key, signals in outage.held.items()
            if not left or now - outage.since >= LEFT_TO_OTHERS
        ]
        untold = [] if left else [((source, key), alert) for source, key, alert in mind.untold]
        for key, alert in [*untold, *((key, one) for key, one in refused if one and key not in mind.firing)]:
            if key in outage.counted or not store_down.is_real(key[0]):
                continue
            outage.counted.add(key)
            severities = process.maintenance.severities
            to = store_down.wanted(alert, process.route, muted, roster, mind.duty, severities, now)
            outage.cases |= {one.id: one for one in store_down.joined(outage.cases, alert, to, roster)}
        there = {f"page:{page.id}": page for page in mind.pages}
        for name in [name for name, case in outage.cases.items() if case.page is not None and name not in there]:
            del outage.cases[name]  # the store can be read, and there it is over: another node was told
        for name, page in there.items():
            outage.cases.setdefault(name, store_down.of_page(page))
        for call in () if left else mind.unsent:
            if call.page_id not in outage.taken and call.key not in outage.tried:
                outage.tried.add(call.key)
                outage.waiting[call.key] = (call, 0)

    # ------------------------------------------------------------------ sending
    def _send_due(self, outage: Outage, now: datetime) -> None:
        for call, attempts in list(outage.waiting.values()):
            if call.due_at <= now and self._in_flight[call.notifier] < IN_FLIGHT:
                del outage.waiting[call.key]
                self._in_flight[call.notifier] += 1
                task = asyncio.create_task(self._send(outage, call, attempts + 1))
                self._sending.add(task)
                task.add_done_callback(partial(self._done, call.notifier))

    def _done(self, notifier: str, task: asyncio.Task[None]) -> None:
        self._sending.discard(task)
        self._in_flight[notifier] -= 1
        self.loop.wake()

    async def _send(self, outage: Outage, call: Call, attempt: int) -> None:
        """Send once; what failed for now is tried again under the same key."""
        case = outage.cases.get(call.case)
        named = tuple(alert.name for alert in case.alerts[:SHOWN]) if case is not None else ()
        ended = partial(Sent, call=call, at=self._store.clock.now(), alerts=named)
        try:
            receipt = await self._sender.send(call.notifier, self._notification(call, attempt))
        except PermanentFailure as failure:
            self._keep(outage, ended(error=str(failure)))
            self._hasten(outage, call)
            return
        except Exception as failure:
            wait = failure.retry_after if isinstance(failure, TemporaryFailure) else None
            if attempt >= MAX_ATTEMPTS:
                self._keep(outage, ended(error=f"gave up after {attempt} attempts"))
                return
            due = self._store.clock.now() + backoff(attempt, wait)
            outage.waiting[call.key] = (msgspec.structs.replace(call, due_at=due), attempt)
            self._hasten(outage, call)
            return
        self._keep(outage, ended(receipt=receipt))

    def _keep(self, outage: Outage, sent: Sent) -> None:
        """To record it later, be it by the next process."""
        outage.ended.append(sent)
        self.journal.add(Entry(since=outage.since, sent=sent))
        self._know(sent)

    def _know(self, sent: Sent) -> None:
        if sent.receipt is not None:
            self._told[sent.call.key] = sent
        while len(self._told) > _TOLD:
            del self._told[next(iter(self._told))]

    def _hasten(self, outage: Outage, failed: Call) -> None:
        """Use the other methods of that person now."""
        now = self._store.clock.now()
        for key, (call, attempts) in list(outage.waiting.items()):
            if (call.case, call.person) == (failed.case, failed.person) and not attempts:
                outage.waiting[key] = (msgspec.structs.replace(call, due_at=min(call.due_at, now)), 0)

    def _notification(self, call: Call, attempt: int) -> Notification:
        page_id = call.page_id
        return Notification(
            idempotency_key=call.key,
            thread=self._links.thread(page_id) if page_id is not None else call.case,
            kind=NotificationKind.PAGE,
            urgency=Urgency(call.urgency),
            recipient=call.person,
            address=call.address,
            title=call.title,
            body=call.body,
            reason=call.reason,
            labels=call.labels,
            created_at=call.created_at,
            acknowledge_url=self._links.of_page(page_id, call.person) if page_id is not None else None,
            attempt=attempt,
        )

    async def stop(self) -> None:
        """End; what is being sent is cut off."""
        for task in list(self._sending):
            task.cancel()
        await asyncio.gather(*self._sending, return_exceptions=True)
        await self.journal.flush()


def _unrecorded(signals: Sequence[Signal], at: datetime) -> Unrecorded | None:
    """The alert, None when it is over or only its end is known."""
    latest = signals[-1]
    if latest.kind is not SignalKind.FIRING:
        return None
    return Unrecorded(
        name=display_name(latest.labels, latest.annotations, latest.key),
        summary=display_summary(latest.annotations),
        labels=latest.labels,
        severity=latest.labels.get("severity", "")[:60],
        at=at,
    )
