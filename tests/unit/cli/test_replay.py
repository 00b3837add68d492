"""`incidentctl replay`: what is sent, how its answer reads, and that hostile text stays inert."""

import json
from datetime import timedelta

import msgspec
import pytest

from incidentd.wire import replay as wire_replay

NEW = "[route]\n"


@pytest.fixture
def edited(tmp_path):
    """A directory with an edited process.toml."""
    (tmp_path / "process.toml").write_text(NEW)
    return tmp_path


def a_page(canned, *people):
    return wire_replay.ReplayedPage(
        title=canned.text, started_at=canned.at, route=canned.text, service=canned.text, policy=canned.text,
        urgency="high", state="open", acknowledged_by="",
        people=tuple(wire_replay.Written(person=one, at=canned.at, notifiers=("log",), step=1) for one in people),
    )  # fmt: skip


def a_report(canned, **changes):
    moved = wire_replay.PageChange(
        id="P-12", kind="moved", alert_ids=(1,), before=a_page(canned, "ada"), after=a_page(canned, "lin"),
        differences=(wire_replay.Difference(what="time", before="2024-03-14T09:26:53Z", after="2024-03-14T09:28:53Z"),),
        reason="",
    )  # fmt: skip
    dropped = msgspec.structs.replace(moved, id="P-13", kind="dropped", after=None, differences=(), reason=canned.text)
    report = wire_replay.ReplayReport(
        since=canned.at - timedelta(hours=24), until=canned.at, episodes=7, pages_before=2, pages_after=1, sent=0,
        dropped=1, moved=1, same=0, changes=(moved, dropped),
        people=(wire_replay.PersonCount(person="ada", before=2, after=0),),
        fidelity=wire_replay.Fidelity(recorded=2, replayed=2, alike=1, differing=(canned.text,)),
        explained=(), notes=(canned.text,), exact_since=canned.at, seconds=0.2,
    )  # fmt: skip
    return msgspec.structs.replace(report, **changes)


def answers(api, report, *earlier):
    running = wire_replay.Replay(id=3, state="running", progress=0.1, detail="", faults=(), report=None)
    done = msgspec.structs.replace(running, state="done", progress=1.0, report=report)
    api.on("POST", "/v1/replays", running)
    api.on("GET", "/v1/replays/3", *earlier, running, done)


def test_both_files_of_a_directory_are_sent(api, run, canned, edited):
    (edited / "roster.toml").write_text("[people.ada]\n")
    answers(api, a_report(canned))
    assert run("replay", "--since", "2024-03-13T09:00Z", "--config", str(edited), "--explain", "12").code == 0
    sent = api.asked[0].body
    assert (sent["process"]["text"], sent["roster"]["text"]) == (NEW, "[people.ada]\n")
    assert sent["process"]["name"].endswith("/process.toml")
    assert (sent["explain"], sent["since"]) == ("P-12", "2024-03-13T09:00:00Z")


def test_the_answer(api, run, canned, edited):
    answers(api, a_report(canned))
    done = run("replay", "--utc", "--config", str(edited / "process.toml"))
    assert "2 before, 1 after" in done.out
    assert "0 sent, 1 dropped, 1 moved, 0 the same" in done.out
    lines = done.out.splitlines()
    (moved,) = [line.split() for line in lines if line.startswith("moved")]
    assert moved[1] == "P-12"
    assert moved[-3:] == ["ada", "lin", canned.text]
    assert any("09:26:53" in line and "09:28:53" in line and line.endswith("time") for line in lines)
    assert "2 pages were really sent, 1 of them are alike" in done.out


def test_json_is_the_report(api, run, canned, edited):
    answers(api, a_report(canned))
    shown = json.loads(run("replay", "--json", "--config", str(edited)).out)
    assert shown == json.loads(msgspec.json.encode(a_report(canned)))


def test_a_replay_that_failed(api, run, canned, edited):
    failed = wire_replay.Replay(id=3, state="failed", progress=0.4, detail="too long", faults=(), report=None)
    api.on("POST", "/v1/replays", failed)
    done = run("replay", "--config", str(edited))
    assert (done.code, "failed: too long" in done.err) == (6, True)


def test_hostile_text_is_inert(api, run, canned_with, edited):
    answers(api, a_report(canned_with("\x1b]0;x\x07\x9b\u202e\u200b\x7f\r")))
    done = run("replay", "--config", str(edited))
    assert done.code == 0
    assert not set(done.out) & set("\x1b\x07\x9b\u202e\u200b\x7f\r")
