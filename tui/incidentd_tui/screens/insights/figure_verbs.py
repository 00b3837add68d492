"""What can be done about one figure, in the list and where its cases are drawn."""

from __future__ import annotations

from typing import TypeVar

from incidentd.wire.figures import Figure
from incidentd_tui.forms import comparing
from incidentd_tui.rows import figures
from incidentd_tui.screens.insights.base import InsightScreen
from incidentd_tui.screens.told import ToldScreen
from incidentd_tui.verbs import Verb

T = TypeVar("T")

FIGURE_VERBS = (
    Verb("insights.compare", "c", "compare", "Before and after a day, or two versions: how often chance does as much"),
    Verb("insights.define", "i", "definition", "What is counted, of what, and what it does not say"),
)


class FigureVerbs(InsightScreen[T]):
    """Subclasses put `FIGURE_VERBS` among their verbs."""

    @property
    def figure_here(self) -> Figure | None:
        raise NotImplementedError

    def why_not(self, verb: Verb) -> str:
        if verb in FIGURE_VERBS and self.figure_here is None:
            return f"{verb.label}: there is no figure here"
        return super().why_not(verb)

    def do_define(self) -> None:
        if (one := self.figure_here) is not None:
            self.app.push_screen(ToldScreen(str(one.title), lambda width: figures.in_full(one, width)))

    def do_compare(self) -> None:
        if (one := self.figure_here) is not None:
            self.app.push_screen(comparing.compare(self.tui, one))
