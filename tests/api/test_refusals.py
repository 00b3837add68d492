"""Bad input: every refusal is a problem document that names the part that is wrong and what to do."""

from __future__ import annotations

import json

import pytest
from sqlalchemy.exc import DBAPIError

from incidentd.api.problems import fault_of, problem
from incidentd.services.errors import Invalid, ServiceError, Unknown
from incidentd.storage.reach import Unreachable

DEEP = b'{"title":"a","summary":' + b"[" * 200_000 + b"]" * 200_000 + b"}"


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/v1/incidents", {"title": "a", "severity": "SEV9"}, "severity"),
        ("/v1/incidents", {"title": "a", "titel": "b"}, "titel"),
        ("/v1/incidents", {"severity": "SEV1"}, "title"),
        ("/v1/incidents", {"title": "   "}, "title"),
        ("/v1/incidents", {"title": "a" * 251}, "title"),
        ("/v1/incidents", {"title": "a", "alert_ids": [1, 0]}, "alert_ids[1]"),
        ("/v1/incidents", {"title": "a", "alert_ids": [1.5]}, "alert_ids[0]"),
        ("/v1/incidents", {"title": "a", "alert_ids": [2**60]}, "alert_ids[0]"),
        ("/v1/incidents", {"title": "a", "started_at": "yesterday"}, "started_at"),
        ("/v1/incidents", {"title": "a", "started_at": "2026-01-01T00:00:00"}, "started_at"),
        ("/v1/incidents", {"title": "a", "started_at": "0001-01-01T00:00:00Z"}, "started_at"),
        ("/v1/incidents", {"title": "a", "started_at": "9999-12-31T23:59:59Z"}, "started_at"),
        ("/v1/incidents", {"title": "a", "suspected": "no"}, "suspected"),
        ("/v1/incidents", {"title": "nul \0"}, "title"),
        ("/v1/alerts", {"name": "a", "labels": {"a": 1}}, "labels[...]"),
        ("/v1/alerts", {"name": "a", "labels": {"a": "nul \0"}}, "labels.a"),
        ("/v1/alerts", {"name": "a", "labels": {"nul \0": "b"}}, "labels"),
        ("/v1/alerts", {"name": "a", "labels": []}, "labels"),
        ("/v1/incidents/1/alerts", {"alert_ids": []}, "alert_ids"),
        ("/v1/incidents/1/updates", {"text": "a", "phase": "resolved", "next_in": -1}, "next_in"),
        ("/v1/alerts/1/resolve", {"force": True}, "force"),
        ("/v1/pages", {"title": "a"}, "service"),
        ("/v1/incidents", [], ""),
        ("/v1/incidents", None, "title"),
    ],
)
async def test_a_bad_body_names_its_field(api, path, body, field):
    answer = await api("POST", path, body)
    assert answer.status == 400, answer.body
    assert answer.problem.field == field
    assert answer.problem.type == "urn:incidentd:invalid"
    assert answer.problem.detail


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"nonsense",
        b'{"title": NaN}',
        b'{"title": Infinity}',
        b'{"title": "a\xff"}',
        b'{"title": "\xed\xa0\x80"}',
        b'{"title": "\\ud800"}',
        b'{"title": "\\udc00\\ud800"}',
        b'{"title": "a\x00b"}',
        b'{"title": "a"} trailing',
        b"\xef\xbb\xbf{}",
        b"[" * 500_000,
        b'{"a":' * 100_000,
        DEEP,
        b"null",
        b'"title"',
        b"1" * 100_000,
        b'{"title":"a","alert_ids":[1e999]}',
        b'{"title":"a","alert_ids":[' + b"9" * 10_000 + b"]}",
    ],
    ids=lambda body: repr(body[:24]),
)
async def test_hostile_json_is_refused_and_the_daemon_lives(api, body):
    answer = await api("POST", "/v1/incidents", body)
    assert answer.status == 400
    assert answer.problem.detail
    assert answer.problem.remedy or answer.problem.field
    assert (await api("GET", "/v1/info")).status == 200


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/v1/alerts?limit=0", "limit"),
        ("/v1/alerts?limit=1001", "limit"),
        ("/v1/alerts?limit=many", "limit"),
        ("/v1/alerts?limit=", "limit"),
        ("/v1/alerts?limit=1&limit=2", "limit"),
        ("/v1/alerts?limit=" + "9" * 4000, "limit"),
        ("/v1/alerts?status=burning", "status"),
        ("/v1/alerts?order=", "order"),
        ("/v1/alerts?colour=red", "colour"),
        ("/v1/alerts?match=nonsense", "match"),
        ("/v1/alerts?match=a%3D~(", "match"),
        ("/v1/alerts?q=%00", "q"),
        ("/v1/alerts?q=" + "a" * 501, "q"),
        ("/v1/alerts?q=%ff", ""),
        ("/v1/alerts?" + "&".join(["match=a%3Db"] * 101), ""),
        ("/v1/alerts?" + "&".join(["match=a%3Db"] * 51), "match"),
        ("/v1/alerts?cursor=forged", "cursor"),
        ("/v1/pages?mine=perhaps", "mine"),
        ("/v1/events?after=-1", "after"),
        ("/v1/events?after=x", "after"),
        ("/v1/info?x=1", "x"),
        ("/v1/drafts/%ff", "key"),
        ("/v1/drafts/%00", "key"),
        ("/v1/drafts/" + "k" * 201, "key"),
    ],
)
async def test_a_bad_query_or_path_names_its_part(api, path, field):
    answer = await api("GET", path)
    assert answer.status == 400
    assert answer.problem.field == field


