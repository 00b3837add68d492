"""Three incidents that look alike, reviewed one after the other by four people over the sockets of a real daemon.

The daemon runs in this process, on a clock that the test moves. Each person has a door of their own: a socket whose
peers are known as that person, as the kernel's credentials would tell. The facts are those of the scenarios
`load-balancer-1` to `-3`.
"""

import contextlib
import functools
import getpass
import os
from datetime import timedelta

import pytest

from incidentd import wire
from incidentd.api.identity import RolePolicy
from incidentd.api.server import start_api
from incidentd.client import Client
from incidentd.daemon import Daemon
from incidentd.demo import scenario
from incidentd.plugin.testing import FakeClock
from incidentd.settings import load_configuration
from incidentd.wire import facts
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import review_documents as documents
from incidentd.wire import review_records as records
from incidentd.wire import review_similar as similar
from incidentd.wire import reviews as wire_reviews
from incidentd_tui.app import IncidentdApp

SCENARIOS = [scenario.load(f"load-balancer-{number}") for number in (1, 2, 3)]
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
FAY, *OTHERS = PEOPLE = ("fay", "ada", "bo", "cleo")  # fay leads the workshops and no incident
MAIN = """
[daemon]
state_dir = "{0}/state"
runtime_dir = "{0}/run"
[ingress]
listen = ["127.0.0.1:0"]
[notifiers.file]
type = "log"
path = "{0}/pages.jsonl"
"""
ROSTER = "\n".join([
    f'[people.{FAY}]\nname = "Fay Lund"\nos_user = "{getpass.getuser()}"\ncontacts = [{{ notifier = "file" }}]',
    *(f'[people.{one}]\nname = "{one.title()} Holm"\ncontacts = [{{ notifier = "file" }}]' for one in OTHERS),
    '[teams.platform]\nmembers = ["ada", "bo", "cleo"]',
    '[services.platform-ingress]\nteam = "platform"',
    '[policies.default]\nsteps = [{ targets = ["person:ada"] }]',
])  # fmt: skip
EVIDENCE = (records.Evidence(kind="words", text="the graph of targets"),)
FACTORS = {
    "ada": records.WriteFactor(
        text="Targets are attached once, when the group of nodes is made", category="technical", role="enabler",
        evidence=EVIDENCE,
    ),
    "bo": records.WriteFactor(
        text="The pipeline belongs to one team and the balancer to another", category="organisational",
        role="difficulty", evidence=EVIDENCE,
    ),
    "cleo": records.WriteFactor(
        text="Nothing is tried on a copy of the cluster first", category="process", role="risk", evidence=EVIDENCE
    ),
    "fay": records.WriteFactor(
        text="It was during working hours", category="luck", role="mitigator", evidence=EVIDENCE
    ),
}  # fmt: skip
FOUND = {one.text for one in FACTORS.values()}


class Office:
    """The daemon and the doors of the four people."""

    def __init__(self, daemon, clock, doors):
        self.daemon, self.clock, self.doors = daemon, clock, doors

    def __getattr__(self, person):
        return self.doors[person]

    async def lived(self, chosen):
        """An incident as the facts tell it; ada leads, bo tells others."""
        self.clock.set(chosen.instant(chosen.event[0]))
        alert = next(one for one in chosen.event if one.kind == "alert")
        await self.ada.raise_alert(
            wire.RaiseAlert(name=alert.labels["alertname"], severity="critical", labels=dict(alert.labels))
        )
        made = await self.ada.declare(
            wire_incidents.DeclareIncident(
                title=chosen.title, service=chosen.service, severity=chosen.severity, started_at=self.clock.now(),
                summary=chosen.severity_reason,
            )
        )  # fmt: skip
        firing = await self.ada.alerts()
        await self.ada.link_alerts(made.id, [one.id for one in firing.alerts])
        for role, person in (("mitigation_lead", "ada"), ("communications_lead", "bo")):
            await self.ada.assign_role(made.id, wire_incidents.AssignRole(role=role, person=person))
        for fact in chosen.event[1:]:
            self.clock.set(chosen.instant(fact))
            if fact.kind == "mitigation":
                tried = await self.bo.attempt(made.id, facts.Try(text=fact.text))
                await self.bo.tell_outcome(made.id, tried.id, facts.TellOutcome(outcome="worked"))
            else:
                kind = fact.kind if fact.kind in ("observation", "decision", "action") else "note"
                await self.ada.add_note(made.id, wire_incidents.AddNote(text=fact.text, kind=kind))
        for to in ("mitigated", "resolved"):
            await self.ada.change_status(made.id, wire_incidents.ChangeStatus(to=to, evidence="the balancer's graph"))
        return made.id

    async def rested(self):
        self.clock.advance(3 * DAY / timedelta(seconds=1))
        self.daemon.core.wake()


