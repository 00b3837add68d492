"""The same key and request, once; If-Match against lost updates."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from incidentd import wire

KEY = {"Idempotency-Key": "3f0c6a1e"}


async def test_a_repeated_request_acts_once_and_answers_the_same(api, fake):
    first = await api("POST", "/v1/incidents", {"title": "Checkout fails"}, KEY)
    again = await api("POST", "/v1/incidents", {"title": "Checkout fails"}, KEY)
    assert (first.status, again.status) == (201, 201)
    assert first.body == again.body
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert again.headers["etag"] == first.headers["etag"]
    assert [call[0] for call in fake.asked] == ["incidents.declare"]


async def test_another_request_under_the_same_key_is_refused(api, fake):
    await api("POST", "/v1/incidents", {"title": "One"}, KEY)
    for method, path, body in (
        ("POST", "/v1/incidents", {"title": "Two"}),
        ("POST", "/v1/alerts", {"name": "One"}),
        ("PATCH", "/v1/incidents/1", {"title": "One"}),
    ):
        answer = await api(method, path, body, KEY)
        assert answer.status == 422
        assert answer.problem.field == "Idempotency-Key"
    assert len(fake.asked) == 1


async def test_requests_in_flight_under_one_key_wait_for_each_other(api, fake):
    fake.delay = 0.05
    answers = await asyncio.gather(*(api("POST", "/v1/incidents", {"title": "x"}, KEY) for _ in range(5)))
    assert {answer.body for answer in answers} == {answers[0].body}
    assert [call[0] for call in fake.asked] == ["incidents.declare"]


async def test_a_failed_request_may_be_sent_again_under_its_key(api, fake):
    fake.failure = RuntimeError("the disk is full")
    assert (await api("POST", "/v1/incidents", {"title": "x"}, KEY)).status == 500
    fake.failure = None
    assert (await api("POST", "/v1/incidents", {"title": "x"}, KEY)).status == 201


async def test_keys_belong_to_their_caller(api, fake):
    await api("POST", "/v1/incidents", {"title": "x"}, KEY)
    api.person = "ben"
    answer = await api("POST", "/v1/incidents", {"title": "something else"}, KEY)
    assert answer.status == 201
    assert len(fake.asked) == 2


async def test_without_a_key_every_request_acts(api, fake):
    for _ in range(2):
        await api("POST", "/v1/incidents", {"title": "x"})
    assert len(fake.asked) == 2
    assert fake.remembered == {}


async def test_an_answer_without_a_body_is_remembered_too(api, fake):
    for _ in range(2):
        answer = await api("DELETE", "/v1/drafts/a", None, KEY)
        assert (answer.status, answer.body) == (204, b"")
    assert answer.headers["idempotency-replayed"] == "true"


async def test_an_act_whose_key_cannot_be_remembered_is_still_answered(api, fake, monkeypatch):
    async def full(*_: object) -> None:
        raise OSError("disk full")

    await api.stop()
    calls = fake.calls
    monkeypatch.setattr(calls.idempotency, "remember", full)
    monkeypatch.setattr(type(fake), "calls", calls)
    await api.start()
    assert (await api("POST", "/v1/incidents", {"title": "x"}, KEY)).status == 201


@pytest.mark.parametrize("key", ["", "k" * 129, "schlüssel", "tab\tinside"])
async def test_a_bad_key_is_refused_before_anything_is_done(api, fake, key):
    answer = await api("POST", "/v1/incidents", {"title": "x"}, {"Idempotency-Key": key})
    assert answer.status == 400
    assert answer.problem.field == "Idempotency-Key"
    assert fake.asked == []


async def test_a_call_on_an_object_that_moved_on_gets_the_present_one(api):
    first = await api("PATCH", "/v1/incidents/1", {"title": "One"}, {"If-Match": '"1"'})
    assert first.status == 200
    assert first.headers["etag"] == '"2"'
    first_incident = msgspec.json.decode(first.body, type=wire.Incident)
    second = await api("PATCH", "/v1/incidents/1", {"title": "Two"}, {"If-Match": '"1"'})
    assert second.status == 409
    assert second.problem.type == "urn:incidentd:conflict"
    current = msgspec.convert(second.problem.current, wire.Incident)
    assert (current.title, current.version, current.declared_at) == ("One", 2, first_incident.declared_at)
    third = await api("PATCH", "/v1/incidents/1", {"title": "Two"}, {"If-Match": "2"})
    assert third.json["title"] == "Two"


@pytest.mark.parametrize("tag", [None, "*"])
async def test_without_a_version_any_will_do(api, tag):
    for title in ("One", "Two"):
        headers = {} if tag is None else {"If-Match": tag}
        assert (await api("PATCH", "/v1/incidents/1", {"title": title}, headers)).status == 200


@pytest.mark.parametrize("tag", ["", "seven", '"7', 'W/"7"', '"1", "2"', "-1", "1" * 30])
async def test_a_tag_that_is_no_version_is_refused(api, tag):
    answer = await api("POST", "/v1/pages/1/resolve", None, {"If-Match": tag})
    assert answer.status == 400
    assert answer.problem.field == "If-Match"


async def test_an_anonymous_answer_is_remembered_under_its_key_alone(api, fake):
    path, text = "/v1/incidents/1/review/learnings", {"text": "look"}
    for anonymous in (True, False):
        key = {"Idempotency-Key": f"k{anonymous}"}
        for _ in range(2):
            assert (await api("POST", path, text | {"anonymous": anonymous}, key)).status == 201
    assert len(fake.asked) == 2, "each acted once"
    assert list(fake.remembered) == [("", "kTrue"), ("ana", "kFalse")]
