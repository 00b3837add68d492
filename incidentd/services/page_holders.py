"""Who has a page: it is taken over, given to somebody else, or put off for a while. Each is one command.

A page that is put off resumes by a timer that is written in the same transaction: neither a restart nor a clock that
jumps can lose it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from incidentd.domain.people import Roster
from incidentd.services.errors import Conflict, Invalid, Unknown
from incidentd.services.escalation import LAPSED, NOT_TAKEN, SNOOZED, Escalation, lock_page
from incidentd.services.interruptions import interrupted_by_taking
from incidentd.services.page_messages import tell_person
from incidentd.storage import alerts, groups, pages, timers
from incidentd.storage.pages import PageRow
from incidentd.storage.tx import Tx

LONGEST_SNOOZE = timedelta(days=7)
"""What is put off for longer is forgotten: take it, or set a silence."""


class PageHolders:
    """Moves pages between people."""

    def __init__(self, escalation: Escalation, roster: Callable[[], Roster]) -> None:
        self._escalation = escalation
        self._roster = roster

    # ------------------------------------------------------------------ taking it over
    def take_over(
        self, tx: Tx, page_id: int, actor: str, *, via: str = "api", note: str = "", until: datetime | None = None
    ) -> PageRow:
        """Take what somebody else has acknowledged; they are told. Raises `NotFound`, `Conflict`."""
        page = lock_page(tx, page_id)
        if page.state != "acknowledged":
            raise Conflict(f"P-{page.id} is {page.state}: nobody has it", remedy="acknowledge it")
        before = page.acknowledged_by
        if before == actor:
            raise Conflict(f"P-{page.id} is yours already")
        self._pass_alerts(tx, page, actor)
        ends = until or self._escalation.acknowledgement_ends(tx, page)
        if ends is None:
            timers.cancel(tx, LAPSED, page.subject)
        else:
            timers.arm(tx, LAPSED, page.subject, ends)
        tx.emit("page.taken_over", page.subject, {"from": before, "via": via, "note": note, "until": ends}, actor=actor)
        self._tell(tx, page, before, f"{actor} has taken it over from you", note, actor)
        interrupted_by_taking(tx, page, actor)
        return self._escalation.passed(
            tx,
            page,
            acknowledged_at=tx.now,
            acknowledged_by=actor,
            acknowledged_via=via,
            acknowledged_until=ends,
            acks=tuple(dict.fromkeys((*(one for one in page.acks if one != before), actor))),
        )

    # ------------------------------------------------------------------ giving it away
    def reassign(
        self,
        tx: Tx,
        page_id: int,
        actor: str,
        *,
        person: str = "",
        schedule: str = "",
        policy: str = "",
        note: str = "",
    ) -> PageRow:
        """Let a page begin again with a person, whoever is on call for a schedule, or a policy.

        After a person or a schedule its policy goes on: a page whose new holder does not answer is not stranded.
        Raises `NotFound`, `Invalid`, and `Conflict` when it is over.
        """
        page = lock_page(tx, page_id)
        if page.state == "resolved":
            raise Conflict(f"P-{page.id} is resolved already")
        to = self._target(person, schedule, policy)
        self._pass_alerts(tx, page, "")
        told = {"to": to, "note": note, "from": page.acknowledged_by, "policy": policy or page.policy}
        tx.emit("page.reassigned", page.subject, told, actor=actor)
        said = f"{actor} gave this page to {to}{f': {note}' if note else ''}."
        begun = self._escalation.run_again(
            tx,
            page,
            person=person,
            schedule=schedule,
            policy=policy or page.policy,
            asks=(),
            body=f"{said}\n\n{page.body}",
        )
        self._tell(tx, page, page.acknowledged_by, f"{actor} has given it to {to}", note, actor)
        return begun

    def _target(self, person: str, schedule: str, policy: str) -> str:
        """In words. Raises `Invalid` unless exactly one known target is named."""
        roster = self._roster()
        given = [
            (kind, name, known)
            for kind, name, known in (
                ("person", person, roster.people),
                ("schedule", schedule, roster.schedules),
                ("policy", policy, roster.policies),
            )
            if name
        ]
        if len(given) != 1:
            raise Invalid("name a person, a schedule or a policy, one of the three", field="person")
        kind, name, known = given[0]
        if name not in known:
            raise Unknown(f"there is no {kind} {name!r}", field=kind, remedy=f"there is {', '.join(known) or 'none'}")
        return name if kind == "person" else f"{kind} {name}"

    # ------------------------------------------------------------------ putting it off
    def snooze(self, tx: Tx, page_id: int, actor: str, until: datetime, note: str = "") -> PageRow:
        """Put a page off: nobody is written to before `until`, then its step is taken again.

        Raises `NotFound`, `Invalid`, and `Conflict` when it is over.
        """
        page = lock_page(tx, page_id)
        if page.state == "resolved":
            raise Conflict(f"P-{page.id} is resolved already")
        if not tx.now < until <= tx.now + LONGEST_SNOOZE:
            raise Invalid(
                "a page is put off until a time ahead, at most 7 days",
                field="until",
                remedy="acknowledge it, or set a silence, when it is to stay quiet for longer",
            )
        self._pass_alerts(tx, page, "")
        self._escalation.stop(tx, page)
        timers.arm(tx, SNOOZED, page.subject, until)
        told = {"until": until, "note": note, "from": page.acknowledged_by}
        tx.emit("page.snoozed", page.subject, told, actor=actor)
        if page.acknowledged_by:
            what = f"{actor} has put it off until {until:%a %H:%M} UTC"
            self._tell(tx, page, page.acknowledged_by, what, note, actor)
        later = {"snoozed_until": until, "snoozed_by": actor, "next_step_at": until, "waits_for": ""}
        return pages.change(tx, page, **{**NOT_TAKEN, **later})

    # ------------------------------------------------------------------ both
    def _pass_alerts(self, tx: Tx, page: PageRow, holder: str) -> None:
        """The alerts that went with the acknowledgement are `holder`'s now, "" for nobody's."""
        if page.state != "acknowledged" or page.group_id is None:
            return
        firing = groups.firing(tx.conn, page.group_id)
        taken = [one.id for one, _ in firing if one.acknowledged_by == page.acknowledged_by]
        alerts.set_acknowledged(tx, taken, holder)

    def _tell(self, tx: Tx, page: PageRow, handle: str, what: str, note: str, actor: str) -> None:
        """Whoever had the page hears of it, unless they did it themselves."""
        person = self._roster().people.get(handle)
        if person is not None and handle != actor:
            tell_person(tx, page, person, f"{what}{f': {note}' if note else ''}.", "you had acknowledged it")
