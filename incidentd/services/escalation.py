"""Running a page: steps, acknowledgement, resolution. Everything here happens inside a command's transaction."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from incidentd.domain.escalation import Contact, Reach, delay_after, following, policy_for, reach
from incidentd.domain.people import Roster
from incidentd.services.errors import Conflict, Invalid, NotFound
from incidentd.storage import alerts, deliveries, groups, pages, timers
from incidentd.storage.deliveries import Message, NewDelivery
from incidentd.storage.pages import PageRow
from incidentd.storage.timers import Timer
from incidentd.storage.tx import SYSTEM, Tx

STEP = "page.step"
Handler = Callable[[Tx, Timer], None]


def lock_page(tx: Tx, page_id: int) -> PageRow:
    """The page, locked. Raises `NotFound`."""
    page = pages.get(tx.conn, page_id, lock=True)
    if page is None:
        raise NotFound(f"there is no page P-{page_id}")
    return page


class Escalation:
    """Starts pages and moves them on; `roster` is asked afresh at every step, so that a reload counts at once."""

    def __init__(self, roster: Callable[[], Roster]) -> None:
        self._roster = roster

    def handlers(self) -> Mapping[str, Handler]:
        """What its timers do."""
        return {STEP: self._on_step}

    def start(self, tx: Tx, *, actor: str = SYSTEM, **values: Any) -> PageRow:
        """Open a page and take its first step. `values` are columns of `pages`."""
        page = pages.create(tx, **values)
        tx.emit(
            "page.started",
            page.subject,
            {
                "title": page.title,
                "service": page.service,
                "policy": page.policy,
                "person": page.person,
                "urgency": page.urgency,
                "group_id": page.group_id,
                "incident_id": page.incident_id,
            },
            actor=actor,
        )
        return self._take_step(tx, page, 1, 1)

    def restart(self, tx: Tx, page: PageRow, why: str, *, title: str, body: str) -> PageRow:
        """Run an exhausted page again from its first step, with what there is to say now."""
        tx.emit("page.restarted", page.subject, {"why": why})
        return self._take_step(tx, pages.change(tx, page, state="open", title=title, body=body), 1, 1)

    def _on_step(self, tx: Tx, timer: Timer) -> None:
        page = pages.get(tx.conn, timer.subject_id, lock=True)
        if page is not None and page.state == "open":
            self.next_step(tx, page, "nobody acknowledged in time")

    def next_step(self, tx: Tx, page: PageRow, why: str, actor: str = SYSTEM) -> PageRow:
        """Escalate; the page is exhausted when its policy has no step left."""
        policy = policy_for(self._roster(), page.policy, page.person)
        after = following(policy, min(page.step, len(policy.steps)), page.round)
        if after is not None:
            return self._take_step(tx, page, *after, why=why, actor=actor)
        timers.cancel(tx, STEP, page.subject)
        tx.emit("page.exhausted", page.subject, {"policy": policy.name, "rounds": page.round, "why": why}, actor=actor)
        return pages.change(tx, page, state="exhausted", next_step_at=None)

    def _take_step(
        self, tx: Tx, page: PageRow, step: int, round_: int, *, why: str = "", actor: str = SYSTEM
    ) -> PageRow:
        policy = policy_for(self._roster(), page.policy, page.person)
        reached = reach(self._roster(), policy, step, tx.now)
        gaps = reached.gaps
        if page.policy and not page.person and policy.name != page.policy:
            gaps = (f"there is no policy {page.policy}, so {policy.name} is used", *gaps)
        # A step that reaches nobody is passed at once: waiting would only lose time.
        due = tx.now + delay_after(policy, step) if reached.contacts else tx.now
        moved = pages.change(tx, page, step=step, round=round_, next_step_at=due)
        self._tell(tx, moved, reached)
        tx.emit(
            "page.step",
            page.subject,
            {
                "step": step,
                "of": len(policy.steps),
                "round": round_,
                "policy": policy.name,
                "people": reached.people,
                "by": [{"person": c.person.handle, "notifier": c.method.notifier} for c in reached.contacts],
                "gaps": gaps,
                "why": why,
                "next_at": due,
            },
            actor=actor,
        )
        timers.arm(tx, STEP, page.subject, due)
        return moved

    def _tell(self, tx: Tx, page: PageRow, reached: Reach) -> None:
        deliveries.enqueue(
            tx,
            [
                new_delivery(page, contact, "page", page.body, tx.now + contact.method.after, contact.reason)
                for contact in reached.contacts
            ],
        )

    def acknowledge(self, tx: Tx, page_id: int, actor: str, *, via: str, note: str = "") -> PageRow:
        """Stop the escalation. Raises `Conflict` naming who was first when somebody else had it, or when it is over."""
        page = lock_page(tx, page_id)
        if page.state == "acknowledged" and page.acknowledged_by == actor:
            return page
        if page.state == "acknowledged":
            raise Conflict(f"{page.acknowledged_by} acknowledged P-{page.id} first")
        if page.state == "resolved":
            raise Conflict(f"P-{page.id} is resolved already")
        held_back = self._stop(tx, page)
        was: dict[str, Any] = {"state": page.state, "next_step_at": page.next_step_at, "deliveries": held_back}
        if page.group_id is not None:
            members = [one for one, _ in groups.firing(tx.conn, page.group_id)]
            was["taken"] = {one.id: one.acknowledged_by for one in members if one.acknowledged_by}
            alerts.set_acknowledged(tx, [one.id for one in members], actor)
        told = {"via": via, "note": note, "step": page.step, "was": was}
        tx.emit("page.acknowledged", page.subject, told, actor=actor)
        return pages.change(
            tx,
            page,
            state="acknowledged",
            acknowledged_at=tx.now,
            acknowledged_by=actor,
            acknowledged_via=via,
            next_step_at=None,
        )

    def acknowledge_taken(self, tx: Tx, page: PageRow) -> None:
        """Acknowledge a page whose alerts were all taken on at their sources."""
        page = lock_page(tx, page.id)
        if page.group_id is None or page.state not in ("open", "exhausted"):
            return
        takers = [alert.acknowledged_by for alert, _ in groups.firing(tx.conn, page.group_id)]
        if takers and all(takers):
            self.acknowledge(tx, page.id, takers[-1], via="source")

    def _stop(self, tx: Tx, page: PageRow) -> list[int]:
        """No further step; the answer is the messages that were held back."""
        timers.cancel(tx, STEP, page.subject)
        return deliveries.cancel_waiting(tx, page.id)

    def resolve(self, tx: Tx, page: PageRow, why: str, actor: str = SYSTEM) -> PageRow:
        """End the page and tell everybody who was written to."""
        if page.state == "resolved":
            return page
        self._stop(tx, page)
        tx.emit("page.resolved", page.subject, {"why": why}, actor=actor)
        self.tell_again(tx, page, "resolved", f"Resolved: {why}.", "you were written to about it")
        return pages.change(tx, page, state="resolved", resolved_at=tx.now, next_step_at=None)

    def tell_again(self, tx: Tx, page: PageRow, kind: str, body: str, reason: str, only: str = "") -> int:
        """Write once more to the people who were reached, each by the method that reached them first.

        `only` names the one who needs to know; everybody is told where that person was never written to.
        """
        first: dict[str, deliveries.DeliveryRow] = {}
        for sent in deliveries.of_pages(tx.conn, [page.id]):
            if sent.state in deliveries.WRITTEN_TO and sent.kind == "page":
                first.setdefault(sent.person, sent)
        chosen = [first[only]] if only in first else list(first.values())
        message = Message(title=page.title, body=body, reason=reason, urgency="low", labels=page.labels)
        deliveries.enqueue(
            tx,
            [
                NewDelivery(
                    page_id=page.id,
                    person=one.person,
                    notifier=one.notifier,
                    address=one.address,
                    kind=kind,
                    message=message,
                    idempotency_key=uuid.uuid4().hex,
                    due_at=tx.now,
                )
                for one in chosen
            ],
        )
        return len(chosen)

    def after_failure(self, tx: Tx, page: PageRow, failed: deliveries.DeliveryRow) -> None:
        """A message can never arrive: use the person's next method now, and escalate when the step reaches nobody."""
        if page.state != "open" or failed.kind != "page" or deliveries.hasten(tx, page.id, failed.person):
            return
        if (page.step, page.round) == (failed.step, failed.round) and not deliveries.step_can_reach(
            tx.conn, page.id, page.step, page.round
        ):
            self.next_step(tx, page, "no message of the step before can be delivered")

    def check_target(self, service: str, person: str) -> None:
        """Raise `Invalid` unless exactly one known target is named."""
        roster = self._roster()
        if bool(service) == bool(person):
            raise Invalid("name a service or a person, one of the two", field="service")
        if person and person not in roster.people:
            raise Invalid(f"there is no person {person!r}", field="person", remedy="see incidentctl people")
        if service and service not in roster.services and service != "default":
            raise Invalid(f"there is no service {service!r}", field="service", remedy="see incidentctl services")


def new_delivery(page: PageRow, contact: Contact, kind: str, body: str, due_at: datetime, reason: str) -> NewDelivery:
    """The row for one message about a page."""
    return NewDelivery(
        page_id=page.id,
        person=contact.person.handle,
        notifier=contact.method.notifier,
        address=contact.method.address,
        kind=kind,
        message=Message(title=page.title, body=body, reason=reason, urgency=page.urgency, labels=page.labels),
        idempotency_key=uuid.uuid4().hex,
        due_at=due_at,
        step=page.step,
        round=page.round,
    )
