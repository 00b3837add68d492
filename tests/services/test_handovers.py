"""A duty block cannot end silently: drafted from data, finished by who leaves, accepted by who comes next."""

from datetime import time, timedelta

import msgspec
import pytest

from incidentd.domain.people import HandoverForm, Layer, Rotation, Schedule, Service, Unit
from incidentd.domain.severity import Severity
from incidentd.plugin.support import Received
from incidentd.services.errors import Conflict, Invalid, NotFound
from incidentd.wire import duty as wire_duty
from incidentd.wire.incidents import AssignRole, DeclareIncident
from incidentd.wire.modes import SetMode

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def schedule(daemon, *people, unit=Unit.WEEKS, every=1, name="first", form=None, **more):
    start = daemon.clock.now().date()
    rotation = Rotation(people=people, start=start, handover=time(0), unit=unit, every=every, **more)
    return Schedule(name=name, layers=(Layer(name="all", rotation=rotation),), handover_form=form)


async def begin(daemon, *schedules):
    daemon.roster = daemon.roster_of(
        [daemon.person(one, "push") for one in ("ada", "lin", "sam")],
        [daemon.policy("default", (300, "schedule:first"), repeat=0)],
        schedules={one.name: one for one in schedules},
    )
    await follow(daemon)
    return daemon


async def follow(daemon):
    await daemon.store.write(daemon.core.desk.follow)


@pytest.fixture
async def weekly(daemon):
    """ada carries the pager this week, lin the next."""
    return await begin(daemon, schedule(daemon, "ada", "lin"))


async def found(daemon, state="all", **more):
    """Oldest first."""
    return (await daemon.core.handovers.list(state, more.get("schedule", ""), more.get("person", ""))).handovers[::-1]


def midnight(daemon):
    return daemon.clock.now().replace(hour=0, minute=0, second=0, microsecond=0)


def notes(daemon, person):
    return [one for _, one in daemon.sender.sent if one.recipient == person and one.kind == "update"]


def link(daemon, person):
    body = notes(daemon, person)[-1].body
    return next(line for line in body.splitlines() if line.startswith("Accept the handover: ")).rpartition("/")[2]


async def to_the_end(daemon, after=MINUTE):
    (running,) = await found(daemon, "running")
    await daemon.advance(running.ends_at - daemon.clock.now() + after)
    return running


async def test_a_block_that_runs_is_there_from_its_beginning(weekly):
    (running,) = await found(weekly, "current")
    assert (running.name, running.state, running.form) == ("H-1", "running", "full")
    assert (running.person, running.next_person) == ("ada", "lin")
    assert running.next_starts_at == running.ends_at == midnight(weekly) + 7 * DAY
    await follow(weekly)
    assert await found(weekly) == (running,)


async def test_the_way_of_a_handover_from_the_draft_to_the_acceptance(weekly):
    await to_the_end(weekly)
    draft, running = await found(weekly)
    assert (draft.state, draft.person, draft.next_person, running.person) == ("draft", "ada", "lin", "lin")
    titles = [one.title for one in notes(weekly, "ada")]
    assert titles[0].startswith("Your block on first ends at ")
    assert titles[1:] == ["Hand over your block on first"]
    edited = await weekly.core.handovers.edit(draft.id, "  the new cache is slow to warm\n", "ada", draft.version)
    assert edited.surprises == "the new cache is slow to warm"
    sent = await weekly.core.handovers.send(draft.id, None, "ada", edited.version)
    assert (sent.state, sent.finished_by, sent.sent_at) == ("sent", "ada", weekly.clock.now())
    await weekly.settle()
    (message,) = notes(weekly, "lin")
    assert message.title.startswith("You are on call for first from ")
    assert "What surprised ada:\nthe new cache is slow to warm" in message.body
    taken = await weekly.core.handovers.accept(draft.id, "lin", None)
    assert (taken.state, taken.accepted_by, taken.accepted_via) == ("accepted", "lin", "api")
    assert await weekly.core.handovers.accept(draft.id, "lin", None) == taken
    kinds = [one.kind for one in await weekly.events() if one.subject == "handover:1"]
    assert kinds == ["handover.drafted", "handover.edited", "handover.sent", "handover.accepted"]
    assert not [one for one in await weekly.armed() if one[1] == "handover:1"]


async def test_what_is_finished_ahead_goes_out_at_the_end(weekly):
    (running,) = await found(weekly, "running")
    ahead = await weekly.core.handovers.send(running.id, "all quiet", "ada", None)
    assert (ahead.state, ahead.finished_by, ahead.sent_at) == ("running", "ada", None)
    await to_the_end(weekly)
    sent, _ = await found(weekly)
    assert (sent.state, sent.sent_at) == ("sent", running.ends_at)
    assert notes(weekly, "ada") == []  # nothing was left to ask
    assert len(notes(weekly, "lin")) == 1


