"""The report of a replay: both sides run, compared with each other and with what really happened."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

import msgspec

from incidentd import wire
from incidentd.domain.people import Roster
from incidentd.domain.process import Process
from incidentd.replay.comparison import counts, differences, fidelity, shown
from incidentd.replay.history import History
from incidentd.replay.model import Side
from incidentd.replay.seen import Pair, SeenPage, members, paired, seen
from incidentd.wire.replay import Explained, PageChange, ReplayReport

MAX_CHANGES = 500
_MAX_EXPLAINED = 20
_MAX_REASONS = 200
_INHIBITOR = re.compile(r"(?<=nhibited by A-)[0-9]+")


class Configured(msgspec.Struct, frozen=True, kw_only=True):
    """What decides about pages."""

    process: Process
    roster: Roster


async def compare(
    history: History, before: Configured, after: Configured, explain: str, progress: Callable[[float], None]
) -> ReplayReport:
    """Run the record under both configurations. `explain` names a change whose traces are wanted."""
    began = time.monotonic()
    sides = (
        Side(history, before.process, before.roster, lambda share: progress(share / 2)),
        Side(history, after.process, after.roster, lambda share: progress(0.5 + share / 2)),
    )
    try:
        pages = [await side.run() for side in sides]
        return await _report(history, sides, pages, explain, began)
    finally:
        for side in sides:
            await side.close()


async def _report(
    history: History, sides: tuple[Side, Side], pages: Sequence[Sequence[SeenPage]], explain: str, began: float
) -> ReplayReport:
    pairs = paired(pages[0], pages[1])
    real = paired(_really(history), pages[0])
    names = {id(replayed): f"P-{recorded.row.id}" for recorded, replayed in real if recorded and replayed}
    changes = [one for number, pair in enumerate(pairs, 1) if (one := _change(pair, names, number)) is not None]
    wanted = [one for one in changes if one.id == explain]
    kinds = [one.kind for one in changes]
    return ReplayReport(
        since=history.since,
        until=history.until,
        episodes=sum(1 for _ in history.of_kind("alert.fired")),
        pages_before=len(pages[0]),
        pages_after=len(pages[1]),
        sent=kinds.count("sent"),
        dropped=kinds.count("dropped"),
        moved=kinds.count("moved"),
        same=len(pairs) - len(changes),
        changes=await _reasoned(sides, changes[:MAX_CHANGES]),
        people=counts(pairs),
        fidelity=fidelity(real),
        explained=tuple([one for change in wanted for one in await _explained(sides, change)]),
        notes=tuple(_notes(history, pairs, changes, explain)),
        exact_since=_exact_since(history),
        seconds=round(time.monotonic() - began, 2),
    )


def _really(history: History) -> list[SeenPage]:
    fired = [one for one in (*history.earlier, *history.events) if one.kind == "alert.fired"]
    inside = [page for page in history.pages.values() if history.since <= page.started_at < history.until]
    return seen(inside, history.deliveries, members(fired))


def _change(pair: Pair, names: dict[int, str], number: int) -> PageChange | None:
    """What became of a page, None when nothing did."""
    before, after = pair
    page = before or after
    assert page is not None
    moved = differences(before, after) if before and after else ()
    if before and after and not moved:
        return None
    return PageChange(
        id=names.get(id(before), f"R-{number}"),
        kind="moved" if before and after else "dropped" if before else "sent",
        alert_ids=tuple(sorted({alert for alert, _ in page.episodes})),
        before=shown(before) if before else None,
        after=shown(after) if after else None,
        differences=moved,
        reason="",
    )


# ------------------------------------------------------------------ why
async def _reasoned(sides: tuple[Side, Side], changes: Sequence[PageChange]) -> tuple[PageChange, ...]:
    """The changes, those that one side lacks with what that side says of the first alert."""
    found = []
    for number, change in enumerate(changes):
        lacking = sides[1] if change.kind == "dropped" else sides[0]
        if change.kind != "moved" and change.alert_ids and number < _MAX_REASONS:
            trace = await lacking.trace(change.alert_ids[0])
            verdict = "" if trace is None else _as_recorded(lacking, trace.verdict)
            change = msgspec.structs.replace(change, reason=verdict)
        found.append(change)
    return tuple(found)


async def _explained(sides: tuple[Side, Side], change: PageChange) -> list[Explained]:
    found = []
    for alert_id in change.alert_ids[:_MAX_EXPLAINED]:
        before, after = [await side.trace(alert_id) for side in sides]
        found.append(
            Explained(
                alert_id=alert_id,
                before=_steps(sides[0], before),
                before_verdict="" if before is None else _as_recorded(sides[0], before.verdict),
                after=_steps(sides[1], after),
                after_verdict="" if after is None else _as_recorded(sides[1], after.verdict),
            )
        )
    return found


def _steps(side: Side, trace: wire.Trace | None) -> tuple[wire.TraceStep, ...]:
    steps = () if trace is None else trace.steps
    return tuple(msgspec.structs.replace(one, text=_as_recorded(side, one.text)) for one in steps)


def _as_recorded(side: Side, text: str) -> str:
    """`text` with the recorded number of the alert that inhibits."""
    return _INHIBITOR.sub(lambda found: str(side.recorded_id(int(found[0]))), text, count=1)


# ------------------------------------------------------------------ what a replay does not know
def _exact_since(history: History) -> datetime | None:
    """From when on every beginning was recorded with its labels."""
    fired = list(history.of_kind("alert.fired"))
    without = [index for index, one in enumerate(fired) if "labels" not in one.data]
    if not without:
        return history.since
    later = fired[without[-1] + 1 :]
    return later[0].at if later else None


def _notes(history: History, pairs: Sequence[Pair], changes: Sequence[PageChange], explain: str) -> Iterator[str]:
    without = sum("labels" not in one.data for one in history.of_kind("alert.fired"))
    if without:
        yield f"{without} alerts were recorded before labels were kept with each beginning: their last labels are used"
    for event in history.of_kind("daemon.reloaded"):
        yield f"the configuration was reloaded at {event.at:%Y-%m-%dT%H:%M:%SZ}: “before” is the one in force now"
    failed = sum(1 for _ in history.of_kind("delivery.failed"))
    if failed:
        yield f"{failed} messages really failed for good; in a replay every message arrives at once"
    alone = sum(1 for before, after in pairs if before is None and after is not None)
    if alone:
        yield (
            f"nobody knows who would have acknowledged the {alone} pages that were never sent: "
            "they go through their steps as if nobody did"
        )
    if len(changes) > MAX_CHANGES:
        yield f"the first {MAX_CHANGES} of {len(changes)} changed pages are listed"
    if explain and not any(one.id == explain for one in changes):
        yield f"there is nothing to explain: {explain} is no changed page of this replay"
