"""A process retro: due by itself, held by several people, hidden until it is shown; and the ideas that come into it."""

from datetime import timedelta

import msgspec
import pytest

from incidentd.domain.audiences import Audience
from incidentd.domain.process import default_process
from incidentd.domain.retro_steps import RetroSettings, Step
from incidentd.domain.severity import Severity
from incidentd.services.errors import Conflict, Invalid, NotFound, Refused
from incidentd.wire import experiments as wire
from incidentd.wire import incidents as wire_incidents

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
SECRET = "the pager rings at dinner"


@pytest.fixture
def desk(daemon):
    """`settings(...)` is what `[retro]` says; ada and lin are kept informed."""
    audience = {"team": Audience(name="team", people=("ada", "lin"))}

    def settings(**values):
        retro = RetroSettings(**{"to": ("team",)} | values)
        daemon.process = msgspec.structs.replace(default_process(), retro=retro, audiences=audience)

    settings()
    daemon.core.retros.settings = settings
    return daemon.core.retros


async def drive(desk, act, actor="ada", **more):
    return await desk.acts.drive(1, wire.DriveRetro(act=act, **more), actor, None)


async def part(desk, act, actor):
    return await desk.acts.take_part(1, wire.TakePart(act=act), actor)


async def write(desk, text, actor, **more):
    return await desk.topics.keep(1, wire.KeepIdea(text=text, **more), actor)


async def votes(desk, actor, **given):
    for topic, number in given.items():
        await desk.topics.vote(1, int(topic[1:]), wire.Vote(votes=number), actor)


async def begun(desk, *others, to=()):
    await desk.retros.start(wire.StartRetro(), "ada")
    for person in others:
        await part(desk, "join", person)
    for act in to:
        await drive(desk, act)


def everything(view):
    return msgspec.json.encode(view).decode()


# ------------------------------------------------------------------ ideas kept all year
@pytest.mark.both_engines
async def test_an_idea_is_kept_listed_and_dropped_with_a_reason(daemon, desk):
    await daemon.core.incidents.declare(wire_incidents.DeclareIncident(title="503", severity=Severity.SEV3), "ada")
    mine = await desk.ideas.keep(wire.KeepIdea(text="no one reads the runbook", about="incident:1"), "ada")
    assert (mine.id, mine.by, mine.mine, mine.about, mine.state) == (1, "ada", True, "incident:1", "open")
    with pytest.raises(Invalid, match="no incident INC-9") as unknown:
        await desk.ideas.keep(wire.KeepIdea(text="x", about="incident:9"), "ada")
    assert unknown.value.field == "about"
    assert [one.mine for one in (await desk.ideas.list("open", 10, "", "lin")).ideas] == [False]
    assert (await desk.ideas.list("all", 10, "", "lin", mine=True)).ideas == ()
    with pytest.raises(Conflict, match="has changed"):
        await desk.ideas.drop(1, wire.DropProcessIdea(why="we do now"), "lin", 7)
    dropped = await desk.ideas.drop(1, wire.DropProcessIdea(why="we do now"), "lin", 1)
    assert (dropped.state, dropped.why) == ("dropped", "we do now")
    with pytest.raises(Conflict, match="was dropped: we do now"):
        await desk.ideas.drop(1, wire.DropProcessIdea(why="again"), "lin", None)
    with pytest.raises(NotFound, match="no idea PI-7"):
        await desk.ideas.drop(7, wire.DropProcessIdea(why="x"), "lin", None)
    page = await desk.ideas.list("dropped", 10, "", "lin")
    assert ([one.id for one in page.ideas], page.total) == ([1], 1)


@pytest.mark.both_engines
async def test_who_wrote_without_a_name_is_stored_nowhere(daemon, desk):
    kept = await desk.ideas.keep(wire.KeepIdea(text=SECRET, anonymous=True), "sam")
    assert (kept.by, kept.mine) == ("", False)
    await desk.retros.start(wire.StartRetro(), "ada")
    await part(desk, "join", "lin")
    await write(desk, "meetings at seven", "lin", anonymous=True)
    told = [one for one in await daemon.events() if one.kind == "idea.kept"]
    assert [one.actor for one in told] == ["", ""]
    stored = await daemon.store.read(lambda conn: conn.exec_driver_sql("SELECT * FROM process_ideas").all())
    assert "sam" not in str(stored)
    assert "lin" not in str(stored)


