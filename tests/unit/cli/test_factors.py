"""Commands about a factor that ask for more than one document."""

import json

import msgspec
import pytest

from incidentd.wire import review_records as records


@pytest.fixture
def known(api, canned):
    api.on("GET", "/v1/factors/12", canned.factor())
    api.on("GET", "/v1/themes", records.ThemeList(themes=(canned.theme(),)))


def test_a_factor_is_shown_with_its_theme_and_what_shows_it(known, run, canned):
    done = run("factor", "show", "f-12")
    assert done.code == 0
    for line in ("INC-4, technical", "F-12    enabler", "the same as F-3", "theme: plain  #plain",
                 "shown by entry 7: plain", "again as F-2 of INC-1, plain: plain", "! plain"):  # fmt: skip
        assert line in done.out, done.out
    assert run("factor", "show", "12", "--json").json == json.loads(msgspec.json.encode(canned.factor()))


def test_a_list_names_themes(known, api, run, canned):
    page = records.FactorPage(factors=(canned.factor(),), next_cursor="i12", total=2)
    api.on("GET", "/v1/factors", page)
    done = run("factor", "list")
    assert "F-12  INC-4     technical  enabler  plain  plain" in done.out
    assert "--cursor i12" in done.err


def test_a_factor_is_linked_in_the_review_that_it_is_of(known, api, run, canned):
    path = "/v1/incidents/4/review/factors/12/earlier"
    api.on("POST", path, canned.factor())
    api.on("DELETE", f"{path}/2", canned.factor())
    assert run("factor", "link", "12", "F-2", "10 of 10 in use").out.startswith("F-12 is F-2 again: plain")
    assert api.asked[-1].body == {"earlier_id": 2, "evidence": "10 of 10 in use"}
    assert run("factor", "unlink", "F-12", "F-2").out.startswith("F-12 is not F-2")


def test_what_excludes_each_other_is_a_usage_error(run):
    assert run("review", "factor", "edit", "4", "12", "--same-as", "3", "--apart").code == 2
    assert run("review", "account", "add", "4", "text", "--from-notes").code == 2
    assert run("review", "factor", "add", "4", "x", "--category", "blame", "--role", "risk").code == 2
