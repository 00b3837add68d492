from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime
from typing import Any

import msgspec
import pydantic
import pytest

from incidentd.plugin import ActiveAlert, Secret, SignalKind
from incidentd.plugin.testing import FakeContext, SourceConformance, call, make_request, make_source
from incidentd_opsgenie.identity import alert_id, alert_key
from incidentd_opsgenie.requests import Processed, Requests
from incidentd_opsgenie.source import MAX_BODY, SOURCES

(KIND,) = SOURCES
KEY, NEW_KEY, OTHER_KEY = (
    "eb243592-faa2-4ba2-a551-1afdf565c889",
    "0c1d7a53-3c5e-4dd5-9a55-4ff4f2a86d2e",
    "77777777-3c5e-4dd5-9a55-4ff4f2a86d2e",
)
CONFIG = {"keys": {"checkout": [Secret(KEY), Secret(NEW_KEY)], "web": [Secret(OTHER_KEY)]}}
CREATE = {"message": "conformance-marker", "alias": "payments/eu-1", "priority": "P1"}
BODY = json.dumps(CREATE).encode()
ONE = "/v2/alerts/{identifier}"


def genie(key: str) -> dict[str, str]:
    return {"Authorization": f"GenieKey {key}"}


class TestOpenConformance(SourceConformance):
    kind = KIND
    sample = make_request("/v2/alerts", BODY)


class TestKeyConformance(SourceConformance):
    kind = KIND
    config = CONFIG
    secrets = (KEY, NEW_KEY, OTHER_KEY)
    sample = make_request("/v2/alerts", BODY, headers=genie(KEY))


class Client:
    """Sends requests to one source, as one key."""

    def __init__(self, config: dict[str, Any] | None = None) -> None:
        self.source, self.context = make_source(KIND, CONFIG if config is None else config, FakeContext("genie"))

    def send(
        self,
        method: str,
        path: str,
        document: object = None,
        *,
        key: str = KEY,
        peer: str = "127.0.0.1",
        headers: dict[str, str] | None = None,
        query: dict[str, str] | None = None,
        **params: str,
    ) -> tuple[int, dict[str, Any]]:
        body = b"" if document is None else json.dumps(document).encode()
        request = make_request(
            path, body, method=method, headers=genie(key) if headers is None else headers, query=query, params=params
        )
        answer = call(self.source, msgspec.structs.replace(request, peer=peer))
        decoded = json.loads(answer.body)
        assert decoded["took"] >= 0
        assert str(uuid.UUID(decoded["requestId"])) == decoded["requestId"]
        return answer.status, decoded

    def status_of(self, request_id: str, key: str = KEY) -> tuple[int, dict[str, Any]]:
        return self.send("GET", "/v2/alerts/requests/{request_id}", key=key, request_id=request_id)

    @property
    def signals(self):
        return self.context.sink.signals


def test_create_is_answered_as_opsgenie_does() -> None:
    client = Client()
    status, answer = client.send("POST", "/v2/alerts", CREATE)
    assert status == 202
    assert set(answer) == {"result", "took", "requestId"}
    assert answer["result"] == "Request will be processed"
    (signal,) = client.signals
    assert (signal.kind, signal.labels["service"]) == (SignalKind.FIRING, "checkout")


@pytest.mark.parametrize(
    ("verb", "kind", "action"),
    [("close", SignalKind.RESOLVED, "Close"), ("acknowledge", SignalKind.ACKNOWLEDGED, "Acknowledge")],
)
@pytest.mark.parametrize("document", [None, {}, {"user": "ada", "note": "done", "source": "script"}])
def test_close_and_acknowledge_find_the_alert_by_its_alias(
    verb: str, kind: SignalKind, action: str, document: object
) -> None:
    client = Client()
    client.send("POST", "/v2/alerts", CREATE)
    for by in ("alias", "Alias"):
        status, answer = client.send(
            "POST", f"{ONE}/{verb}", document, query={"identifierType": by}, identifier="payments/eu-1", key=NEW_KEY
        )
        assert (status, client.signals[-1].kind) == (202, kind)
        assert client.signals[-1].key == client.signals[0].key
        _, processed = client.status_of(answer["requestId"])
        assert (processed["data"]["action"], processed["data"]["alias"]) == (action, "payments/eu-1")


