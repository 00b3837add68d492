"""Running a page: steps, acknowledgement, resolution. Everything here happens inside a command's transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from incidentd.domain.drills import redirected
from incidentd.domain.escalation import (
    Contact,
    Reach,
    Waiting,
    chosen,
    delay_after,
    following,
    policy_for,
    reach,
    waiting,
    without,
)
from incidentd.domain.final_schedule import WEEK
from incidentd.domain.muting import Mute
from incidentd.domain.people import EscalationPolicy, Roster, TargetKind
from incidentd.services.delivery_events import facts
from incidentd.services.drill_pauses import pause_for
from incidentd.services.ended_waits import tell_later
from incidentd.services.errors import Conflict, NotFound
from incidentd.services.interruptions import BY_POLICY, Interrupted, interrupted_by_step
from incidentd.services.last_resort import UNREACHED, LastResort
from incidentd.services.muting import Mutes, look_again_at, told
from incidentd.services.page_messages import COPY, PAGE, of_step, tell_again
from incidentd.storage import alerts, deliveries, drills, duty_changes, groups, pages, team_turns, timers
from incidentd.storage.pages import PageRow
from incidentd.storage.timers import Timer
from incidentd.storage.tx import SYSTEM, Tx

STEP = "page.step"
PAUSED = "page.paused"
LAPSED = "page.ack_lapsed"
SNOOZED = "page.snoozed"
_TIMERS = (STEP, PAUSED, LAPSED, SNOOZED)
NOT_TAKEN: Mapping[str, Any] = {
    "state": "open", "acknowledged_at": None, "acknowledged_by": "", "acknowledged_via": "", "acknowledged_until": None,
    "acks": (), "snoozed_until": None, "snoozed_by": "",
}  # fmt: skip
Handler = Callable[[Tx, Timer], None]
Follower = Callable[[Tx, PageRow, PageRow], None]
"""Hears of a page that has another holder: as it was and as it is."""


def cancel_timers(tx: Tx, page: PageRow) -> None:
    """No further step, and no end of an acknowledgement."""
    for kind in _TIMERS:
        timers.cancel(tx, kind, page.subject)


def lock_page(tx: Tx, page_id: int) -> PageRow:
    """The page, locked. Raises `NotFound`."""
    page = pages.get(tx.conn, page_id, lock=True)
    if page is None:
        raise NotFound(f"there is no page P-{page_id}")
    return page


class Escalation:
    """Starts pages and moves them on; `roster` is asked afresh at every step, so that a reload counts at once."""

    def __init__(self, roster: Callable[[], Roster], mutes: Mutes) -> None:
        self._roster = roster
        self._mutes = mutes
        self._last_resort = LastResort(roster)
        self.followers: list[Follower] = []

    def handlers(self) -> Mapping[str, Handler]:
        """What its timers do."""
        return {
            STEP: self._on_step,
            PAUSED: self._on_paused,
            LAPSED: self._on_lapsed,
            SNOOZED: self._on_snoozed,
            UNREACHED: self._on_unreached,
        }

    def start(self, tx: Tx, *, actor: str = SYSTEM, interruption: str = "", **values: Any) -> PageRow:
        """Open a page and take its first step. `values` are columns of `pages`.

        `interruption` is why `actor` lets that step reach somebody on project work, "" for the policy's own reason.
        `policy` is the one asked for: the severity and the urgency may send the page to another one.
        """
        sent = chosen(self._roster(), values["policy"], values.get("severity", ""), values["urgency"])
        page = pages.create(tx, **values | ({} if values["person"] else {"policy": sent.policy}))
        tx.emit(
            "page.started",
            page.subject,
            {
                "title": page.title,
                "service": page.service,
                "policy": page.policy,
                "policy_why": "" if page.person else sent.why,
                "person": page.person,
                "urgency": page.urgency,
                "severity": page.severity,
                "group_id": page.group_id,
                "incident_id": page.incident_id,
            },
            actor=actor,
        )
        return self._take_step(tx, page, 1, 1, interrupted=Interrupted(interruption, actor))

    def restart(self, tx: Tx, page: PageRow, why: str, **values: Any) -> PageRow:
        """Run a page that nobody is on again from its first step; `values` are columns: what there is to say now."""
        tx.emit("page.restarted", page.subject, {"why": why})
        return self.run_again(tx, page, **values)

    def run_again(self, tx: Tx, page: PageRow, **values: Any) -> PageRow:
        """The first step of a page whose run so far is over, whoever had it."""
        self.stop(tx, page)
        fresh = {**NOT_TAKEN, "acks_needed": 1, **values, "last_resort_at": None, "last_resort_why": ""}
        return self._take_step(tx, pages.change(tx, page, **fresh), 1, 1)

    def _on_step(self, tx: Tx, timer: Timer) -> None:
        page = pages.get(tx.conn, timer.subject_id, lock=True)
        if page is None or page.state != "open":
            return
        if page.waits_for:
            self._take_waiting_step(tx, page, f"it waited for the {page.waits_for}")
        else:
            self.next_step(tx, page, "nobody acknowledged in time")

    # ------------------------------------------------------------------ mutes
    def _pause(self, tx: Tx, page: PageRow, mute: Mute, said: Mapping[str, Any] | None = None) -> PageRow:
        """Go on at the exact end of the mute of its route; `said` is what the trace has."""
        due, data = look_again_at(mute, tx.now), told(mute)
        if msgspec.to_builtins(data) != said:
            tx.emit("page.paused", page.subject, data)
        timers.cancel(tx, STEP, page.subject)
        timers.arm(tx, PAUSED, page.subject, due, data)
        return pages.change(tx, page, next_step_at=due)

    def _on_paused(self, tx: Tx, timer: Timer) -> None:
        page = pages.get(tx.conn, timer.subject_id, lock=True)
        if page is None or page.state != "open":
            return
        mute = self._mutes.of_group(tx.conn, page.group_id, tx.now)
        if mute is not None:
            self._pause(tx, page, mute, timer.payload)
        elif page.waits_for:
            self._take_waiting_step(tx, page, "its route is no longer muted")
        else:
            self.next_step(tx, page, "its route is no longer muted, and nobody has acknowledged")

    # ------------------------------------------------------------------ steps
    def _take_waiting_step(self, tx: Tx, page: PageRow, why: str, actor: str = SYSTEM, *, wait: bool = True) -> PageRow:
        mute = self._mutes.of_group(tx.conn, page.group_id, tx.now) if actor == SYSTEM else None
        if mute is not None:
            return self._pause(tx, page, mute)
        step = min(page.step, len(self._policy(page).steps))
        return self._take_step(tx, page, step, page.round, why=why, actor=actor, wait=wait)

    def _policy(self, page: PageRow) -> EscalationPolicy:
        return policy_for(self._roster(), page.policy, page.person, page.schedule, page.asked)

    def recheck(self, tx: Tx) -> None:
        """Judge what waits for somebody's hours again: the roster has changed."""
        for page in pages.waiting_for_hours(tx.conn):
            timers.arm_no_later(tx, STEP, page.subject, tx.now)

    def escalate(self, tx: Tx, page: PageRow, actor: str) -> PageRow:
        """Take the next step because a person asked for it: the one that waits for somebody's hours, if one does."""
        why = f"{actor} escalated"
        if page.waits_for:
            return self._take_waiting_step(tx, page, why, actor, wait=False)
        return self.next_step(tx, page, why, actor)

    def next_step(self, tx: Tx, page: PageRow, why: str, actor: str = SYSTEM) -> PageRow:
        """Escalate; the page is exhausted when its policy has no step left. What nobody asked for waits for a mute."""
        mute = self._mutes.of_group(tx.conn, page.group_id, tx.now) if actor == SYSTEM else None
        if mute is not None:
            return self._pause(tx, page, mute)
        policy = self._policy(page)
        after = following(policy, min(page.step, len(policy.steps)), page.round)
        if after is not None:
            return self._take_step(tx, page, *after, why=why, actor=actor)
        cancel_timers(tx, page)
        tx.emit("page.exhausted", page.subject, {"policy": policy.name, "rounds": page.round, "why": why}, actor=actor)
        exhausted = pages.change(tx, page, state="exhausted", next_step_at=None, waits_for="")
        return self._last_resort.exhausted(tx, exhausted)

    def _take_step(
        self, tx: Tx, page: PageRow, step: int, round_: int, *, why: str = "", actor: str = SYSTEM, wait: bool = True,
        interrupted: Interrupted = BY_POLICY,
    ) -> PageRow:  # fmt: skip
        policy = self._policy(page)
        changes = duty_changes.between(tx.conn, tx.now, tx.now + WEEK)
        teams = [one.name for one in policy.steps[step - 1].targets if one.kind is TargetKind.TEAM]
        turns = team_turns.for_turn(tx, teams)
        found = reach(self._roster(), policy, step, tx.now, page.urgency, changes, turns)
        reached = without(self._reached(tx, page, found, step), page.acks)
        can_wait = wait and page.urgency == "low"
        held = waiting(reached, tx.now) if can_wait else None
        if held is not None:
            return self._wait(tx, page, step, round_, held, reached.people)
        gaps = reached.gaps
        if page.policy and not (page.person or page.schedule or page.asks) and policy.name != page.policy:
            gaps = (f"there is no policy {page.policy}, so {policy.name} is used", *gaps)
        # A step that reaches nobody is passed at once: waiting would only lose time.
        due = tx.now + delay_after(policy, step) if reached.contacts else tx.now
        needed = 1 if page.role else max(page.acks_needed, policy.steps[step - 1].acks)
        awake = {"snoozed_until": None, "snoozed_by": ""}
        here = {"step": step, "round": round_, "next_step_at": due, "waits_for": "", "acks_needed": needed}
        moved = pages.change(tx, page, **awake, **here)
        team_turns.take(tx, reached.turns)
        self._tell(tx, moved, reached, can_wait=can_wait)
        tx.emit(
            "page.step",
            page.subject,
            {
                "step": step,
                "of": len(policy.steps),
                "round": round_,
                "policy": policy.name,
                "people": reached.people,
                "by": [
                    {"person": c.person.handle, "notifier": c.method.notifier, "copy": c.copy} for c in reached.contacts
                ],
                "turns": [{"team": team, "person": handle} for team, handle in reached.turns],
                "gaps": gaps,
                "acks": list(page.acks),
                "acks_needed": needed,
                "why": why,
                "next_at": due,
            },
            actor=actor,
        )
        timers.cancel(tx, PAUSED, page.subject)
        timers.cancel(tx, SNOOZED, page.subject)
        timers.arm(tx, STEP, page.subject, due)
        pause_for(tx, page, reached.people, STEP)
        interrupted_by_step(tx, moved, reached.people, policy.steps[step - 1], interrupted)
        return moved

    def _wait(self, tx: Tx, page: PageRow, step: int, round_: int, held: Waiting, people: Sequence[str]) -> PageRow:
        """Nobody is written to before `held.until`; then the step is judged afresh, whoever is on call by then."""
        timers.arm(tx, STEP, page.subject, held.until)
        if page.waits_for != held.why or page.next_step_at != held.until:
            data = {"step": step, "people": people, "why": held.why, "until": held.until}
            tx.emit("page.waiting", page.subject, data)
        return pages.change(tx, page, step=step, round=round_, next_step_at=held.until, waits_for=held.why)

    def _reached(self, tx: Tx, page: PageRow, reached: Reach, step: int) -> Reach:
        """Whom a step really writes to: in a drill those who take part, whatever the policy says."""
        drill = None if page.drill_id is None else drills.get(tx.conn, page.drill_id)
        return reached if drill is None else redirected(reached, self._roster(), drill.people, step, page.urgency)

    def is_held(self, tx: Tx, drill_id: int | None) -> bool:
        """Whether a drill is paused, so that nobody is told anything of it."""
        drill = None if drill_id is None else drills.get(tx.conn, drill_id)
        return drill is not None and drill.state == "paused"

    def _tell(self, tx: Tx, page: PageRow, reached: Reach, *, can_wait: bool) -> None:
        deliveries.enqueue(
            tx,
            [
                of_step(page, place, contact, self._due(tx, page, contact), can_wait=can_wait)
                for place, contact in enumerate(reached.contacts)
            ],
        )

    def _due(self, tx: Tx, page: PageRow, contact: Contact) -> datetime:
        """When a method is used; one whose turn comes while the route is muted waits for the end of that."""
        due = tx.now + contact.method.after
        mute = self._mutes.of_group(tx.conn, page.group_id, due) if contact.method.after else None
        return due if mute is None else look_again_at(mute, due)

    # ------------------------------------------------------------------ nobody can be reached
    def watch(self, tx: Tx, page_id: int, since: datetime) -> None:
        """A message of the page is in trouble: see in time whether any other got through."""
        self._last_resort.watch(tx, page_id, since)

    def _on_unreached(self, tx: Tx, timer: Timer) -> None:
        page = pages.get(tx.conn, timer.subject_id, lock=True)
        if page is not None:
            self._last_resort.judge(tx, page)

    # ------------------------------------------------------------------ acknowledgement
    def acknowledge(
        self, tx: Tx, page_id: int, actor: str, *, via: str, note: str = "", until: datetime | None = None
    ) -> PageRow:
        """Stop the escalation, for good or `until` then. The same person may change the end of it by the API.

        Raises `Conflict` naming who was first when somebody else had it, or when it is over.
        """
        page = lock_page(tx, page_id)
        if page.state == "acknowledged" and page.acknowledged_by == actor:
            return self._again(tx, page, actor, until, via)
        if page.state == "acknowledged":
            remedy = f"take it over: incidentctl page take-over P-{page.id}"
            raise Conflict(f"{page.acknowledged_by} acknowledged P-{page.id} first", remedy=remedy)
        if page.state == "resolved":
            raise Conflict(f"P-{page.id} is resolved already")
        acks = tuple(dict.fromkeys((*page.acks, actor)))
        if len(acks) < page.acks_needed:
            return self._count(tx, page, acks, actor, via=via, note=note)
        until = until or self.acknowledgement_ends(tx, page)
        held_back = sorted(row.id for row in self.stop(tx, page))
        was: dict[str, Any] = {"state": page.state, "next_step_at": page.next_step_at, "deliveries": held_back}
        was["waits_for"] = page.waits_for
        if page.group_id is not None:
            members = [one for one, _ in groups.firing(tx.conn, page.group_id)]
            was["taken"] = {one.id: one.acknowledged_by for one in members if one.acknowledged_by}
            alerts.set_acknowledged(tx, [one.id for one in members], actor)
        if until is not None:
            timers.arm(tx, LAPSED, page.subject, until)
        told = {"via": via, "note": note, "step": page.step, "until": until, "acks": acks, "was": was}
        tx.emit("page.acknowledged", page.subject, told, actor=actor)
        return self.passed(
            tx,
            page,
            state="acknowledged",
            acknowledged_at=tx.now,
            acknowledged_by=actor,
            acknowledged_via=via,
            acknowledged_until=until,
            acks=acks,
            snoozed_until=None,
            snoozed_by="",
            next_step_at=None,
            waits_for="",
        )

    def passed(self, tx: Tx, page: PageRow, **values: Any) -> PageRow:
        """Store who has the page now, and tell those who follow it."""
        return self.tell_followers(tx, page, pages.change(tx, page, **values))

    def tell_followers(self, tx: Tx, before: PageRow, after: PageRow) -> PageRow:
        """A page has another holder, or none again."""
        for follow in self.followers:
            follow(tx, before, after)
        return after

    def acknowledgement_ends(self, tx: Tx, page: PageRow) -> datetime | None:
        """When an acknowledgement ends that names no end; None when it holds until the page is over."""
        timeout = None if page.role else self._policy(page).ack_timeout  # a role is left, it does not run out
        return None if timeout is None else tx.now + timeout

    def _count(self, tx: Tx, page: PageRow, acks: tuple[str, ...], actor: str, *, via: str, note: str) -> PageRow:
        """One of several acknowledgements: `actor` is not written to again, the others still are."""
        if actor in page.acks:
            return page
        self._take_back(tx, page, actor)
        missing = [one for one in deliveries.asked(tx.conn, [page.id]).get(page.id, ()) if one not in acks]
        told = {"via": via, "note": note, "acks": acks, "needed": page.acks_needed, "missing": missing}
        tx.emit("page.ack_counted", page.subject, told, actor=actor)
        return pages.change(tx, page, acks=acks)

    def _again(self, tx: Tx, page: PageRow, actor: str, until: datetime | None, via: str) -> PageRow:
        """Whoever has it says so once more. A link renews the policy's time, and never makes it shorter."""
        if via == "link" and page.acknowledged_until is not None:
            renewed = self.acknowledgement_ends(tx, page) or page.acknowledged_until
            return self._change_end(tx, page, actor, max(renewed, page.acknowledged_until))
        return self._change_end(tx, page, actor, until) if via == "api" else page

    def _change_end(self, tx: Tx, page: PageRow, actor: str, until: datetime | None) -> PageRow:
        """Another end of an acknowledgement, or none where the policy has none either."""
        until = until or self.acknowledgement_ends(tx, page)
        if until == page.acknowledged_until:
            return page
        if until is None:
            timers.cancel(tx, LAPSED, page.subject)
        else:
            timers.arm(tx, LAPSED, page.subject, until)
        tx.emit("page.ack_changed", page.subject, {"until": until}, actor=actor)
        return pages.change(tx, page, acknowledged_until=until)

    def _on_lapsed(self, tx: Tx, timer: Timer) -> None:
        """An acknowledgement has run out: what still fires is escalated on, from the step it was acknowledged at.

        Where nothing fires but the group is held open, the next alert that fires in it finds the page to be nobody's.
        """
        page = pages.get(tx.conn, timer.subject_id, lock=True)
        if page is None or page.state != "acknowledged" or page.acknowledged_until is None:
            return
        firing = [] if page.group_id is None else groups.firing(tx.conn, page.group_id)
        if page.group_id is not None and not firing:
            return
        taken = [one.id for one, _ in firing if one.acknowledged_by == page.acknowledged_by]
        alerts.set_acknowledged(tx, taken, "")
        tx.emit("page.ack_lapsed", page.subject, {"by": page.acknowledged_by, "until": page.acknowledged_until})
        before = pages.change(tx, page, **NOT_TAKEN, step=max(page.step - 1, 0))
        self.next_step(tx, before, "the acknowledgement has run out")

    def _on_snoozed(self, tx: Tx, timer: Timer) -> None:
        """The page was put off until now: its step is taken again."""
        page = pages.get(tx.conn, timer.subject_id, lock=True)
        if page is None or page.state != "open" or page.snoozed_until is None:
            return
        by = page.snoozed_by
        tx.emit("page.snooze_over", page.subject, {"by": by, "until": page.snoozed_until})
        awake = pages.change(tx, page, snoozed_until=None, snoozed_by="", step=max(page.step - 1, 0))
        self.next_step(tx, awake, f"{by} had put it off until now")

    def acknowledge_taken(self, tx: Tx, page: PageRow) -> None:
        """Acknowledge a page whose alerts were all taken on at their sources."""
        page = lock_page(tx, page.id)
        if page.group_id is None or page.state not in ("open", "exhausted"):
            return
        takers = [alert.acknowledged_by for alert, _ in groups.firing(tx.conn, page.group_id)]
        if takers and all(takers):
            self.acknowledge(tx, page.id, takers[-1], via="source")

    def stop(self, tx: Tx, page: PageRow) -> list[deliveries.DeliveryRow]:
        """No further step; the answer is the messages that were taken back."""
        cancel_timers(tx, page)
        timers.cancel(tx, UNREACHED, page.subject)
        return self._take_back(tx, page)

    def _take_back(self, tx: Tx, page: PageRow, person: str = "") -> list[deliveries.DeliveryRow]:
        taken_back = deliveries.cancel_waiting(tx, page.id, person)
        for row in taken_back:
            if row.held:
                tx.emit("delivery.dropped", page.subject, facts(row, held=row.held))
        return taken_back

    def resolve(self, tx: Tx, page: PageRow, why: str, actor: str = SYSTEM) -> PageRow:
        """End the page and tell everybody who was written to."""
        if page.state == "resolved":
            return page
        held = self.stop(tx, page)
        tx.emit("page.resolved", page.subject, {"why": why}, actor=actor)
        if page.state == "open" and page.drill_id is None:  # of a drill, only those who take part hear
            tell_later(tx, self._roster(), page, held, actor)
        tell_again(tx, page, "resolved", f"Resolved: {why}.", "you were written to about it")
        over = {"next_step_at": None, "waits_for": "", "snoozed_until": None, "snoozed_by": ""}
        return pages.change(tx, page, state="resolved", resolved_at=tx.now, **over)

    def after_failure(self, tx: Tx, page: PageRow, failed: deliveries.DeliveryRow) -> None:
        """A message can never arrive: use the person's next method now, and escalate when the step reaches nobody."""
        if page.state not in ("open", "exhausted") or page.snoozed_until or failed.kind not in (PAGE, COPY):
            return
        if failed.kind == PAGE:
            self.watch(tx, page.id, failed.created_at)
        if deliveries.hasten(tx, page.id, failed.person) or page.state != "open":
            return
        if (page.step, page.round) == (failed.step, failed.round) and not deliveries.step_can_reach(
            tx.conn, page.id, page.step, page.round
        ):
            self.next_step(tx, page, "no message of the step before can be delivered")
