"""Swaps: offered by one side, answered by the other, and both hear of every outcome."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from incidentd.domain import duty_words
from incidentd.domain.asking import next_step
from incidentd.domain.duty_changes import Swap, SwapState
from incidentd.domain.people import Roster
from incidentd.services.duty_drafts import check, swap_of, time_of
from incidentd.services.duty_rows import added, current, existing, replaced
from incidentd.services.errors import Conflict, Invalid
from incidentd.services.escalation import Handler
from incidentd.services.notes import write_to
from incidentd.storage import duty_changes, timers
from incidentd.storage.timers import Timer
from incidentd.storage.tx import Tx
from incidentd.wire import duty as wire_duty

ASKED = "swap.asked"


class Swaps:
    """What happens to a swap inside a transaction, and what its timers do."""

    def __init__(self, roster: Callable[[], Roster]) -> None:
        self._roster = roster

    def handlers(self) -> Mapping[str, Handler]:
        """What its timers do."""
        return {ASKED: self._on_asked}

    def propose(self, tx: Tx, body: wire_duty.ProposeSwap, actor: str) -> Swap:
        """Offer a time of the caller's for one of somebody else's, who is asked. Raises `Invalid`."""
        swap = swap_of(body, actor, tx.now)
        self._check(tx, swap)
        stored = added(tx, swap, "swap.proposed", actor)
        self._ask(tx, stored, "offers you a swap")
        return stored

    def settle(self, tx: Tx, swap_id: int, state: SwapState, actor: str, if_version: int | None = None) -> Swap:
        """Answer a swap, or take it back. Raises `NotFound`, `Invalid`, `Conflict`."""
        swap = existing(tx, Swap, swap_id, if_version)
        whose = swap.person if state is SwapState.CANCELLED else swap.other
        if actor != whose:
            raise Invalid(f"only {whose} can say that it is {state}", field="to", remedy=f"ask {whose}")
        undone = swap.state is SwapState.ACCEPTED and state is SwapState.DECLINED
        if swap.state is not SwapState.PROPOSED and not undone:
            raise Conflict(f"swap {swap.id} is {swap.state} already", current=current(swap))
        if undone and swap.expires_at <= tx.now:
            raise Conflict(
                f"swap {swap.id} has begun",
                current=current(swap),
                remedy="set an override for the rest",
            )
        if state is SwapState.ACCEPTED:
            self._check(tx, swap)
        return self._settled(tx, swap, state, actor)

    def add_accepted(self, tx: Tx, swap: Swap) -> Swap:
        """A swap that both sides agreed on elsewhere. Raises `Invalid`."""
        self._check(tx, swap)
        return added(tx, msgspec.structs.replace(swap, state=SwapState.ACCEPTED), "swap.accepted", swap.other)

    def _settled(self, tx: Tx, swap: Swap, state: SwapState, actor: str = "system") -> Swap:
        timers.cancel(tx, ASKED, f"swap:{swap.id}")
        stored = replaced(tx, msgspec.structs.replace(swap, state=state, at=tx.now), f"swap.{state}", actor)
        text = duty_words.told(stored, f"swap.{state}")
        for handle in (stored.person, stored.other):
            title = f"Swap {stored.id} of {stored.schedule}: {state}"
            write_to(tx, self._roster().people.get(handle), title, text, "you are one side of this swap")
        return stored

    def _ask(self, tx: Tx, swap: Swap, how: str) -> None:
        """Write to the other side, and come back to it while it has not answered."""
        text = duty_words.told(swap, "swap.proposed")
        until = f"It counts for nothing unless you accept it by {swap.expires_at:%Y-%m-%d %H:%M} UTC:"
        body = f"{text}\n{until} incidentctl schedule swap accept {swap.id}, or decline {swap.id}"
        title = f"{swap.person} {how} on {swap.schedule}"
        other, about = self._roster().people.get(swap.other), f"swap:{swap.id}"
        write_to(tx, other, title, body, "you are the other side of this swap", about=about)
        timers.arm(tx, ASKED, about, next_step(swap.at, swap.expires_at, tx.now))

    def _on_asked(self, tx: Tx, timer: Timer) -> None:
        swap = duty_changes.get(tx.conn, Swap, timer.subject_id, lock=True)
        if swap is None or swap.state is not SwapState.PROPOSED:
            return
        if tx.now >= swap.expires_at:
            self._settled(tx, swap, SwapState.EXPIRED)
        else:
            self._ask(tx, swap, "still waits for your answer about a swap")

    def _check(self, tx: Tx, swap: Swap) -> None:
        check(self._roster(), duty_changes.between(tx.conn, *time_of(swap)), swap, tx.now)
