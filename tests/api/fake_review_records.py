"""What people write in a review, as the API's tests see it."""

from datetime import UTC, datetime

from incidentd.services.errors import NotFound
from incidentd.wire import review_records as records

NOW = datetime(2026, 3, 14, 9, 26, 53, 589793, tzinfo=UTC)
ACCOUNT = records.Account(
    id=1, person="ana", mine=True, at=NOW, seq=1, saw="a graph", thought="a deploy", tried="", text="", new_to=0,
    new_to_me=False, written_at=NOW, edited_at=NOW, version=1,
)  # fmt: skip
FACTOR = records.Factor(
    id=1, incident_id=1, text="the pool was small", category="technical", role="enabler", evidence=(), contexts=(),
    mine=True, theme_id=None, same_as=None, earlier=(), written_at=NOW, version=1,
)  # fmt: skip
THEME = records.Theme(id=1, name="Pools", text="", factors=1, incidents=1)
LEARNING = records.Learning(id=1, incident_id=1, text="look", author="ana", mine=True, written_at=NOW, version=1)
IDEA = records.Idea(id=1, text="alert on it", by="ana", at=NOW, action_id=None, dropped_why="")


class Records:
    """One of everything. Each change is noted under the name of its topic, then answered with that one."""

    def __init__(self, fake, topic, one, page=None):
        self.fake = fake
        self.topic = topic
        self.one = one
        self.page = page

    async def list(self, *query):
        self.fake.asked.append((f"{self.topic}.list", *query))
        return self.page

    async def get(self, number, actor):
        if number != 1:
            raise NotFound(f"there is no {self.topic} {number}")
        return self.one

    def __getattr__(self, name):
        async def change(incident_id, *given):
            await self.fake.note(f"{self.topic}.{name}", incident_id, *given)
            return await self.get(incident_id, None)

        return change


def record_calls(fake):
    """By the names of `ReviewCalls`."""
    return {
        "accounts": Records(fake, "account", ACCOUNT),
        "factors": Records(fake, "factor", FACTOR, records.FactorPage(factors=(FACTOR,), next_cursor="", total=1)),
        "themes": Records(fake, "theme", THEME, records.ThemeList(themes=(THEME,))),
        "learnings": Records(
            fake, "learning", LEARNING, records.LearningPage(learnings=(LEARNING,), next_cursor="", total=1)
        ),
        "ideas": Records(fake, "idea", IDEA),
    }
