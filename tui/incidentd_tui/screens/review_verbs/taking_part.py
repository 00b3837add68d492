"""What everybody says of themselves: here, done, and what is being talked about."""

from __future__ import annotations

from incidentd.domain.review_steps import Step
from incidentd.wire import reviews as wire_reviews
from incidentd_tui.screens.review_verbs.base import ReviewPart
from incidentd_tui.verbs import Verb
from incidentd_tui.writing import talk

DONE = Verb("review.done", "d", "done", "Say that you are done with this step, or not yet", writes=True)
TALK = Verb("review.talk", "t", "talk", "Note what is being said, for everybody", writes=True)
JOIN = Verb("review.join", "J", "join", "Take part, also late; or leave", writes=True)
VERBS = (DONE, TALK, JOIN)


class TakingPartVerbs(ReviewPart):
    """Nobody is asked to be quick; others see who is done."""

    def why_not(self, verb: Verb) -> str:
        if reason := super().why_not(verb):
            return reason
        seen = self.seen()
        if seen is None or verb.id not in (DONE.id, TALK.id, JOIN.id):
            return ""
        if not seen.held:
            return f"{verb.label}: the workshop is over"
        if verb.id != JOIN.id and seen.me() is None:
            return f"{verb.label}: you only look on; J joins"
        return ""

    async def _participate(self, body: wire_reviews.Participate, done: str) -> None:
        await self.change(self.tui.acts.client.participate(self.incident_id, body), done)

    async def do_done(self) -> None:
        """While factors are hidden it says that one's own are in; they are shown when everybody's are."""
        seen = self.seen()
        mine = seen.me() if seen is not None else None
        if seen is None or mine is None:
            return
        if seen.view.review.step == Step.FACTORS and not seen.revealed:
            if mine.factors_in:
                await self._participate(wire_reviews.Participate(factors_in=False), "✓ not yet: you write on")
            else:
                await self._participate(wire_reviews.Participate(factors_in=True), "✓ your factors are in")
            return
        done = mine.done_step != seen.view.review.step
        said = "✓ you are done with this step" if done else "✓ not yet done"
        await self._participate(wire_reviews.Participate(done=done), said)

    async def do_join(self) -> None:
        seen = self.seen()
        if seen is None:
            return
        if seen.me() is None:
            await self._participate(wire_reviews.Participate(present=True), "✓ you take part")
            return
        body = wire_reviews.Participate(present=False)
        effects = ["others see that you left; what you wrote stays", "J comes back"]
        client = self.tui.acts.client
        self.confirm(
            f"Leave the {self.model.review_name}", "leave", effects, lambda: client.participate(self.incident_id, body)
        )

    def do_talk(self) -> None:
        self.write(talk.box(self))
