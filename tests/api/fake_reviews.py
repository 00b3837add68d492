"""Reviews as the API's tests see them."""

from datetime import UTC, datetime

from incidentd.domain.severity import Severity
from incidentd.services.errors import NotFound
from incidentd.services.workshop_contracts import ReviewCalls
from incidentd.wire import review_timeline as wire_timeline
from incidentd.wire import reviews as wire_reviews

NOW = datetime(2026, 3, 14, 9, 26, 53, 589793, tzinfo=UTC)
REVIEW = wire_reviews.Review(
    incident_id=1, title="503 at the balancer", service="ingress", severity=Severity.SEV2, status="in_review",
    state="running", solo=False, started_at=NOW, started_by="ada", facilitator="ada", step="ground_rules",
    step_started_at=NOW, step_ends_at=None, left=None, people=1, factors=0, revealed_at=None, unmasked_at=None,
    finished_at=None, published_at=None, review_name="Incident Review", process_version="built-in",
    imported_from="", version=1,
)  # fmt: skip
VIEW = wire_reviews.ReviewView(review=REVIEW, steps=())


class Workshops:
    """INC-1 has a review."""

    def __init__(self, fake):
        self.fake = fake

    async def list(self, state, limit, cursor):
        return wire_reviews.ReviewPage(reviews=(REVIEW,), next_cursor="", total=1)

    async def get(self, incident_id, actor):
        if incident_id != 1:
            raise NotFound(f"there is no incident INC-{incident_id}")
        return VIEW

    async def start(self, incident_id, body, actor):
        await self.fake.note("review.start", incident_id, body, actor)
        return await self.get(incident_id, actor)


class Timelines:
    """INC-1 has one entry of a person's own."""

    ENTRY = wire_timeline.CuratedEntry(
        id=1, seq=None, at=NOW, kind="note", text="The add-on was replaced", evidence="", cues="", goals="",
        options="", group="", by="ada", recorded_at=NOW, version=1,
    )  # fmt: skip

    def __init__(self, fake):
        self.fake = fake

    async def timeline(self, incident_id):
        return wire_timeline.Walk(moments=(), ahead=3)

    async def add(self, incident_id, body, actor):
        await self.fake.note("review.add", incident_id, body, actor)
        return self.ENTRY

    async def edit(self, incident_id, entry_id, body, actor, if_version):
        await self.fake.note("review.edit", incident_id, entry_id, body, actor, if_version)
        return self.ENTRY

    async def withdraw(self, incident_id, entry_id, actor):
        await self.fake.note("review.withdraw", incident_id, entry_id, actor)
        return self.ENTRY

    async def group(self, incident_id, body, actor):
        await self.fake.note("review.group", incident_id, body, actor)
        return await self.timeline(incident_id)


class WorkshopActs:
    """What people do in the review of INC-1."""

    def __init__(self, fake):
        self.fake = fake

    async def drive(self, incident_id, body, actor, if_version):
        await self.fake.note("review.drive", incident_id, body, actor, if_version)
        return VIEW

    async def participate(self, incident_id, body, actor):
        await self.fake.note("review.participate", incident_id, body, actor)
        return VIEW

    async def talk(self, incident_id, body, actor):
        await self.fake.note("review.talk", incident_id, body, actor)
        return VIEW

    async def answer(self, incident_id, body, actor):
        await self.fake.note("review.answer", incident_id, body, actor)
        return VIEW


def review_calls(fake, **others):
    return ReviewCalls(
        workshops=Workshops(fake),
        acts=WorkshopActs(fake),
        timelines=Timelines(fake),
        **others,
    )
