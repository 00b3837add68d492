"""Dialogs that answer an offered swap, and that take a change of the day back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from incidentd.wire import duty as wire_duty
from incidentd_tui.forms.base import Form, Plan, Values
from incidentd_tui.forms.duty import guarded, to_state
from incidentd_tui.rows import shifts

if TYPE_CHECKING:
    from incidentd_tui.app import IncidentdApp


def settle(tui: IncidentdApp, offer: wire_duty.Swap, to: str) -> Form:
    """Accept, decline or take back an offered swap."""
    mine, theirs = (
        shifts.span_text(tui.model, low, high)
        for low, high in ((offer.starts_at, offer.ends_at), (offer.other_starts_at, offer.other_ends_at))
    )
    effects = {
        "accepted": (f"{offer.other} carries {offer.schedule} {mine}", f"{offer.person} carries it {theirs}"),
        "declined": (f"{offer.person} keeps {mine}, and is told",),
        "cancelled": (f"{offer.person} keeps {mine}",),
    }[to]

    async def send(_: Values) -> None:
        call = tui.acts.client.settle_swap(offer.id, to_state(to), if_version=offer.version)
        made = await tui.acts.gateway.ask(call)
        told = f"swap {made.id} is {made.state}"
        if to != "accepted":
            tui.say(f"✓ {told}", "done")
            return

        async def back() -> object:
            return await tui.acts.attempt("", tui.acts.client.settle_swap(made.id, to_state("declined")))

        tui.acts.can_undo(told, back)

    verb = {"accepted": "accept", "declined": "decline", "cancelled": "take back"}[to]
    plan = Plan(
        title=f"{verb.capitalize()} swap {offer.id}", verb=verb, fields=(), effects=lambda _: effects,
        send=lambda values: guarded(tui, send, values),
    )  # fmt: skip
    return Form(tui, plan)


def end(tui: IncidentdApp, change: wire_duty.Override | wire_duty.Absence) -> Form:
    """Take a change back; one that has begun ends now."""
    begun = change.starts_at < tui.model.now()
    effects = (
        f"{shifts.change_title(change)} {'ends now; what lies behind stays' if begun else 'does not come'}",
        "can be undone for ten seconds: by one like it",
    )

    async def send(_: Values) -> None:
        client, acts = tui.acts.client, tui.acts
        if isinstance(change, wire_duty.Override):
            old = await client.end_override(change.id, if_version=change.version)
            starts = None if begun else old.starts_at
            anew = wire_duty.SetOverride(
                schedule=old.schedule, person=old.person, starts_at=starts, ends_at=change.ends_at, reason=old.reason
            )
            acts.can_undo(f"{shifts.change_title(change)} is over", lambda: acts.attempt("", client.set_override(anew)))
            return
        gone = await client.end_absence(change.id, if_version=change.version)
        again = wire_duty.SetAbsence(
            person=gone.person,
            starts_at=None if begun else gone.starts_at,
            ends_at=change.ends_at,
            stand_in=gone.stand_in,
            reason=gone.reason,
        )
        acts.can_undo(f"{shifts.change_title(change)} is over", lambda: acts.attempt("", client.set_absence(again)))

    verb = "end" if begun else "take back"
    plan = Plan(
        title=f"{verb.capitalize()} {shifts.change_title(change)}", verb=verb, fields=(), effects=lambda _: effects,
        send=lambda values: guarded(tui, send, values),
    )  # fmt: skip
    return Form(tui, plan)