def _known_as(person, _uid, _user):
    return person


@pytest.fixture
async def office(tmp_path_factory):
    where = tmp_path_factory.mktemp("o")
    for name, text in (("incidentd", MAIN.format(where)), ("roster", ROSTER), ("process", "[limits]\nusual = []\n")):
        (where / f"{name}.toml").write_text(text)
    first = SCENARIOS[0]
    clock = FakeClock(first.instant(first.event[0]) - DAY)
    daemon = Daemon(load_configuration(where, {}), clock=clock)
    await daemon.start()
    try:
        async with contextlib.AsyncExitStack() as stack:
            doors = {}
            for person in PEOPLE:
                path = where / f"{person}.sock"
                door = await start_api(
                    daemon.calls(),
                    roles=RolePolicy(owner_uid=os.geteuid()),
                    person_of_uid=functools.partial(_known_as, person),
                    socket_path=path,
                )
                stack.push_async_callback(door.close)
                doors[person] = await stack.enter_async_context(Client(path))
            yield Office(daemon, clock, doors)
    finally:
        await daemon.close()


async def written(office, incident_id, earlier=0):
    """The workshop from its start to the written factors, by four people at their own terminals."""
    await office.fay.start_review(incident_id, wire_reviews.StartReview())
    for person in OTHERS:
        await office.doors[person].participate(incident_id, wire_reviews.Participate(present=True))
    await drive(office, incident_id, step="next")
    seen = await office.ada.review(incident_id)
    assert (seen.walk.moments, seen.review.step) == ((), "walk")
    await drive(office, incident_id, walk="next")
    first = (await office.ada.review(incident_id)).walk
    assert {one.entry.observed_at for one in first.moments} == {first.walked_to}
    moment = first.moments[0].entry
    for person in OTHERS:
        await office.doors[person].write_account(
            incident_id,
            records.WriteAccount(at=moment.observed_at, seq=moment.seq or None, saw=f"{person} saw 503", thought="us?"),
        )
    assert [one.person for one in (await office.ada.review(incident_id)).accounts] == ["ada"]
    await drive(office, incident_id, walk="end")
    await drive(office, incident_id, step="next")
    shared = (await office.ada.review(incident_id)).accounts
    assert [one.person for one in shared] == OTHERS
    await office.ada.mark_new(incident_id, shared[-1].id)
    await drive(office, incident_id, step="next")
    for person, said in FACTORS.items():
        door = office.doors[person]
        await nothing_concluded(door, incident_id, earlier)
        if (earlier, person) == (2, "cleo"):
            await at_a_terminal(office, incident_id)
            continue
        await door.write_factor(incident_id, said)
        alone = await door.review(incident_id)
        assert [one.text for one in alone.factors] == [said.text]
        await nothing_concluded(door, incident_id, earlier)
        await door.participate(incident_id, wire_reviews.Participate(factors_in=True))
    seen = await office.fay.review(incident_id)
    assert seen.review.revealed_at is not None
    assert {one.text for one in seen.factors} == FOUND


async def at_a_terminal(office, incident_id):
    """cleo writes a factor and says that she is done, then fay, who waits for others, sees it."""
    said = FACTORS["cleo"]
    async with terminal(office, "cleo", incident_id, "● Factors") as (shown, pilot):
        await pilot.press("w", *said.text, "enter", said.category[0], said.role[0], "escape")
        await shown("YOURS  1")
        await pilot.press("d")
        assert "Targets are attached once" not in await shown("✓ cleo")
    async with terminal(office, "fay", incident_id, "● Factors") as (shown, pilot):
        assert said.text not in await shown("✓ cleo 1")


@contextlib.asynccontextmanager
async def terminal(office, person, incident_id, step):
    """The review as a person has it on a terminal of 140 by 40; `shown(words)` waits for them and gives the screen."""
    app = IncidentdApp(office.doors[person], clock=office.clock)

    def screen():
        return "\n".join("".join(part.text for part in line) for line in app.screen._compositor.render_strips())

    async with app.run_test(size=(140, 40)) as pilot:

        async def shown(words, seconds=20):
            for _ in range(seconds * 20):
                await pilot.pause(0.05)
                if words in screen():
                    return screen()
            raise AssertionError(f"{words!r} did not come:\n{screen()}")

        await shown("live")
        await app.open_review(incident_id)
        await shown(step)
        yield shown, pilot


