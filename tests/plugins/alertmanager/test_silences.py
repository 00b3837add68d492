"""Silences by Alertmanager's API v2."""

from __future__ import annotations

import json

import pytest

from incidentd.plugin import ActiveAlert
from incidentd.plugin.testing import FakeContext, call, make_request, make_source
from incidentd_alertmanager.source import SOURCES

(KIND,) = SOURCES
GOOD = {
    "matchers": [{"name": "alertname", "value": "Disk.*", "isRegex": True, "isEqual": True}],
    "startsAt": "2026-03-02T09:00:00Z",
    "endsAt": "2026-03-02T23:00:00.000Z",
    "createdBy": "ada",
    "comment": "planned work",
}


class Speaker:
    """One source and its context; every answer as (status, document)."""

    def __init__(self):
        self.source, self.context = make_source(KIND, {}, FakeContext())

    def ask(self, method, path, document=None, silence_id=None, **query):
        route = path.replace(silence_id, "{id}") if silence_id else path
        body = b"" if document is None else json.dumps(document).encode()
        params = {"id": silence_id} if silence_id else {}
        answer = call(self.source, make_request(route, body, method=method, params=params, query=query))
        return answer.status, json.loads(answer.body) if answer.body else None

    def post(self, **changes):
        status, answer = self.ask("POST", "/api/v2/silences", GOOD | changes)
        assert status == 200, answer
        return answer["silenceID"]

    def get(self, silence_id):
        return self.ask("GET", f"/api/v2/silence/{silence_id}", silence_id=silence_id)


@pytest.fixture
def speaker():
    return Speaker()


def test_set_read_and_list(speaker):
    silence_id = speaker.post()
    status, shown = speaker.get(silence_id)
    assert status == 200
    assert shown["status"] == {"state": "active"}
    assert shown["matchers"] == GOOD["matchers"]
    assert (shown["id"], shown["createdBy"], shown["comment"]) == (silence_id, "ada", "planned work")
    assert speaker.ask("GET", "/api/v2/silences") == (200, [shown])


@pytest.mark.parametrize(("is_regex", "is_equal"), [(False, True), (False, False), (True, True), (True, False)])
@pytest.mark.parametrize("value", ["x", 'a "quoted" one', "back\\\\slash", "ü", "two\nlines"])
def test_matchers_come_back_as_they_were_sent(speaker, is_regex, is_equal, value):
    sure = {"name": "sure", "value": "yes", "isRegex": False, "isEqual": True}
    sent = [{"name": "a_b", "value": value, "isRegex": is_regex, "isEqual": is_equal}, sure]
    assert speaker.get(speaker.post(matchers=sent))[1]["matchers"] == sent


def test_a_matcher_without_is_equal_is_equal(speaker):
    silence_id = speaker.post(matchers=[{"name": "a", "value": "b", "isRegex": False}])
    assert speaker.get(silence_id)[1]["matchers"][0]["isEqual"] is True


def test_a_longer_end_keeps_the_id_other_matchers_get_another(speaker):
    silence_id = speaker.post()
    assert speaker.post(id=silence_id, endsAt="2026-03-03T09:00:00Z") == silence_id
    other = speaker.post(id=silence_id, matchers=[{"name": "a", "value": "b", "isRegex": False}])
    assert other != silence_id
    assert speaker.get(silence_id)[1]["status"] == {"state": "expired"}


def test_delete_ends_it_once(speaker):
    silence_id = speaker.post()
    path = f"/api/v2/silence/{silence_id}"
    assert speaker.ask("DELETE", path, silence_id=silence_id) == (200, None)
    assert speaker.get(silence_id)[1]["status"] == {"state": "expired"}
    assert speaker.ask("DELETE", path, silence_id=silence_id)[0] == 409


def test_an_unknown_silence_is_404(speaker):
    unknown = "5ace5ace-0000-4000-8000-000000000001"
    assert speaker.get(unknown)[0] == 404
    assert speaker.ask("DELETE", f"/api/v2/silence/{unknown}", silence_id=unknown)[0] == 404
    assert speaker.ask("POST", "/api/v2/silences", GOOD | {"id": unknown})[0] == 404


