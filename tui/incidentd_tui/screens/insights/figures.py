"""The list of figures: each with what it counts and of how many; its definition stands beside it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable

from incidentd.client import ClientError
from incidentd.domain.pictures.dots import dots_lines
from incidentd.wire.figures import Figure
from incidentd_tui import paint, phrases, theme
from incidentd_tui.rows import figures, pictures
from incidentd_tui.screens.insights.base import READING, SCOPE_VERBS
from incidentd_tui.screens.insights.dots import DotsScreen
from incidentd_tui.screens.insights.figure_verbs import FIGURE_VERBS, FigureVerbs
from incidentd_tui.screens.listing import CLEAR, FILTER, PREVIEW_WIDTH
from incidentd_tui.verbs import Verb
from incidentd_tui.widgets.virtual_list import Key, VirtualList

_PAUSE = 0.3  # seconds on a figure after which its picture is asked for
_LINES = 14  # of that picture
_COMING: list[paint.Line] = [[("… looking", theme.muted)]]


class FiguresScreen(FigureVerbs[Figure]):
    """Keys are the names of figures, in the order in which the daemon has them read."""

    view_here = "figures"
    VERBS = (
        Verb("insights.dots", "o", "dots", "Every case of this figure as a dot (Enter too)"),
        *FIGURE_VERBS,
        *SCOPE_VERBS,
        FILTER,
        *READING,
        CLEAR,
    )

    def __init__(self) -> None:
        super().__init__()
        self._incidents = 0
        self._small: dict[str, list[paint.Line]] = {}  # the picture of each that the cursor stood on

    async def fetch(self) -> Iterable[tuple[str, Figure]]:
        query = self.looking.scope.query(self.model.now())
        found = await self.tui.acts.gateway.ask(self.tui.acts.client.figures(**query))
        self.reckoned_at, self._incidents = found.at, found.incidents
        self.looking.boundaries = found.boundaries
        self._small = {}
        return [(str(one.name), one) for one in found.figures]

    def accepts(self, one: Figure) -> bool:
        text = f"{one.title} {one.name} {one.definition}"
        return self.filter.accepts(text.lower(), {"name": one.name, "kind": one.kind})

    def order(self) -> list[Key]:
        return [name for name, one in self.known.items() if self.accepts(one)]

    # ------------------------------------------------------------------ painting
    def head(self, width: int) -> paint.Line:
        return figures.header(width - 1)

    def paint_row(self, key: Key, width: int) -> list[paint.Line]:
        one = self.known.get(str(key))
        return [figures.row(one, width) if one is not None else []]

    def preview_lines(self, key: Key | None, width: int) -> list[paint.Line]:
        if (one := self.here) is None:
            return []
        if not self.wide:
            return figures.below(one, width)
        drawn = self._small.get(str(one.name), _COMING if one.of or one.n else [])
        return figures.preview(one, width, drawn)

    # ------------------------------------------------------------------ the picture of the one under the cursor
    def look_here(self) -> None:
        one = self.here
        if self.wide and one is not None and one.of and str(one.name) not in self._small:
            self.run_worker(self._look(str(one.name)), exit_on_error=False, exclusive=True, group="look")

    async def _look(self, name: str) -> None:
        await asyncio.sleep(_PAUSE)  # who runs through the list asks for nothing
        small, query = self._small, self.looking.scope.query(self.model.now())
        with contextlib.suppress(ClientError):
            found = await self.tui.acts.gateway.ask_much(self.tui.acts.client.figure(name, **query))
            drawn = await asyncio.to_thread(dots_lines, found, PREVIEW_WIDTH - 3, _LINES)
            small[name] = pictures.lines(drawn)
            self.refresh_frame()

    def told(self) -> str:
        return phrases.count(self._incidents, "incident")

    # ------------------------------------------------------------------ verbs
    @property
    def figure_here(self) -> Figure | None:
        return self.here

    def why_not(self, verb: Verb) -> str:
        if verb.id == "insights.dots" and self.here is None:
            return "dots: there is no figure here"
        return super().why_not(verb)

    def on_virtual_list_opened(self, event: VirtualList.Opened) -> None:
        self.run_worker(self.action_verb("insights.dots"), exit_on_error=False)

    def do_dots(self) -> None:
        if (one := self.here) is not None:
            self.app.push_screen(DotsScreen(str(one.name)))
