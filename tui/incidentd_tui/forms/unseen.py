"""An update that somebody sent while another one was written: read before anything else goes out."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import msgspec

from incidentd import wire
from incidentd.client import ApiError, ClientError
from incidentd_tui.forms.base import Values
from incidentd_tui.forms.merging import Collision, MergeForm, Texts
from incidentd_tui.inert import inert

if TYPE_CHECKING:
    from incidentd_tui.app import IncidentdApp


class Newest:
    """The newest update that the writer has seen; None until it is known."""

    id: int | None = None

    async def look(self, tui: IncidentdApp, incident_id: int) -> None:
        with contextlib.suppress(ClientError):
            known = (await tui.acts.client.incident(incident_id)).updates
            self.id = known[-1].id if known else 0

    def of_conflict(self, error: ClientError) -> wire.Update | None:
        """The update that somebody sent meanwhile; from now on it has been seen."""
        if not isinstance(error, ApiError) or error.status != 409 or error.problem.current is None:
            return None
        newer = msgspec.convert(error.problem.current, wire.Update, strict=False)
        self.id = newer.id
        return inert(newer)


def both_wrote(
    tui: IncidentdApp, incident: wire.Incident, values: Values, newer: wire.Update, send: Callable[..., Awaitable[str]]
) -> MergeForm:
    """Somebody sent an update while this one was written: read it, then send one's own, or another, or none."""
    one = Collision(name="text", label="Update", base="", mine=values["text"], theirs=newer.text, who=newer.by)

    async def save(chosen: Texts) -> str:
        if chosen["text"] == newer.text:
            tui.say(f"nothing sent: what {newer.by} sent stands", "done")
            return ""
        return await send(values | dict(chosen))

    async def keep(chosen: Texts) -> None:
        await tui.acts.keep_draft(f"update:{incident.id}", chosen["text"])

    title = f"{newer.by} sent an update to {newer.audience} while you wrote"
    return MergeForm(tui, title, [one], save=save, keep=keep)
