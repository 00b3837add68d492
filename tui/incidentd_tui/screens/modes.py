"""Who is in support, and who is left alone on project work."""

from __future__ import annotations

from collections.abc import Iterable

from incidentd.wire_modes import ModeBlock, Modes, PersonMode
from incidentd_tui import paint, theme
from incidentd_tui.forms import modes as forms
from incidentd_tui.rows import modes
from incidentd_tui.screens.below import PreviewBelow
from incidentd_tui.screens.listing import COPY, FILTER
from incidentd_tui.verbs import Verb
from incidentd_tui.widgets.virtual_list import Key


class ModesScreen(PreviewBelow[PersonMode]):
    """A row a person, by team; blocks, warnings and shares beside it."""

    mode = "oncall"
    heading = "Modes"
    kind = "mode"
    VERBS = (
        Verb("modes.set", "M", "set mode", "A block of support or project work: a form", writes=True),
        Verb("modes.end", "X", "end", "End the block that runs, or take the next one back: a form", writes=True),
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
    def _block(self) -> ModeBlock | None:
        """The block of this row that runs, or the next one."""
        one = self.here
        found = modes.blocks_of(self.found, one.person) if one and self.found else []
        return next((block for block in found if block.ends_at > self.model.now()), None)

    def why_not(self, verb: Verb) -> str:
        if reason := super().why_not(verb):
            return reason
        if verb.id == "modes.end" and self._block is None:
            return "end: there is no block of this person that runs or comes"
        return ""

    def do_set(self) -> None:
        one = self.here
        other = "project" if one and one.mode == "support" else "support"
        self.app.push_screen(forms.new(self.tui, one.person if one else self.model.me, other), self.after_form)

    def do_end(self) -> None:
        if (block := self._block) is not None:
            self.app.push_screen(forms.end(self.tui, block), self.after_form)
