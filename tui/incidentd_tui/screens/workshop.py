"""What people do together at their own terminals stands on: making a change, and what it was answered with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, ClassVar, cast

from incidentd_tui.forms.base import Form, Plan
from incidentd_tui.screens.base import VerbScreen
from incidentd_tui.widgets.virtual_list import VirtualList
from incidentd_tui.widgets.writing import Box


class WorkshopPart(VerbScreen):
    """The verbs of a review or of a process retro. `view_type` is what most changes are answered with."""

    view_type: ClassVar[type[Any]]

    @property
    def items(self) -> VirtualList:
        """The rows of the step that is looked at."""
        return self.query_one("#items", VirtualList)

    @property
    def subject(self) -> str:
        """What its events carry."""
        raise NotImplementedError

    def write(self, box: Box) -> None:
        """Open the box; what was typed in another one is kept as its draft."""
        raise NotImplementedError

    def load_again(self) -> None:
        """Fetch it, as something of it changed."""
        raise NotImplementedError

    def take(self, view: Any) -> None:
        """Show a view that a change was answered with."""
        raise NotImplementedError

    async def change(self, call: Awaitable[object], done: str = "") -> bool:
        """Whether it was made; why not is said."""
        answer = await self.tui.acts.attempt(self.subject, call)
        if isinstance(answer, self.view_type):
            self.take(answer)
        else:
            self.load_again()
        if answer is not None and done:
            self.tui.say(done, "done")
        return answer is not None

    async def sent(self, call: Awaitable[object]) -> str:
        """ "" when it was made, else the reason why not: what a box or a dialog says."""
        reason = await self.tui.acts.refusal(self.subject, call)
        self.load_again()
        return reason

    def confirm(self, title: str, verb: str, effects: Sequence[str], call: Callable[[], Awaitable[object]]) -> None:
        """Ask before what cannot be taken back, and say what it does."""

        async def send(_: dict[str, str]) -> str:
            return await self.sent(call())

        plan = Plan(title=title, verb=verb, fields=(), effects=lambda _: effects, send=send)
        self.app.push_screen(Form(self.tui, plan))

    def run(self, work: Awaitable[object]) -> None:
        """Do it beside the screen."""
        self.run_worker(cast("Awaitable[None]", work), exit_on_error=False)
