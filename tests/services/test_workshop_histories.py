"""Whatever four people do in a review, in any order: nobody sees what is hidden from them, and nothing goes back."""

import random
from datetime import timedelta

import msgspec
import pytest

from incidentd.domain.review_steps import ORDER
from incidentd.domain.severity import Severity
from incidentd.services.errors import ServiceError
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import review_records as records
from incidentd.wire import reviews as wire_reviews

PEOPLE = ("ada", "lin", "sam", "kim")
MINUTE = timedelta(minutes=1)


class World:
    """A review with what may happen in it, chosen by `chance`. Every text says what it is, and whose."""

    def __init__(self, daemon, chance, incident_id):
        self.daemon = daemon
        self.desk = daemon.core.reviews
        self.chance = chance
        self.incident_id = incident_id
        self.before = None

    async def join(self, person):
        await self.say(person, present=True)

    async def leave(self, person):
        await self.say(person, present=False)

    async def done(self, person):
        await self.say(person, done=self.chance.random() < 0.8)

    async def factors_in(self, person):
        await self.say(person, factors_in=True)

    async def say(self, person, **said):
        await self.desk.acts.participate(self.incident_id, wire_reviews.Participate(**said), person)

    async def write(self, person):
        factor = records.WriteFactor(text=f"factor-of-{person}", category="luck", role="surprise")
        await self.desk.factors.write(self.incident_id, factor, person)

    async def account(self, person):
        await self.desk.accounts.write(self.incident_id, records.WriteAccount(saw=f"account-of-{person}"), person)

    async def answer(self, person):
        body = wire_reviews.AnswerClosing(learned="yes", come_again="no", text=f"answer-of-{person}")
        await self.desk.acts.answer(self.incident_id, body, person)

    async def drive(self, person):
        orders = [
            {"step": "next"}, {"step": "back"}, {"step": self.chance.choice(ORDER).value}, {"walk": "next"},
            {"walk": "next"}, {"walk": "end"}, {"minutes": 1.0}, {"pause": True}, {"pause": False}, {"reveal": True},
            {"finish": True}, {"reopen": "more"}, {"facilitator": self.chance.choice(PEOPLE)}, {"facilitator": "me"},
        ]  # fmt: skip
        await self.desk.acts.drive(
            self.incident_id, wire_reviews.DriveReview(**self.chance.choice(orders)), person, None
        )

    async def act(self):
        acts = [self.join, self.join, self.leave, self.done, self.factors_in, self.write, self.account, self.answer]
        try:
            await self.chance.choice([*acts, *[self.drive] * 8])(self.chance.choice(PEOPLE))
        except ServiceError:
            pass  # a refusal changes nothing: what follows would show it
        await self.daemon.advance(self.chance.choice([1, 1, 60, 3600]))

    async def check(self):
        for person in self.chance.sample(PEOPLE, 2):
            view = await self.desk.workshops.get(self.incident_id, person)
            self.nothing_hidden_is_seen(view, person)
            if self.before is not None:
                assert view.review.version >= self.before.version
                assert self.before.revealed_at in (None, view.review.revealed_at)
            self.before = view.review

    async def check_the_log(self):
        events = await self.daemon.events()
        walked = [one.data["walked_to"] or "" for one in events if one.kind == "review.walked"]
        assert walked == sorted(walked)
        text = msgspec.json.encode(events).decode()
        assert "-of-" not in text

    def nothing_hidden_is_seen(self, view, person):
        held = view.review.state in ("running", "paused")
        text = msgspec.json.encode(view).decode()
        others = [one for one in PEOPLE if one != person]
        read = {what: any(f"{what}-of-{one}" in text for one in others) for what in ("factor", "account", "answer")}
        mine = next((one for one in view.participants if one.person == person), None)
        shown = view.review.revealed_at
        late = held and shown and mine and not mine.left_at and mine.joined_at > shown and not mine.factors_in
        assert not read["factor"] or (shown is not None and not late)
        step = [one.name for one in view.steps].index(view.review.step)
        assert not read["account"] or not held or step >= ORDER.index("accounts")
        assert not read["answer"] or view.closing.learned
        if held and not view.walk.walked:
            to = view.walk.walked_to
            assert all(one.entry.observed_at <= to for one in view.walk.moments) if to else not view.walk.moments


@pytest.mark.parametrize("seed", range(2))
async def test_nobody_sees_what_is_hidden_from_them_and_nothing_goes_back(daemon, seed):
    roster = daemon.roster
    daemon.roster = type(roster)(
        people=roster.people | {"kim": daemon.person("kim", "push")}, policies=roster.policies,
        services=roster.services,
    )  # fmt: skip
    made = await daemon.core.incidents.declare(
        wire_incidents.DeclareIncident(title="503", severity=Severity.SEV4), "ada"
    )
    for to in ("mitigated", "resolved"):
        await daemon.advance(5 * MINUTE)
        body = wire_incidents.ChangeStatus(to=to, evidence="e")
        await daemon.core.incidents.change_status(made.id, body, "ada", None)
    await daemon.core.reviews.workshops.start(made.id, wire_reviews.StartReview(solo=seed % 2 == 0), "ada")
    world = World(daemon, random.Random(seed), made.id)
    for _ in range(25):
        await world.act()
        await world.check()
    await world.check_the_log()
