"""Mode 6: the learning library, searched in the daemon as one types."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable

from textual.timer import Timer
from textual.widgets import Input

from incidentd.client import ClientError
from incidentd.domain.filters import parse_filter
from incidentd.wire.library import LibraryItem, Use
from incidentd_tui import paint, phrases, theme
from incidentd_tui.forms import learn as learn_forms
from incidentd_tui.model import Changes
from incidentd_tui.rows import learn
from incidentd_tui.screens.kept import KeptScreen
from incidentd_tui.screens.listing import CLEAR, COPY, FILTER, FRESH, NEXT_VIEW, PREVIOUS_VIEW, VIEW
from incidentd_tui.verbs import Verb
from incidentd_tui.widgets.virtual_list import Key, VirtualList

_SHOWN = 50
"""More than this nobody reads: other words find it."""
_PAUSE = 0.3  # seconds without a key after which is searched


class LearnScreen(KeptScreen[LibraryItem]):
    """Enter reads the review that something is from."""

    mode = "learn"
    heading = "Learn"
    kind = "library"
    views = learn.VIEWS
    VERBS = (
        Verb("learn.read", "o", "read", "Read the document that this is from (Enter too)"),
        Verb("learn.use", "U", "used it", "Write down where this was used again: a form", writes=True),
        Verb("learn.room", "r", "room", "The room of the incident"),
        FILTER,
        VIEW,
        COPY,
        FRESH,
        CLEAR,
        NEXT_VIEW,
        PREVIOUS_VIEW,
    )

    def __init__(self) -> None:
        super().__init__()
        self._counts: dict[str, int] = {}
        self._hidden = ""
        self._total = 0
        self._uses: dict[str, tuple[Use, ...]] = {}
        self._pause: Timer | None = None

    # ------------------------------------------------------------------ what is found
    async def fetch(self) -> Iterable[tuple[str, LibraryItem]]:
        kind = {} if self.view == "all" else {"kind": self.view}
        asked = self.tui.acts.client.search_library(self.filter.text, limit=_SHOWN, **kind)
        found = await self.tui.acts.gateway.ask(asked)
        self._counts = {str(name): count for name, count in found.counts.items()}
        self._total = found.total
        self._hidden = str(found.why_hidden) if found.hidden else ""
        return [(str(one.subject), one) for one in found.items]

    def order(self) -> list[Key]:
        return list(self.known)  # as the daemon put them: the newest incidents first

    def view_counts(self) -> dict[str, int]:
        return {**self._counts, "all": sum(self._counts.values())} if self._counts else {}

    def choose_view(self, name: str) -> None:
        super().choose_view(name)
        self._fetch_again()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Searched when typing pauses, not at each key."""
        if event.input.id != "filter" or event.value == self.filter.text:
            return
        self.filter = parse_filter(event.value)
        if self._pause is not None:
            self._pause.stop()
        self._pause = self.set_timer(_PAUSE, self._fetch_again)

    def do_clear(self) -> None:
        searched = bool(self.filter.text)
        super().do_clear()
        if searched:
            self._fetch_again()

    # ------------------------------------------------------------------ painting
    def paint_row(self, key: Key, width: int) -> list[paint.Line]:
        one = self.known.get(str(key))
        return [learn.paint_row(self.model, one, width)] if one is not None else [[]]

    def preview_lines(self, key: Key | None, width: int) -> list[paint.Line]:
        one = self.here
        return learn.preview(self.model, one, self._uses.get(str(one.subject), ()), width) if one is not None else []

    def nothing(self) -> list[paint.Line]:
        if self._loaded and not self._fault:
            rest = "  What people find when they look back is here: factors, learnings, and what is done."
            more = "  incidentctl review import brings what you wrote before."
            return [[], [("  Nothing was learned yet.", theme.plain)], [(rest, theme.muted)], [(more, theme.muted)]]
        return super().nothing()

    def status_line(self) -> tuple[paint.Line, paint.Line]:
        shown = len(self.known)
        some = f"the newest {shown} of {self._total}" if self._total > shown else phrases.count(shown, "thing")
        left: paint.Line = [(f" {some}", theme.muted)]
        if self._hidden:
            left.append((f" · {self._hidden}", theme.warning))
        return [*left, *self.news()], []

    def waiting_rows(self) -> list[Key]:
        return []  # what is found is shown at once: nobody else moves it

    # ------------------------------------------------------------------ live
    def on_virtual_list_moved(self) -> None:
        super().on_virtual_list_moved()
        self._look_here()

    def reorder(self, cursor: Key | None = None) -> None:
        super().reorder(cursor)
        self._look_here()

    def _look_here(self) -> None:
        one = self.here
        if self.wide and one is not None and one.uses and str(one.subject) not in self._uses:
            self.run_worker(self._look(str(one.subject)), exit_on_error=False, exclusive=True, group="look")

    async def _look(self, subject: str) -> None:
        """Where the one under the cursor was used: a list has the count only."""
        with contextlib.suppress(ClientError):
            found = await self.tui.acts.gateway.ask(self.tui.acts.client.uses(subject))
            self._uses[subject] = found.uses
            self.refresh_frame()

    def on_model(self, changes: Changes) -> None:
        if changes.everything:
            self._fetch_again()
        self.refresh_frame()

    # ------------------------------------------------------------------ verbs
    def why_not(self, verb: Verb) -> str:
        if reason := super().why_not(verb):
            return reason
        one = self.here
        if verb.id.startswith("learn.") and one is None:
            return f"{verb.label}: there is nothing here"
        if verb.id == "learn.use" and one is not None and one.kind == "action":
            return "used it: an action is done, not used"
        return ""

    def on_virtual_list_opened(self, event: VirtualList.Opened) -> None:
        self.run_worker(self.action_verb("learn.read"), exit_on_error=False)

    async def do_read(self) -> None:
        if (one := self.here) is not None:
            await self.tui.open_document(one.incident_id)

    async def do_room(self) -> None:
        if (one := self.here) is not None:
            await self.tui.open_room(one.incident_id)

    def do_use(self) -> None:
        if (one := self.here) is None:
            return

        def done(sent: bool | None) -> None:
            if sent:
                self._uses.pop(str(one.subject), None)
                self._fetch_again()

        form = learn_forms.used(self.tui, str(one.subject), learn.name(one), str(one.text))
        self.app.push_screen(form, done)
