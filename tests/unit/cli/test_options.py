"""Identifiers, times and durations on the command line; zones on the screen; the body of `api`."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from incidentd import wire
from incidentd.cli import parts


@pytest.mark.parametrize("written", ["12", "A-12", "a-12", "012"])
def test_an_id_with_or_without_its_prefix(written, api, run, canned):
    api.on("GET", "/v1/alerts/12", canned.alert())
    assert run("alert", "show", written).code == 0


@pytest.fixture
def zone(monkeypatch):
    def live_in(name):
        monkeypatch.setenv("TZ", name)
        time.tzset()

    return live_in


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (["page", "show", "3"], "started       2024-03-14 18:26:53 JST"),
        (["page", "show", "3", "--utc"], "started       2024-03-14 09:26:53 UTC"),
        (["--utc", "page", "show", "3"], "started       2024-03-14 09:26:53 UTC"),
    ],
)
def test_times_are_in_the_viewers_zone_or_utc(words, shown, zone, api, run, canned):
    zone("Asia/Tokyo")
    api.on("GET", "/v1/pages/3", canned.page_detail())
    assert shown in run(*words).out


def test_a_list_names_its_zone_once(zone, api, run, canned):
    zone("Asia/Tokyo")
    api.on("GET", "/v1/pages", wire.PagePage(pages=(canned.page(),), next_cursor="", total=1))
    head, row = run("page", "list").out.splitlines()
    assert "STARTED (JST)" in head
    assert "18:26" in row


def test_an_old_time_in_a_list_has_its_year(api, run, canned):
    pages = (canned.page(started_at=datetime(2019, 1, 2, 3, 4, tzinfo=UTC)),)
    api.on("GET", "/v1/pages", wire.PagePage(pages=pages, next_cursor="", total=1))
    assert "2019-01-02 03:04" in run("page", "list").out


NOW = datetime(2024, 3, 14, 9, 26, 53, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("-10m", NOW - timedelta(minutes=10)), ("-90s", NOW - timedelta(seconds=90)), ("-2h", NOW - timedelta(hours=2)),
        ("-1d", NOW - timedelta(days=1)), ("09:20", datetime(2024, 3, 14, 9, 20, tzinfo=UTC)),
        ("9:20:05", datetime(2024, 3, 14, 9, 20, 5, tzinfo=UTC)), ("09:30", datetime(2024, 3, 14, 9, 30, tzinfo=UTC)),
        ("23:50", datetime(2024, 3, 13, 23, 50, tzinfo=UTC)),
        ("2024-03-01T14:05", datetime(2024, 3, 1, 14, 5, tzinfo=UTC)),
        ("2024-03-01T14:05+09:00", datetime(2024, 3, 1, 5, 5, tzinfo=UTC)),
        ("2024-03-01T14:05:06.5Z", datetime(2024, 3, 1, 14, 5, 6, 500000, tzinfo=UTC)),
    ],
)  # fmt: skip
def test_when_something_was(text, at):
    assert parts._instant(text, NOW) == at


@pytest.mark.parametrize(
    "text", ["", "now", "10m", "-10", "25:00", "9:5", "2024-13-01", "-999999d", "-0x1m", "１４:０５"]
)
def test_what_is_no_time(text, api, run):
    done = run("incident", "note", "4", "x", "--at", text)
    assert (done.code, api.asked) == (2, [])


@pytest.mark.parametrize(("options", "sent"), [([], "2024-03-01T05:05:00Z"), (["--utc"], "2024-03-01T14:05:00Z")])
def test_a_time_without_an_offset_is_in_the_zone_that_is_shown(options, sent, zone, api, run, canned):
    zone("Asia/Tokyo")
    api.on("POST", "/v1/incidents/4/notes", canned.entry())
    run("incident", "note", "4", "x", "--at", "2024-03-01T14:05", *options)
    assert api.asked[0].body["observed_at"] == sent


def test_a_wall_clock_time_is_taken_by_the_rules_of_its_day(zone):
    """In summer Berlin is two hours ahead of UTC, whatever it is now."""
    zone("Europe/Berlin")
    assert parts._instant("2024-07-01T14:05", NOW.astimezone()) == datetime(2024, 7, 1, 12, 5, tzinfo=UTC)


@pytest.mark.parametrize(("text", "seconds"), [("90s", 90), ("15m", 900), ("2h", 7200), ("1d", 86400)])
def test_a_duration(text, seconds, api, run, canned):
    api.on("POST", "/v1/incidents/4/updates", canned.update())
    run("incident", "update", "4", "x", "--phase", "identified", "--next-in", text)
    assert api.asked[0].body["next_in"] == seconds


def test_an_alert_from_standard_input(api, run, canned):
    api.on("POST", "/v1/alerts", wire.Raised(key="k"))
    assert run("alert", "send", "-", stdin=b'{"name": "Disk", "labels": {"a": "b"}}').out == "taken, key k\n"
    assert api.asked[0].body == {"name": "Disk", "labels": {"a": "b"}}


@pytest.mark.parametrize("place", ["file", "@file", "-", "@-"])
def test_the_body_of_an_api_call(place, api, run, canned, tmp_path):
    (tmp_path / "body.json").write_bytes(b'{"to": "active"}')
    api.on("PUT", "/v1/x", canned.info())
    done = run("api", "put", "/v1/x", "--data", place.replace("file", str(tmp_path / "body.json")), "--if-version", "3",
               stdin=b'{"to": "active"}')  # fmt: skip
    assert done.code == 0
    assert api.asked[0].body == {"to": "active"}
    assert api.asked[0].headers["content-type"] == "application/json"
    assert api.asked[0].headers["if-match"] == '"3"'


def test_an_api_call_without_an_answer_is_null(api, run, answer):
    api.on("DELETE", "/v1/drafts/x", answer(204, b""))
    assert run("api", "DELETE", "/v1/drafts/x").out == "null\n"
    assert run("api", "DELETE", "/v1/drafts/x", "-q").out == ""


def test_lone_surrogates_of_an_answer_stay_inert(api, run, answer):
    api.on("GET", "/v1/x", answer(200, b'{"a": "\\ud800\\u009b\\u007f"}'))
    assert run("api", "GET", "/v1/x").out == '{\n  "a": "\\ud800\\u009b\\u007f"\n}\n'


@pytest.mark.parametrize(("status", "code"), [("ok", 0), ("degraded", 1)])
@pytest.mark.parametrize("form", [[], ["--json"]])
def test_health_as_a_check(status, code, form, api, run, canned):
    api.on("GET", "/v1/health", canned.health(status=status))
    assert run("health", *form).code == 0
    assert run("health", "--check", *form).code == code
