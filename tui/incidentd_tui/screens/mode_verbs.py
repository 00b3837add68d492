"""What can be done about a mode block: it is changed, split, or ended."""

from __future__ import annotations

from typing import TypeVar

from incidentd.wire.modes import ModeBlock
from incidentd_tui.forms import modes as forms
from incidentd_tui.screens.below import PreviewBelow
from incidentd_tui.verbs import Verb

T = TypeVar("T")

SET = Verb("modes.set", "M", "set mode", "A block of support or project work: a form", writes=True)
BLOCK_VERBS = (
    Verb("modes.change", "C", "change", "Other bounds or another mode for this block: a form", writes=True),
    Verb("modes.split", "S", "split", "End this block early, and what comes then: a form", writes=True),
    Verb("modes.end", "X", "end", "End the block that runs, or take one back that is ahead: a form", writes=True),
)


class BlockVerbs(PreviewBelow[T]):
    """A screen says which block its cursor is on."""

    mode = "oncall"
    kind = "mode"

    @property
    def block_here(self) -> ModeBlock | None:
        raise NotImplementedError

    def why_not(self, verb: Verb) -> str:
        if reason := super().why_not(verb):
            return reason
        if verb in BLOCK_VERBS and self.block_here is None:
            return f"{verb.label}: there is no block of this person that runs or comes"
        return ""

    def do_change(self) -> None:
        if (block := self.block_here) is not None:
            self.app.push_screen(forms.change(self.tui, block), self.after_form)

    def do_split(self) -> None:
        if (block := self.block_here) is not None:
            self.app.push_screen(forms.split(self.tui, block), self.after_form)

    def do_end(self) -> None:
        if (block := self.block_here) is not None:
            self.app.push_screen(forms.end(self.tui, block), self.after_form)
