"""A fair plan of a team's modes: looked at, set by one key, and taken back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import cast

from incidentd.wire.modes import ModePlan, PlannedWeek
from incidentd_tui import paint, phrases, theme
from incidentd_tui.forms import planning as forms
from incidentd_tui.model import Changes
from incidentd_tui.rows import planning
from incidentd_tui.screens.by_team import TeamScreen
from incidentd_tui.screens.listing import COPY, NEXT_VIEW, PREVIOUS_VIEW, VIEW
from incidentd_tui.verbs import Verb
from incidentd_tui.widgets.virtual_list import Key


class PlanScreen(TeamScreen[PlannedWeek]):
    """A view a team; a row a week, then what is short, then the balance. Nothing is set until the user says so."""

    heading = "Mode plan"
    kind = "mode"
    uniform = False
    skipped = frozenset({"head", "gap", "legend"})
    VERBS = (
        Verb("plan.apply", "A", "set it", "Make this very plan true; u takes it back for ten seconds", writes=True),
        Verb("plan.span", "w", "weeks", "Plan 13, 26, 52 or 4 weeks"),
        Verb("plan.begin", "f", "from", "Begin at another time: a form"),
        Verb("plan.replace", "r", "anew", "Plan anew what is planned already, or leave it as it is"),
        Verb("plan.back", "escape,q", "back", "Back to the modes"),
        VIEW,
        NEXT_VIEW,
        PREVIOUS_VIEW,
        COPY,
    )

    def __init__(self, team: str = "") -> None:
        super().__init__(team)
        self.begin: datetime | None = None  # the next Monday
        self.replace = False
        self.found: ModePlan | None = None

    # ------------------------------------------------------------------ loading
    async def fetch_of(self, team: str) -> Iterable[tuple[str, PlannedWeek]]:
        call = self.tui.acts.client.mode_plan(team, starts_at=self.begin, weeks=self.span, replace=self.replace)
        self.found = await self.tui.acts.gateway.ask(call)
        return [(str(number), one) for number, one in enumerate(self.found.weeks)]

    def forget(self) -> None:
        super().forget()
        self.found = None

    def on_model(self, changes: Changes) -> None:
        if "absence" in changes.kinds:
            self._fetch_again()
        super().on_model(changes)

    # ------------------------------------------------------------------ rows
    def order(self) -> list[Key]:
        if self.found is None:
            return []
        keys: list[Key] = [*self.known, ("legend", 0)]
        if self.found.short:
            keys += [("gap", 0), ("head", 0), *(("short", number) for number in range(len(self.found.short)))]
        return [*keys, ("gap", 1), ("head", 1), *(("share", number) for number in range(len(self.found.shares)))]

    def paint_row(self, key: Key, width: int) -> list[paint.Line]:
        found = self.found
        if found is None:
            return [[]]
        if not isinstance(key, tuple):
            week = self.known.get(str(key))
            return [planning.row(self.model, found, week, width) if week else []]
        kind, number = cast("tuple[str, int]", key)
        if kind == "share":
            return [planning.share_row(self.model, found, found.shares[number], width)]
        if kind == "short":
            texts = paint.wrap(found.short[number], width - 2, 3)
            return [[("▲ " if not at else "  ", theme.warning), (text, theme.plain)] for at, text in enumerate(texts)]
        if kind == "legend":
            return [[(planning.LEGEND, theme.faint)]]
        heads = ("TOO FEW", "BALANCE, with the 13 weeks before: without the plan → with it")
        return [[(heads[number], theme.heading)] if kind == "head" else []]

    def head(self, width: int) -> paint.Line:
        return planning.header(self.model, self.found, width - 1)

    def preview_lines(self, key: Key | None, width: int) -> list[paint.Line]:
        week = self.here
        return planning.week_lines(self.model, self.found, week, width) if self.found and week else []

    def status_line(self) -> tuple[paint.Line, paint.Line]:
        if self.found is None:
            return [], []
        anew = ", what is planned already is planned anew" if self.replace else ""
        left: paint.Line = [(f" {self.found.team}: {planning.summary(self.found)}{anew}", theme.plain)]
        if short := len(self.found.short):
            left.append((f" · ▲ {phrases.count(short, 'week')} with too few", theme.warning))
        return left, []

    # ------------------------------------------------------------------ verbs
    def why_not(self, verb: Verb) -> str:
        if reason := super().why_not(verb):
            return reason
        if verb.id != "plan.apply":
            return ""
        if self.found is None:
            return "set it: there is no plan yet"
        return "" if self.found.blocks else f"set it: {planning.summary(self.found)}"

    async def do_apply(self) -> None:
        if self.found is not None:
            await forms.apply(self.tui, self.found, self.replace)
            self._fetch_again()

    def do_replace(self) -> None:
        self.replace = not self.replace
        self.look_again()

    def do_begin(self) -> None:
        def chosen(at: datetime | None) -> None:
            self.begin = at
            self.look_again()

        self.app.push_screen(forms.begin(self.tui, chosen))
