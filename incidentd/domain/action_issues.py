"""What an issue of a code forge says of an action: what, for which team and where it comes from, and of no person."""

from __future__ import annotations

from collections.abc import Iterable

from incidentd.domain.actions import Action, Export, State
from incidentd.domain.naming import names_somebody
from incidentd.domain.people import Roster


def issue_text(action: Action) -> str:
    """The text below its title, plain."""
    came = f"From INC-{action.incident_id}: action {action.name}, team {action.owner_team}."
    worse = action.worse.strip()
    return f"What it could make worse: {worse}\n\n{came}" if worse else came


def why_not(action: Action) -> str:
    """Why no issue can be opened for it now, "" when one can."""
    if action.issue:
        return f"{action.name} has an issue already: {action.issue}"
    if action.export is Export.ASKED:
        return f"{action.name} is on its way to the forge"
    return "" if action.state is State.OPEN else f"{action.name} is not open any more"


def named_in(actions: Iterable[Action], roster: Roster) -> tuple[Action, tuple[str, ...]] | None:
    """The first action whose issue would name somebody, and whom; None when none would."""
    for action in actions:
        if people := names_somebody(f"{action.text}\n{action.worse}", roster):
            return action, people
    return None
