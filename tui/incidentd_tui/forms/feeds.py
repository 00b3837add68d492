"""The dialog that makes the address of a calendar feed void."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from incidentd_tui.forms.base import Form, Plan, Values
from incidentd_tui.forms.duty import guarded

if TYPE_CHECKING:
    from incidentd_tui.app import IncidentdApp


def renew(tui: IncidentdApp, kind: str, name: str, renewed: Callable[[str], None]) -> Form:
    """Another address; `renewed` is told it. What is void stays so: there is no undo."""
    effects = (
        f"every address of {kind} {name} that was given before is void: calendars that read it stop",
        "this cannot be undone; the new address is shown here",
    )

    async def send(_: Values) -> None:
        made = await tui.acts.client.revoke_calendar_feed(kind, name)
        renewed(made.url)
        tui.say(f"✓ the feed of {kind} {name} has another address", "done")

    plan = Plan(
        title=f"Renew the feed of {kind} {name}", verb="renew", fields=(), effects=lambda _: effects,
        send=lambda values: guarded(tui, send, values),
    )  # fmt: skip
    return Form(tui, plan)
