"""The dialog that ends a recurring silence or maintenance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from incidentd.client import ClientError
from incidentd.domain.wall_clock import wall
from incidentd.wire import quieting as wire_quieting
from incidentd_tui.forms.base import Form, Plan, Values
from incidentd_tui.rows import shifts

if TYPE_CHECKING:
    from incidentd_tui.app import IncidentdApp


def end(tui: IncidentdApp, rule: wire_quieting.Recurring) -> Form:
    """No occurrence comes any more; undoing sets a rule like it, from its next occurrence on."""
    first = rule.coming[0] if rule.coming else None
    coming = f"; the next would be {shifts.span_text(tui.model, first.starts_at, first.ends_at)}" if first else ""
    effects = (f"{rule.name} does not come again{coming}", "can be undone for ten seconds: by a rule like it")

    async def send(_: Values) -> str:
        client = tui.acts.client
        try:
            raw = await client.recurring_rule(rule.id)
            await client.end_recurring(rule.id)
        except ClientError as error:
            return tui.acts.reason("", error)
        if not raw.coming:
            tui.say(f"✓ {rule.name} has ended", "done")
            return ""

        async def back() -> object:
            return await tui.acts.attempt("", client.set_recurring(anew(raw)))

        tui.acts.can_undo(f"{rule.name} has ended", back)
        return ""

    return Form(tui, Plan(title=f"End {rule.name}", verb="end", fields=(), effects=lambda _: effects, send=send))


def anew(rule: wire_quieting.Recurring) -> wire_quieting.SetRecurring:
    """A rule like this one, whose first occurrence is the next of this one."""
    first = rule.coming[0]
    begin, finish = wall(first.starts_at, rule.zone), wall(first.ends_at, rule.zone)
    when = wire_quieting.Recurrence(
        zone=rule.zone,
        rrule=rule.rrule,
        at=f"{begin:%H:%M}",
        lasts=(finish - begin).total_seconds(),
        starts_at=first.starts_at,
    )
    if rule.kind == "silence":
        plan = wire_quieting.SilencePlan(matchers=rule.matchers, comment=rule.text)
        return wire_quieting.SetRecurring(when=when, silence=plan)
    work = wire_quieting.MaintenancePlan(services=rule.services, text=rule.text, spared=rule.spared, below=rule.below)
    return wire_quieting.SetRecurring(when=when, maintenance=work)