async def drive(office, incident_id, **order):
    return await office.fay.drive_review(incident_id, wire_reviews.DriveReview(**order))


async def nothing_concluded(door, incident_id, earlier):
    """Neither here, nor in the earlier reviews, the lists or the library is a conclusion shown."""
    own = await door.review(incident_id)
    assert own.similar.locked
    assert all(one.conclusions is None for one in own.similar.incidents)
    assert own.similar.open_actions == ()
    for other in range(1, earlier + 1):
        there = await door.review(other)
        assert (there.factors, there.learnings, there.actions, dict(there.sections)) == ((), (), (), {})
    assert {one.incident_id for one in (await door.actions(state="all")).actions} <= {incident_id}
    assert {one.incident_id for one in (await door.factors()).factors} <= {incident_id}


async def concluded(office, incident_id, action=""):
    """From the unmasking to the end."""
    await drive(office, incident_id, step="next")
    seen = await office.ada.review(incident_id)
    for other in seen.similar.incidents:
        words = similar.SayDiffers(other_id=other.id, text="Another change had detached them")
        await office.bo.say_differs(incident_id, words)
    await drive(office, incident_id, step="next")
    for learning in ("Nobody knew that targets are attached once", "The add-on's upgrade replaces nodes"):
        await office.cleo.write_learning(incident_id, records.WriteLearning(text=learning, anonymous=True))
    await drive(office, incident_id, step="next")
    await office.bo.write_idea(incident_id, records.WriteIdea(text=action or "Try upgrades on a copy"))
    await drive(office, incident_id, step="next")
    for person in PEOPLE:
        await office.doors[person].answer_closing(
            incident_id, wire_reviews.AnswerClosing(learned="yes", come_again="yes")
        )
    await drive(office, incident_id, finish=True)
    office.clock.advance(2 * DAY / timedelta(seconds=1))
    idea = (await office.ada.review(incident_id)).ideas[0]
    due = (office.clock.now() + 60 * DAY).date()
    return seen, await office.ada.write_action(
        incident_id, records.WriteAction(text=idea.text, owner_team="platform", due_on=due, idea_id=idea.id)
    )


@pytest.mark.e2e
async def test_the_third_review_is_not_led_by_the_first_two_and_their_open_action_surfaces(office):
    made = []
    for number, chosen in enumerate(SCENARIOS):
        incident_id = await office.lived(chosen)
        await office.rested()
        await written(office, incident_id, earlier=number)
        seen, action = await concluded(office, incident_id, chosen.open_action)
        made.append((incident_id, seen, action))
    (first, _, open_action), (second, *_), (third, seen, _) = made
    assert {one.id for one in seen.similar.incidents} >= {first, second}
    assert open_action.id in {one.id for one in seen.similar.open_actions}
    shown = next(one for one in seen.similar.incidents if one.id == first)
    assert {one.text for one in shown.conclusions.factors} == FOUND
    await the_document_stands(office, third)


SECTIONS = (
    "Summary", "Impact", "What happened", "Contributing factors", "What made it hard",
    "What helped, and where we were lucky", "Surprises", "Open questions", "What we learned",
    "Actions", "How this was written",
)  # fmt: skip


async def the_document_stands(office, incident_id):
    """As the domain has it, with people as their roles, and nobody's name in what customers read."""
    for name, text in (("summary", "Fay Lund's pipeline took the targets away."), ("external_summary", "It was down.")):
        await office.ada.write_section(incident_id, wire_reviews.WriteSection(name=name, text=text))
    for kind in ("internal", "external"):
        checks = await office.ada.review_checks(incident_id, kind)
        assert checks.ready, [one.text for one in checks.checks if one.refuses]
        made = await office.ada.publish_review(incident_id, documents.Publish(kind=kind, seen=checks.seen))
        found = await office.bo.published_document(incident_id, made.number)
        assert not [name for name in ("Fay", "Holm", "cleo", "bo saw") if name in found.markdown]
        titles = [one.title for one in found.body.sections]
        if kind == "internal":
            assert titles == list(SECTIONS)
            assert all(text in found.markdown for text in FOUND)
            assert "Nobody knew that targets are attached once" in found.markdown
        else:
            assert not [text for text in FOUND if text in found.markdown]
    assert (await office.fay.review(incident_id)).review.state == "published"
