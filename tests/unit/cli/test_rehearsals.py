"""`incidentctl rehearsal take`: card by card on a terminal, without what others said or where the card is from."""

import msgspec

from incidentd.cli import rehearsals


def test_cards_that_are_not_answered_yet_are_gone_through(api, run, canned, monkeypatch):
    keys = ["1", ""]  # an answer, then the end
    monkeypatch.setattr(rehearsals, "on_terminal", lambda: True)
    monkeypatch.setattr("builtins.input", lambda _prompt: keys.pop(0))
    cards = tuple(
        msgspec.structs.replace(canned.card(), id=name, title=f"Title {name}", source="SECRET") for name in "abc"
    )
    mine = canned.rehearsal().mine[0]
    api.on("GET", "/v1/rehearsals/3", canned.rehearsal(cards=cards, mine=(msgspec.structs.replace(mine, card="a"),)))
    api.on("GET", "/v1/severity", canned.matrix(), canned.matrix())
    answers = [canned.classified(next=name) for name in ("plain", "", "plain")]
    api.on("POST", "/v1/severity/classify", *answers)
    api.on("POST", "/v1/rehearsals/3/answers", canned.rehearsal())
    done = run("rehearsal", "take", "RH-3")
    assert (done.code, keys) == (0, [])
    assert [one.body["card"] for one in api.asked if one.target.endswith("/answers")] == ["b"]
    assert "Title a" not in done.out
    assert done.out.index("2/3  Title b") < done.out.index("3/3  Title c")
    assert done.out.endswith("RH-3: 2 of 3 cards answered\n")
    assert "SECRET" not in done.out


def test_without_a_terminal_or_after_the_end_nothing_is_asked(api, run, canned, monkeypatch):
    done = run("rehearsal", "take", "RH-3")
    assert (done.code, api.asked) == (2, [])
    assert "incidentctl rehearsal answer" in done.err
    monkeypatch.setattr(rehearsals, "on_terminal", lambda: True)
    closed = canned.rehearsal_outcome().rehearsal
    api.on("GET", "/v1/rehearsals/3", closed)
    assert run("rehearsal", "take", "3").out == "RH-3 is closed: incidentctl rehearsal show RH-3\n"


def test_few_people_get_no_figure(api, run, canned):
    outcome = canned.rehearsal_outcome()
    few = msgspec.structs.replace(outcome, agreement=None)
    api.on("GET", "/v1/rehearsals/3/outcome", few)
    assert "Fewer than three people answered" in run("rehearsal", "show", "3").out
