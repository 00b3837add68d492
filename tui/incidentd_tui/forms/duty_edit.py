"""The dialog that changes an override in place."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from incidentd.wire import duty as wire_duty
from incidentd_tui.forms.base import Field, Form, Values
from incidentd_tui.forms.duty import REASON, duty_form, named
from incidentd_tui.forms.times import HINT, time_of
from incidentd_tui.rows import shifts

if TYPE_CHECKING:
    from incidentd_tui.app import IncidentdApp


def override(tui: IncidentdApp, change: wire_duty.Override, schedule: wire_duty.Schedule | None) -> Form:
    """Somebody else, other bounds, another reason; of one that has begun, its end and its reason."""
    begun = change.starts_at <= tui.model.now()
    typed = {
        "person": str(change.person),
        "starts": _typed(tui, change.starts_at),
        "ends": _typed(tui, change.ends_at),
        "reason": str(change.reason),
    }
    in_it = schedule.people if schedule else ()
    people = [*dict.fromkeys((*in_it, change.person, *sorted(tui.model.people)))]
    ahead = (
        Field(name="person", label="Who", options=tuple((str(one), named(tui, one)) for one in people),
              value=typed["person"]),
        Field(name="starts", label="From", value=typed["starts"], hint=f"now, {HINT}"),
    )  # fmt: skip
    fields = (
        *(() if begun else ahead),
        Field(name="ends", label="Until", value=typed["ends"], hint=HINT),
        Field(name="reason", label="Why", value=typed["reason"], hint=REASON.hint, optional=True),
    )

    def given(values: Values) -> dict[str, object]:
        """What was typed anew; the rest stays as it was, to the second."""
        new = {name: value for name, value in values.items() if value != typed[name]}
        begin = change.starts_at
        found: dict[str, object] = {name: new[name] for name in ("person", "reason") if name in new}
        if "starts" in new:
            begin = tui.model.now() if new["starts"] == "now" else time_of(tui, "From", new["starts"])
            found["starts_at"] = begin
        if "ends" in new:
            found["ends_at"] = time_of(tui, "Until", new["ends"], begin)
        return found

    def asked(values: Values) -> wire_duty.PreviewDuty:
        kept: dict[str, object] = {"schedule": str(change.schedule), "person": str(change.person)}
        kept |= {"starts_at": change.starts_at, "ends_at": change.ends_at}
        body = msgspec.convert(kept | given(values), wire_duty.SetOverride)
        return wire_duty.PreviewDuty(override=body, instead_of=change.id)

    async def send(values: Values) -> None:
        new = given(values)
        if not new:
            raise ValueError("nothing was changed")
        client, old = tui.acts.client, await _as_stored(tui, change)
        body, again = (msgspec.convert(one, wire_duty.EditOverride)
                       for one in (new, {name: getattr(old, name) for name in new}))  # fmt: skip
        made = await client.edit_override(change.id, body, if_version=change.version)

        async def back() -> object:
            return await tui.acts.attempt("", client.edit_override(made.id, again, if_version=made.version))

        when = shifts.span_text(tui.model, made.starts_at, made.ends_at)
        tui.acts.can_undo(f"{made.person} carries the pager of {made.schedule} {when}", back)

    return duty_form(tui, f"Change {shifts.change_title(change)}", "change", fields, asked, send)


def _typed(tui: IncidentdApp, at: datetime) -> str:
    return f"{at.astimezone(tui.model.zone):%Y-%m-%d %H:%M}"


async def _as_stored(tui: IncidentdApp, change: wire_duty.Override) -> wire_duty.Override:
    """Its very text, which an undo sends again; what is on the screen was made harmless for it."""
    call = tui.acts.client.schedules(str(change.schedule), starts_at=change.starts_at, ends_at=change.ends_at)
    return next((one for one in (await call).overrides if one.id == change.id), change)
