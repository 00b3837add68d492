"""The similar incidents of a review: the same list for everybody, facts first, conclusions after one's own factors."""

import pytest

from incidentd.domain.people import Service, Team
from incidentd.domain.process import default_process
from incidentd.domain.severity import Severity
from incidentd.domain.signals import SignalKind
from incidentd.domain.similar_incidents import listed
from incidentd.pluginhost.embedding import EmbeddingFailed
from incidentd.services.action_contracts import ActionQuery
from incidentd.services.errors import Invalid, Refused
from incidentd.services.existing_reviews import existing_review
from incidentd.services.similar_answers import link_open_actions
from incidentd.storage import reviews
from incidentd.wire import facts
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import review_records as wire_records
from incidentd.wire import review_similar as wire_similar
from incidentd.wire import reviews as wire_reviews

RULES = ("503 at the balancer", "stale rules of the balancer answer 503", "LbErrors")
BILLS = ("Invoices twice", "the ledger job ran twice", "LedgerDrift")


@pytest.fixture
async def desk(daemon):
    daemon.process = default_process()
    daemon.roster = daemon.roster_of(
        [daemon.person("ada", "push"), daemon.person("lin", "push"), daemon.person("sam", "mail")],
        [daemon.policy("default", (300, "lin"))],
        services={"shop": Service(name="shop", team="web")},
        teams={"web": Team(name="web", members=("sam", "lin"))},
    )
    return Desk(daemon)


class Desk:
    """ada and lin review; sam looks on."""

    def __init__(self, daemon):
        self.daemon = daemon
        self.core = daemon.core
        self.calls = daemon.core.reviews

    async def incident(self, title, summary, alert):
        """One that is over, with an alert and a mitigation that worked."""
        await self.daemon.signal(alert, SignalKind.FIRING)
        await self.daemon.settle()
        alert_id = (await self.daemon.alert(alert)).id
        body = wire_incidents.DeclareIncident(
            title=title, summary=summary, severity=Severity.SEV3, service="shop", alert_ids=(alert_id,)
        )
        made = await self.core.incidents.declare(body, "ada")
        await self.daemon.advance(600)
        tried = await self.core.attempts.attempt(made.id, facts.Try(text="restart the pods"), "ada")
        worked = facts.TellOutcome(outcome="worked")
        await self.core.attempts.tell_outcome(made.id, tried.id, worked, "ada")
        for to in ("mitigated", "resolved"):
            change = wire_incidents.ChangeStatus(to=to, evidence="the graph")
            await self.core.incidents.change_status(made.id, change, "ada", None)
        await self.daemon.signal(alert, SignalKind.RESOLVED)
        await self.daemon.advance(3600)
        return made.id

    async def begin(self, incident_id):
        await self.calls.workshops.start(incident_id, wire_reviews.StartReview(facilitator="lin"), "ada")
        return incident_id

    async def write(self, incident_id, **values):
        def command(tx):
            reviews.change(tx, existing_review(tx.conn, incident_id), **values)

        await self.daemon.store.write(command)

    async def concluded(self, incident_id, *factors, action=""):
        """Its review is over, with these factors."""
        await self.begin(incident_id)
        for text in factors:
            factor = wire_records.WriteFactor(text=text, category="technical", role="enabler")
            await self.calls.factors.write(incident_id, factor, "ada")
        await self.calls.learnings.write(incident_id, wire_records.WriteLearning(text="rules age"), "lin")
        if action:
            day = self.daemon.clock.now().date()
            body = wire_records.WriteAction(text=action, owner_team="web", due_on=day)
            await self.calls.actions.write(incident_id, body, "ada")
        await self.write(incident_id, state="published", sections={"summary": f"why INC-{incident_id} happened"})
        return incident_id

    async def say_factors_in(self, incident_id, person):
        now = self.daemon.clock.now()
        await self.daemon.store.write(lambda tx: reviews.change_member(tx, incident_id, person, factors_in_at=now))

    async def similar(self, incident_id, actor):
        return (await self.calls.workshops.get(incident_id, actor)).similar


