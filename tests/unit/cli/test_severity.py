"""`incidentctl severity`: the questions on a terminal, answers as options, and the diff of an edited matrix."""

import json

import msgspec
import pytest

from incidentd.cli import severity
from incidentd.domain.default_matrix import DEFAULT_MATRIX
from incidentd.domain.matrix_text import as_toml
from incidentd.domain.severity import Severity
from incidentd.wire import replay as wire_replay
from incidentd.wire import severity as wire_severity


def test_show_as_toml_is_what_a_person_edits(api, run):
    facts = {**msgspec.structs.asdict(DEFAULT_MATRIX), "process_version": "v", "warnings": ()}
    api.on("GET", "/v1/severity", msgspec.convert(facts, wire_severity.SeverityMatrix, from_attributes=True))
    assert run("severity", "show", "--toml").out == as_toml(DEFAULT_MATRIX)


def test_without_an_incident_nothing_is_recorded(api, run, canned):
    api.on("POST", "/v1/severity/classify", canned.classified())
    done = run("severity", "classify", "--answer", "users=most")
    assert done.out.startswith("SEV2  plain (plain); anything from SEV1 to SEV4 is possible\n")
    assert [one.body for one in api.asked] == [{"answers": {"users": "most"}}]
    wrong = run("severity", "classify", "--answer", "users=most", "--severity", "SEV1")
    assert (wrong.code, len(api.asked)) == (2, 1)


@pytest.mark.parametrize(
    "line", ["severity classify", "severity classify 4 --json", "severity classify --answer users"]
)
def test_nothing_is_asked_where_nobody_could_answer(line, api, run):
    done = run(*line.split())
    assert (done.code, api.asked) == (2, [])
    assert "QUESTION=ANSWER" in done.err


def asks(monkeypatch, *keys):
    """A terminal on which somebody types."""
    left = list(keys)
    monkeypatch.setattr(severity, "on_terminal", lambda: True)
    monkeypatch.setattr("builtins.input", lambda _prompt: left.pop(0))
    return left


def test_on_a_terminal_it_asks_what_can_still_change_the_level_and_starts_from_what_is_on_record(
    api, run, canned, monkeypatch
):
    left = asks(monkeypatch, "9", "2", "?")
    known = canned.classified(answers={"done": "yes", "plain": "unknown"})
    recorded = canned.incident_detail()
    api.on("GET", "/v1/incidents/4", _with(recorded, known))
    api.on("GET", "/v1/severity", canned.matrix())
    more = canned.classified(next="plain")
    api.on("POST", "/v1/severity/classify", more, more, canned.classified(next=""))
    api.on("POST", "/v1/incidents/4/classification", canned.classified_incident())
    done = run("severity", "classify", "INC-4")
    assert (done.code, left) == (0, [])
    assert "  2  plain\n" in done.out
    assert "that is no answer" in done.out
    assert api.asked[-1].body == {"answers": {"done": "yes", "plain": "unknown"}, "severity": None, "reason": ""}
    asks(monkeypatch, "")
    api.on("POST", "/v1/severity/classify", more)
    assert run("severity", "classify").code == 0
    assert api.asked[-1].target == "/v1/severity/classify"  # nothing was recorded


def _with(detail, now):
    recorded = msgspec.structs.replace(detail.classification, now=now)
    return msgspec.structs.replace(detail, classification=recorded)


def a_replay(text):
    changed = wire_severity.ReclassifiedIncident(
        incident_id=7, title=text, before=Severity.SEV3, after=Severity.SEV1, rule_before=text, rule_after=text,
        recorded=Severity.SEV2, severity=Severity.SEV4, lost=(text,),
    )  # fmt: skip
    difference = wire_severity.MatrixDifference(part="rule", id=text, edit="changed", details=(text,))
    return wire_severity.MatrixReplay(
        faults=(), warnings=(text,), differences=(difference,), changed=(changed,), changed_total=3, same_level=5,
        other_rule=2, unanswered=4,
    )  # fmt: skip


def test_a_diff_shows_the_edit_and_which_past_incidents_would_change(api, run, tmp_path):
    new, old = tmp_path / "new.toml", tmp_path / "old.toml"
    new.write_text("[severity]\n")
    old.write_text("# old\n")
    api.on("POST", "/v1/severity/replay", a_replay("word"))
    done = run("severity", "diff", str(new), "--against", str(old))
    assert done.code == 0
    assert api.asked[0].body == {
        "edited": {"name": str(new)[-250:], "text": "[severity]\n"},
        "against": {"name": str(old)[-250:], "text": "# old\n"},
    }
    assert "changed   rule word\n            word\n" in done.out
    row = next(line for line in done.out.splitlines() if line.startswith("INC-7"))
    assert " ".join(row.split()) == (
        "INC-7 SEV3 SEV1 word word set to SEV4 by hand; recorded as SEV2; answer to word is gone word"
    )
    assert done.out.endswith(
        "1 shown of 3\n3 would have another level, 5 the same, 2 of them by another rule.\n"
        "4 × nobody can say: no answers are on record.\n"
    )
    assert json.loads(run("severity", "diff", str(new), "--json").out)["changed_total"] == 3


def test_faults_of_an_edited_file_are_told_and_fail(api, run, tmp_path):
    new = tmp_path / "new.toml"
    new.write_text("[severity]\n")
    fault = wire_replay.Fault(file="new.toml", line=7, key="severity.rules[0].when", what="is wrong", remedy="do this")
    api.on("POST", "/v1/severity/replay", wire_severity.MatrixReplay(faults=(fault,)))
    done = run("severity", "diff", str(new))
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("new.toml:7: severity.rules[0].when: is wrong — do this\n")


def test_hostile_text_of_a_diff_stays_inert(api, run, tmp_path):
    new = tmp_path / "new.toml"
    new.write_text("[severity]\n")
    api.on("POST", "/v1/severity/replay", a_replay("a\x1b]0;x\x07\u202e\nb"))
    done = run("severity", "diff", str(new))
    assert not any(raw in done.out for raw in ("\x1b", "\x07", "\u202e"))
