"""When a page gets through to nobody: the contact set of `[last_resort]` is written to, once for each run of a page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from incidentd.domain.delivery_keys import step_key
from incidentd.domain.escalation import NOBODY, last_resort_why
from incidentd.domain.people import Roster
from incidentd.storage import deliveries, pages, timers
from incidentd.storage.deliveries import Message, NewDelivery
from incidentd.storage.pages import PageRow
from incidentd.storage.tx import Tx

UNREACHED = "page.unreached"
PERSON = "last-resort"
"""The handle that the last resort's messages go to."""
KIND = "last_resort"
_REASON = "you are the last resort: nobody else could be reached or answered"


class LastResort:
    """Judges whether a page reached anybody. Everything happens inside a command's transaction."""

    def __init__(self, roster: Callable[[], Roster]) -> None:
        self._roster = roster

    def watch(self, tx: Tx, page_id: int, since: datetime) -> None:
        """Judge the page `after` the first message that is in trouble was due."""
        page = pages.get(tx.conn, page_id)
        if page is not None and page.last_resort_at is None:
            due = max(tx.now, since + self._roster().last_resort.after)
            timers.arm_no_later(tx, UNREACHED, page.subject, due)

    def judge(self, tx: Tx, page: PageRow) -> None:
        """The time is over: write unless something arrived, or the page is over."""
        waits = page.state in ("open", "exhausted") and page.snoozed_until is None
        if waits and not deliveries.reached_anybody(tx.conn, page.id):
            self._write(tx, page, NOBODY)

    def exhausted(self, tx: Tx, page: PageRow) -> PageRow:
        """The page has no step left."""
        may_reach = deliveries.may_reach_anybody(tx.conn, page.id)
        why = last_resort_why(self._roster().last_resort, page.urgency, may_reach)
        return self._write(tx, page, why) if why else page

    def _write(self, tx: Tx, page: PageRow, why: str) -> PageRow:
        if page.last_resort_at is not None or page.drill_id is not None:  # a drill is no emergency
            return page
        contacts = self._roster().last_resort.contacts
        body = f"{why[0].upper()}{why[1:]}.\n{page.body}"
        message = Message(title=page.title, body=body, reason=_REASON, urgency="high", labels=page.labels)
        deliveries.enqueue(
            tx,
            [
                NewDelivery(
                    page_id=page.id,
                    person=PERSON,
                    notifier=method.notifier,
                    address=method.address,
                    kind=KIND,
                    message=message,
                    idempotency_key=step_key(page.subject, page.started_at, page.version, place, PERSON, method),
                    due_at=tx.now + method.after,
                )
                for place, method in enumerate(contacts)
            ],
        )
        tx.emit("page.last_resort", page.subject, {"why": why, "by": [one.notifier for one in contacts]})
        timers.cancel(tx, UNREACHED, page.subject)
        return pages.change(tx, page, last_resort_at=tx.now, last_resort_why=why)
