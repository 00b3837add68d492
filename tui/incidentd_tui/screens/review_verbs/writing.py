"""Writing at a step: the box of the row under the cursor. It stays open whatever the others do meanwhile."""

from __future__ import annotations

from incidentd.domain.review_steps import Step
from incidentd_tui.rows import review as rows
from incidentd_tui.screens.review_verbs.base import ReviewPart
from incidentd_tui.verbs import Verb
from incidentd_tui.widgets.writing import Box
from incidentd_tui.writing import accounts, closing, differs, factors, learnings

WRITE = Verb("review.write", "w", "write", "Write what this step asks for (Enter on a row too)", writes=True)
WHOLE = Verb("review.whole", "a", "whole", "Write your account of the whole incident", writes=True)
VERBS = (WRITE, WHOLE)


class WritingVerbs(ReviewPart):
    def why_not(self, verb: Verb) -> str:
        if reason := super().why_not(verb):
            return reason
        seen = self.seen()
        if seen is None or verb.id not in (WRITE.id, WHOLE.id):
            return ""
        if seen.me() is None and seen.held:
            return f"{verb.label}: you only look on; J joins"
        if verb.id == WRITE.id and self.box_here(seen) is None:
            return f"write: {_nothing(seen)}"
        return ""

    def box_here(self, seen: rows.Seen) -> Box | None:
        """The box of the step that is looked at, for the row under the cursor; None where nothing is written."""
        key = self.key_here()
        match seen.step:
            case Step.WALK:
                moment = seen.moment(key)
                return accounts.of_moment(self, seen, moment) if moment is not None else None
            case Step.ACCOUNTS:
                return accounts.of_the_whole(self, seen)
            case Step.FACTORS:
                return factors.new(self, seen)
            case Step.SIMILAR:
                other = rows.similar.incident(seen, key)
                return differs.box(self, other) if other is not None and not seen.view.similar.locked else None
            case Step.LEARNINGS:
                return learnings.learning(self)
            case Step.PARKING_LOT:
                return learnings.idea(self)
            case Step.CLOSING:
                return closing.box(self, seen) if seen.held else None
        return None

    def do_write(self) -> None:
        seen = self.seen()
        if seen is not None and (box := self.box_here(seen)) is not None:
            self.write(box)

    def do_whole(self) -> None:
        if (seen := self.seen()) is not None:
            self.write(accounts.of_the_whole(self, seen))


def _nothing(seen: rows.Seen) -> str:
    """Why there is nothing to write here."""
    match seen.step:
        case Step.GROUND_RULES:
            return "nothing is written here; a writes your account of the whole"
        case Step.WALK:
            return "go to a moment first"
        case Step.SIMILAR if seen.view.similar.locked:
            return "it is locked until the factors are shown"
        case Step.SIMILAR:
            return "go to an incident first"
    return "the workshop is over"
