"""What is shown of one team at a time: a view a team, and so many weeks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from incidentd_tui import paint, theme
from incidentd_tui.screens.below import PreviewBelow

T = TypeVar("T")
SPANS = (13, 26, 52, 4)
"""How many weeks are looked at, by turns."""


class TeamScreen(PreviewBelow[T]):
    """The viewer's own team first. `team` is where it begins, "" for that."""

    mode = "oncall"

    def __init__(self, team: str = "") -> None:
        super().__init__()
        self.view = team
        self.span = SPANS[0]

    async def fetch_of(self, team: str) -> Iterable[tuple[str, T]]:
        """All there is of this team."""
        raise NotImplementedError

    def forget(self) -> None:
        """What is shown is of another team or time: it goes before what is asked for comes."""
        self.known, self._loaded, self._fault = {}, False, ""

    async def fetch(self) -> Iterable[tuple[str, T]]:
        if not self.views:
            modes = await self.tui.acts.gateway.ask(self.tui.acts.client.modes())
            mine = {team for one in modes.people if one.person == self.model.me for team in one.teams}
            teams = sorted((str(one.team) for one in modes.teams), key=lambda name: (name not in mine, name))
            self.views = tuple((name, name) for name in teams)
            self.view = self.view if self.view in teams else next(iter(teams), "")
            self.fit_window()
        return await self.fetch_of(self.view) if self.view else []

    def look_again(self) -> None:
        """Show nothing, and ask."""
        self.forget()
        self.reorder()
        self._fetch_again()

    def choose_view(self, name: str) -> None:
        super().choose_view(name)
        self.look_again()

    def do_span(self) -> None:
        self.span = SPANS[(SPANS.index(self.span) + 1) % len(SPANS)]
        self.look_again()

    # ------------------------------------------------------------------ painting
    def nothing(self) -> list[paint.Line]:
        if self._loaded and not self._fault and not self.view:
            return [[], [("  No team is in the roster: add [teams.NAME] to roster.toml.", theme.muted)]]
        return super().nothing()

    def view_counts(self) -> dict[str, int]:
        return {}

    def view_order(self) -> list[str]:
        return [name for name, _ in self.views] or [self.view]