def test_a_filter_looks_at_the_matchers(speaker):
    disk = speaker.post()
    speaker.post(matchers=[{"name": "alertname", "value": "Cpu", "isRegex": False}])
    _, found = speaker.ask("GET", "/api/v2/silences", filter='alertname=~"Disk.*"')
    assert [one["id"] for one in found] == [disk]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"matchers": []}, "matchers"),
        ({"matchers": None}, "matchers"),
        ({"matchers": [{"name": "", "value": "b", "isRegex": False}]}, "matchers"),
        ({"matchers": [{"name": "a b", "value": "b", "isRegex": False}]}, "matchers"),
        ({"matchers": [{"name": "a", "value": "(", "isRegex": True}]}, "matchers"),
        ({"matchers": [{"name": "a", "value": "", "isRegex": False}]}, "matchers"),
        ({"matchers": [{"name": "a", "value": ".*", "isRegex": True}]}, "matchers"),
        ({"matchers": [{"name": "a", "value": 1, "isRegex": False}]}, "matchers"),
        ({"endsAt": "2001-01-01T00:00:00Z"}, "ends_at"),
        ({"endsAt": "yesterday"}, "endsAt"),
        ({"startsAt": 5}, "startsAt"),
        ({"comment": None}, "comment"),
        ({"comment": "\0"}, "comment"),
        ({"createdBy": 7}, "createdBy"),
        ({"createdBy": "x" * 5000}, "created_by"),
        ({"annotations": {"a": 1}}, "annotations"),
    ],
)
def test_bad_input_names_the_field_and_sets_nothing(speaker, changes, field):
    status, answer = speaker.ask("POST", "/api/v2/silences", GOOD | changes)
    assert status == 400
    assert field in answer
    assert speaker.ask("GET", "/api/v2/silences") == (200, [])


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b"\xff", b"[" * 100_000])
def test_what_is_no_silence_is_400(speaker, body):
    answer = call(speaker.source, make_request("/api/v2/silences", body))
    assert answer.status == 400


def alert(number, **changes):
    now = FakeContext().now()
    members = {
        "id": number, "source": "prometheus", "key": f"{number:016x}", "status": "firing",
        "labels": {"alertname": f"a{number}"}, "annotations": {}, "starts_at": now, "ends_at": None,
        "updated_at": now, "generator_url": "", "service": "", "acknowledged": False, "group_id": None,
        "group_labels": {},
    }  # fmt: skip
    return ActiveAlert(**members | changes)


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({}, ["a1", "a2", "a3", "a4"]),
        ({"active": "false"}, ["a2", "a3", "a4"]),
        ({"silenced": "false"}, ["a1", "a3"]),
        ({"inhibited": "false"}, ["a1", "a2"]),
        ({"silenced": "false", "inhibited": "false"}, ["a1"]),
        ({"active": "false", "silenced": "false", "inhibited": "false"}, []),
        ({"active": "false", "inhibited": "false"}, ["a2"]),
    ],
)
def test_suppressed_alerts_say_by_what_and_are_filtered(speaker, query, shown):
    speaker.context.reader.active = [
        alert(1),
        alert(2, silenced_by=("s",)),
        alert(3, inhibited_by=(1,)),
        alert(4, silenced_by=("s",), inhibited_by=(1,)),
    ]
    _, found = speaker.ask("GET", "/api/v2/alerts", **query)
    assert sorted(one["labels"]["alertname"] for one in found) == shown
    for one in found:
        status, name = one["status"], one["labels"]["alertname"]
        assert status["state"] == ("active" if name == "a1" else "suppressed")
        assert status["silencedBy"] == (["s"] if name in ("a2", "a4") else [])
        assert status["inhibitedBy"] == ([f"{1:016x}"] if name in ("a3", "a4") else [])


def test_what_inhibits_is_named_though_the_filter_leaves_it_out(speaker):
    speaker.context.reader.active = [alert(1), alert(2, inhibited_by=(1,))]
    _, found = speaker.ask("GET", "/api/v2/alerts", filter="alertname=a2")
    assert [one["status"]["inhibitedBy"] for one in found] == [[f"{1:016x}"]]


def test_what_mutes_a_route_stands_with_its_groups_only(speaker):
    speaker.context.reader.active = [alert(1), alert(2, muted_by=("nights",))]
    _, listed = speaker.ask("GET", "/api/v2/alerts")
    assert [(one["status"]["state"], one["status"]["mutedBy"]) for one in listed] == [("active", [])] * 2
    _, groups = speaker.ask("GET", "/api/v2/alerts/groups")
    told = {one["labels"]["alertname"]: one["status"] for group in groups for one in group["alerts"]}
    assert (told["a1"]["state"], told["a1"]["mutedBy"]) == ("active", [])
    assert (told["a2"]["state"], told["a2"]["mutedBy"]) == ("suppressed", ["nights"])
    _, groups = speaker.ask("GET", "/api/v2/alerts/groups", muted="false")
    assert [one["labels"]["alertname"] for group in groups for one in group["alerts"]] == ["a1"]
