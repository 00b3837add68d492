"""How well support keeps the project work of a team free, week by week."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from incidentd.wire.protection import ProtectedWeek, Protection
from incidentd_tui import paint, phrases, theme
from incidentd_tui.model import Changes
from incidentd_tui.rows import protection
from incidentd_tui.screens.by_team import TeamScreen
from incidentd_tui.screens.listing import COPY, NEXT_VIEW, PREVIOUS_VIEW, VIEW
from incidentd_tui.verbs import Verb
from incidentd_tui.widgets.virtual_list import Key

WHOLE = "all"


class ProtectionScreen(TeamScreen[ProtectedWeek]):
    """A view a team; a row a week, the newest first below the whole time; islands, and what the figures are."""

    heading = "Protection"
    kind = "interruption"
    uniform = False
    skipped = frozenset({"head", "gap"})
    VERBS = (
        Verb("protection.span", "w", "weeks", "Look back at 13, 26, 52 or 4 weeks"),
        Verb("protection.back", "escape,q", "back", "Back to where you came from"),
        VIEW,
        NEXT_VIEW,
        PREVIOUS_VIEW,
        COPY,
    )

    def __init__(self, team: str = "") -> None:
        super().__init__(team)
        self.found: Protection | None = None
        self._told: list[str] = []

    # ------------------------------------------------------------------ loading
    async def fetch_of(self, team: str) -> Iterable[tuple[str, ProtectedWeek]]:
        self.found = await self.tui.acts.gateway.ask(self.tui.acts.client.protection(team, weeks=self.span))
        weeks = enumerate(reversed(self.found.weeks))
        return [(WHOLE, self.found.whole), *((str(number), one) for number, one in weeks)]

    def forget(self) -> None:
        super().forget()
        self.found = None

    def on_model(self, changes: Changes) -> None:
        if "mode" in changes.kinds:
            self._fetch_again()
        super().on_model(changes)

    # ------------------------------------------------------------------ rows
    def order(self) -> list[Key]:
        if self.found is None:
            return []
        self._told = protection.definitions(self.found, self.table.scrollable_content_region.width - 2)
        keys: list[Key] = [*self.known, ("gap", 0), ("head", 0)]
        keys += [("island", number) for number in range(max(len(self.found.islands), 1))]
        return [*keys, ("gap", 1), ("head", 1), *(("told", number) for number in range(len(self._told)))]

    def on_virtual_list_resized(self) -> None:
        """The definitions were broken into lines for another width."""
        self.reorder()

    def paint_row(self, key: Key, width: int) -> list[paint.Line]:
        if self.found is None:
            return [[]]
        if not isinstance(key, tuple):
            one = self.known.get(str(key))
            return [protection.row(self.found, one, width) if one else []]
        kind, number = cast("tuple[str, int]", key)
        if kind == "island":
            return self._island(self.found, number, width)
        if kind == "told":
            return [[(self._told[number], theme.muted)]]
        heads = ("ISLANDS, in the whole time", "WHAT THE FIGURES ARE")
        return [[(heads[number], theme.heading)] if kind == "head" else []]

    def _island(self, found: Protection, number: int, width: int) -> list[paint.Line]:
        if not found.islands:
            return [[("none: nobody was pulled in three times or more for one service", theme.muted)]]
        texts = paint.wrap(found.islands[number].text, width - 2, 4)
        return [[("▲ " if not at else "  ", theme.warning), (text, theme.plain)] for at, text in enumerate(texts)]

    def head(self, width: int) -> paint.Line:
        return protection.header(width - 1)

    def preview_lines(self, key: Key | None, width: int) -> list[paint.Line]:
        one = self.here or self.known.get(WHOLE)
        return protection.lines(self.model, self.found, one, width) if self.found and one else []

    def status_line(self) -> tuple[paint.Line, paint.Line]:
        if self.found is None:
            return [], []
        at = phrases.hour(self.found.at, self.model.zone)
        line: paint.Line = [
            (f" {self.found.team} as a whole, {phrases.count(len(self.found.weeks), 'week')}, at {at}", theme.muted)
        ]
        if islands := len(self.found.islands):
            line.append((f" · ▲ {phrases.count(islands, 'island')}", theme.warning))
        return line, []