async def test_conclusions_of_similar_incidents_open_with_ones_own_factors(desk):
    first = await desk.concluded(await desk.incident(*RULES), "rules are never aged", action="Alert on old rules")
    stranger = await desk.concluded(await desk.incident(*BILLS), "the job has no lock", action="Lock the job")
    third = await desk.begin(await desk.incident("503s again", "stale rules once more", "LbErrors"))

    locked = await desk.similar(third, "ada")
    assert (locked.locked, locked.open_actions) == (True, ())
    assert f"your factors for INC-{third}" in locked.why
    assert [one.id for one in locked.incidents] == [stranger, first]
    for one in locked.incidents:  # alike to the eye: nothing tells which one is there by chance
        assert (one.chosen, one.score, one.reasons, one.conclusions, one.differs) == ("", 0, (), None, ())
        assert one.has_review
    assert "alerts: LbErrors" in locked.incidents[1].facts
    assert any(fact.startswith("tried: restart the pods, worked") for fact in locked.incidents[1].facts)
    assert "happened" not in str(locked)
    assert (await desk.calls.actions.list(ActionQuery(), "ada")).hidden == 2

    await desk.say_factors_in(third, "ada")
    waiting = await desk.similar(third, "ada")
    assert waiting.locked
    assert "are shown to everybody" in waiting.why
    await desk.write(third, revealed_at=desk.daemon.clock.now())
    assert (await desk.similar(third, "lin")).locked

    opened = await desk.similar(third, "ada")
    assert (opened.locked, opened.why) == (False, "")
    assert {one.id: one.chosen for one in opened.incidents} == {first: "newest", stranger: "random"}
    earlier = opened.incidents[1]
    assert "same alert LbErrors" in earlier.reasons
    assert earlier.conclusions.summary == f"why INC-{first} happened"
    assert [one.text for one in earlier.conclusions.factors] == ["rules are never aged"]
    assert [one.text for one in earlier.conclusions.learnings] == ["rules age"]
    assert [one.text for one in opened.open_actions] == ["Alert on old rules"], "not those of the one by chance"


@pytest.mark.both_engines
async def test_what_differs_is_said_of_listed_ones_once_they_are_open(desk):
    first = await desk.concluded(await desk.incident(*RULES), "rules are never aged", action="Alert on old rules")
    second = await desk.begin(await desk.incident(*RULES))
    said = wire_similar.SayDiffers(other_id=first, text="nobody deployed this time")
    with pytest.raises(Refused, match="are in"):
        await desk.calls.similar.differs(second, said, "ada")
    await desk.say_factors_in(second, "ada")
    await desk.write(second, revealed_at=desk.daemon.clock.now())
    with pytest.raises(Invalid, match="not among the similar incidents") as raised:
        await desk.calls.similar.differs(second, wire_similar.SayDiffers(other_id=99, text="x"), "ada")
    assert raised.value.remedy == f"listed are INC-{first}"
    found = await desk.calls.similar.differs(second, said, "ada")
    assert [(one.person, one.text) for one in found.incidents[0].differs] == [("ada", "nobody deployed this time")]
    assert (await desk.similar(second, "lin")).incidents[0].differs == ()
    (event,) = await desk.daemon.events("review.differs")
    assert "deployed" not in str(event.data)

    assert await desk.daemon.store.write(lambda tx: link_open_actions(tx, second, "ada")) == (1,)
    (event,) = await desk.daemon.events("review.open_actions")
    assert (event.subject, event.data) == (f"incident:{second}", {"actions": [1], "incidents": [first]})


async def test_the_list_stays_as_it_was_and_holds_the_oldest_of_many(desk):
    ids = [await desk.incident(*RULES) for _ in range(4)]
    last = await desk.begin(await desk.incident(*RULES))
    row = await desk.daemon.store.read(lambda conn: existing_review(conn, last))
    assert {one.id: one.chosen.value for one in listed(row.similar)} == {ids[3]: "newest", ids[0]: "oldest"}
    changed = wire_incidents.EditIncident(title="Invoices twice", summary="the ledger")
    await desk.core.incidents.edit(ids[0], changed, "ada", None)
    assert [one.id for one in (await desk.similar(last, "sam")).incidents] == [ids[3], ids[0]]


class Counting:
    """An embedder as the plugin host offers it: what is about money is near; or it fails."""

    embedders = ("near",)

    def __init__(self, *, fails=False):
        self.fails = fails

    async def embed(self, instance, texts):
        if self.fails:
            raise EmbeddingFailed("embed: no answer within 3 s")
        return [[1.0, 0.0] if "ledger" in text.lower() or "charged" in text.lower() else [0.0, 1.0] for text in texts]


async def chosen_with(desk, embedder):
    """The list for an incident that shares no words with an earlier one that means the same."""
    earlier = await desk.incident(*BILLS)
    await desk.incident(*RULES)
    incident_id = await desk.incident("Customers were charged again", "money was taken a second time", "Refunds")
    desk.core.reviews.similar_lists._embedders = embedder
    await desk.begin(incident_id)
    row = await desk.daemon.store.read(lambda conn: existing_review(conn, incident_id))
    (told,) = await desk.daemon.events("review.similar_chosen")
    return earlier, {one.id: (one.chosen.value, one.reasons) for one in listed(row.similar)}, told.data


async def test_an_embedder_finds_what_shares_no_words_and_says_so(desk):
    earlier, found, told = await chosen_with(desk, Counting())
    why, reasons = found[earlier]
    assert (why, reasons[-1]) == ("newest", "texts that mean alike (1.00)")
    assert told == {"incidents": sorted(found), "embedder": "near"}


async def test_an_embedder_that_fails_changes_nothing_but_says_so(desk):
    earlier, found, told = await chosen_with(desk, Counting(fails=True))
    assert found.get(earlier, ("random",))[0] == "random"
    assert told == {"incidents": sorted(found), "embedder": "near", "failed": "embed: no answer within 3 s"}