async def test_a_word_outside_a_set_is_answered_with_the_set(api):
    answer = await api("GET", "/v1/alerts?status=burning")
    assert answer.problem.remedy == "one of all, firing, resolved"
    answer = await api("POST", "/v1/incidents", {"title": "a", "severity": "bad"})
    assert answer.problem.remedy == "one of SEV1, SEV2, SEV3, SEV4, SEV5"


@pytest.mark.parametrize(
    "path", ["/", "/v2/info", "/v1/info/", "/v1/nothing", "/v1/alerts//trace", "/v1%2Finfo", "/v1/../v1/info"]
)
async def test_an_unknown_route_is_404(api, path):
    answer = await api("GET", path)
    assert answer.status == 404
    assert "openapi" in answer.problem.remedy


@pytest.mark.parametrize("alert_id", ["0", "-1", "abc", "1.0", "99999999999999999", "9" * 300, "%31", "1%00", "٣"])
async def test_an_impossible_id_is_404(api, alert_id):
    from urllib.parse import quote

    answer = await api("GET", "/v1/alerts/" + quote(alert_id, safe="%"))
    assert answer.status == 404
    assert answer.problem.field == "id"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/alerts/77"),
        ("GET", "/v1/pages/77"),
        ("GET", "/v1/incidents/77/timeline"),
        ("POST", "/v1/pages/77/resolve"),
        ("POST", "/v1/notifiers/fax/test"),
        ("DELETE", "/v1/incidents/77/alerts/1"),
    ],
)
async def test_an_absent_object_is_404(api, method, path):
    answer = await api(method, path)
    assert answer.status == 404
    assert answer.problem.type == "urn:incidentd:not-found"


def test_what_a_request_names_and_nothing_has_is_400_with_a_type_of_its_own():
    unknown, wrong = (problem(fault_of(kind("no", field="team"))) for kind in (Unknown, Invalid))
    assert (unknown.status, unknown.type, unknown.field) == (400, "urn:incidentd:unknown", "team")
    assert (wrong.status, wrong.type) == (400, "urn:incidentd:invalid")


async def test_a_wrong_method_is_405_with_the_right_ones(api):
    answer = await api("DELETE", "/v1/alerts")
    assert answer.status == 405
    assert answer.headers["allow"] == "GET, POST"
    assert answer.problem.remedy == "use GET, POST"
    assert (await api("OPTIONS", "/v1/info")).status == 405
    assert (await api("HEAD", "/v1/info")).status == 405


async def test_a_refused_transition_is_409_with_its_own_type(api):
    answer = await api("POST", "/v1/incidents/1/status", {"to": "closed"})
    assert answer.status == 409
    assert answer.problem.type == "urn:incidentd:refused"
    assert answer.problem.field == "to"
    assert answer.problem.remedy == "publish the review first"


async def test_acknowledging_an_alert_without_a_page_is_409(api):
    answer = await api("POST", "/v1/alerts/2/acknowledge")
    assert answer.status == 409
    assert answer.json["current"]["id"] == 2


@pytest.mark.parametrize("failure", [RuntimeError("secret detail"), ServiceError("odd"), TimeoutError("db")])
async def test_a_fault_of_the_daemon_is_500_and_tells_nothing_private(api, fake, failure):
    fake.failure = failure
    answer = await api("GET", "/v1/health")
    assert answer.status == 500
    assert answer.problem.type == "urn:incidentd:failed"
    assert b"secret" not in answer.body
    fake.failure = None
    assert (await api("GET", "/v1/health")).status == 200


async def test_while_the_database_is_away_the_answer_is_503_and_says_so(api, fake):
    fake.failure = Unreachable("the database has not answered since 2026-01-01 10:00:00 UTC: refused")
    answer = await api("GET", "/v1/alerts")
    assert answer.status == 503
    assert (answer.problem.type, answer.headers.get("retry-after")) == ("urn:incidentd:unavailable", "1")
    assert "has not answered since" in answer.problem.detail
    assert "another node" in answer.problem.remedy
    fake.failure = DBAPIError("SELECT secret", None, RuntimeError("secret"), connection_invalidated=True)
    answer = await api("GET", "/v1/alerts")
    assert (answer.status, answer.problem.detail) == (503, "the database cannot be used now"), "the first to notice"


@pytest.mark.parametrize("header", ["Origin", "Referer"])
async def test_a_web_page_is_refused_even_for_reading(api, fake, header):
    for method, path in (("GET", "/v1/info"), ("POST", "/v1/reload"), ("GET", "/nowhere")):
        answer = await api(method, path, None, {header: "http://localhost"})
        assert answer.status == 403
        assert answer.problem.field == header
    assert fake.asked == []


async def test_hostile_text_comes_back_as_it_was(api):
    title = "\x1b[31m\u202e[/nope]<script>\U0001f600\u0085" + "é"
    answer = await api("POST", "/v1/incidents", {"title": title})
    assert answer.status == 201
    assert json.loads(answer.body)["title"] == title
