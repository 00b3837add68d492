"""Who is in support, and who is left alone on project work."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from incidentd.wire.modes import ModeBlock, Modes, PersonMode
from incidentd_tui import paint, phrases, theme
from incidentd_tui.forms import modes as forms
from incidentd_tui.rows import modes
from incidentd_tui.screens.listing import COPY, FILTER
from incidentd_tui.screens.mode_verbs import BLOCK_VERBS, SET, BlockVerbs
from incidentd_tui.screens.planning import PlanScreen
from incidentd_tui.verbs import Verb
from incidentd_tui.widgets.virtual_list import Key, VirtualList

YEAR = timedelta(days=365)


class ModesScreen(BlockVerbs[PersonMode]):
    """A row a person, by team; blocks, warnings and shares beside it."""

    heading = "Modes"
    VERBS = (
        Verb("modes.open", "o", "blocks", "Every block of this person, to change each (Enter too)"),
        SET,
        *BLOCK_VERBS,
        Verb("modes.plan", "p", "plan", "A fair plan of who is in support in which week; nothing is set by looking"),
        Verb("modes.back", "escape,q", "back", "Clear the filter, then back to where you came from"),
        FILTER,
        COPY,
    )

    def __init__(self) -> None:
        super().__init__()
        self.found: Modes | None = None

    async def fetch(self) -> Iterable[tuple[str, PersonMode]]:
        self.found = await self.tui.acts.gateway.ask(self.tui.acts.client.modes())
        return [(str(one.person), one) for one in self.found.people]

    def accepts(self, one: PersonMode) -> bool:
        labels = {"team": one.teams[0] if one.teams else "", "mode": one.mode}
        return self.filter.accepts(f"{one.person} {one.name} {one.mode} {' '.join(one.teams)}".lower(), labels)

    def rank(self, one: PersonMode) -> tuple[object, ...]:
        return (not one.teams, one.teams, one.person)

    # ------------------------------------------------------------------ painting
    def paint_row(self, key: Key, width: int) -> list[paint.Line]:
        one = self.known.get(str(key))
        return [modes.row(self.model, one, width) if one else []]

    def head(self, width: int) -> paint.Line:
        return modes.header(width)

    def preview_lines(self, key: Key | None, width: int) -> list[paint.Line]:
        one = self.known.get(str(key))
        return modes.lines(self.model, self.found, one, width) if one and self.found else []

    def status_line(self) -> tuple[paint.Line, paint.Line]:
        line: paint.Line = []
        for team in self.found.teams if self.found else ():
            style = theme.warning if modes.short(team) else theme.muted
            line.append((f" {'▲ ' if modes.short(team) else ''}{modes.share(team)} ", style))
        return line, []

    # ------------------------------------------------------------------ verbs
    @property
    def block_here(self) -> ModeBlock | None:
        """The block of this row that runs, or the next one."""
        one = self.here
        found = modes.blocks_of(self.found, one.person) if one and self.found else []
        return next((block for block in found if block.ends_at > self.model.now()), None)

    def on_virtual_list_opened(self, event: VirtualList.Opened) -> None:
        self.run_worker(self.action_verb("modes.open"), exit_on_error=False)

    def do_open(self) -> None:
        if (one := self.here) is not None:
            self.app.push_screen(BlocksScreen(str(one.person)))

    def do_set(self) -> None:
        one = self.here
        other = "project" if one and one.mode == "support" else "support"
        self.app.push_screen(forms.new(self.tui, one.person if one else self.model.me, other), self.after_form)

    def do_plan(self) -> None:
        teams = self.here.teams if self.here else ()
        self.app.push_screen(PlanScreen(str(teams[0]) if teams else ""))


class BlocksScreen(BlockVerbs[ModeBlock]):
    """Every block of one person that runs or comes within a year."""

    heading = "Mode blocks"
    VERBS = (SET, *BLOCK_VERBS, Verb("modes.back", "escape,q", "back", "Back to the modes"), COPY)

    def __init__(self, person: str) -> None:
        super().__init__()
        self.person = person

    async def fetch(self) -> Iterable[tuple[str, ModeBlock]]:
        now = self.model.now()
        found = await self.tui.acts.gateway.ask(self.tui.acts.client.modes(starts_at=now, ends_at=now + YEAR))
        return [(str(one.id), one) for one in modes.blocks_of(found, self.person)]

    def rank(self, one: ModeBlock) -> tuple[object, ...]:
        return (one.starts_at, one.id)

    def paint_row(self, key: Key, width: int) -> list[paint.Line]:
        one = self.known.get(str(key))
        return [modes.block_row(self.model, one) if one else []]

    def head(self, width: int) -> paint.Line:
        return [(f" {self.person}", theme.bold), ("  blocks that run or come within a year", theme.muted)]

    def preview_lines(self, key: Key | None, width: int) -> list[paint.Line]:
        one = self.here
        return [[], *modes.block_lines(self.model, one, width)] if one else []

    def status_line(self) -> tuple[paint.Line, paint.Line]:
        return [(f" {phrases.count(len(self.table.keys), 'block')}", theme.muted)], []

    # ------------------------------------------------------------------ verbs
    @property
    def block_here(self) -> ModeBlock | None:
        return self.here

    def do_set(self) -> None:
        self.app.push_screen(forms.new(self.tui, self.person, "support"), self.after_form)
