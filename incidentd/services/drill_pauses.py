"""A drill waits while somebody who takes part has a real page: the real world comes first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from incidentd.clock import EPOCH
from incidentd.domain.drills import LONGEST_PAUSE
from incidentd.storage import deliveries, drills, pages, timers
from incidentd.storage.drills import DrillRow
from incidentd.storage.pages import PageRow
from incidentd.storage.tx import Tx

STEP = "drill.step"
END = "drill.end"
_AGAIN = timedelta(minutes=1)  # until the next step of a page, after a pause


def pause_for(tx: Tx, page: PageRow, people: Sequence[str], page_step: str) -> None:
    """Pause the running drills of `people`, who are written to about the real `page`."""
    if page.drill_id is not None or page.urgency != "high" or not people:
        return
    for drill in drills.ongoing(tx.conn):
        wanted = sorted(set(drill.people) & set(people))
        if drill.state == "running" and wanted:
            _pause(tx, drill, page, wanted, page_step)


def _pause(tx: Tx, drill: DrillRow, page: PageRow, wanted: Sequence[str], page_step: str) -> None:
    why = f"{', '.join(wanted)} had a real page, P-{page.id}"
    left = max((drill.next_at or tx.now) - tx.now, timedelta(0))
    timers.cancel(tx, STEP, drill.subject)
    timers.arm(tx, END, drill.subject, tx.now + LONGEST_PAUSE)
    drills.change(tx, drill, state="paused", why=why, next_at=None, waits=EPOCH + left)
    for page_id in drills.page_ids(tx.conn, drill):
        timers.cancel(tx, page_step, f"page:{page_id}")
        deliveries.cancel_waiting(tx, page_id)
    tx.emit("drill.paused", drill.subject, {"why": why, "page": page.id, "people": wanted})


def arm_rest(tx: Tx, drill: DrillRow) -> DrillRow:
    """Go on where a drill was paused."""
    left = (drill.waits or EPOCH) - EPOCH
    over = drill.position >= len(drill.script)
    timers.cancel(tx, END, drill.subject)
    timers.arm(tx, END if over else STEP, drill.subject, tx.now + left)
    for page_id in drills.page_ids(tx.conn, drill):
        page = pages.get(tx.conn, page_id, lock=True)
        if page is not None and page.state == "open":
            timers.arm(tx, "page.step", page.subject, tx.now + _AGAIN)
            pages.change(tx, page, next_step_at=tx.now + _AGAIN)
    return drills.change(tx, drill, state="running", why="", next_at=tx.now + left, waits=None)
