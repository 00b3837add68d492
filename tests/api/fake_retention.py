"""Retention, holds and the check of the log as the API's tests see them."""

from datetime import UTC, datetime

from incidentd.services.errors import Invalid, NotFound
from incidentd.wire import retention as wire

NOW = datetime(2026, 3, 14, 9, 26, 53, 589793, tzinfo=UTC)
COUNT = wire.RetentionCount(rows=3, events=7, bytes=900)
RUN = wire.RetentionRun(
    id=1,
    state="running",
    started_at=NOW,
    by="ana",
    at_class="alerts",
    removed={"alerts": COUNT},
    error="",
    ended_at=None,
)
HOLD = wire.Hold(
    id=1, subject="incident:1", reason="case 7", by="ana", at=NOW, released_at=None, released_by="", released_why=""
)


class Retention:
    async def show(self):
        alerts = wire.RetentionClass(name="alerts", what="alerts that ended", days=400.0)
        return wire.RetentionPolicy(
            classes=(alerts,), at="03:30", zone="UTC", next_at=NOW, runs=(RUN,), whole_from=1, holds=1
        )

    async def preview(self):
        one = wire.RetentionForecast(name="alerts", days=400.0, removes=COUNT, keeps={"an incident": 2})
        return wire.RetentionPreview(at=NOW, classes=(one,))

    async def run(self, actor):
        return RUN


class Holds:
    async def list(self, *, released):
        return wire.HoldList(holds=(HOLD,))

    async def get(self, hold_id):
        if hold_id != 1:
            raise NotFound(f"there is no hold {hold_id}")
        return HOLD

    async def add(self, body, actor):
        if body.subject != "INC-1":
            raise Invalid(f"{body.subject!r} cannot be held", field="subject")
        return HOLD

    async def release(self, hold_id, body, actor):
        return await self.get(hold_id)


class Erasing:
    async def erase(self, customer_id, body, actor):
        if customer_id != 1:
            raise NotFound(f"there is no customer {customer_id}")
        return wire.ErasedCustomer(customer_id=1, reports=1, messages=2, attachments=0, stays=("backups",))


class Log:
    async def check(self):
        return wire.LogCheck(
            checked_at=NOW, last_seq=9, events=9, removed=0, removals=0, head="0" * 64, incidents=1, faults=()
        )


def retention_calls():
    return {"retention": Retention(), "holds": Holds(), "erasing": Erasing(), "log": Log()}
