"""When pages come: the hours of the week, denser where there were more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from incidentd.domain.pictures import spans
from incidentd.domain.pictures.rhythm import rhythm_lines, rhythm_table
from incidentd.domain.pictures.tables import Table
from incidentd.wire.figures import Rhythm
from incidentd_tui import phrases
from incidentd_tui.screens.insights.base import BACK, READING, SCOPE_VERBS
from incidentd_tui.screens.insights.drawn import DRAWN_VERBS, DrawnScreen


class RhythmScreen(DrawnScreen[Rhythm]):
    view_here = "rhythm"
    defines = "The rhythm of pages"
    VERBS = (*DRAWN_VERBS, *SCOPE_VERBS, *READING, BACK)

    async def ask(self) -> Rhythm:
        query = self.looking.scope.query(self.model.now())
        found = await self.tui.acts.gateway.ask(self.tui.acts.client.rhythm(**query))
        self.reckoned_at = found.at
        return found

    def drawn(self, found: Rhythm, width: int) -> Sequence[spans.Line]:
        return rhythm_lines(found, width)

    def tabled(self, found: Rhythm) -> Table:
        return rhythm_table(found)

    def definitions(self, found: Rhythm) -> Mapping[str, str]:
        return {"": str(found.definition)}

    def told(self) -> str:
        return phrases.count(self.found.n, "page") if self.found is not None else ""
