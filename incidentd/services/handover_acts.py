"""What happens to a handover inside a transaction: sent, accepted, lapsed, and its reminders."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from incidentd.domain import handover_words as words
from incidentd.domain.handover import AHEAD, Handover, Item, State, next_reminder, reminded, sends_itself
from incidentd.domain.people import HandoverForm, Roster
from incidentd.services.escalation import Handler
from incidentd.services.handover_digest import Digest
from incidentd.services.notes import write_to
from incidentd.storage import handovers, timers
from incidentd.storage.timers import Timer
from incidentd.storage.tx import SYSTEM, Tx

REMIND = "handover.remind"
ENDS_SOON = "handover.ends_soon"


class HandoverActs:
    """Each stores the handover, leaves its event and its timer, and writes to whoever has to know."""

    def __init__(self, roster: Callable[[], Roster]) -> None:
        self._roster = roster

    def handlers(self) -> Mapping[str, Handler]:
        """What its timers do."""
        return {REMIND: self._on_remind, ENDS_SOON: self._on_ends_soon}

    def change(self, tx: Tx, handover: Handover, kind: str, actor: str = SYSTEM, **more: object) -> Handover:
        """Store it, say so, and let its next reminder come in time."""
        stored = handovers.replace(tx, handover)
        data = {"schedule": stored.schedule, "person": stored.person, "next_person": stored.next_person}
        tx.emit(kind, stored.subject, data | {"text": words.told(stored, kind)} | more, actor=actor)
        due = next_reminder(stored)
        if due is None:
            timers.cancel(tx, REMIND, stored.subject)
        else:
            timers.arm(tx, REMIND, stored.subject, max(due, tx.now))
        return stored

    def write(self, tx: Tx, handle: str, text: tuple[str, str], why: str, **how: object) -> bool:
        """Write to a person of the roster."""
        person = self._roster().people.get(handle)
        return write_to(tx, person, *text, why, **how)  # type: ignore[arg-type]

    # ------------------------------------------------------------------ the way of one
    def end(self, tx: Tx, running: Handover) -> Handover:
        """Its block is over: it goes out when it is finished or short, else its person is asked to finish it."""
        timers.cancel(tx, ENDS_SOON, running.subject)
        over = msgspec.structs.replace(running, state=State.DRAFT)
        drafted = self.change(tx, over, "handover.drafted")
        if _goes_at_once(drafted):
            return self.send(tx, drafted, drafted.finished_by or drafted.person)
        self.write(tx, drafted.person, words.to_finish(drafted), "your duty block is over")
        return drafted

    def send(self, tx: Tx, handover: Handover, by: str) -> Handover:
        """Let the next one have it, with the digest of this instant; `by` is "" when nobody finished it."""
        sections = Digest(tx.conn, self._roster(), handover, tx.now).sections()
        sent = msgspec.structs.replace(
            handover, state=State.SENT, sections=sections, finished_by=by, sent_at=tx.now, reminders=0
        )
        written = self._ask(tx, sent)
        reached = {"written_to": sent.next_person if written else ""}
        return self.change(tx, sent, "handover.sent", by or SYSTEM, **reached)

    def _ask(self, tx: Tx, sent: Handover, *, again: bool = False) -> bool:
        text = words.to_accept(sent, again=again)
        return self.write(tx, sent.next_person, text, "you are next on this schedule", about=sent.subject)

    def accept(self, tx: Tx, sent: Handover, by: str, via: str) -> Handover:
        """The next one has read it; what is open is theirs from now on, as the timelines of incidents say."""
        taken = msgspec.structs.replace(
            sent, state=State.ACCEPTED, accepted_by=by, accepted_at=tx.now, accepted_via=via
        )
        stored = self.change(tx, taken, "handover.accepted", by, via=via)
        facts = {"schedule": stored.schedule, "from": stored.person, "to": by, "handover": stored.id}
        for item in _incidents(stored):
            tx.emit("incident.handed_over", item.subject, facts, actor=by)
        self.write(tx, stored.person, words.accepted(stored), "you handed over", can_wait=True)
        return stored

    def lapse(self, tx: Tx, handover: Handover) -> Handover:
        """Nobody will accept it any more: its words are carried over into the one that follows."""
        timers.cancel(tx, ENDS_SOON, handover.subject)
        return self.change(tx, msgspec.structs.replace(handover, state=State.LAPSED), "handover.lapsed")

    def readdress(self, tx: Tx, handover: Handover, to: str) -> Handover:
        """Somebody else follows than was expected."""
        if to == handover.person:
            return self.lapse(tx, handover)
        moved = msgspec.structs.replace(handover, next_person=to, reminders=0)
        stored = self.change(tx, moved, "handover.readdressed")
        if _goes_at_once(stored):
            return self.send(tx, stored, stored.finished_by or stored.person)
        if stored.state is State.SENT:
            self._ask(tx, stored)
        return stored

    # ------------------------------------------------------------------ timers
    def expect_end(self, tx: Tx, running: Handover) -> None:
        """Tell its person in time that a block ends; of a short one nobody has to write anything."""
        due = running.ends_at - AHEAD
        if running.form is HandoverForm.FULL and running.next_person and due > tx.now:
            timers.arm(tx, ENDS_SOON, running.subject, due)
        else:
            timers.cancel(tx, ENDS_SOON, running.subject)

    def _on_ends_soon(self, tx: Tx, timer: Timer) -> None:
        running = handovers.get(tx.conn, timer.subject_id)
        if running is not None and running.state is State.RUNNING and not running.finished_by:
            self.write(tx, running.person, words.ends_soon(running), "your duty block ends soon")

    def _on_remind(self, tx: Tx, timer: Timer) -> None:
        waiting = handovers.get(tx.conn, timer.subject_id, lock=True)
        if waiting is None or next_reminder(waiting) is None:
            return
        if sends_itself(waiting, tx.now):
            self.send(tx, waiting, "")
            return
        if waiting.state is State.DRAFT:
            self.write(tx, waiting.person, words.to_finish(waiting), "your duty block is over")
        else:
            self._ask(tx, waiting, again=True)
        self.change(tx, msgspec.structs.replace(waiting, reminders=reminded(waiting, tx.now)), "handover.reminded")


def _goes_at_once(handover: Handover) -> bool:
    """Whether nobody has to write anything before it is sent."""
    ready = bool(handover.finished_by) or handover.form is HandoverForm.SHORT
    return handover.state is State.DRAFT and bool(handover.next_person) and ready


def _incidents(handover: Handover) -> list[Item]:
    return [item for section in handover.sections if section.kind == "incidents" for item in section.items]
