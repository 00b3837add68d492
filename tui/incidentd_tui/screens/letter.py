"""A monthly letter, to read."""

from __future__ import annotations

from textual.worker import Worker

from incidentd.client import ClientError
from incidentd.wire.letters import Letter
from incidentd_tui import paint, theme
from incidentd_tui.rows import letters
from incidentd_tui.rows.detail import Section
from incidentd_tui.screens.listing import COPY
from incidentd_tui.screens.sections import SectionsScreen
from incidentd_tui.verbs import Verb


class LetterScreen(SectionsScreen):
    """One that was sent reads as it was sent; a draft is composed when it is opened."""

    mode = "insights"
    heading = "Letter"
    VERBS = (
        Verb("letter.back", "escape,q", "back", "Back to the letters"),
        Verb("letter.next", "tab", "section", "The next section"),
        Verb("letter.before", "shift+tab", "section before", "The section before", hint=False),
        Verb("letter.markdown", "m", "copy all", "Copy the whole letter as Markdown (OSC 52)"),
        COPY,
    )

    def __init__(self, month: str) -> None:
        super().__init__()
        self.month = month
        self._found: Letter | None = None
        self._fault = ""

    def sections(self, width: int) -> list[Section]:
        if self._fault:
            return [Section("fault", [[], [("! ", theme.danger), (self._fault, theme.plain)]])]
        if self._found is None:
            return [Section("loading", [[], [("loading …", theme.muted)]])]
        return letters.sections(self.model, self._found, width)

    def status_line(self) -> tuple[paint.Line, paint.Line]:
        return [(f" the letter about {self.month}", theme.muted)], []

    def on_mount(self) -> None:
        # As a function: a load that another one replaces before it began leaves no coroutine behind.
        self._worker: Worker[None] = self.run_worker(self._load, exit_on_error=False, exclusive=True, group="load")

    async def _load(self) -> None:
        try:
            self._found = await self.tui.acts.gateway.ask(self.tui.acts.client.letter(self.month))
        except ClientError as error:
            self._fault = self.tui.acts.reason("", error)
        if self.composed:
            self.reorder()

    def why_not(self, verb: Verb) -> str:
        if verb.id == "letter.markdown" and self._found is None:
            return "copy all: the letter is not loaded"
        return super().why_not(verb)

    def do_markdown(self) -> None:
        if self._found is not None:
            self.tui.copy_to_clipboard(str(self._found.markdown))
            self.tui.say(f"✓ copied the letter about {self.month}", "done")
