"""Handing a page back: an acknowledgement is undone and the escalation goes on where it stood.

What stood before is read from the event of the acknowledgement: the time of the next step, the messages that were
held back, and who had taken alerts on at their sources. Everything here happens inside a command.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from incidentd.domain.event_times import instant
from incidentd.services.errors import Conflict
from incidentd.services.escalation import STEP, cancel_timers, lock_page
from incidentd.storage import alerts, deliveries, event_log, groups, pages, timers
from incidentd.storage.pages import PageRow
from incidentd.storage.tx import Tx


def hand_back(tx: Tx, page_id: int, actor: str, note: str = "") -> PageRow:
    """Undo the acknowledgement. Raises `NotFound`, and `Conflict` when the page is not acknowledged.

    A step whose time passed meanwhile is taken at once: until then nobody had the page.
    """
    page = lock_page(tx, page_id)
    if page.state in ("open", "exhausted") and actor in page.acks:
        return _one_of_several(tx, page, actor, note)
    if page.state != "acknowledged":
        raise Conflict(f"P-{page.id} is {page.state}, so there is no acknowledgement to take back")
    was = _before(tx, page)
    due = _resume(tx, page, was)
    if page.group_id is not None:
        _free_alerts(tx, page, page.group_id, was.get("taken", {}))
    told = {"acknowledged_by": page.acknowledged_by, "note": note, "next_at": due}
    tx.emit("page.handed_back", page.subject, told, actor=actor)
    return pages.change(
        tx,
        page,
        state="open" if due else "exhausted",
        acknowledged_at=None,
        acknowledged_by="",
        acknowledged_via="",
        acknowledged_until=None,
        acks=tuple(one for one in page.acks if one != actor) if actor in page.acks else (),
        next_step_at=due,
        waits_for=str(was.get("waits_for", "")),
    )


def _one_of_several(tx: Tx, page: PageRow, actor: str, note: str) -> PageRow:
    """One acknowledgement less; the escalation has gone on all the time."""
    told = {"acknowledged_by": actor, "note": note, "next_at": page.next_step_at}
    tx.emit("page.handed_back", page.subject, told, actor=actor)
    return pages.change(tx, page, acks=tuple(one for one in page.acks if one != actor))


def _before(tx: Tx, page: PageRow) -> Mapping[str, Any]:
    """How the page stood when it was acknowledged last; {} when the event of an older version does not say."""
    told = event_log.of_subjects(tx.conn, [page.subject], ["page.acknowledged"])
    was = told[-1].data.get("was") if told else None
    return was if isinstance(was, Mapping) else {}


def _resume(tx: Tx, page: PageRow, was: Mapping[str, Any]) -> datetime | None:
    """Go on; the answer is when the next step is due, None when the policy was exhausted already."""
    cancel_timers(tx, page)
    deliveries.wait_again(tx, was.get("deliveries", ()))
    if was.get("state") == "exhausted":
        return None
    due = max(instant(was.get("next_step_at")) or tx.now, tx.now)
    timers.arm(tx, STEP, page.subject, due)
    return due


def _free_alerts(tx: Tx, page: PageRow, group_id: int, taken: Mapping[str, str]) -> None:
    """The alerts are again whose they were; one that another acknowledged page is about stays taken."""
    firing = [one.id for one, _ in groups.firing(tx.conn, group_id) if one.acknowledged_by == page.acknowledged_by]
    about = pages.active_of_alerts(tx.conn, firing)
    holders: dict[str, list[int]] = {}
    for number in firing:
        if not any(other.state == "acknowledged" and other.id != page.id for other in about.get(number, ())):
            holders.setdefault(taken.get(str(number), ""), []).append(number)
    for holder, ids in holders.items():
        alerts.set_acknowledged(tx, ids, holder)