# ------------------------------------------------------------------ due by itself
async def declare(daemon, number):
    for _ in range(number):
        await daemon.core.incidents.declare(wire_incidents.DeclareIncident(title="503", severity=Severity.SEV4), "ada")


@pytest.mark.both_engines
async def test_so_many_incidents_make_one_due_and_only_one(daemon, desk):
    desk.settings(incidents=3)
    await declare(daemon, 2)
    assert (await desk.retros.list("due", 10, "")).total == 0
    await declare(daemon, 3)
    await daemon.advance(MINUTE)
    due = (await desk.retros.list("open", 10, "")).retros
    assert [(one.id, one.state, one.trigger, one.why) for one in due] == [
        (1, "due", "count", "3 incidents since the beginning")
    ]
    assert "retro-due" in await daemon.alarm_codes()
    title = "A process retro is due: 3 incidents since the beginning"
    assert [(one.recipient, one.title) for _, one in daemon.sender.sent] == [("ada", title), ("lin", title)]
    daemon.sender.clear()
    await daemon.advance(15 * DAY)
    asked = [one for _, one in daemon.sender.sent if one.title == title]
    assert len(asked) == 4, "weekly, while nobody begins it"
    with pytest.raises(Refused, match="PR-1 has not begun"):
        await part(desk, "join", "lin")
    view = await desk.retros.start(wire.StartRetro(facilitator="lin"), "ada")
    begun = view.retro
    assert (begun.id, begun.state, begun.trigger, begun.facilitator) == (1, "running", "count", "lin")
    await declare(daemon, 3)
    assert (await desk.retros.list("due", 10, "")).total == 0, "while one is held"
    await drive(desk, "finish", "lin")
    await daemon.advance(MINUTE)
    await declare(daemon, 3)
    await daemon.advance(MINUTE)
    again = (await desk.retros.list("due", 10, "")).retros[0]
    assert (again.why, again.since) == ("3 incidents since PR-1", begun.until)


@pytest.mark.both_engines
async def test_so_many_days_after_the_last_the_next_one_is_due(daemon, desk):
    desk.settings(every=90 * DAY)
    await declare(daemon, 1)
    await daemon.store.write(desk.due.follow_configuration)
    await daemon.advance(40 * DAY)
    await begun(desk)
    await drive(desk, "finish")
    await daemon.advance(89 * DAY)
    assert (await desk.retros.list("due", 10, "")).total == 0
    await daemon.restart()
    await daemon.store.write(daemon.core.retros.due.follow_configuration)
    await daemon.advance(2 * DAY)
    due = (await daemon.core.retros.retros.list("due", 10, "")).retros
    assert [(one.trigger, one.why) for one in due] == [("calendar", "90 days since PR-1")]
    desk.settings()
    await daemon.store.write(daemon.core.retros.due.follow_configuration)
    assert "retro.calendar" not in {kind for kind, _ in await daemon.armed()}


# ------------------------------------------------------------------ held
async def test_one_is_held_at_a_time_by_those_who_are_there(daemon, desk):
    with pytest.raises(Invalid, match="no team 'shopp'") as unknown:
        await desk.retros.start(wire.StartRetro(team="shopp"), "ada")
    assert unknown.value.field == "team"
    with pytest.raises(Invalid, match="cover nothing"):
        await desk.retros.start(wire.StartRetro(since=daemon.clock.now()), "ada")
    view = await desk.retros.start(wire.StartRetro(), "ada")
    assert (view.joined, view.drives, view.retro.step, view.votes_each) == (True, True, "figures", 3)
    with pytest.raises(Conflict, match="PR-1 is held") as held:
        await desk.retros.start(wire.StartRetro(), "lin")
    assert held.value.current.retro.id == 1
    assert held.value.remedy == "take part: incidentctl process retro join PR-1"
    with pytest.raises(Refused, match="do not take part"):
        await drive(desk, "next", "lin")
    await part(desk, "join", "lin")
    with pytest.raises(Refused, match="ada drives the process retro PR-1"):
        await drive(desk, "next", "lin")
    with pytest.raises(Refused, match="figures is the first step"):
        await drive(desk, "back")
    with pytest.raises(Invalid, match="who drives it") as nobody:
        await drive(desk, "hand")
    assert nobody.value.field == "to"
    assert (await drive(desk, "hand", to="lin")).retro.facilitator == "lin"
    await part(desk, "leave", "lin")
    assert (await drive(desk, "hand", to="me")).retro.facilitator == "ada"
    with pytest.raises(Conflict, match="moved on"):
        await desk.acts.drive(1, wire.DriveRetro(act="next"), "ada", 1)
    with pytest.raises(NotFound, match="no process retro PR-9"):
        await desk.retros.get(9, "ada")


