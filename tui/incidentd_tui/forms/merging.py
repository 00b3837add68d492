"""The merge view: two people changed the same text. What each changed is shown; what is saved is chosen, or written."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from incidentd.domain.merging import Op, merge, word_diff
from incidentd_tui import paint, theme
from incidentd_tui.forms.base import Field, Form, Plan, Values
from incidentd_tui.rows import diff
from incidentd_tui.widgets.choice import Choice
from incidentd_tui.widgets.composer import Composer

if TYPE_CHECKING:
    from incidentd_tui.app import IncidentdApp

Texts = Mapping[str, str]
"""By the name of the field."""
_TAKE = "take-"


class Collision(msgspec.Struct, frozen=True, kw_only=True):
    """One field: how it was when `mine` was begun, and what `who` made of it meanwhile."""

    name: str
    label: str
    base: str
    mine: str
    theirs: str
    who: str

    @property
    def texts(self) -> Texts:
        """What can be chosen, by the word for it; the first is proposed."""
        both = merge(self.base, self.mine, self.theirs)
        merged = {"both": both.text} if not both.collides else {}
        after = {"both": f"{self.theirs}\n{self.mine}"} if both.collides and "\n" not in self.label else {}
        found = merged | {"mine": self.mine, "theirs": self.theirs} | after
        return found | ({"as it was": self.base} if self.base else {})


class MergeForm(Form):
    """Answers True once the texts were saved. `save` gets them; `keep` puts away what is typed."""

    def __init__(
        self,
        tui: IncidentdApp,
        title: str,
        collisions: Sequence[Collision],
        *,
        save: Callable[[Texts], Awaitable[str]],
        keep: Callable[[Texts], Awaitable[None]],
    ) -> None:
        self._collisions = collisions
        self._keep = keep
        self._texts = {one.name: one.texts for one in collisions}
        fields: list[Field] = []
        for one in collisions:
            texts = self._texts[one.name]
            first = next(iter(texts))
            options = tuple((name, name) for name in texts)
            fields += [
                Field(name=_TAKE + one.name, label=f"{one.label}: take", options=options, value=first),
                Field(name=one.name, label=f"{one.label} as it will be", value=texts[first], multiline=True),
            ]

        async def send(values: Values) -> str:
            return await save({one.name: values[one.name] for one in collisions})

        super().__init__(tui, Plan(title=title, verb="save", fields=tuple(fields), effects=lambda _: (), send=send))

    def effect_lines(self, width: int) -> list[paint.Line]:
        most = max((self.size.height - 16) // (2 * len(self._collisions)), 2)
        shown: list[paint.Line] = []
        for one in self._collisions:
            for who, text in ((one.who, one.theirs), ("you", one.mine)):
                head: paint.Line = [(f" {who}: ", theme.heading)]
                runs: list[tuple[Op, str]] = word_diff(one.base, text) if one.base else [("same", text)]
                body = diff.lines(runs, width - 2, most)
                shown += [head, *([("  ", theme.plain), *line] for line in body)]
        return shown

    def saver(self, field: Field) -> Callable[[str], Awaitable[None]]:
        async def save(_: str) -> None:
            await self._keep({one.name: self.values[one.name] for one in self._collisions})

        return save

    def on_choice_changed(self) -> None:
        for one in self._collisions:
            taken = self.query_one(f"#{_TAKE}{one.name}", Choice).value
            box = self.query_one(f"#{one.name}", Composer)
            # Words of one's own are not overwritten: whatever is chosen replaces only what was chosen before.
            if box.text in self._texts[one.name].values():
                box.text = self._texts[one.name][taken]
        super().on_choice_changed()
