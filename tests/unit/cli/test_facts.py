"""`incident claim`, `theory`, `try` and what is said of them later, as a person types and reads them."""

from datetime import timedelta

import msgspec
import pytest

from incidentd.wire import facts
from incidentd.wire import incidents as wire_incidents

CLAIM = "/v1/incidents/4/impact"


def test_a_claim_needs_only_what_is_affected(api, run, canned):
    api.on("POST", CLAIM, canned.claim(state="stands"))
    assert run("incident", "claim", "INC-4", "cards").out == "INC-4 claim 2 stands: plain, at least 20 plain\n"
    given = {name: value for name, value in api.asked[-1].body.items() if value not in (None, False)}
    assert given == {"affected": "cards"}
    run("incident", "claim", "4", "--replaces", "2", "-n", "1-2k users", "--suspected")
    given = {name: value for name, value in api.asked[-1].body.items() if value not in (None, False)}
    assert given == {"replaces": 2, "figure": {"low": 1000, "high": 2000, "unit": "users"}, "suspected": True}


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["claim", "4"], "say what is affected"),
        (["claim", "4", "cards", "-n", "lots"], "write for example 20-30%"),
        (["dispute", "4", "2"], "--why"),
        (["outcome", "4", "2", "fixed"], "worked"),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_sent(api, run, words, why):
    done = run("incident", *words)
    assert done.code == 2
    assert why in done.err
    assert api.asked == []


def test_show_tells_what_is_known(api, run, canned):
    at = canned.at
    later = at + timedelta(minutes=7)
    doubt = facts.Verdict(at=later, recorded_at=later, by="lin", word="disputed", why="US too", evidence="http://g/1")
    worked = facts.Verdict(at=later, recorded_at=later, by="lin", word="worked", why="", evidence="")
    theory = canned.theory(text="the release", state="ruled_out", verdicts=())
    tried = canned.tried(text="rollback", person="ada", outcome="worked", verdicts=(worked,))
    figure = {"figure": facts.ImpactFigure(low=20, high=30, unit="%"), "source": "ada", "evidence": ""}
    claims = (
        canned.claim(affected="cards", state="replaced", replaced_by=5, verdicts=(), **figure),
        canned.claim(id=5, affected="checkout", state="disputed", verdicts=(doubt,), ends_at=later, suspected=False,
                     **figure),
    )  # fmt: skip
    detail = wire_incidents.IncidentDetail(
        incident=canned.incident(), roles=(), updates=(), role_gap_minutes={}, claims=claims, claimed_start=later,
        theories=(theory,), attempts=(tried,),
    )  # fmt: skip
    api.on("GET", "/v1/incidents/4", detail)
    shown = run("incident", "show", "4").out
    assert "2024-03-14 09:26:53 UTC (impact claimed since 2024-03-14 09:33:53 UTC)" in shown
    known = shown[shown.index("\nImpact") : shown.index("\nRoles")]
    day = "2024-03-14"
    assert known.splitlines()[1:] == [
        "Impact",
        f"  2  replaced by 5: suspected: cards, 20 to 30 %, from {day} 09:26, ongoing",
        "     source: ada",
        f"  5  disputed: checkout, 20 to 30 %, from {day} 09:26, to {day} 09:33",
        "     source: ada",
        "     disputed: US too (lin) http://g/1",
        "",
        "Theories",
        "  1  ruled out: the release",
        "",
        "Tried",
        "  3  rollback, worked after 7 min (by ada at 09:26:53)",
        "     worked (lin)",
    ]


def test_a_file_is_attached_and_saved_under_a_safe_name_and_never_over_another(api, run, canned, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "graph.png").write_bytes(b"png")
    api.on("POST", "/v1/incidents/4/attachments", canned.attached())
    assert run("incident", "attach", "4", "graph.png").code == 0
    assert (api.asked[-1].body["name"], api.asked[-1].body["data"]) == ("graph.png", "cG5n")
    assert "No such file" in run("incident", "attach", "4", "none.png").err
    assert run("incident", "attach", "4").code == 2
    content = canned.attached_content()
    content = msgspec.structs.replace(content, attachment=msgspec.structs.replace(content.attachment, name="../.rc"))
    api.on("GET", "/v1/incidents/4/attachments/1", content)
    assert run("incident", "attachment", "get", "4", "1").out == "5 bytes written to rc\n"
    assert (tmp_path / "rc").read_bytes() == b"plain"
    again = run("incident", "attachment", "get", "4", "1")
    assert (again.code, "exists already" in again.err) == (2, True)
    assert run("incident", "attachment", "get", "4", "1", "-o", "other").code == 0