def test_an_alert_is_found_by_the_id_that_its_request_gave() -> None:
    client = Client()
    _, answer = client.send("POST", "/v2/alerts", {"message": "m"})
    status, processed = client.status_of(answer["requestId"])
    assert status == 200
    data = processed["data"]
    assert data.pop("alias")
    identifier = data.pop("alertId")
    assert data == {
        "success": True,
        "isSuccess": True,
        "action": "Create",
        "status": "Created alert",
        "processedAt": "2026-03-02T09:00:00Z",
        "integrationId": "",
    }
    restarted = Client()
    assert restarted.send("POST", f"{ONE}/close", {}, identifier=identifier.upper())[0] == 202
    assert restarted.signals[0].key == client.signals[0].key


def test_alerts_without_an_alias_are_apart() -> None:
    client = Client()
    for _ in range(2):
        client.send("POST", "/v2/alerts", {"message": "m"})
    assert client.signals[0].key != client.signals[1].key
    assert client.signals[0].annotations["alias"] != client.signals[1].annotations["alias"]


def active(number: int, key: str, source: str = "genie") -> ActiveAlert:
    at = datetime(2026, 3, 2, 8, tzinfo=UTC)
    return ActiveAlert(
        id=number, source=source, key=key, status="firing", labels={}, annotations={}, starts_at=at, ends_at=None,
        updated_at=at, generator_url="", service="checkout", acknowledged=False, group_id=None, group_labels={},
    )  # fmt: skip


def test_tiny_is_incidentds_own_number() -> None:
    client = Client()
    mine, others = alert_key("checkout", alert_id("checkout", "a")), alert_key("web", alert_id("web", "a"))
    client.context.reader.active = [active(6, others), active(7, mine), active(8, mine, source="another instance")]
    tiny = {"identifierType": "tiny"}
    assert client.send("POST", f"{ONE}/acknowledge", {"user": "ada"}, query=tiny, identifier="7")[0] == 202
    (signal,) = client.signals
    assert (signal.key, signal.annotations) == (mine, {"acknowledged_by": "ada"})
    for identifier in ("6", "8", "9", "seven", "-7", "9" * 400):
        status, answer = client.send("POST", f"{ONE}/close", {}, query=tiny, identifier=identifier)
        assert (status, "does not exist" in answer["message"]) == (404, True)
    assert len(client.signals) == 1


@pytest.mark.parametrize(
    ("identifier", "query", "field"),
    [
        ("payments/eu-1", {}, "identifier"),
        ("a" * 513, {"identifierType": "alias"}, "identifier"),
        ("a", {"identifierType": "name"}, "identifierType"),
    ],
)
def test_an_identifier_that_leads_nowhere_is_told(identifier: str, query: dict[str, str], field: str) -> None:
    client = Client()
    status, answer = client.send("POST", f"{ONE}/close", {}, query=query, identifier=identifier)
    assert (status, list(answer["errors"]), client.signals) == (422, [field], [])


@pytest.mark.parametrize(
    ("method", "path", "document", "action"),
    [
        ("POST", "tags", {"tags": ["a"]}, "AddTags"),
        ("POST", "notes", {"note": "seen"}, "AddNote"),
        ("PUT", "message", {"message": "other"}, "UpdateMessage"),
        ("PUT", "description", {"description": "other"}, "UpdateDescription"),
    ],
)
def test_what_is_accepted_and_not_kept(method: str, path: str, document: object, action: str) -> None:
    client = Client()
    status, answer = client.send(
        method, f"{ONE}/{path}", document, query={"identifierType": "alias"}, identifier="payments/eu-1"
    )
    assert (status, client.signals) == (202, [])
    data = client.status_of(answer["requestId"])[1]["data"]
    assert (data["action"], data["status"]) == (action, "Accepted, not kept")


