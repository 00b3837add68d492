from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from incidentd.plugin import Secret
from incidentd.plugin.testing import SourceConformance, call, make_request, make_source
from incidentd_nagios.source import PATH, SOURCES

(KIND,) = SOURCES
CONFIG = {"keys": {"checkout": [Secret("key-of-checkout")], "web": [Secret("key-of-web")]}}
FIELDS = {"HOSTNAME": "db-1", "SERVICEDESC": "Disk", "SERVICESTATE": "CRITICAL", "SERVICEOUTPUT": "conformance-marker"}
SAID = {"kind": "service", "type": "PROBLEM", "at": "2026-03-02T09:00:00Z", "fields": FIELDS}
BODY = json.dumps(SAID).encode()


class TestOpenConformance(SourceConformance):
    kind = KIND
    sample = make_request(PATH, BODY)


class TestKeyConformance(SourceConformance):
    kind = KIND
    config = CONFIG
    secrets = ("key-of-checkout", "key-of-web")
    sample = make_request(PATH, BODY, headers={"Authorization": "Bearer key-of-checkout"})


def post(config: dict[str, Any], peer: str = "127.0.0.1", **headers: str):
    source, context = make_source(KIND, config)
    answer = call(source, msgspec.structs.replace(make_request(PATH, BODY, headers=headers), peer=peer))
    return answer.status, context.sink.signals


@pytest.mark.parametrize(
    ("peer", "status"), [("127.0.0.1", 202), ("::1", 202), ("::ffff:127.0.0.1", 202), ("192.0.2.7", 401), ("", 401)]
)
def test_without_keys_only_this_machine_may_send(peer: str, status: int) -> None:
    assert post({}, peer)[0] == status


@pytest.mark.parametrize("shown", [None, "", "Bearer wrong", "Basic key-of-web", "Bearer \udcff"])
def test_with_keys_a_known_one_has_to_be_shown(shown: str | None) -> None:
    assert post(CONFIG, **({} if shown is None else {"Authorization": shown})) == (401, [])


def test_the_key_gives_the_service() -> None:
    status, (signal,) = post(CONFIG, "192.0.2.7", Authorization="bearer key-of-web")
    assert (status, signal.labels["service"]) == (202, "web")


def test_the_same_idempotency_key_counts_once() -> None:
    source, context = make_source(KIND, {})
    for key in ("a", "a", "b"):
        assert call(source, make_request(PATH, BODY, headers={"Idempotency-Key": key})).status == 202
    assert len(context.sink.signals) == 2
