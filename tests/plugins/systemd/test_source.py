from __future__ import annotations

import json
from collections.abc import Mapping

import msgspec
import pytest

from incidentd.plugin import Secret
from incidentd.plugin.testing import SourceConformance, call, make_request, make_source
from incidentd_systemd.source import PATH, SOURCES

(KIND,) = SOURCES
CONFIG = {"keys": {"checkout": [Secret("key-of-checkout")]}}
SAID = {"unit": "backup.service", "host": "db-1", "state": "failed", "journal": "conformance-marker"}
BODY = json.dumps(SAID).encode()


class TestOpenConformance(SourceConformance):
    kind = KIND
    sample = make_request(PATH, BODY)


class TestKeyConformance(SourceConformance):
    kind = KIND
    config = CONFIG
    secrets = ("key-of-checkout",)
    sample = make_request(PATH, BODY, headers={"Authorization": "Bearer key-of-checkout"})


def test_other_machines_need_a_key() -> None:
    def status(config: Mapping[str, object], **headers: str) -> int:
        source, _ = make_source(KIND, config)
        return call(source, msgspec.structs.replace(make_request(PATH, BODY, headers=headers), peer="192.0.2.7")).status

    assert status({}) == 401
    assert status(CONFIG) == 401
    assert status(CONFIG, Authorization="Bearer key-of-checkout") == 202


def test_the_same_idempotency_key_counts_once() -> None:
    source, context = make_source(KIND, {})
    for key in ("a", "a", "b"):
        assert call(source, make_request(PATH, BODY, headers={"Idempotency-Key": key})).status == 202
    assert len(context.sink.signals) == 2


def test_the_severity_can_be_chosen() -> None:
    source, context = make_source(KIND, {"severity": "warning"})
    call(source, make_request(PATH, BODY))
    assert context.sink.signals[0].labels["severity"] == "warning"
    with pytest.raises(ValueError, match="severity"):
        KIND.config.model_validate({"severity": ""})
