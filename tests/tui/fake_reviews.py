"""Reviews in memory: as much of the rules of the workshop as a screen shows, for one terminal of one person."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec

from incidentd.domain.review_steps import GUIDES, ORDER
from incidentd.domain.severity import Severity
from incidentd.wire import TimelineEntry
from incidentd.wire import review_records as records
from incidentd.wire import review_similar as alike
from incidentd.wire import review_timeline as curated
from incidentd.wire import reviews as wire_reviews
from incidentd.wire.presence import Present

NOW = datetime(2026, 3, 12, 14, 22, 6, tzinfo=UTC)
replace = msgspec.structs.replace
STEPS = tuple(
    wire_reviews.ReviewStep(name=step, title=one.title, text=one.text, minutes=one.usual / timedelta(minutes=1))
    for step, one in GUIDES.items()
)


def make_review(number: int, title: str, **changes: Any) -> wire_reviews.Review:
    fields = {
        "service": "edge", "severity": Severity.SEV2, "status": "in_review", "state": "running", "solo": False,
        "started_at": NOW - timedelta(minutes=18), "started_by": "ada", "facilitator": "mei", "step": "ground_rules",
        "step_started_at": NOW - timedelta(minutes=2), "step_ends_at": NOW + timedelta(seconds=222), "left": None,
        "people": 4, "factors": 0, "revealed_at": None, "unmasked_at": None, "finished_at": None,
        "published_at": None, "review_name": "Incident Review", "process_version": "p1", "imported_from": "",
        "version": 1,
    }  # fmt: skip
    return wire_reviews.Review(incident_id=number, title=title, **{**fields, **changes})


def make_person(person: str, ago: float = 18, **changes: Any) -> wire_reviews.Participant:
    fields = {"left_at": None, "done_step": "", "factors_in": False, "factors": 0}
    return wire_reviews.Participant(
        person=person, joined_at=NOW - timedelta(minutes=ago), **{**fields, **changes}
    )  # fmt: skip


def make_account(number: int, person: str, **changes: Any) -> records.Account:
    fields = {
        "mine": person == "ada", "at": None, "seq": None, "saw": "", "thought": "", "tried": "", "text": "",
        "new_to": 0, "new_to_me": False, "written_at": NOW, "edited_at": NOW, "version": 1,
    }  # fmt: skip
    return records.Account(id=number, person=person, **{**fields, **changes})


def make_factor(number: int, text: str, category: str, role: str, **changes: Any) -> records.Factor:
    fields = {
        "incident_id": 298, "evidence": (), "contexts": (), "mine": False, "theme_id": None, "same_as": None,
        "earlier": (), "written_at": NOW, "version": 1,
    }  # fmt: skip
    return records.Factor(id=number, text=text, category=category, role=role, **{**fields, **changes})


def make_moment(seq: int, ago: float, kind: str, text: str, by: str = "", **changes: Any) -> curated.Moment:
    at = NOW - timedelta(days=3, minutes=ago)
    entry = TimelineEntry(
        seq=seq, observed_at=at, recorded_at=at, by=by, kind=kind, text=text, detail=changes.pop("detail", ""),
        evidence="", pinned=False,
    )  # fmt: skip
    return curated.Moment(entry=entry, **changes)


class FakeReviews:
    """Mixed into the fake daemon. `moments` is the whole timeline; a view has as much of it as was walked."""

    # What the fake daemon has.
    me: str
    incidents_by_id: dict[int, Any]
    tell: Any
    _turn: Any
    _mutate: Any
    _known: Any

    def __init__(self) -> None:
        super().__init__()
        self.review_views: dict[int, wire_reviews.ReviewView] = {}
        self.moments: dict[int, list[curated.Moment]] = {}

    # ------------------------------------------------------------------ what a test does
    def put_review(self, view: wire_reviews.ReviewView, actor: str = "mei", kind: str = "review.step") -> None:
        """Something of it changed, by `actor`."""
        review = replace(view.review, version=view.review.version + 1)
        self.review_views[review.incident_id] = replace(view, review=review)
        self.tell(kind, f"incident:{review.incident_id}", actor=actor)

    def change_review(self, number: int = 298, *, actor: str = "mei", **changes: Any) -> None:
        """Of the review or of its view."""
        view = self.review_views[number]
        own = set(view.review.__struct_fields__) - {"factors"}  # there a number, in the view the factors themselves
        of_review = {name: value for name, value in changes.items() if name in own}
        others = {name: value for name, value in changes.items() if name not in of_review}
        self.put_review(replace(view, review=replace(view.review, **of_review), **others), actor)

    def walk_on(self, number: int = 298, count: int = 1) -> None:
        """Show so many moments more."""
        shown = len(self.review_views[number].walk.moments) + count
        told = self.moments[number]
        walk = curated.Walk(moments=tuple(told[:shown]), walked=shown >= len(told), ahead=max(len(told) - shown, 0))
        self.change_review(number, walk=walk)

    # ------------------------------------------------------------------ what the screens ask
    async def reviews(self, *, state: str = "all", limit: int = 100, cursor: str = "") -> wire_reviews.ReviewPage:
        await self._turn()
        found = tuple(view.review for _, view in sorted(self.review_views.items(), reverse=True))
        return wire_reviews.ReviewPage(reviews=found, next_cursor="", total=len(found))

    async def review(self, incident_id: int) -> wire_reviews.ReviewView:
        await self._turn()
        return self._known(self.review_views.get(incident_id), f"review of INC-{incident_id}")

    async def start_review(self, incident_id: int, body: wire_reviews.StartReview) -> wire_reviews.ReviewView:
        await self._mutate("start_review", incident_id, body)
        one = self.incidents_by_id[incident_id]
        facilitator = body.facilitator or self.me
        self.moments.setdefault(incident_id, [])
        review = make_review(
            incident_id, one.title, solo=body.solo, facilitator=facilitator, people=1, severity=one.severity
        )
        view = wire_reviews.ReviewView(
            review=review, steps=STEPS, participants=(make_person(self.me),), joined=True, drives=facilitator == self.me
        )
        self.put_review(view, self.me)
        return self.review_views[incident_id]

    async def add_entry(self, incident_id: int, body: curated.WriteEntry) -> curated.CuratedEntry:
        await self._mutate("add_entry", incident_id, body)
        said = {name: getattr(body, name) for name in ("kind", "text", "evidence", "cues", "goals", "options", "group")}
        made = curated.CuratedEntry(id=90, seq=body.seq, at=body.at, by=self.me, recorded_at=NOW, version=1, **said)
        told = [
            replace(one, notes=(*one.notes, made)) if body.seq and one.entry.seq == body.seq else one
            for one in self.moments[incident_id]
        ]
        self.moments[incident_id] = told
        self.walk_on(incident_id, 0)
        return made

    async def group_entries(self, incident_id: int, body: curated.GroupEntries) -> curated.Walk:
        await self._mutate("group_entries", incident_id, body)
        self.moments[incident_id] = [
            replace(one, group=body.group) if one.entry.seq in body.seqs else one for one in self.moments[incident_id]
        ]
        self.walk_on(incident_id, 0)
        return self.review_views[incident_id].walk

    async def drive_review(
        self, incident_id: int, body: wire_reviews.DriveReview, *, if_version: int | None = None
    ) -> wire_reviews.ReviewView:
        await self._mutate("drive_review", incident_id, body)
        review = self.review_views[incident_id].review
        if body.walk is not None:
            self.walk_on(incident_id, 1 if body.walk == "next" else 1000)
        if body.step is not None:
            at = ORDER.index(review.step)
            to = {"next": at + 1, "back": at - 1}.get(body.step)
            step = ORDER[to] if to is not None else body.step
            self.change_review(incident_id, step=str(step), step_ends_at=NOW + GUIDES[step].usual)
        if body.longer is not None:
            ends = max(review.step_ends_at or NOW, NOW)
            self.change_review(incident_id, step_ends_at=ends + timedelta(minutes=body.longer))
        if body.reopen is not None:
            self.change_review(incident_id, state="running", finished_at=None)
        if body.pause is not None:
            self.change_review(incident_id, state="paused" if body.pause else "running", left=90.0)
        if body.reveal:
            self.change_review(incident_id, revealed_at=NOW)
        if body.facilitator is not None:
            who = self.me if body.facilitator == "me" else body.facilitator
            self.change_review(incident_id, facilitator=who, drives=who == self.me)
        if body.finish:
            self.change_review(incident_id, state="written", finished_at=NOW)
        return self.review_views[incident_id]

    async def participate(self, incident_id: int, body: wire_reviews.Participate) -> wire_reviews.ReviewView:
        await self._mutate("participate", incident_id, body)
        view = self.review_views[incident_id]
        people = {str(one.person): one for one in view.participants}
        mine = people.get(self.me, make_person(self.me, 0))
        if body.present is not None:
            mine = replace(mine, left_at=None if body.present else NOW)
        if body.done is not None:
            mine = replace(mine, done_step=view.review.step if body.done else "")
        if body.factors_in is not None:
            mine = replace(mine, factors_in=body.factors_in)
        people[self.me] = mine
        self.change_review(incident_id, actor=self.me, participants=tuple(people.values()), joined=mine.left_at is None)
        here = [one for one in people.values() if one.left_at is None]
        if body.factors_in and all(one.factors_in for one in here):
            self.change_review(incident_id, revealed_at=NOW)
        return self.review_views[incident_id]

    async def write_talk(self, incident_id: int, text: str) -> wire_reviews.ReviewView:
        await self._mutate("write_talk", incident_id, text)
        view = self.review_views[incident_id]
        note = wire_reviews.TalkNote(id=len(view.talk) + 1, step=view.review.step, at=NOW, by=self.me, text=text)
        self.change_review(incident_id, actor=self.me, talk=(*view.talk, note))
        return self.review_views[incident_id]

    async def answer_closing(self, incident_id: int, body: wire_reviews.AnswerClosing) -> wire_reviews.ReviewView:
        await self._mutate("answer_closing", incident_id, body)
        mine = wire_reviews.OwnClosing(learned=body.learned, come_again=body.come_again, text=body.text)
        closing = wire_reviews.Closing(
            learned={body.learned: 1},
            come_again={body.come_again: 1},
            texts=(body.text,) if body.text else (),
            mine=mine,
        )
        self.change_review(incident_id, actor=self.me, closing=closing)
        return self.review_views[incident_id]

    # ------------------------------------------------------------------ what people write
    async def write_account(self, incident_id: int, body: records.WriteAccount) -> records.Account:
        await self._mutate("write_account", incident_id, body)
        told = self.review_views[incident_id].accounts
        account = make_account(len(told) + 100, self.me, **msgspec.structs.asdict(body))
        self.change_review(incident_id, actor=self.me, accounts=(*told, account))
        return account

    async def edit_account(
        self, incident_id: int, account_id: int, body: records.EditAccount, *, if_version: int | None = None
    ) -> records.Account:
        await self._mutate("edit_account", incident_id, account_id, body)
        texts = {name: getattr(body, name) for name in ("saw", "thought", "tried", "text")}
        return self._put(incident_id, "accounts", account_id, **texts)

    async def mark_new(self, incident_id: int, account_id: int, *, new: bool = True) -> records.Account:
        await self._mutate("mark_new", incident_id, account_id, new)
        return self._put(incident_id, "accounts", account_id, new_to_me=new, new_to=int(new))

    async def withdraw_account(self, incident_id: int, account_id: int, why: str = "") -> records.Account:
        return await self._withdraw("accounts", incident_id, account_id)

    async def write_factor(self, incident_id: int, body: records.WriteFactor) -> records.Factor:
        await self._mutate("write_factor", incident_id, body)
        view = self.review_views[incident_id]
        factor = make_factor(len(view.factors) + 100, mine=True, **msgspec.structs.asdict(body))
        review = replace(view.review, factors=view.review.factors + 1)
        self.put_review(replace(view, factors=(*view.factors, factor), review=review), self.me)
        return factor

    async def edit_factor(
        self, incident_id: int, factor_id: int, body: records.EditFactor, *, if_version: int | None = None
    ) -> records.Factor:
        await self._mutate("edit_factor", incident_id, factor_id, body)
        changes = {name: value for name, value in msgspec.structs.asdict(body).items() if value is not None}
        if (name := changes.pop("theme", None)) is not None:
            changes["theme_id"] = self._theme(incident_id, name)
        if "same_as" in changes:
            changes["same_as"] = changes["same_as"] or None
        return self._put(incident_id, "factors", factor_id, **changes)

    def _theme(self, incident_id: int, name: str) -> int | None:
        view = self.review_views[incident_id]
        if not name:
            return None
        known = {str(one.name): one.id for one in view.themes}
        if name not in known:
            known[name] = len(known) + 1
            fresh = records.Theme(id=known[name], name=name, text="", factors=1, incidents=1)
            self.review_views[incident_id] = replace(view, themes=(*view.themes, fresh))
        return known[name]

    async def withdraw_factor(self, incident_id: int, factor_id: int, why: str = "") -> records.Factor:
        return await self._withdraw("factors", incident_id, factor_id)

    async def write_learning(self, incident_id: int, body: records.WriteLearning) -> records.Learning:
        await self._mutate("write_learning", incident_id, body)
        told = self.review_views[incident_id].learnings
        author = "" if body.anonymous else self.me
        one = records.Learning(
            id=len(told) + 1, incident_id=incident_id, text=body.text, author=author, mine=bool(author), written_at=NOW,
            version=1,
        )  # fmt: skip
        self.change_review(incident_id, actor=author, learnings=(*told, one))
        return one

    async def withdraw_learning(self, incident_id: int, learning_id: int, why: str = "") -> records.Learning:
        return await self._withdraw("learnings", incident_id, learning_id)

    async def write_idea(self, incident_id: int, body: records.WriteIdea) -> records.Idea:
        await self._mutate("write_idea", incident_id, body)
        told = self.review_views[incident_id].ideas
        one = records.Idea(id=len(told) + 1, text=body.text, by=self.me, at=NOW, action_id=None, dropped_why="")
        self.change_review(incident_id, actor=self.me, ideas=(*told, one))
        return one

    async def drop_idea(self, incident_id: int, idea_id: int, body: records.DropIdea) -> records.Idea:
        await self._mutate("drop_idea", incident_id, idea_id, body)
        told = self.review_views[incident_id].ideas
        fresh = tuple(replace(one, dropped_why=body.why) if one.id == idea_id else one for one in told)
        self.change_review(incident_id, actor=self.me, ideas=fresh)
        return next(one for one in fresh if one.id == idea_id)

    async def say_differs(self, incident_id: int, body: alike.SayDiffers) -> alike.SimilarIncidents:
        await self._mutate("say_differs", incident_id, body)
        told = self.review_views[incident_id].similar
        said = alike.Differs(id=1, person=self.me, text=body.text, at=NOW)
        fresh = tuple(
            replace(one, differs=(*one.differs, said)) if one.id == body.other_id else one for one in told.incidents
        )
        self.change_review(incident_id, actor=self.me, similar=replace(told, incidents=fresh))
        return self.review_views[incident_id].similar

    async def _withdraw(self, what: str, incident_id: int, number: int) -> Any:
        await self._mutate("withdraw", what, number)
        told = getattr(self.review_views[incident_id], what)
        gone = self._known(next((one for one in told if one.id == number), None), f"{what} {number}")
        self.change_review(incident_id, actor=self.me, **{what: tuple(one for one in told if one is not gone)})
        return gone

    def _put(self, incident_id: int, what: str, number: int, **changes: Any) -> Any:
        known = {one.id: one for one in getattr(self.review_views[incident_id], what)}
        one = self._known(known.get(number), f"{what} {number}")
        known[number] = replace(one, version=one.version + 1, **changes)
        self.change_review(incident_id, actor=self.me, **{what: tuple(known.values())})
        return known[number]


def reveal(client: Any) -> None:
    """INC-298 further on: accounts, everybody's factors, earlier incidents unmasked; the step is the caller's."""
    evidence = records.Evidence
    accounts = (
        *client.review_views[298].accounts,
        make_account(2, "lin", seq=4, saw="nothing: I watched the latency graph, which was flat",
                     thought="that the reports were of a mobile network", tried="asked support for one more example",
                     new_to=2),
        make_account(3, "raj", seq=4, saw="the report only after lunch",
                     thought="not mine: config 88 was live for an hour"),
        make_account(4, "lin", seq=6, saw="one shard answers 503, three are fine",
                     thought="that draining is reversible", tried="drained eu-2 although the rebuild ran", new_to=1,
                     new_to_me=True),
        make_account(5, "raj", text="For an hour nobody asked me, and I did not look: the rollout had gone well."),
    )  # fmt: skip
    factors = (
        make_factor(1, "the latency graph averages over all balancers, so one bad shard does not show", "technical",
                    "difficulty", mine=True, evidence=(evidence(kind="entry", ref="3"),), theme_id=1),
        make_factor(2, "config 88 dropped the health check of shard 3", "technical", "enabler",
                    evidence=(evidence(kind="entry", ref="9"),), contexts=("rollout",)),
        make_factor(3, "nobody watches a rollout over lunch", "organisational", "risk"),
        make_factor(4, "reports of customers come an hour before the alert", "process", "surprise", mine=True,
                    evidence=(evidence(kind="entry", ref="4"), evidence(kind="entry", ref="5"))),
        make_factor(5, "draining a site is one command and can be taken back", "technical", "mitigator"),
        make_factor(6, "the average hides a shard", "technical", "difficulty", same_as=1),
        make_factor(7, "the rebuild had not begun when eu-2 was drained", "luck", "mitigator"),
    )  # fmt: skip
    learned = records.Learning(
        id=70, incident_id=271, text="one bad shard hides in a mean", author="raj", mine=False, written_at=NOW,
        version=1,
    )  # fmt: skip
    action = records.Action(
        id=5, incident_id=271, text="alert on any shard that answers 503 for five minutes", owner_team="edge", owner="",
        due_on=date(2026, 2, 27), factor_id=None, worse="", state="open", why="", created_at=NOW, created_by="mei",
        ended_at=None, issue="", late=True, version=1,
    )  # fmt: skip
    conclusions = alike.Conclusions(
        summary="One shard was rebuilt from an old snapshot; averages over shards looked fine.",
        factors=(make_factor(90, "the dashboard shows an average over shards", "technical", "difficulty"),
                 make_factor(91, "the alarm had been muted for two weeks as noisy", "organisational", "enabler")),
        learnings=(learned,),
        actions=(action,),
    )  # fmt: skip
    other = alike.SimilarIncident(
        id=271, title="Search returned stale results", service="search", severity=Severity.SEV3, score=77,
        started_at=NOW - timedelta(days=24), reasons=("one shard of many", "the average looked flat"), chosen="newest",
        facts=("every third search came from an old index", "tried: index rebuild (it helped after 40 min)"),
        has_review=True, conclusions=conclusions,
        differs=(alike.Differs(id=1, person="lin", text="there it was data, here it is routing", at=NOW),),
    )  # fmt: skip
    second = replace(
        other, id=187, title="Webhooks of one region were lost", service="webhooks", score=41, conclusions=None,
        reasons=("a rollout before it",), chosen="other-factors", started_at=NOW - timedelta(days=190), differs=(),
        facts=("the queue of eu-2 was full", "tried: a drain (no effect)"), has_review=False,
    )  # fmt: skip
    client.change_review(
        walk=curated.Walk(moments=tuple(client.moments[298]), walked=True),
        accounts=accounts,
        factors=factors,
        revealed_at=NOW,
        unmasked_at=NOW,
        themes=(records.Theme(id=1, name="averages hide parts", text="", factors=3, incidents=2),),
        similar=alike.SimilarIncidents(locked=False, incidents=(other, second), open_actions=(action,)),
        learnings=(
            replace(learned, id=1, text="A flat average over sites says nothing about one of them.", author="lin"),
            replace(learned, id=2, text="I may ask for an hour of watching after a rollout, and get it.", author=""),
        ),
        ideas=(
            records.Idea(id=1, text="one graph a site, the worst shard on top", by="lin", at=NOW, action_id=None,
                         dropped_why=""),
            records.Idea(id=2, text="no rollout within an hour of lunch", by="raj", at=NOW, action_id=None,
                         dropped_why=""),
        ),
    )  # fmt: skip
    client.be_here(
        Present(person="lin", state="writing", what="a factor", since=NOW),
        Present(person="mei", state="viewing", what="the review: Factors", since=NOW),
        Present(person="ada", state="viewing", what="the review: Factors", since=NOW),
    )
    view = client.review_views[298]
    client.review_views[298] = replace(view, review=replace(view.review, factors=len(factors)))


def scene(client: Any) -> None:
    """INC-298: four people are in the walk of a timeline; others are due, late, cooling down and published."""
    moment = make_moment
    decision = curated.CuratedEntry(
        id=1, seq=6, at=None, kind="decision", text="drain eu-2 or wait for the rebuild", evidence="",
        cues="the average looked flat; one shard answered 503", goals="keep logins up",
        options="drain, wait, roll back", group="", by="lin", recorded_at=NOW, version=1,
    )  # fmt: skip
    note = replace(decision, id=2, seq=3, kind="note", text="this graph averages over all balancers", by="raj")
    client.moments[298] = [
        moment(1, 96, "change", "balancer config 88 rolled out to eu-1 and eu-2", group="The rollout"),
        moment(2, 92, "note", "config 88 is live everywhere, going for lunch", "raj", group="The rollout"),
        moment(3, 79, "observation", "the latency graph looks flat", "lin", notes=(note,)),
        moment(4, 71, "report", "R-2011: “every third login answers 503”", detail="the first customer report"),
        moment(5, 66, "alert", "Balancer503High fires: 4.1 % of requests in eu-2"),
        moment(6, 63, "decision", "drain eu-2 and look for the reason later", "lin", notes=(decision,), decision=True),
        moment(7, 60, "update", "Some logins fail. We have taken a part of the system out of service."),
        moment(8, 55, "attempt", "lin tries a drain of eu-2: it helped"),
        moment(9, 41, "observation", "config 88 drops the health check of shard 3", "raj"),
        moment(10, 37, "decision", "roll the balancers back to config 87", "lin", decision=True),
        moment(11, 30, "status", "Active → Mitigated"),
        moment(12, 9, "status", "Mitigated → Resolved"),
    ]
    people = (
        make_person("mei"),
        make_person("ada", done_step="walk"),
        make_person("lin", 17),
        make_person("raj", 11, done_step="walk"),
    )
    talk = wire_reviews.TalkNote
    client.review_views[298] = wire_reviews.ReviewView(
        review=make_review(298, "503 at the balancer after a rollout", step="walk"),
        steps=STEPS,
        participants=people,
        joined=True,
        walk=curated.Walk(
            moments=tuple(client.moments[298][:6]), walked_to=client.moments[298][5].entry.observed_at, ahead=6,
            doubts=(curated.Doubt(kind="gap", text="nothing is known of the 13 minutes before", seqs=(2, 3)),),
        ),
        talk=(
            talk(id=1, step="ground_rules", at=NOW - timedelta(minutes=14), by="mei", text="raj joins a little later"),
            talk(id=2, step="walk", at=NOW - timedelta(minutes=4), by="mei",
                 text="nobody knew that the graph is an average over both sites"),
        ),
        accounts=(
            make_account(1, "ada", seq=4, saw="the ticket of Acme, and a status page all green",
                         thought="one customer behind a proxy"),
        ),
    )  # fmt: skip
    client.review_views[271] = wire_reviews.ReviewView(
        review=make_review(
            271, "Search returned stale results", state="published", status="closed", step="closing", factors=7,
            started_at=NOW - timedelta(days=21), finished_at=NOW - timedelta(days=21),
            published_at=NOW - timedelta(days=18), service="search", severity=Severity.SEV3,
        ),
        steps=STEPS,
    )  # fmt: skip
    client.review_views[290] = wire_reviews.ReviewView(
        review=make_review(
            290, "Webhooks were sent twice", state="written", status="learning", step="closing", factors=5,
            started_at=NOW - timedelta(days=2), finished_at=NOW - timedelta(days=2), service="webhooks",
            facilitator="raj",
        ),
        steps=STEPS,
    )  # fmt: skip