async def test_the_link_in_the_message_accepts(weekly):
    (running,) = await found(weekly, "running")
    await weekly.core.handovers.send(running.id, None, "ada", None)
    await to_the_end(weekly)
    token = link(weekly, "lin")
    shown = await weekly.core.links.describe(token)
    assert (shown.kind, shown.state, shown.person) == ("handover", "open", "lin")
    assert shown.title == "H-1: ada hands over first"
    done = await weekly.core.links.acknowledge(token)
    assert (done.state, done.acknowledged_by) == ("acknowledged", "lin")
    assert (await weekly.core.handovers.get(1)).accepted_via == "link"
    assert await weekly.core.links.acknowledge(token) == done
    assert len(await weekly.events("contact.proven")) >= 1


async def test_whoever_does_not_follow_cannot_accept(weekly):
    draft = await to_the_end(weekly)
    with pytest.raises(Conflict, match="H-1 is draft") as refused:
        await weekly.core.handovers.accept(draft.id, "lin", None)
    assert "handover send H-1" in refused.value.remedy
    await weekly.core.handovers.send(draft.id, None, "ada", None)
    with pytest.raises(Invalid, match="only lin can accept"):
        await weekly.core.handovers.accept(draft.id, "sam", None)
    with pytest.raises(NotFound, match="no handover H-7"):
        await weekly.core.handovers.accept(7, "sam", None)
    with pytest.raises(Conflict, match="at version"):
        await weekly.core.handovers.edit(draft.id, "x", "ada", 1)
    with pytest.raises(Invalid, match="state is one of"):
        await weekly.core.handovers.list("late", "", "")


async def test_a_draft_that_nobody_finishes_goes_out_as_it_is(weekly):
    await to_the_end(weekly, 7 * HOUR)
    sent, _ = await found(weekly)
    assert (sent.state, sent.finished_by) == ("sent", "")
    asked = [one.title for one in notes(weekly, "ada")]
    assert asked[1:] == ["Hand over your block on first"] * 3  # at the end, an hour and three hours after it
    assert "ada did not finish this handover." in notes(weekly, "lin")[0].body
    await weekly.core.handovers.send(sent.id, "sorry, here it is", "ada", None)
    await weekly.settle()
    assert "sorry, here it is" in notes(weekly, "lin")[-1].body


async def test_who_does_not_accept_is_reminded_and_is_on_call_all_the_same(weekly):
    (running,) = await found(weekly, "running")
    await weekly.core.handovers.send(running.id, None, "ada", None)
    await to_the_end(weekly, DAY)
    titles = [one.title for one in notes(weekly, "lin")]
    assert titles[1:] == ["Not accepted yet: handover of first"] * 3
    (now,) = (await weekly.core.roster.on_call()).schedules
    assert now.person == "lin"
    assert "has not accepted the handover H-1 from ada" in now.warnings


async def test_one_that_was_never_taken_over_is_carried_into_the_next(weekly):
    (running,) = await found(weekly, "running")
    await weekly.core.handovers.send(running.id, "mind the queue", "ada", None)
    await to_the_end(weekly)
    await to_the_end(weekly)
    lapsed, draft, _ = await found(weekly)
    assert (lapsed.state, draft.state) == ("lapsed", "draft")
    (carried,) = [one for one in draft.sections if one.kind == "carried"]
    assert [item.text for item in carried.items] == ["ada: mind the queue"]


async def test_what_is_open_stands_in_the_digest_and_in_the_timeline(weekly):
    cadence = {Severity.SEV2: {"investigating": 15 * MINUTE}}
    weekly.process = msgspec.structs.replace(weekly.process, cadence=cadence)
    await weekly.fire(labels={"alertname": "disk"})
    await weekly.advance(MINUTE)
    made = await weekly.core.incidents.declare(DeclareIncident(title="Checkout fails", severity=Severity.SEV2), "ada")
    await weekly.core.modes.set(SetMode(person="lin", mode="project", days=28), "lin")
    await weekly.core.incidents.assign_role(made.id, AssignRole(role="scribe", person="lin"), "ada", None)
    draft = await to_the_end(weekly)
    wrote = Received(id="m1", thread="t1", sender="bo@example.org", subject="It is slow", text="very")
    await weekly.core.support.intake.receive("mail", wrote)
    sections = {one.kind: [item.text for item in one.items] for one in (await weekly.core.handovers.get(1)).sections}
    assert sections["incidents"] == [f"INC-{made.id} SEV2 active: Checkout fails"]
    assert sections["pages"] == ["P-1 exhausted: disk · default"]
    assert sections["new"] == ["A-1 disk"]
    assert sections["promised"][0].endswith("overdue: Checkout fails")
    assert sections["reports"] == ["R-1 new: It is slow"]
    assert sections["interrupted"] == ["lin, on project work, is reached (incident): more hands were needed"]
    assert sections["contacts"][0].startswith("a first response to bo@example.org about R-1 by ")
    await weekly.core.handovers.send(draft.id, None, "ada", None)
    frozen = (await weekly.core.handovers.get(1)).sections
    await weekly.resolve()
    await weekly.settle()
    assert (await weekly.core.handovers.accept(1, "lin", None)).sections == frozen
    texts = [one.text for one in (await weekly.core.incidents.timeline(made.id)).entries]
    assert "lin took over from ada on first (H-1)" in texts


