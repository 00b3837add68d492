"""The monthly letters that were sent, and the drafts of this month and the one before."""

from __future__ import annotations

from collections.abc import Iterable

from incidentd.wire.letters import LetterHead, Letters
from incidentd_tui import paint, phrases, theme
from incidentd_tui.rows import letters
from incidentd_tui.screens.insights.base import BACK, READING, InsightScreen
from incidentd_tui.screens.letter import LetterScreen
from incidentd_tui.verbs import Verb
from incidentd_tui.widgets.virtual_list import Key, VirtualList


class LettersScreen(InsightScreen[LetterHead]):
    """Keys are months, the newest first. A letter is about everybody's month: no scope narrows it."""

    view_here = "letters"
    VERBS = (Verb("letters.read", "o", "read", "Read this letter (Enter too)"), *READING, BACK)

    def __init__(self) -> None:
        super().__init__()
        self._letters: Letters | None = None

    async def fetch(self) -> Iterable[tuple[str, LetterHead]]:
        self._letters = await self.tui.acts.gateway.ask(self.tui.acts.client.letters())
        return [(str(one.month), one) for one in self._letters.letters]

    def order(self) -> list[Key]:
        return list(self.known)

    # ------------------------------------------------------------------ painting
    def scope_line(self, width: int) -> paint.Line:
        return [(" everything of a month", theme.muted)]

    def paint_row(self, key: Key, width: int) -> list[paint.Line]:
        one = self.known.get(str(key))
        return [letters.row(self.model, one, width) if one is not None else []]

    def preview_lines(self, key: Key | None, width: int) -> list[paint.Line]:
        found = self._letters
        if found is None:
            return []
        at = phrases.day_hour(found.next_at, self.model.now(), self.model.zone) if found.next_at is not None else ""
        to = f" to {', '.join(map(str, found.to))}" if found.to else ""
        text = (
            f"The next one is sent {at}{to}." if at else "None is sent: [letter] of process.toml says when and to whom."
        )
        return [[], *([(line, theme.muted)] for line in paint.wrap(text, width, 4))]

    def nothing(self) -> list[paint.Line]:
        if self._loaded and not self._fault:
            return [[], [("  No month is over yet.", theme.muted)]]
        return super().nothing()

    def status_line(self) -> tuple[paint.Line, paint.Line]:
        return [(f" {phrases.count(len(self.known), 'letter')}", theme.muted)], []

    # ------------------------------------------------------------------ verbs
    def why_not(self, verb: Verb) -> str:
        if verb.id == "letters.read" and self.here is None:
            return "read: there is no letter here"
        return super().why_not(verb)

    def on_virtual_list_opened(self, event: VirtualList.Opened) -> None:
        self.run_worker(self.action_verb("letters.read"), exit_on_error=False)

    def do_read(self) -> None:
        if (one := self.here) is not None:
            self.app.push_screen(LetterScreen(str(one.month)))
