"""What the facilitator does: steps, the walk, the timer, a break, the reveal, handing over."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Literal

from incidentd.domain.review_steps import GUIDES, Step
from incidentd.wire import reviews as wire_reviews
from incidentd_tui import phrases
from incidentd_tui.forms.base import Field, Form, Plan, Values
from incidentd_tui.rows import review as rows
from incidentd_tui.screens.picker import Item, Picker
from incidentd_tui.screens.review_verbs.base import ReviewPart
from incidentd_tui.verbs import Verb

NEXT_MOMENT = Verb("review.moment", "n", "next moment", "Walk on: show everybody the next moment", writes=True)
NEXT_STEP = Verb("review.forward", "N", "next step", "Go on to the next step with everybody", writes=True)
GOING_ON = (NEXT_MOMENT, NEXT_STEP)
VERBS = (
    Verb("review.backward", "B", "step back", "Go back one step with everybody", writes=True),
    Verb("review.end", "W", "walk to end", "Show everybody the whole timeline", writes=True),
    Verb("review.reveal", "R", "reveal", "Show everybody's factors, although somebody is not done", writes=True),
    Verb("review.time", "plus", "+5 min", "Five minutes more for this step", writes=True),
    Verb("review.pause", "P", "pause", "Pause, also for days, or go on", writes=True),
    Verb("review.hand", "H", "hand over", "Hand the driving over to somebody else", writes=True),
    Verb("review.over", "O", "take over", "Drive it yourself", writes=True),
    Verb("review.finish", "F", "finish", "End the workshop: a form", writes=True),
    Verb("review.again", "A", "hold again", "Hold the workshop again after its end: a form", writes=True),
)
_DRIVING = frozenset(
    {"review.moment", "review.forward", "review.backward", "review.end", "review.reveal", "review.time",
     "review.pause", "review.hand", "review.finish"}
)  # fmt: skip
"""What only the one who drives can do."""
_MORE = 5.0


class DrivingVerbs(ReviewPart):
    """Every one is seen by all at once."""

    def why_not(self, verb: Verb) -> str:
        if reason := super().why_not(verb):
            return reason
        seen = self.seen()
        if seen is not None and verb.id == "review.again":
            return f"{verb.label}: it is held now" if seen.held else ""
        if seen is None or verb.id not in (*_DRIVING, "review.over"):
            return ""
        reason = _refused(seen, verb.id.partition(".")[2])
        return f"{verb.label}: {reason}" if reason else ""

    async def _drive(self, body: wire_reviews.DriveReview, done: str = "") -> bool:
        return await self.change(self.tui.acts.client.drive_review(self.incident_id, body), done)

    # ------------------------------------------------------------------ steps
    async def do_moment(self) -> None:
        before = len(self.view.walk.moments) if self.view is not None else 0
        if await self._drive(wire_reviews.DriveReview(walk="next")) and self.view is not None:
            fresh = self.view.walk.moments[before:]
            if fresh:
                self.items.select(rows.moment_key(fresh[0]))

    def do_end(self) -> None:
        ahead = self.view.walk.ahead if self.view is not None else 0
        effects = [
            f"shows everybody the {phrases.count(ahead, 'moment')} that are hidden still",
            "what was seen cannot be unseen: people recall best what they are not told yet",
        ]
        self.confirm("Walk to the end", "show all", effects, lambda: self._call(wire_reviews.DriveReview(walk="end")))

    def _call(self, body: wire_reviews.DriveReview) -> Awaitable[wire_reviews.ReviewView]:
        return self.tui.acts.client.drive_review(self.incident_id, body)

    async def do_forward(self) -> None:
        seen = self.seen()
        if seen is None:
            return
        walk = seen.view.walk
        if seen.view.review.step == Step.WALK and walk.ahead:
            effects = [
                f"{phrases.count(walk.ahead, 'moment')} ahead were not walked; they are shown then",
                "what was seen cannot be unseen",
            ]
            body = wire_reviews.DriveReview(step="next")
            self.confirm("Leave the walk before its end", "go on", effects, lambda: self._call(body))
            return
        await self._step("next")

    async def do_backward(self) -> None:
        await self._step("back")

    async def _step(self, to: Literal["next", "back"]) -> None:
        if await self._drive(wire_reviews.DriveReview(step=to)) and self.view is not None:
            title = next((guide.title for step, guide in GUIDES.items() if step == self.view.review.step), "")
            self.tui.say(f"✓ everybody is at: {title}", "done")

    def do_reveal(self) -> None:
        seen = self.seen()
        if seen is None:
            return
        late = [str(one.person) for one in seen.present if not one.factors_in]
        effects = ["shows everybody's factors to everybody", "it cannot be taken back"]
        if late:
            effects.insert(0, f"not done yet: {', '.join(late)}")
        self.confirm("Reveal the factors", "reveal", effects, lambda: self._call(wire_reviews.DriveReview(reveal=True)))

    # ------------------------------------------------------------------ time
    async def do_time(self) -> None:
        await self._drive(wire_reviews.DriveReview(longer=_MORE), "✓ five minutes more")

    async def do_pause(self) -> None:
        paused = self.view is not None and self.view.review.state == "paused"
        done = "✓ it goes on" if paused else "✓ paused: it goes on where it stands, also in days"
        await self._drive(wire_reviews.DriveReview(pause=not paused), done)

    # ------------------------------------------------------------------ who drives
    async def do_over(self) -> None:
        await self._drive(wire_reviews.DriveReview(facilitator="me"), "✓ you drive now; everybody sees it")

    def do_hand(self) -> None:
        seen = self.seen()
        if seen is None:
            return
        here = [str(one.person) for one in seen.present if one.person != self.model.me]
        others = sorted(str(one) for one in self.model.people if str(one) not in (*here, str(self.model.me)))
        items = [*(Item(one, one, "takes part") for one in here), *(Item(one, one, "joins then") for one in others)]

        def chosen(person: str | None) -> None:
            if person is not None:
                body = wire_reviews.DriveReview(facilitator=str(person))
                self.run(self._drive(body, f"✓ {person} drives now"))

        self.app.push_screen(Picker("Who drives from now on?", items, "a name"), chosen)

    def do_again(self) -> None:
        async def send(values: Values) -> str:
            return await self.sent(self._call(wire_reviews.DriveReview(reopen=values["why"])))

        field = Field(name="why", label="Why", hint="what came up since")
        effects = ("everybody comes back to where it stood",)
        plan = Plan(title="Hold it again", verb="open", fields=(field,), effects=lambda _: effects, send=send)
        self.app.push_screen(Form(self.tui, plan))

    def do_finish(self) -> None:
        effects = ["ends the workshop for everybody", "what is written stays, and can be added to"]
        self.confirm(
            "Finish the workshop", "finish", effects, lambda: self._call(wire_reviews.DriveReview(finish=True))
        )


def _refused(seen: rows.Seen, name: str) -> str:
    """Why one cannot drive so now, "" when one can."""
    review = seen.view.review
    if not seen.held:
        return "the workshop is over"
    if name == "over":
        return "you drive already" if seen.view.drives else "" if seen.free_to_drive else _driven(seen)
    if not seen.view.drives:
        return f"{review.facilitator or 'nobody'} drives; O takes over" if seen.free_to_drive else _driven(seen)
    return _not_now(seen, name, str(review.step))


def _driven(seen: rows.Seen) -> str:
    return f"{seen.view.review.facilitator} drives, and may hand it over"


def _not_now(seen: rows.Seen, name: str, step: str) -> str:
    """Why the one who drives cannot do it at this step."""
    match name:
        case "moment" | "end" if step != Step.WALK:
            return "only in the walk"
        case "moment" | "end" if not seen.view.walk.ahead:
            return "the walk is at its end; N goes on"
        case "forward" if step == rows.STEPS[-1].name:
            return "this is the last step; F finishes"
        case "backward" if step == rows.STEPS[0].name:
            return "this is the first step"
        case "finish" if step != rows.STEPS[-1].name:
            return "at the last step; N goes on"
        case "reveal" if seen.revealed:
            return "they are shown already"
        case "reveal" if not seen.view.review.factors or step != Step.FACTORS:
            return "nobody has written one yet"
    return ""