@pytest.mark.both_engines
async def test_what_another_policy_is_for_is_somebody_elses(weekly):
    other = weekly.policy("web", (300, "sam"))
    roster = weekly.roster
    services = {"web": Service(name="web", policy="web")}
    weekly.roster = weekly.roster_of(
        list(roster.people.values()), [*roster.policies.values(), other], schedules=roster.schedules, services=services
    )
    await weekly.core.incidents.declare(DeclareIncident(title="Web", severity=Severity.SEV3, service="web"), "ada")
    assert (await weekly.core.handovers.get(1)).sections == ()


async def test_short_blocks_hand_over_by_themselves(daemon):
    await begin(daemon, schedule(daemon, "ada", "lin", unit=Unit.HOURS, every=8))
    await to_the_end(daemon)
    sent, running = await found(daemon)
    assert (sent.form, sent.state, sent.finished_by, running.person) == ("short", "sent", "lin", "ada")
    assert "Nothing is open." in notes(daemon, "ada")[0].body
    assert notes(daemon, "lin") == []


async def test_an_hour_covered_is_handed_over_briefly_both_ways(weekly):
    now = weekly.clock.now()
    body = wire_duty.SetOverride(schedule="first", person="sam", ends_at=now + 4 * HOUR)
    await weekly.core.duty.set_override(body, "ada")
    sent, running = await found(weekly)
    assert (sent.state, sent.form, sent.person, sent.next_person, sent.ends_at) == ("sent", "short", "ada", "sam", now)
    assert (running.person, running.starts_at, running.ends_at, running.next_person) == (
        "sam", now, body.ends_at, "ada",
    )  # fmt: skip
    await to_the_end(weekly)
    back = (await found(weekly))[1]
    assert (back.form, back.state, back.person, back.next_person) == ("short", "sent", "sam", "ada")


async def test_no_handover_where_the_roster_wants_none(daemon):
    await begin(daemon, schedule(daemon, "ada", "lin", form=HandoverForm.OFF))
    await daemon.advance(8 * DAY)
    assert await found(daemon) == ()
    daemon.roster = daemon.roster_of(
        list(daemon.roster.people.values()), [], schedules={"first": schedule(daemon, "ada", "lin")}
    )
    await follow(daemon)
    (running,) = await found(daemon)
    assert running.state == "running"
    daemon.roster = daemon.roster_of(list(daemon.roster.people.values()), [])
    await follow(daemon)
    assert [one.state for one in await found(daemon)] == ["lapsed"]


async def test_a_daemon_that_was_away_hands_over_every_block_that_ended(daemon):
    await begin(daemon, schedule(daemon, "ada", "lin", "sam", unit=Unit.DAYS))
    first = midnight(daemon)
    daemon.clock.set(first + 2 * DAY + HOUR)
    await daemon.restart()
    await follow(daemon)
    all_of = await found(daemon)
    assert [(one.person, one.next_person, one.state) for one in all_of] == [
        ("ada", "lin", "lapsed"), ("lin", "sam", "draft"), ("sam", "ada", "running"),
    ]  # fmt: skip
    assert [one.ends_at for one in all_of] == [first + DAY, first + 2 * DAY, first + 3 * DAY]


async def test_whoever_really_follows_gets_it(daemon):
    """Nobody carries the pager between the two blocks, and in that time another takes the second one."""
    begin_at = midnight(daemon)
    early = Rotation(people=("ada",), start=begin_at.date(), handover=time(0), until=_naive(begin_at + DAY))
    late = Rotation(people=("lin",), start=(begin_at + 2 * DAY).date(), handover=time(0))
    layers = (Layer(name="early", rotation=early), Layer(name="late", rotation=late))
    await begin(daemon, Schedule(name="first", layers=layers))
    await to_the_end(daemon)
    (draft,) = await found(daemon)
    assert (draft.state, draft.next_person, draft.next_starts_at) == ("draft", "lin", begin_at + 2 * DAY)
    await daemon.core.handovers.send(draft.id, None, "ada", None)
    body = wire_duty.SetOverride(
        schedule="first", person="sam", starts_at=begin_at + 2 * DAY, ends_at=begin_at + 3 * DAY
    )
    await daemon.core.duty.set_override(body, "lin")
    await daemon.advance(DAY)
    moved, running = await found(daemon)
    assert (moved.next_person, moved.state, running.person) == ("sam", "sent", "sam")
    assert len(notes(daemon, "sam")) == 1


def _naive(at):
    return at.replace(tzinfo=None)


async def test_a_new_roster_ends_the_block_of_who_it_no_longer_names(weekly):
    await weekly.advance(DAY)
    schedules = {"first": schedule(weekly, "lin", "ada")}
    weekly.roster = weekly.roster_of(list(weekly.roster.people.values()), [], schedules=schedules)
    await follow(weekly)
    ended, running = await found(weekly)
    assert (ended.person, ended.next_person, ended.ends_at) == ("ada", "lin", weekly.clock.now())
    assert (running.person, running.starts_at) == ("lin", weekly.clock.now())
