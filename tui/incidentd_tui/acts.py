"""Changes that the user asks for: shown at once, sent, and taken back with the reason when the daemon refuses."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import NamedTuple, TypeVar

import msgspec

from incidentd import wire
from incidentd.client import ApiError, ClientError, Unreachable
from incidentd_tui import phrases
from incidentd_tui.gateway import Gateway
from incidentd_tui.inert import Shown
from incidentd_tui.model import Changes, Model

T = TypeVar("T")
UNDO_FOR = timedelta(seconds=10)


class Undo(NamedTuple):
    """`act` makes the compensating change."""

    what: str
    until: datetime
    act: Callable[[], Awaitable[object]]


class Acts:
    """`say(text, level)` shows a line; `changed` repaints what an optimistic change touched."""

    def __init__(
        self,
        gateway: Gateway,
        model: Model,
        say: Callable[[str, str], None],
        changed: Callable[[Changes], None],
    ) -> None:
        self.gateway = gateway
        self.client = gateway.client
        self.model = model
        self.say = say
        self.tell = changed
        self._undo: Undo | None = None

    # ------------------------------------------------------------------ calls and their faults
    async def attempt(self, subject: str, call: Awaitable[T]) -> T | None:
        """The answer, or None after the reason was shown. `subject` is "page:4" and the like."""
        try:
            return await self.gateway.ask(call)
        except ClientError as error:
            self.say(self.reason(subject, error), "warning")
            return None

    async def refusal(self, subject: str, call: Awaitable[object]) -> str:
        """ "" when the call was answered, else the reason why not: what a dialog's `send` says."""
        try:
            await self.gateway.ask(call)
        except ClientError as error:
            return self.reason(subject, error)
        return ""

    def reason(self, subject: str, error: ClientError) -> str:
        """Why a change was not made, and who was first when somebody was."""
        if isinstance(error, ApiError) and error.status == 409:
            return self._lost_race(subject, error.problem)
        if isinstance(error, ApiError):
            problem = error.problem
            field = f"{problem.field}: " if problem.field else ""
            remedy = f" — {problem.remedy}" if problem.remedy else ""
            return Shown(f"{field}{problem.detail or problem.title}{remedy}")
        if isinstance(error, Unreachable):
            return "not done: the daemon does not answer"
        return Shown(str(error))

    def _lost_race(self, subject: str, problem: wire.Problem) -> str:
        current = problem.current or {}
        who = str(current.get("acknowledged_by") or "") or self.model.last_actor(subject)
        state = str(current.get("state") or current.get("status") or "")
        what = problem.detail or problem.title
        if not who:
            return Shown(f"↺ {what}. Your change was not made.")
        now = f" (now {state})" if state else ""
        return Shown(f"↺ {who} was first{now}: {what}. Your change was not made.")

    # ------------------------------------------------------------------ undo
    def can_undo(self, what: str, act: Callable[[], Awaitable[object]]) -> None:
        """Offer `act` as the way back for ten seconds."""
        self._undo = Undo(what, self.model.now() + UNDO_FOR, act)
        self.say(f"✓ {what} · u undoes", "done")

    @property
    def undoable(self) -> Undo | None:
        if self._undo is not None and self._undo.until <= self.model.now():
            self._undo = None
        return self._undo

    async def undo(self) -> None:
        undo, self._undo = self.undoable, None
        if undo is None:
            self.say("nothing to undo: it is offered for ten seconds after a change", "warning")
        elif await undo.act() is not None:
            self.say(f"↶ undone: {undo.what}", "done")

    # ------------------------------------------------------------------ pages
    async def acknowledge(self, page: wire.Page, *, until: datetime | None = None, note: str = "") -> wire.Page | None:
        """Stop the escalation of `page`, for good or `until` then; the row says so before the daemon does.

        Undoing another end of an acknowledgement of one's own sets the end that it had.
        """
        self._wait(page, waits=True)
        call = self.client.acknowledge_page(page.id, until=until, note=note)
        answer = await self.attempt(f"page:{page.id}", call)
        self._wait(page, waits=False)
        if answer is not None:
            self.take_page(answer)
            self.can_undo(self._acknowledged(answer, until), lambda: self._unacknowledge(page, answer))
        return answer

    def _acknowledged(self, page: wire.Page, until: datetime | None) -> str:
        """What became of it: one of several acknowledgements stops nothing yet."""
        if page.state != "acknowledged":
            missing = f", missing: {', '.join(page.ack_missing)}" if page.ack_missing else ""
            return Shown(f"P-{page.id} is acknowledged by {len(page.acks)} of {page.acks_needed}{missing}: it goes on")
        end = f" until {phrases.day_hour(until, self.model.now(), self.model.zone)}" if until else ""
        return f"P-{page.id} is yours{end}: the escalation stopped"

    async def _unacknowledge(self, before: wire.Page, page: wire.Page) -> wire.Page | None:
        if before.state != "acknowledged":
            return await self.hand_back(page)
        call = self.client.acknowledge_page(page.id, until=before.acknowledged_until)
        answer = await self.attempt(f"page:{page.id}", call)
        if answer is not None:
            self.take_page(answer)
        return answer

    async def hand_back(self, page: wire.Page) -> wire.Page | None:
        """Undo an acknowledgement: the escalation goes on where it stood."""
        answer = await self.attempt(f"page:{page.id}", self.client.hand_back_page(page.id))
        if answer is not None:
            self.take_page(answer)
        return answer

    def _wait(self, page: wire.Page, *, waits: bool) -> None:
        (self.model.waiting_pages.add if waits else self.model.waiting_pages.discard)(page.id)
        changes = Changes()
        changes.pages = {page.id}
        changes.alerts = set(page.alert_ids)
        self.tell(changes)

    def take_page(self, page: wire.Page) -> None:
        """Take in what a change made of a page, and of its alerts."""
        changes = Changes()
        changes.pages = self.model.put_pages([page]) | {page.id}
        changes.alerts = set(page.alert_ids)
        for number in page.alert_ids:
            if (alert := self.model.alerts.get(number)) is not None and alert.page_id == page.id:
                self.model.alerts[number] = msgspec.structs.replace(
                    alert, page_state=page.state, acknowledged_by=page.acknowledged_by
                )
        self.tell(changes)

    async def resolve_page(self, page: wire.Page) -> str:
        """ "" when it is done, else the reason why not."""
        return await self._page_call(page, self.client.resolve_page(page.id, if_version=page.version), "resolved")

    async def escalate(self, page: wire.Page) -> str:
        return await self._page_call(page, self.client.escalate_page(page.id, if_version=page.version), "escalated")

    async def _page_call(self, page: wire.Page, call: Awaitable[wire.Page], done: str) -> str:
        try:
            answer = await self.gateway.ask(call)
        except ClientError as error:
            return self.reason(f"page:{page.id}", error)
        self.take_page(answer)
        self.say(f"✓ P-{page.id} {done}", "done")
        return ""

    # ------------------------------------------------------------------ incidents
    def take_incident(self, incident: wire.Incident) -> None:
        changes = Changes()
        changes.incidents = self.model.put_incidents([incident]) | {incident.id}
        changes.alerts = set(incident.alert_ids)
        self.tell(changes)

    async def change_incident(self, incident: wire.Incident, call: Awaitable[wire.Incident]) -> str:
        """ "" when it is done, else the reason; the newest state is taken in either way."""
        try:
            self.take_incident(await self.gateway.ask(call))
        except ClientError as error:
            await self._refetch(incident.id)
            return self.reason(f"incident:{incident.id}", error)
        return ""

    async def _refetch(self, incident_id: int) -> None:
        try:
            detail = await self.gateway.ask(self.client.incident(incident_id))
        except ClientError:
            return
        self.take_incident(detail.incident)

    # ------------------------------------------------------------------ drafts
    async def draft(self, key: str) -> str:
        """The kept text, "" when there is none or the daemon cannot be asked."""
        try:
            return (await self.gateway.ask(self.client.draft(key))).text
        except ClientError:
            return ""

    async def keep_draft(self, key: str, text: str) -> None:
        try:
            if text.strip():
                await self.client.save_draft(key, text)
            else:
                await self.client.delete_draft(key)
        except ClientError as error:
            self.say(f"draft not saved: {self.reason('', error)}", "warning")
            return
        self.say(f"draft saved {phrases.hour(self.model.now(), self.model.zone)}", "quiet")

    async def drop_draft(self, key: str) -> None:
        try:
            await self.client.delete_draft(key)
        except ClientError:
            return
