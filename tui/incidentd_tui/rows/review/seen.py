"""What a step of the review is on the screen: one object, which its module fills with small functions."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from incidentd.domain.review_steps import ORDER, Step
from incidentd.domain.workshop_driving import NO_TIMER, STALLED
from incidentd.wire import presence as wire_presence
from incidentd.wire import reviews as wire_reviews
from incidentd.wire.review_records import Account
from incidentd.wire.review_timeline import Moment
from incidentd_tui import paint, theme
from incidentd_tui.model import Model

Key = tuple[str, int]
"""What a row is about: ("moment", 17), ("factor", 4). Heads and gaps are in `PASSED`."""
PASSED = frozenset({"head", "gap", "group", "ahead", "words"})
"""First parts of keys that the cursor passes over."""


class Seen(msgspec.Struct, frozen=True):
    """What a step can show: the review as the viewer may see it, and what the screen knows besides.

    `step` is the step that is looked at, `width` and `height` the cells that rows have, `column` the account that is
    chosen where several stand side by side.
    """

    model: Model
    view: wire_reviews.ReviewView
    step: str
    width: int
    height: int = 0
    here: tuple[wire_presence.Present, ...] = ()
    column: int = 0

    @property
    def held(self) -> bool:
        """Whether the workshop is under way."""
        return self.view.review.state in ("running", "paused")

    @property
    def alone(self) -> bool:
        """One person, or a very few: nobody waits for anybody."""
        return self.view.review.solo

    @property
    def revealed(self) -> bool:
        """Whether people read each other's factors."""
        return self.view.review.revealed_at is not None or not self.held

    @property
    def present(self) -> tuple[wire_reviews.Participant, ...]:
        """Who takes part now, in the order in which they came."""
        return tuple(one for one in self.view.participants if one.left_at is None)

    @property
    def free_to_drive(self) -> bool:
        """Whether whoever takes part may take the driving over, as the daemon has it."""
        review, now = self.view.review, self.model.now()
        if self.alone or review.state == "paused" or all(one.person != review.facilitator for one in self.present):
            return True
        ends = review.step_started_at + NO_TIMER if review.step_ends_at is None else review.step_ends_at + STALLED
        return now >= ends

    def me(self) -> wire_reviews.Participant | None:
        """The viewer as a participant, None when they only look on."""
        return next((one for one in self.present if one.person == self.model.me), None)

    def moment(self, key: Key | None) -> Moment | None:
        """The moment of a row."""
        return next((one for one in self.view.walk.moments if moment_key(one) == key), None)

    def accounts_at(self, moment: Moment) -> list[Account]:
        """The accounts of a moment: of its entry, or of its very instant."""
        return [one for one in self.view.accounts if belongs(one, moment)]


class StepView(msgspec.Struct, frozen=True, kw_only=True):
    """A step. `rows` are its keys, `draw` draws one of them, `blank` is what is said when there are no rows.

    `asks` is the question that people answer at this step, for the row under the cursor.
    """

    name: Step
    short: str
    rows: Callable[[Seen], Sequence[Key]]
    draw: Callable[[Seen, Key, int], list[paint.Line]]
    blank: Callable[[Seen, int], list[paint.Line]]
    asks: Callable[[Seen, Key | None], str]
    head: Callable[[Seen, int], paint.Line] | None = None


def moment_key(moment: Moment) -> Key:
    """An entry of a person's own has no seq: it goes by the id of what they wrote."""
    if moment.entry.seq or not moment.notes:
        return ("moment", moment.entry.seq)
    return ("own", moment.notes[0].id)


def belongs(account: Account, moment: Moment) -> bool:
    """Whether an account is of this moment."""
    if account.seq:
        return account.seq == moment.entry.seq
    return account.at is not None and account.at == moment.entry.observed_at and not moment.entry.seq


def place(step: str) -> int:
    """Where a step stands in the order, counted from 0."""
    return next((number for number, one in enumerate(ORDER) if one == step), 0)


def spaced(keys: Sequence[Key]) -> list[Key]:
    """With an empty line between them, which the cursor passes over."""
    return [one for number, key in enumerate(keys) for one in ([("gap", number), key] if number else [key])]


def told(parts: Sequence[tuple[str, str]], width: int) -> list[paint.Line]:
    """Labelled text, hanging under itself: saw, thought, tried."""
    lines: list[paint.Line] = []
    for label, text in parts:
        indent = 8 if label else 0
        for number, line in enumerate(paint.wrap(text, width - indent, 60) if text else []):
            lines.append([(f"{label if not number else '':<{indent}}", theme.faint), (line, theme.plain)])
    return lines


def centred(seen: Seen, text: Sequence[paint.Line], width: int) -> list[paint.Line]:
    """`text` as a column of `width` cells, a little above the middle of the room there is."""
    left = max((seen.width - width) // 2, 0)
    above = max((seen.height - len(text)) // 3, 1)
    return [*([[]] * above), *([(" " * left, theme.plain), *line] for line in text)]
