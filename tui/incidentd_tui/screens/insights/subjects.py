"""From a case of a figure to what it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from incidentd_tui.screens.detail import DetailScreen
from incidentd_tui.screens.triage import TriageScreen

if TYPE_CHECKING:
    from incidentd_tui.app import IncidentdApp

_OPENED = ("incident", "review", "page", "alert", "report")


def can_open(subject: str) -> bool:
    """Whether it has a screen of its own: a team or a day has none."""
    kind, _, number = subject.partition(":")
    return kind in _OPENED and number.isdecimal()


async def open_subject(tui: IncidentdApp, subject: str) -> None:
    """Show the incident, page, alert or report that `subject` names; nothing where it can not be opened."""
    kind, _, number = subject.partition(":")
    if not can_open(subject):
        return
    match kind:
        case "incident":
            await tui.open_room(int(number))
        case "review":
            await tui.open_review(int(number))
        case "report":
            await tui.push_screen(TriageScreen(int(number)))
        case _:
            await tui.push_screen(DetailScreen(kind, int(number)))