@pytest.mark.both_engines
async def test_its_time_is_durable_and_a_pause_keeps_what_is_left(daemon, desk):
    desk.settings(minutes={Step.FIGURES: 20.0})
    await begun(desk)
    await daemon.advance(5 * MINUTE)
    paused = await drive(desk, "pause")
    assert (paused.retro.state, paused.retro.left) == ("paused", 900.0)
    await daemon.advance(4 * DAY)
    assert [one.title for _, one in daemon.sender.sent] == ["the process retro PR-1 is still paused"]
    await daemon.restart()
    desk = daemon.core.retros
    gone_on = await drive(desk, "resume")
    assert gone_on.retro.step_ends_at == daemon.clock.now() + 15 * MINUTE
    await drive(desk, "extend", minutes=5)
    await daemon.advance(21 * MINUTE)
    over = await daemon.events("retro.step_over")
    assert [one.data["step"] for one in over] == ["figures"]


@pytest.mark.both_engines
async def test_a_whole_retro_hides_what_it_should_until_all_are_in(daemon, desk):
    before = await desk.ideas.keep(wire.KeepIdea(text="too many alerts"), "sam")
    await begun(desk, "lin", to=["next"])
    written = await write(desk, SECRET, "lin")
    await write(desk, "who hands over when?", "ada")
    mine, others = await desk.retros.get(1, "lin"), await desk.retros.get(1, "ada")
    assert [one.text for one in mine.ideas] == ["too many alerts", SECRET]
    assert (mine.ideas_hidden, others.ideas_hidden, mine.ideas_shown) == (1, 1, False)
    assert [one.ideas for one in others.participants] == [1, 1]
    for view in (others, await desk.retros.get(1, "sam"), await desk.ideas.list("all", 10, "", "ada")):
        assert SECRET not in everything(view)
    with pytest.raises(NotFound, match=f"no idea PI-{written.id}") as hidden:
        await desk.ideas.drop(written.id, wire.DropProcessIdea(why="x"), "ada", None)
    assert SECRET not in str(vars(hidden.value))
    with pytest.raises(Refused, match="not shown yet"):
        await desk.topics.write(1, wire.WriteTopic(ideas=(before.id,)), "ada")
    await part(desk, "done", "ada")
    assert (await desk.retros.get(1, "ada")).ideas_shown is False
    shown = await part(desk, "done", "lin")
    assert (shown.ideas_shown, shown.ideas_hidden) == (True, 0)
    assert SECRET in everything(await desk.retros.get(1, "ada"))
    # what says the same is put together; the rest are topics of their own when the vote begins
    with pytest.raises(Invalid, match="no idea PI-99"):
        await desk.topics.write(1, wire.WriteTopic(ideas=(1, 99)), "lin")
    grouped = await desk.topics.write(1, wire.WriteTopic(ideas=(1, 2), text="the pager"), "lin")
    assert [(one.text, one.ideas) for one in grouped.topics] == [("the pager", (1, 2))]
    voting = await drive(desk, "next")
    assert [(one.id, one.ideas, one.votes) for one in voting.topics] == [(1, (1, 2), None), (2, (3,), None)]
    assert [one.state for one in voting.ideas] == ["taken"] * 3
    with pytest.raises(Conflict, match="is a topic of PR-1"):
        await desk.ideas.drop(1, wire.DropProcessIdea(why="x"), "ada", None)

    await votes(desk, "ada", t2=2, t1=1)
    with pytest.raises(Refused, match="each has 3 votes, and you have 2 for this topic") as too_many:
        await votes(desk, "ada", t2=3)
    assert too_many.value.field == "votes"
    await votes(desk, "lin", t2=1)
    seen = await desk.retros.get(1, "lin")
    assert [(one.votes, one.mine) for one in seen.topics] == [(None, 0), (None, 1)]
    assert [one.votes_left for one in seen.participants] == [0, 2]
    assert [one.data for one in await daemon.events("retro.voted")] == [{}] * 3
    await part(desk, "done", "lin")
    late = await part(desk, "join", "sam")
    assert [one.votes for one in late.topics] == [None, None]
    await part(desk, "leave", "sam")
    counted = await part(desk, "done", "ada")
    assert [(one.id, one.votes, one.mine, one.chosen) for one in counted.topics] == [(2, 3, 2, True), (1, 1, 1, True)]
    with pytest.raises(Refused, match="counted already"):
        await votes(desk, "lin", t1=1)

    await drive(desk, "next")
    with pytest.raises(Refused, match="ada drives"):
        await desk.topics.edit(1, 1, wire.EditTopic(chosen=False), "lin", None)
    await desk.topics.edit(1, 1, wire.EditTopic(chosen=False), "ada", None)
    noted = await desk.topics.edit(1, 2, wire.EditTopic(notes="a card at the desk"), "lin", 2)
    assert noted.topics[0].notes == "a card at the desk"
    with pytest.raises(Conflict, match="topic 2 has changed"):
        await desk.topics.edit(1, 2, wire.EditTopic(notes="mine"), "ada", 2)
    over = await drive(desk, "finish", outcome="we try a card")
    assert (over.retro.state, over.retro.outcome, over.retro.people) == ("finished", "we try a card", 3)
    ideas = (await desk.ideas.list("all", 10, "", "sam")).ideas
    assert [(one.id, one.state, one.retro_id, one.votes) for one in ideas] == [
        (3, "taken", 1, 3), (2, "open", None, 0), (1, "open", None, 0),
    ], "what nobody talked about waits for the next one"  # fmt: skip
    with pytest.raises(Refused, match="PR-1 is over") as ended:
        await part(desk, "join", "lin")
    assert ended.value.remedy == "see what came of it: incidentctl process retro show PR-1"
    assert SECRET not in str([one.data for one in await daemon.events()])
    assert [kind for kind, subject in await daemon.armed() if subject == "retro:1"] == []


