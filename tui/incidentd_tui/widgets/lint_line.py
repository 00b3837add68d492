"""One line under a text box: wording near the cursor that is in the way of learning, and what to ask instead.

It suggests and never blocks: it is not there when nothing is found, takes no focus, and no sending waits for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.timer import Timer

from incidentd_tui import paint, theme
from incidentd_tui.widgets.bars import Bar
from incidentd_tui.widgets.composer import Composer

if TYPE_CHECKING:
    from incidentd.domain.lint.findings import Finding
    from incidentd_tui.app import IncidentdApp

LINT_AFTER = 0.4
"""Seconds after the last key."""
_AROUND = 10_000  # characters before and behind the cursor that are looked at


class LintLine(Bar):
    """Follows a `Composer`: yield it right below the box.

    ^l in the box goes to the next finding, ^x dismisses the one that is shown.
    """

    DEFAULT_CSS = "LintLine { display: none; margin: 0 1; } LintLine.found { display: block; }"

    def __init__(self, tui: IncidentdApp, box: Composer) -> None:
        super().__init__()
        self._tui = tui
        self._box = box
        self._timer: Timer | None = None
        self._found: tuple[Finding, ...] = ()
        self._from = 0  # where in the text the part begins that was looked at

    def on_mount(self) -> None:
        self._box.follower = self
        self.watch(self._box, "selection", self._show, init=False)
        self.typed()
        self.run_worker(self._ask(), exit_on_error=False)

    async def _ask(self) -> None:
        await self._tui.wording.refresh()
        self.typed()

    # ------------------------------------------------------------------ what the box tells
    def typed(self) -> None:
        """The text has changed: look once it rests."""
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(LINT_AFTER, self.look)

    def next(self) -> bool:
        """Go to the finding behind the cursor, from the last one to the first; False when there is none."""
        if not self._found:
            return False
        at = self._box.offset_of_cursor
        one = next((one for one in self._found if self._from + one.start > at), self._found[0])
        self._box.go_to(self._from + one.start)
        self._show()
        return True

    def dismiss(self) -> bool:
        """Ask why the finding that is shown is none; False when none is."""
        from incidentd_tui.forms.wording import dismiss  # a dialog, which has such lines itself

        one = self.shown
        if one is not None:
            self._tui.push_screen(dismiss(self._tui, one, self._after))
        return one is not None

    def _after(self) -> None:
        if self.is_mounted:
            self.look()

    # ------------------------------------------------------------------ what it shows
    def look(self) -> None:
        """Lint the text around the cursor now."""
        text, at = self._box.text.replace("\r\n", "\n"), self._box.offset_of_cursor
        start, end = 0, len(text)
        if end > 2 * _AROUND:  # at empty lines, so that no sentence is cut
            start = max(text.rfind("\n\n", 0, max(at - _AROUND, 0)), 0)
            found = text.find("\n\n", min(at + _AROUND, end))
            end = found if found >= 0 else end
        self._from, self._found = start, self._tui.wording.found(text[start:end])
        self._show()

    @property
    def shown(self) -> Finding | None:
        """The finding that is nearest to the cursor."""
        at = self._box.offset_of_cursor - self._from
        return min(self._found, key=lambda one: max(one.start - at, at - one.end, 0), default=None)

    def _show(self) -> None:
        one = self.shown
        self.set_class(one is not None, "found")
        if one is not None:
            # not its own width: a line that was not shown yet has none
            self.say(*_fitting(one, len(self._found), self._box.outer_size.width))


def _fitting(one: Finding, count: int, width: int) -> tuple[paint.Line, paint.Line]:
    """What is said of a finding: the suggestion in full where it fits, else in a few words, and the keys."""
    dismiss: paint.Line = [("^x", theme.key), (" dismiss ", theme.faint)]
    keys: paint.Line = [("^l", theme.key), (" next ", theme.faint), *dismiss] if count > 1 else dismiss
    said: paint.Line = []
    for asked in (one.suggestion, one.ask):
        said = [(" ~ ", theme.warning), (f"“{one.text}”", theme.bold), (f": {asked}", theme.muted)]
        if paint.width_of(said) + paint.width_of(keys) < width:
            return said, keys
    return said, [("^l " if count > 1 else "", theme.key), ("^x ", theme.key)]
