"""The language lint as the API's tests see it."""

from datetime import UTC, datetime

from incidentd.services.errors import NotFound
from incidentd.wire import wording as wire_wording

NOW = datetime(2026, 3, 14, 9, 26, 53, 589793, tzinfo=UTC)
SAID = wire_wording.WordingVerdict(
    id=1, rule="hindsight", phrase="of course", keep=False, reason="a name here", by="ada", at=NOW
)
DISMISSALS = wire_wording.Dismissals(
    phrases=(
        wire_wording.DismissedPhrase(
            rule="hindsight", phrase="of course", dismissed=1, kept=0, muted=False, why="shown", verdicts=(SAID,)
        ),
    ),
    rules=(wire_wording.RuleRate(rule="hindsight", dismissed=1, kept=0, rate=1.0),),
    mute_after=5,
)


class Wording:
    """One phrase was dismissed."""

    def __init__(self, fake):
        self.fake = fake

    async def settings(self, actor):
        hidden = wire_wording.HiddenPhrase(rule="hindsight", phrase="of course", why="you dismissed it")
        return wire_wording.Wording(language="en", own_file="", own="", hidden=(hidden,))

    async def lint(self, body, actor):
        await self.fake.note("wording.lint", body, actor)
        return wire_wording.Linted(findings=(), muted=())

    async def dismissals(self):
        return DISMISSALS

    async def judge(self, body, actor):
        await self.fake.note("wording.judge", body, actor)
        return DISMISSALS

    async def undo(self, verdict_id, actor):
        await self.fake.note("wording.undo", verdict_id, actor)
        if verdict_id != 1:
            raise NotFound("nobody said that")
        return DISMISSALS
