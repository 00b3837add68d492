"""The monthly letter goes out once, by a durable timer, and stays as it was sent."""

from datetime import time, timedelta

import msgspec
import pytest

from incidentd.domain.audiences import Audience
from incidentd.domain.letter import LetterSettings, month_at, month_before, span
from incidentd.domain.people import Person
from incidentd.domain.process import DEFAULT_CADENCE
from incidentd.services.errors import Invalid, NotFound
from incidentd.storage import letters as rows
from incidentd.storage.schema_experiments import experiments, process_ideas
from incidentd.storage.schema_process import process_versions
from incidentd.storage.schema_reviews import learnings, reviews
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import library_import as wire_import

DAY = timedelta(days=1)
FILE = "---\ntitle: Slow {number}\ndate: 2024-03-0{number}\nseverity: SEV3\n---\n## Learnings\n- Learning {number}\n"


@pytest.fixture
async def desk(daemon):
    """A letter on the third of a month at nine, to ada and lin."""
    settings = LetterSettings(day=3, at=time(9), zone="UTC", to=("internal",))
    audiences = {"internal": Audience(name="internal", people=("ada", "lin"))}
    daemon.process = msgspec.structs.replace(daemon.process, letter=settings, audiences=audiences)
    await follow(daemon)
    return daemon


def letters(daemon):
    return daemon.core.evolution.letters


async def follow(daemon):
    await daemon.store.write(letters(daemon).follow_configuration)


async def change(daemon, statement):
    await daemon.store.write(lambda tx: tx.conn.execute(statement))


async def publish(daemon, number):
    """A review whose learning is "Learning N", published now."""
    body = wire_import.ImportReview(name=f"r/{number}.md", text=FILE.format(number=number))
    incident_id = (await daemon.core.reviews.library.imports.take(body, "ada")).incident_id
    values = {"imported_from": "", "published_at": daemon.clock.now(), "sections": {"open_questions": "Who owns it?"}}
    await change(daemon, reviews.update().where(reviews.c.incident_id == incident_id).values(**values))
    return incident_id


async def to_the_next(daemon):
    """Live until the next letter is due, and send what is."""
    due = (await letters(daemon).list()).next_at
    await daemon.advance(due - daemon.clock.now())
    await letters(daemon).work()
    await daemon.settle()


def sent(daemon):
    return [(note.recipient, note.title, note.body) for _, note in daemon.sender.sent if "Letter" in note.title]


@pytest.mark.both_engines
async def test_a_month_is_told_once_and_stays_as_it_was_sent(desk):
    this = month_at(desk.clock.now(), "UTC")
    await publish(desk, 1)
    draft = await letters(desk).get(this)
    assert (draft.sent_at, draft.readers) == (None, 0)
    assert "Learning 1 (L-1 of INC-1)" in draft.text
    assert draft.markdown.splitlines()[0].endswith(", so far")
    await follow(desk)  # a restart moves nothing
    if desk.clock.now().day <= 3:
        await to_the_next(desk)  # that one is about the month before
    desk.sender.clear()
    await to_the_next(desk)
    told = sent(desk)
    assert sorted(who for who, *_ in told) == ["ada", "lin"]
    assert all("Learning 1 (L-1 of INC-1)" in body and f"incidentctl letter {this}" in body for *_, body in told)
    kept = await letters(desk).get(this)
    assert (kept.readers, kept.to, kept.sent_at is not None) == (2, ("internal",), True)
    await change(desk, learnings.update().values(text="Another"))
    assert await letters(desk).get(this) == kept
    desk.sender.clear()
    await letters(desk).work()
    await desk.settle()
    assert sent(desk) == []
    assert [one.data for one in await desk.events("letter.sent")] == [{"month": this, "readers": 2}]


@pytest.mark.both_engines
async def test_what_is_due_survives_the_end_of_the_process_and_is_sent_by_one_node_only(desk):
    await publish(desk, 1)
    month = month_at(desk.clock.now(), "UTC")
    await desk.store.write(lambda tx: rows.make_due(tx, month))
    await desk.store.write(lambda tx: rows.make_due(tx, month))
    await desk.restart()
    assert await desk.store.read(rows.due) == [month]
    facts = await letters(desk)._facts.gather(month, "UTC")
    assert facts.published == 1
    await letters(desk)._send(month)
    await letters(desk)._send(month)  # composed at the same time elsewhere
    await desk.store.write(lambda tx: rows.make_due(tx, "2001-01"))
    await letters(desk).work()  # there is nothing to say about that month
    await desk.settle()
    assert len(sent(desk)) == 2
    assert await desk.store.read(rows.due) == []


async def test_nothing_to_say_is_not_said_and_a_letter_can_be_switched_off(desk):
    await to_the_next(desk)
    await to_the_next(desk)
    assert sent(desk) == []
    assert [one.sent_at for one in (await letters(desk).list()).letters] == [None, None]
    await publish(desk, 1)
    desk.process = msgspec.structs.replace(desk.process, letter=None)
    await follow(desk)
    await desk.advance(70 * DAY)
    await letters(desk).work()
    assert sent(desk) == []
    listed = await letters(desk).list()
    assert (listed.next_at, listed.to) == (None, ())


