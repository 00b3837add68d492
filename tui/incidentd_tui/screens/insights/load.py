"""What the weeks asked of a team as a whole: pages, incidents, and project days that were left alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from incidentd.domain.pictures import spans
from incidentd.domain.pictures.load import load_lines, load_table
from incidentd.domain.pictures.tables import Table
from incidentd.wire.figures import Load
from incidentd_tui import paint, phrases, theme
from incidentd_tui.screens.by_team import SPANS
from incidentd_tui.screens.insights.base import BACK, READING, SCOPE_VERBS
from incidentd_tui.screens.insights.drawn import DRAWN_VERBS, DrawnScreen
from incidentd_tui.verbs import Verb


class LoadScreen(DrawnScreen[Load]):
    """The team of the scope, else one after the other: the viewer's own first."""

    view_here = "load"
    defines = "What the weeks asked of a team"
    ends_first = True
    VERBS = (
        Verb("load.before", "h,left", "‹ team", "The team before"),
        Verb("load.after", "l,right", "team ›", "The next team"),
        Verb("load.span", "w", "weeks", "Look back at 13, 26, 52 or 4 weeks"),
        *DRAWN_VERBS,
        *SCOPE_VERBS,
        *READING,
        BACK,
    )

    def __init__(self) -> None:
        super().__init__()
        self.weeks = SPANS[0]
        self._teams: list[str] = []
        self._team = ""

    @property
    def team(self) -> str:
        return self.looking.scope.team or self._team

    async def _know_teams(self) -> None:
        """Those that have a service or are on duty, the viewer's own first."""
        modes = await self.tui.acts.gateway.ask(self.tui.acts.client.modes())
        mine = {str(team) for one in modes.people if one.person == self.model.me for team in one.teams}
        names = {str(one.team) for one in modes.teams} | {str(one.team) for one in self.model.services if one.team}
        self._teams = sorted(names | mine, key=lambda name: (name not in mine, name))
        self._team = next(iter(self._teams), "")

    async def ask(self) -> Load | None:
        if not self._teams:
            await self._know_teams()
        if not self.team:
            return None
        found = await self.tui.acts.gateway.ask(self.tui.acts.client.load(self.team, self.weeks))
        self.reckoned_at = found.at
        return found

    def scope_line(self, width: int) -> paint.Line:
        return [
            (f" team {self.team}" if self.team else " no team", theme.bold),
            (" · as a whole, by week", theme.muted),
        ]

    def drawn(self, found: Load, width: int) -> Sequence[spans.Line]:
        return load_lines(found, width)

    def tabled(self, found: Load) -> Table:
        return load_table(found)

    def definitions(self, found: Load) -> Mapping[str, str]:
        return found.definitions

    def nothing(self) -> list[paint.Line]:
        if self._loaded and not self._fault and not self.team:
            return [[], [("  No team is in the roster: add [teams.NAME] to roster.toml.", theme.muted)]]
        return super().nothing()

    def told(self) -> str:
        return f"{self.team}, {phrases.count(self.weeks, 'week')}"

    # ------------------------------------------------------------------ verbs
    def why_not(self, verb: Verb) -> str:
        if verb.id in ("load.before", "load.after"):
            if self.looking.scope.team:
                return f"{verb.label}: only {self.team} is counted; x counts everything"
            if len(self._teams) < 2:
                return f"{verb.label}: there is no other team"
        if verb.id == "insights.period":
            return "period: w is for the weeks that are looked back at"
        return super().why_not(verb)

    def do_before(self) -> None:
        self._step(-1)

    def do_after(self) -> None:
        self._step(1)

    def _step(self, by: int) -> None:
        self._team = self._teams[(self._teams.index(self._team) + by) % len(self._teams)]
        self._fetch_again()
        self.refresh_frame()

    def do_span(self) -> None:
        self.weeks = SPANS[(SPANS.index(self.weeks) + 1) % len(SPANS)]
        self._fetch_again()
        self.refresh_frame()
