"""Sees duty blocks begin and end: each schedule is looked at when its next block changes, and after every change of it.

What a schedule says of the time since the last look is lived through block by block, so that a daemon that was away
misses no end of one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from incidentd.domain.duty_blocks import Block, blocks
from incidentd.domain.final_schedule import HORIZON, WEEK, final_schedule
from incidentd.domain.handover import Handover, form_of
from incidentd.domain.people import HandoverForm, Roster, Schedule
from incidentd.services.escalation import Handler
from incidentd.services.handover_acts import HandoverActs
from incidentd.storage import duty_changes, handovers, timers
from incidentd.storage.timers import Timer
from incidentd.storage.tx import Tx

LOOK = "handover.look"
_BACK = timedelta(days=60)  # how far a block is followed back that lasted before the first look
_SOON = timedelta(days=15)


class HandoverWatch:
    """`follow` after a start, a reload and every change of the day; its timers do the rest."""

    def __init__(self, roster: Callable[[], Roster], acts: HandoverActs) -> None:
        self._roster = roster
        self._acts = acts

    def handlers(self) -> Mapping[str, Handler]:
        """What its timers do."""
        return {LOOK: self._on_look}

    def follow(self, tx: Tx) -> None:
        """Look at every schedule that wants handovers; the blocks of others end without one."""
        wanted = {name: one for name, one in self._roster().schedules.items() if one.handover_form != HandoverForm.OFF}
        for schedule in wanted.values():
            timer = timers.find(tx, LOOK, _subject(schedule.name))
            self._look(tx, schedule, None if timer is None else _seen(timer))
        for running in handovers.all_running(tx):
            if running.schedule not in wanted:
                self._acts.lapse(tx, running)

    def _on_look(self, tx: Tx, timer: Timer) -> None:
        schedule = self._roster().schedules.get(timer.subject.partition(":")[2])
        if schedule is not None and schedule.handover_form != HandoverForm.OFF:
            self._look(tx, schedule, _seen(timer))

    def _look(self, tx: Tx, schedule: Schedule, seen: datetime | None) -> None:
        running = handovers.running(tx, schedule.name)
        if seen is None and running is not None:
            seen = running.starts_at
        found = _around(tx, schedule, tx.now - _BACK if seen is None else seen)
        begun = [one for one in found if one.starts_at <= tx.now]
        if seen is None:  # nobody asks for what was before the first look
            begun = [one for one in begun[-1:] if one.ends_at > tx.now]
        before = None
        for block in begun:
            if running is not None and running.person != block.person:
                if running.ends_at > tx.now:  # the file is new: what it says of the past counts from now on
                    block = msgspec.structs.replace(block, starts_at=tx.now)
                ends_at = min(running.ends_at if before is None else before.ends_at, block.starts_at)
                self._end(tx, schedule, msgspec.structs.replace(running, ends_at=ends_at), block)
                running = None
            running = running or self._begin(tx, schedule, block)
            before = block
        if running is not None:
            running = self._so_far(tx, schedule, running, before, found)
        ahead = [running.ends_at] if running is not None else [one.starts_at for one in found]
        due = min([at for at in ahead if at > tx.now] + [tx.now + WEEK])
        timers.arm(tx, LOOK, _subject(schedule.name), due, {"seen": tx.now.isoformat()})

    def _so_far(
        self, tx: Tx, schedule: Schedule, running: Handover, block: Block | None, found: Sequence[Block]
    ) -> Handover | None:
        """Keep in mind when the running block ends and who follows; end it when it is over and nobody follows yet."""
        ends_at = running.ends_at if block is None else block.ends_at
        following = next((one for one in found if one.starts_at >= min(ends_at, tx.now) and one != block), None)
        if block is None or ends_at <= tx.now:
            self._end(tx, schedule, msgspec.structs.replace(running, ends_at=min(ends_at, tx.now)), following)
            return None
        expected = _expecting(schedule, msgspec.structs.replace(running, ends_at=ends_at), following)
        if expected != running:
            running = handovers.replace(tx, expected)
            self._acts.expect_end(tx, running)
        return running

    def _begin(self, tx: Tx, schedule: Schedule, block: Block) -> Handover:
        """Somebody takes over, who may be another than was expected."""
        for before in handovers.open_of(tx, schedule.name):
            if before.next_person != block.person:
                self._acts.readdress(tx, before, block.person)
        new = Handover(
            id=0, schedule=schedule.name, person=block.person, starts_at=block.starts_at, ends_at=block.ends_at
        )
        return handovers.add(tx, new)

    def _end(self, tx: Tx, schedule: Schedule, running: Handover, following: Block | None) -> None:
        for before in handovers.open_of(tx, schedule.name):  # its receiver's block is this one
            self._acts.lapse(tx, before)
        self._acts.end(tx, _expecting(schedule, running, following))


def _around(tx: Tx, schedule: Schedule, start: datetime) -> list[Block]:
    """The blocks from `start` until the one after the present one, as far as there is one."""
    found: list[Block] = []
    for ahead in (_SOON, HORIZON):
        changes = duty_changes.between(tx.conn, start, tx.now + ahead)
        found = blocks(final_schedule(schedule, changes, start, tx.now + ahead))
        if len(found) > 1 and found[-1].starts_at > tx.now:
            break
    return found


def _expecting(schedule: Schedule, running: Handover, following: Block | None) -> Handover:
    mine = Block(person=running.person, starts_at=running.starts_at, ends_at=running.ends_at)
    return msgspec.structs.replace(
        running,
        next_person=following.person if following else "",
        next_starts_at=following.starts_at if following else None,
        form=form_of(schedule, mine, following),
    )


def _subject(schedule: str) -> str:
    return f"schedule:{schedule}"


def _seen(timer: Timer) -> datetime:
    return datetime.fromisoformat(timer.payload["seen"])