async def test_it_names_nobody_and_tells_nothing_that_is_hidden(desk):
    desk.roster = msgspec.structs.replace(
        desk.roster, people={**desk.roster.people, "mira": Person(handle="mira", name="Mira Stone")}
    )
    now, month = desk.clock.now(), month_at(desk.clock.now(), "UTC")
    first, second = await publish(desk, 1), await publish(desk, 2)
    named = learnings.update().where(learnings.c.incident_id == first)
    await change(desk, named.values(text="Mira Stone knew it"))
    asked = reviews.update().where(reviews.c.incident_id == first)
    await change(desk, asked.values(sections={"open_questions": "Why did mira know?"}))
    draft = await letters(desk).get(month)
    assert "mira" not in draft.text.casefold()
    assert "1 learning is not quoted here" in draft.text
    assert "Learning 2" in draft.text
    third = await publish(desk, 3)  # a review under way lists the second as similar
    under_way = reviews.update().where(reviews.c.incident_id == third)
    await change(desk, under_way.values(state="running", similar=[{"id": second}]))
    draft = await letters(desk).get(month)
    assert "Learning 2" not in draft.text
    assert "2 learnings are not quoted here" in draft.text
    idea = {"at": now, "by": "", "text": "x", "about": "", "state": "open", "why": "", "version": 1}
    await change(desk, process_ideas.insert().values([{**idea, "hidden": hidden} for hidden in (True, False)]))
    assert "1 idea waits for the next process retro, 1 of them from this month" in (await letters(desk).get(month)).text


@pytest.mark.both_engines
async def test_what_is_tried_and_what_came_into_force_is_told_of_the_month_it_was_in(desk):
    now, zone = desk.clock.now(), "UTC"
    month = month_at(now, zone)
    began, ended = span(month, zone)
    fixed = {
        "title": "Pairs", "hypothesis": "Two lead better", "figure": "near-misses", "expects": "down",
        "counter_figure": "", "team": "", "service": "", "severity": None, "process_version": "a", "stop_rule": "",
        "before_days": 30, "owner_team": "", "by": "ada", "at": now, "ends_on": "2999-01-01", "why": "No harm",
        "verdict": "", "decided_by": "", "version": 1, "stopped_at": None, "decided_at": None, "state": "running",
    }  # fmt: skip
    rows_of = [
        {"begins_on": f"{month}-01"},
        {"begins_on": f"{month}-02", "state": "decided", "verdict": "keep", "decided_at": now},
        {"begins_on": f"{month}-02", "state": "decided", "verdict": "drop", "decided_at": ended + DAY},  # runs, here
        {"begins_on": f"{month}-03", "state": "asking", "stopped_at": now},
        {"begins_on": "2000-01-01", "state": "decided", "verdict": "drop", "decided_at": began - DAY},  # over before
        {"begins_on": "2900-01-01", "state": "planned"},
    ]
    for values in rows_of:
        await change(desk, experiments.insert().values(**fixed | values))
    version = {
        "process_version": "a", "document": "", "files": {}, "state": "adopted", "how": "adopted", "proposed_by": "ada",
        "proposed_at": now, "reason": "Longer nights", "explanations": {}, "decided_by": "lin", "decided_at": now,
        "note": "", "version": 1,
    }  # fmt: skip
    await change(desk, process_versions.insert().values(**version))
    await change(desk, process_versions.insert().values(**version | {"process_version": "b", "state": "proposed"}))
    back = {"process_version": "c", "decided_at": now - timedelta(seconds=1), "reason": "", "note": "Back again"}
    await change(desk, process_versions.insert().values(**version | back))
    lines = (await letters(desk).get(month)).text.splitlines()
    assert [line for line in lines if line.startswith(("- X-", "- V-"))] == [
        "- X-1 runs until 2999-01-01: Two lead better",
        "- X-2 ended, it is kept: No harm (tried: Two lead better)",
        "- X-3 runs until 2999-01-01: Two lead better",
        "- X-4 ended, it was stopped: No harm (tried: Two lead better)",
        "- V-3 came into force: Back again",
        "- V-1 came into force: Longer nights",
    ]


async def test_figures_are_those_of_the_month(desk):
    desk.process = msgspec.structs.replace(desk.process, cadence=DEFAULT_CADENCE)
    await desk.core.incidents.declare(wire_incidents.DeclareIncident(title="X"), "ada")
    await desk.advance(1800)
    draft = await letters(desk).get(month_at(desk.clock.now(), "UTC"))
    assert "Updates sent when they were promised: 0 of 1" in draft.text
    before = await letters(desk).get(month_before(month_at(desk.clock.now(), "UTC")))
    assert "No promise fell due" in before.text


async def test_what_is_no_month_is_refused(desk):
    with pytest.raises(Invalid, match="no month") as refused:
        await letters(desk).get("2026-3")
    assert refused.value.field == "month"
    with pytest.raises(NotFound, match="has not begun"):
        await letters(desk).get("2999-01")