def test_faults_are_told_in_opsgenies_shape() -> None:
    client = Client()
    status, answer = client.send("POST", "/v2/alerts", {"message": "", "tags": "a"})
    assert status == 422
    assert answer["message"] == "Request body is not processable. Please check the errors."
    assert answer["errors"] == {"message": "can not be empty", "tags": "must be an array of strings"}
    status, answer = client.send("POST", "/v2/alerts", [])
    assert (status, set(answer), client.signals) == (400, {"message", "took", "requestId"}, [])
    status, answer = client.send("POST", f"{ONE}/tags", {}, identifier=alert_id("checkout", "a"))
    assert (status, answer["errors"]) == (422, {"tags": "can not be empty"})


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": ""},
        {"Authorization": KEY},
        {"Authorization": f"Bearer {KEY}"},
        genie("wrong"),
        genie(KEY.upper()),
        genie("\udcff"),
        genie("ключ"),
    ],
)
def test_without_a_known_key_nothing_is_done(headers: dict[str, str]) -> None:
    client = Client()
    for method, path in (("POST", "/v2/alerts"), ("POST", f"{ONE}/close"), ("GET", "/v2/alerts/requests/{request_id}")):
        status, answer = client.send(method, path, CREATE, headers=headers, identifier="a", request_id="b")
        assert (status, answer["message"]) == (401, "Could not authenticate")
    assert client.signals == []


def test_a_key_works_from_anywhere_and_its_scheme_in_any_case() -> None:
    client = Client()
    assert client.send("POST", "/v2/alerts", CREATE, headers={"Authorization": f"geniekey  {KEY} "})[0] == 202
    assert client.send("POST", "/v2/alerts", CREATE, peer="192.0.2.7")[0] == 202


@pytest.mark.parametrize(
    ("peer", "status"),
    [("127.0.0.1", 202), ("::1", 202), ("::ffff:127.0.0.1", 202), ("192.0.2.7", 401), ("fe80::1%eth0", 401), ("", 401)],
)
def test_without_keys_only_this_machine_may_send(peer: str, status: int) -> None:
    client = Client({})
    assert client.send("POST", "/v2/alerts", CREATE, headers={}, peer=peer)[0] == status
    assert len(client.signals) == int(status == 202)


def test_another_services_key_touches_no_alert_and_sees_no_request() -> None:
    client = Client()
    _, answer = client.send("POST", "/v2/alerts", CREATE)
    by_alias = {"identifierType": "alias"}
    client.send("POST", f"{ONE}/close", {}, key=OTHER_KEY, query=by_alias, identifier="payments/eu-1")
    identifier = client.status_of(answer["requestId"])[1]["data"]["alertId"]
    client.send("POST", f"{ONE}/close", {}, key=OTHER_KEY, identifier=identifier)
    created, *ends = client.signals
    assert created.key not in [signal.key for signal in ends]
    assert client.status_of(answer["requestId"], key=OTHER_KEY)[0] == 404


def test_an_unknown_request_is_told_as_opsgenie_does() -> None:
    status, answer = Client().status_of(str(uuid.uuid4()))
    assert (status, answer["message"]) == (404, "Request not found. It might not be processed, yet.")


def test_only_the_last_requests_are_remembered() -> None:
    requests = Requests(remembered=2)
    processed = Processed(
        action="Create", status="", processed_at=datetime(2026, 3, 2, tzinfo=UTC), alert_id="", alias=""
    )
    for name in ("first", "second", "third"):
        requests.remember("web", name, processed)
    assert [requests.find("web", name) is None for name in ("first", "second", "third")] == [True, False, False]


def test_bodies_are_bounded() -> None:
    assert {route.max_body for route in Client().source.routes()} == {MAX_BODY}


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"": [Secret("a")]}, "without a name"),
        ({"web": []}, "keys.web has no key"),
        ({"web": [Secret("")]}, "keys.web has no key or an empty one"),
        ({"web": [Secret("same-one")], "shop": [Secret("same-one")]}, "another service has"),
        ({"web": ["plain-secret"]}, "write a reference"),
    ],
)
def test_bad_keys_are_told_without_showing_them(keys: object, words: str) -> None:
    with pytest.raises(pydantic.ValidationError, match=words) as caught:
        KIND.config.model_validate({"keys": keys})
    for secret in ("plain-secret", "same-one"):
        assert secret not in str(caught.value)
