"""`incidentctl process`: what each command asks for, what a person reads, and what is refused before it is sent."""

import json
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from incidentd.wire import process_comparison as wire_comparison
from incidentd.wire import process_versions as wire_process
from incidentd.wire import replay as wire_replay

AT = datetime(2024, 3, 14, 9, 26, tzinfo=UTC)
TEXT = "[updates.SEV2]\nidentified = '20m'\n[review]\nlexicon = 'own.toml'\ntemplates = 'papers'\n"


def version(text="quiet", **changes):
    spans = (
        wire_process.InForceSpan(since=AT, until=AT, how="file", by="system"),
        wire_process.InForceSpan(since=AT, until=None, how="adopted", by="ada"),
    )
    made = wire_process.WholeProcessVersion(
        id=3, name="V-3", process_version="0123456789ab", state="adopted", how="adopted", proposed_by="lin",
        proposed_at=AT, reason=text, explanations={"updates.SEV2": text}, decided_by="ada", decided_at=AT,
        note="agreed",
        in_force=spans, incidents=12, version=2, document="[route]\n", files={"own.toml": "x = 1\n"},
    )  # fmt: skip
    return msgspec.structs.replace(made, **changes)


def short(**changes):
    made = version(**changes)
    return wire_process.ProcessVersion(
        **{name: getattr(made, name) for name in wire_process.ProcessVersion.__struct_fields__}
    )


def now(**changes):
    values: dict[str, Any] = {
        "current": short(), "follows_file": False, "needs_second_person": True, "needs_role": "admin",
        "proposed": (short(name="V-4", state="proposed", in_force=()),), "problems": ("process.toml says otherwise",),
        "file": wire_process.ProcessFile(exists=True, process_version="b", name="V-1", same=False, document="[chat]\n"),
    }  # fmt: skip
    return wire_process.ProcessNow(**values | changes)


def comparison(**changes):
    key: dict[str, Any] = {
        "label": "cadence SEV2 identified",
        "before": "30m",
        "after": "20m",
        "line_before": 0,
        "line_after": 2,
    }
    promise = wire_comparison.MovedPromise(
        incident_id=7, made_at=AT, promised_before=AT, promised_after=AT, told_at=None, missed=True
    )
    values: dict[str, Any] = {
        "faults": (), "before": "V-3", "after": "mine.toml",
        "differences": (
            wire_comparison.KeyDifference(key="updates.SEV2.identified", kind="changed", **key),
            wire_comparison.KeyDifference(key="route.routes.x", kind="added", **key | {"label": "route x"}),
        ),
        "updates": wire_comparison.ReplayedPromises(
            n=12, by_hand=3, kept_before=11, kept_after=8, moved=(promise,), incidents=40, limit="they wrote when"
        ),
        "reviews": wire_comparison.ReplayedWindows(
            n=9, needed_before=9, needed_after=8, closes_earlier=4, closes_later=0, late_before=1, late_after=2,
            turned=(7,), limit="they held it when",
        ),
    }  # fmt: skip
    return wire_comparison.ProcessComparison(**values | changes)


@pytest.fixture
def mine(tmp_path):
    (tmp_path / "mine.toml").write_text(TEXT)
    (tmp_path / "own.toml").write_text("[rules]\n")
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "internal.md").write_text("# it")
    (tmp_path / "papers" / "notes.txt").write_text("no template")
    return str(tmp_path / "mine.toml")


def test_show_says_what_is_in_force_and_what_waits(api, run):
    api.on("GET", "/v1/process", now())
    done = run("process", "show")
    assert done.code == 0
    for said in ("V-3  0123456789ab  in force\n", "lin, 2024-03-14", "agreed", "12", "says something else: V-1",
                 "second person", "role admin", "! process.toml says otherwise", "V-4"):  # fmt: skip
        assert said in done.out
    api.on("GET", "/v1/process", now(current=None, follows_file=True, proposed=()))
    assert "Nothing is recorded yet.\nprocess.toml rules" in run("process", "show").out
    api.on("GET", "/v1/process/versions/3", version())
    assert "updates.SEV2  quiet" in run("process", "show", "v-3").out
    assert run("process", "show", "3", "--toml").out == "[route]\n"
    assert json.loads(run("process", "show", "3", "--json").out)["files"] == {"own.toml": "x = 1\n"}


def test_history_has_a_line_a_version(api, run):
    api.on("GET", "/v1/process/versions", wire_process.ProcessVersions(versions=(short(),)))
    done = run("process", "history", "--state", "superseded", "--limit", "5")
    assert done.out.splitlines()[1].split()[:2] == ["V-3", "0123456789ab"]
    assert done.out.rstrip().endswith("quiet")


def test_diff_sends_what_the_file_names_and_tells_each_part_with_its_limit(api, run, mine):
    api.on("POST", "/v1/process/diff", comparison())
    done = run("process", "diff", mine)
    assert done.code == 0
    sent = api.asked[-1].body["after"]
    assert sent["files"] == {"own.toml": "[rules]\n", "papers/internal.md": "# it"}
    assert (sent["file"]["text"], api.asked[-1].body["before"]["number"]) == (TEXT, None)
    for said in ("mine.toml:2  cadence SEV2 identified: 30m → 20m", "added   mine.toml:2  route x: 20m",
                 "12 promises of 40 incidents", "11 kept and 1 missed as it was, 8 and 4 as it would be", "INC-7",
                 "Limit: they wrote when. 3 had a time set by hand.", "Of 9 resolved incidents 4 would close earlier",
                 "9 needed a review, 8 would", "Limit: they held it when."):  # fmt: skip
        assert said in done.out
    run("process", "diff", "V-1", mine, "--json")
    assert api.asked[-1].body["before"]["number"] == 1
    run("process", "diff", "--no-pages")
    assert api.asked[-1].body["after"]["from_file"] is True
    assert run("process", "diff", "V-1", "V-2", "V-3").code == 2
    assert "does not exist" in run("process", "diff", "nowhere.toml").err


