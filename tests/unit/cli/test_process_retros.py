"""`incidentctl process idea | retro`: what is sent, and what a person reads of the answers."""

import msgspec
import pytest

from incidentd.wire import experiments as wire

IDEAS, RETROS = "/v1/process/ideas", "/v1/process/retros"
HOSTILE = "rings \x1b[31m at dinner"


@pytest.fixture
def an_idea(canned):
    return wire.ProcessIdea(
        id=4, at=canned.at, by="ada", mine=True, text=HOSTILE, about="incident:3", state="open", retro_id=None, why="",
        votes=0, version=1,
    )  # fmt: skip


@pytest.fixture
def view(canned, an_idea):
    """PR-3 stands at its vote, with a topic of two ideas and a third idea; lin is not done."""
    row = wire.Retro(
        id=3, state="running", trigger="count", why="20 incidents since PR-2", team="", since=canned.at,
        until=canned.at, started_at=canned.at, started_by="ada", facilitator="ada", step="vote",
        step_started_at=canned.at, step_ends_at=None, people=2, finished_at=None, experiments=(7,), outcome="",
        version=5,
    )  # fmt: skip
    people = [
        wire.RetroParticipant(person=one, joined_at=canned.at, left_at=None, done_step=done, ideas=1, votes_left=2)
        for one, done in (("ada", "vote"), ("lin", "ideas"))
    ]
    steps = [wire.RetroStep(name=one, title=one.title(), text=f"At {one}.", minutes=5) for one in ("ideas", "vote")]
    topic = wire.RetroTopic(id=9, text=HOSTILE, ideas=(1, 2), votes=None, mine=2, chosen=False, notes="n\x1b")
    return wire.RetroView(
        retro=row, steps=tuple(steps), participants=tuple(people), joined=True, drives=True, ideas=(an_idea,),
        ideas_hidden=2, topics=(topic,), votes_each=3,
    )  # fmt: skip


def test_an_idea_is_kept_in_one_line(api, run, an_idea):
    api.on("POST", IDEAS, an_idea)
    done = run("process", "idea", "it rings at dinner", "--about", "INC-3", "--anonymous")
    assert api.asked[0].body == {"text": "it rings at dinner", "about": "incident:3", "anonymous": True}
    assert done.out == "PI-4 is kept: rings ␛[31m at dinner\n"
    run("process", "idea", "add", "noise", "--about", "page:7")
    assert api.asked[1].body == {"text": "noise", "about": "page:7", "anonymous": False}
    assert run("process", "idea", "lsit").code == 2, "one word is no idea: it may be a command that was mistyped"
    assert "not like INC-3 or page:7" in run("process", "idea", "add", "x", "--about", "dinner").err


def test_ideas_are_listed_and_dropped(api, run, canned, an_idea):
    dropped = msgspec.structs.replace(an_idea, id=3, state="dropped", why="fewer", by="", about="")
    taken = msgspec.structs.replace(an_idea, id=2, state="taken", retro_id=3)
    page = wire.ProcessIdeaPage(ideas=(an_idea, dropped, taken), next_cursor="", total=3)
    api.on("GET", IDEAS, page)
    done = run("process", "idea", "list", "--state", "all", "--mine")
    assert api.asked[0].target == f"{IDEAS}?state=all&limit=100&mine=1"
    assert [line.split()[:2] for line in done.out.splitlines()[1:]] == [
        ["PI-4", "open"], ["PI-3", "dropped:"], ["PI-2", "PR-3"],
    ]  # fmt: skip
    assert "\x1b" not in done.out
    api.on("POST", f"{IDEAS}/4/drop", dropped)
    assert (
        run("process", "idea", "drop", "PI-4", "--why", "fewer", "--if-version", "2").out == "PI-4 is dropped: fewer\n"
    )
    assert (api.asked[-1].body, api.asked[-1].headers["if-match"]) == ({"why": "fewer"}, '"2"')


def test_a_retro_is_shown_with_what_is_hidden(api, run, view):
    api.on("GET", f"{RETROS}/3", view)
    out = run("process", "retro", "show", "PR-3", "--utc").out
    assert out.startswith("PR-3: process retro (running), 20 incidents since PR-2\n")
    assert "hidden     2 ideas of others, the votes of others" in out
    assert "figures    2024-03-14 to 2024-03-14" in out
    assert "At vote." in out
    assert "\x1b" not in out
    assert run("process", "retro", "show", "3", "--json").json["ideas_hidden"] == 2
    api.on("GET", RETROS, wire.RetroPage(retros=(view.retro,), next_cursor="", total=1))
    assert "PR-3  running  all" in run("process", "retro", "list", "--state", "open").out


@pytest.mark.parametrize(
    ("line", "path", "sent"),
    [
        ("start --team web", "", {"team": "web", "since": None, "facilitator": None}),
        ("next 3", "/3/drive", {"act": "next"}),
        ("back 3", "/3/drive", {"act": "back"}),
        ("pause 3", "/3/drive", {"act": "pause"}),
        ("resume 3", "/3/drive", {"act": "resume"}),
        ("reveal 3", "/3/drive", {"act": "show"}),
        ("extend 3 7.5", "/3/drive", {"act": "extend", "minutes": 7.5}),
        ("hand 3 me", "/3/drive", {"act": "hand", "to": "me"}),
        ("finish 3 --outcome card", "/3/drive", {"act": "finish", "outcome": "card"}),
        ("join 3", "/3/part", {"act": "join"}),
        ("leave 3", "/3/part", {"act": "leave"}),
        ("done 3", "/3/part", {"act": "done"}),
        ("done 3 --not-yet", "/3/part", {"act": "not_done"}),
        ("topic write 3 PI-1 2 --text pager", "/3/topics", {"ideas": [1, 2], "text": "pager"}),
        ("topic edit 3 9 --choose --notes said", "/3/topics/9", {"chosen": True, "notes": "said"}),
        ("vote 3 9 2", "/3/topics/9/votes", {"votes": 2}),
    ],
)
def test_what_people_do_is_sent_and_said(api, run, view, line, path, sent):
    api.on("PATCH" if "edit" in line else "POST", f"{RETROS}{path}", view)
    done = run("process", "retro", *line.split())
    assert (done.code, api.asked[0].body) == (0, sent)
    assert done.out.startswith(("PR-3 is at Vote (no timer runs)", "topic 9 of PR-3 is", "you gave 2 of your 3 votes"))
    if done.out.startswith("PR-3"):
        assert "not done yet: lin\n  hidden still: 2 ideas of others" in done.out


def test_an_idea_is_written_in_a_retro_and_its_end_is_said(api, run, view, an_idea):
    api.on("POST", f"{RETROS}/3/ideas", an_idea)
    run("process", "retro", "idea", "3", "who hands over?", "--anonymous")
    assert api.asked[0].body == {"text": "who hands over?", "about": "", "anonymous": True}
    over = msgspec.structs.replace(view.retro, state="finished", outcome="a card")
    api.on("POST", f"{RETROS}/3/drive", msgspec.structs.replace(view, retro=over))
    assert run("process", "retro", "finish", "3").out == "PR-3 was held; what was agreed: a card\n"
    assert "say what to change" in run("process", "retro", "topic", "edit", "3", "9").err
