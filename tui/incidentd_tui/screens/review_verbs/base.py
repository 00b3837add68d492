"""What the verbs of every topic of a review stand on: the review as it is seen, and the row under the cursor."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar, cast

from incidentd.client import ClientError
from incidentd.wire import reviews as wire_reviews
from incidentd_tui.forms.base import Form, Plan
from incidentd_tui.rows import review as rows
from incidentd_tui.screens.base import VerbScreen
from incidentd_tui.verbs import Verb
from incidentd_tui.widgets.virtual_list import VirtualList
from incidentd_tui.widgets.writing import Box

T = TypeVar("T")


class ReviewPart(VerbScreen):
    """The verbs of one topic derive from this; `ReviewScreen` has the frame and the loading."""

    incident_id: int
    view: wire_reviews.ReviewView | None
    column: int

    @property
    def items(self) -> VirtualList:
        """The rows of the step that is looked at."""
        return self.query_one("#items", VirtualList)

    def seen(self) -> rows.Seen | None:
        """What is shown, None before it was loaded."""
        raise NotImplementedError

    def key_here(self) -> rows.Key | None:
        """The row under the cursor."""
        return cast("rows.Key | None", self.items.cursor)

    @property
    def subject(self) -> str:
        """What events of the review carry."""
        return f"incident:{self.incident_id}"

    # ------------------------------------------------------------------ doing
    def write(self, box: Box) -> None:
        """Open the box; what was typed in another one is kept as its draft."""
        raise NotImplementedError

    def load_again(self) -> None:
        """Fetch the review, as something of it changed."""
        raise NotImplementedError

    def take(self, view: wire_reviews.ReviewView) -> None:
        """Show a view that a change was answered with."""
        raise NotImplementedError

    async def change(self, call: Awaitable[object], done: str = "") -> bool:
        """Whether it was made; why not is said."""
        answer = await self.tui.acts.attempt(self.subject, call)
        if answer is None:
            self.load_again()
            return False
        if isinstance(answer, wire_reviews.ReviewView):
            self.take(answer)
        else:
            self.load_again()
        if done:
            self.tui.say(done, "done")
        return True

    async def sent(self, call: Awaitable[object]) -> str:
        """ "" when it was made, else the reason why not: what a box or a dialog says."""
        reason = await self.tui.acts.refusal(self.subject, call)
        self.load_again()
        return reason

    async def answered(self, call: Awaitable[T]) -> T | str:
        """The answer, or the reason why there is none."""
        try:
            answer = await self.tui.acts.gateway.ask(call)
        except ClientError as error:
            return self.tui.acts.reason(self.subject, error)
        self.load_again()
        return answer

    def confirm(self, title: str, verb: str, effects: Sequence[str], call: Callable[[], Awaitable[object]]) -> None:
        """Ask before what cannot be taken back, and say what it does."""

        async def send(_: dict[str, str]) -> str:
            return await self.sent(call())

        self.app.push_screen(
            Form(self.tui, Plan(title=title, verb=verb, fields=(), effects=lambda _: effects, send=send))
        )

    def run(self, work: Awaitable[object]) -> None:
        """Do it beside the screen."""
        self.run_worker(cast("Awaitable[None]", work), exit_on_error=False)

    # ------------------------------------------------------------------ reasons
    def why_not(self, verb: Verb) -> str:
        if reason := super().why_not(verb):
            return reason
        seen = self.seen()
        if seen is None and verb.writes:
            return f"{verb.label}: it is not loaded yet"
        return ""
