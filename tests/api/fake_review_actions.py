"""Similar incidents and actions as the API's tests see them."""

from datetime import UTC, date, datetime

from incidentd.services.errors import NotFound
from incidentd.wire import action_exports as wire_exports
from incidentd.wire import review_records as wire_records
from incidentd.wire import review_similar as wire_similar

NOW = datetime(2026, 3, 14, 9, 26, 53, 589793, tzinfo=UTC)
ACTION = wire_records.Action(
    id=1, incident_id=1, text="Alert on stale rules", owner_team="web", owner="", due_on=date(2026, 4, 1),
    factor_id=None, worse="", state="open", why="", created_at=NOW, created_by="ada", ended_at=None, issue="",
    late=False, version=1, title="503 at the balancer", warnings=("what could this make worse?",),
)  # fmt: skip


class Actions:
    """INC-1 has one action, A-1."""

    def __init__(self, fake):
        self.fake = fake

    async def list(self, query, actor):
        return wire_records.ActionPage(actions=(ACTION,), next_cursor="", total=1)

    async def get(self, action_id, actor):
        if action_id != 1:
            raise NotFound(f"there is no action A-{action_id}")
        return ACTION

    async def write(self, incident_id, body, actor):
        await self.fake.note("action.write", incident_id, body, actor)
        return ACTION

    async def edit(self, action_id, body, actor, if_version):
        await self.fake.note("action.edit", action_id, body, actor, if_version)
        return await self.get(action_id, actor)

    async def end(self, action_id, body, actor, if_version):
        await self.fake.note("action.end", action_id, body, actor, if_version)
        return await self.get(action_id, actor)


class Exports:
    """A-1 is on its way to the forge."""

    def __init__(self, fake):
        self.fake = fake

    async def export(self, action_id, body, actor):
        await self.fake.note("action.export", action_id, body, actor)
        if action_id != 1:
            raise NotFound(f"there is no action A-{action_id}")
        return ACTION

    async def export_all(self, incident_id, body, actor):
        await self.fake.note("action.export_all", incident_id, body, actor)
        return wire_exports.ExportedActions(actions=(ACTION,), channel="github")


class Similar:
    """Nothing looks like INC-1."""

    def __init__(self, fake):
        self.fake = fake

    async def differs(self, incident_id, body, actor):
        await self.fake.note("review.differs", incident_id, body, actor)
        return wire_similar.SimilarIncidents(locked=False)