@pytest.mark.both_engines
async def test_topics_are_put_together_otherwise_and_nobody_loses_votes(daemon, desk):
    for text in ("a", "b", "c", "d"):
        await desk.ideas.keep(wire.KeepIdea(text=text), "ada")
    await begun(desk, "lin", to=["next", "next"])
    await votes(desk, "lin", t1=2, t2=1)
    view = await desk.topics.edit(1, 3, wire.EditTopic(ideas=(3, 1)), "ada", None)
    assert [(one.id, one.ideas) for one in view.topics] == [(2, (2,)), (3, (3, 1)), (4, (4,))]
    assert {one.person: one.votes_left for one in view.participants}["lin"] == 2, "those of a topic that went are back"
    view = await desk.topics.edit(1, 3, wire.EditTopic(ideas=(1,), text="only a"), "ada", None)
    assert [one.state for one in view.ideas] == ["taken", "taken", "open", "taken"]
    with pytest.raises(Invalid, match="say what to change"):
        await desk.topics.edit(1, 3, wire.EditTopic(), "ada", None)
    with pytest.raises(NotFound, match="no topic 1"):
        await desk.topics.vote(1, 1, wire.Vote(votes=1), "ada")
    with pytest.raises(Refused, match="not counted yet"):
        await desk.topics.edit(1, 3, wire.EditTopic(chosen=True), "ada", None)


async def test_one_person_alone_holds_one_too(desk):
    await begun(desk, to=["next"])
    await write(desk, "alone at night", "ada")
    assert (await part(desk, "done", "ada")).ideas_shown
    await drive(desk, "next")
    await votes(desk, "ada", t1=3)
    assert [one.chosen for one in (await part(desk, "done", "ada")).topics] == [True]
    with pytest.raises(Refused, match="its ideas are in"):
        await write(desk, "late", "ada")