def test_pages_are_lived_through_where_something_that_decides_about_them_differs(api, run, mine):
    refused = wire_replay.Replay(id=1, state="failed", progress=0.0, detail="too long", faults=(), report=None)
    api.on("POST", "/v1/process/diff", comparison(pages=True))
    api.on("POST", "/v1/replays", refused)
    api.on("GET", "/v1/process/versions/3", version())
    api.on("GET", "/v1/process", now())
    done = run("process", "diff", "V-3", mine)
    assert "the replay failed: too long" in done.err
    assert api.asked[-1].body["against"] == {"name": "V-3", "text": "[route]\n"}
    assert api.asked[-1].body["process"]["text"] == TEXT
    run("process", "diff")
    assert (api.asked[-1].body["process"]["text"], api.asked[-1].body["against"]) == ("[chat]\n", None)
    api.on("POST", "/v1/process/versions", short(name="V-4", state="proposed"))
    done = run("process", "propose", mine, "--reason", "quiet")  # what keeps pages from being known keeps nothing else
    assert (done.code, "not lived through: the replay failed: too long" in done.out) == (0, True)
    before = len(api.asked)
    assert run("process", "diff", mine, "--no-pages").code == 0
    assert len(api.asked) == before + 1


def test_faults_are_told_as_a_check_tells_them(api, run, mine):
    fault = wire_replay.Fault(file="mine.toml", line=3, key="route.policy", what="is no policy", remedy="add it")
    api.on("POST", "/v1/process/diff", wire_comparison.ProcessComparison(faults=(fault,)))
    done = run("process", "propose", mine, "--reason", "quiet")
    assert (done.code, done.err.splitlines()[0]) == (2, "mine.toml:3: route.policy: is no policy — add it")
    assert [one.target for one in api.asked] == ["/v1/process/diff"]


def test_propose_shows_what_would_have_changed_and_sends_the_reasons(api, run, mine):
    api.on("POST", "/v1/process/diff", comparison())
    api.on("POST", "/v1/process/versions", short(name="V-4"))
    done = run("process", "propose", mine, "--reason", "quiet", "--because", "updates.SEV2=they asked=twice")
    assert "Promised updates" in done.out
    assert done.out.endswith("V-4 is proposed: incidentctl process adopt V-4\n")
    sent = api.asked[-1].body
    assert (sent["reason"], sent["because"], sent["adopt"]) == ("quiet", {"updates.SEV2": "they asked=twice"}, False)
    run("process", "propose", "V-2", "--reason", "again", "-q")
    assert (api.asked[-1].body["number"], api.asked[-1].body["file"]) == (2, None)
    for wrong in (["--reason", "x"], ["V-2", "--from-file", "--reason", "x"], ["V-2"],
                  ["V-2", "--reason", "x", "--because", "no"]):  # fmt: skip
        assert run("process", "propose", *wrong).code == 2


def test_adopt_takes_a_version_or_a_file(api, run, mine):
    api.on("POST", "/v1/process/versions/3/adopt", short(how="file"))
    done = run("process", "adopt", "V-3", "--follow-file", "--if-version", "2")
    assert done.out == "V-3 is in force; process.toml rules again\n"
    assert api.asked[-1].headers["if-match"] == '"2"'
    assert api.asked[-1].body == {"reason": "", "because": {}, "follow_file": True}
    api.on("POST", "/v1/process/versions", short())
    assert run("process", "adopt", mine, "--reason", "quiet").out == "V-3 is in force\n"
    assert api.asked[-1].body["adopt"] is True
    run("process", "adopt", "--from-file", "--reason", "as in git")
    assert api.asked[-1].body["from_file"] is True
    asked = len(api.asked)
    assert "nobody has said why" in run("process", "adopt", mine).err
    assert run("process", "adopt", mine, "--reason", "x", "--if-version", "2").code == 2
    assert run("process", "adopt").code == 2
    assert len(api.asked) == asked


@pytest.mark.parametrize(("verb", "said"), [("decline", "declined"), ("withdraw", "withdrawn")])
def test_a_proposal_is_ended_with_a_reason(verb, said, api, run):
    api.on("POST", f"/v1/process/versions/3/{verb}", short())
    assert run("process", verb, "V-3", "--reason", "too early").out == f"V-3 is {said}\n"
    assert api.asked[-1].body == {"reason": "too early"}
    assert run("process", verb, "V-3").code == 2


def test_export_writes_all_of_a_version_and_replaces_nothing_unasked(api, run, tmp_path):
    api.on("GET", "/v1/process/versions/3", version())
    into = tmp_path / "new"
    assert run("process", "export", "V-3", "--into", str(into)).code == 0
    text = (into / "process.toml").read_text()
    assert 'reason = "agreed"' in text
    assert '"updates.SEV2" = "quiet"' in text
    assert (into / "own.toml").read_text() == "x = 1\n"
    (into / "process.toml").write_text("mine")
    refused = run("process", "export", "V-3", "--into", str(into))
    assert (refused.code, "--overwrite" in refused.err) == (2, True)
    assert (into / "process.toml").read_text() == "mine"
    assert run("process", "export", "V-3", "--into", str(into), "--overwrite").code == 0
    assert (into / "process.toml").read_text() == text
