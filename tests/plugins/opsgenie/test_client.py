"""Opsgenie's own Python client against the source behind the real listener."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import opsgenie_sdk  # type: ignore[import-untyped]
import pytest

from incidentd.ingress.metrics import Metrics
from incidentd.ingress.ratelimit import Buckets
from incidentd.ingress.server import Ingress
from incidentd.plugin import Secret, SignalKind
from incidentd.plugin.testing import FakeClock, FakeContext, make_source
from incidentd.pluginhost.host import Mounted
from incidentd_opsgenie.source import SOURCES

(KIND,) = SOURCES
KEY = "eb243592-faa2-4ba2-a551-1afdf565c889"
ALIAS = "disk/db 1?é"


class NoLinks:
    """A listener without any acknowledge link."""

    async def describe(self, token: str) -> None:
        return None

    async def acknowledge(self, token: str) -> None:
        return None


@pytest.fixture
async def listening() -> AsyncIterator[tuple[str, FakeContext]]:
    """(address, context) of an Opsgenie source at the root of a listener."""
    source, context = make_source(KIND, {"keys": {"database": [Secret(KEY)]}}, FakeContext("genie"))
    links: Any = NoLinks()
    ingress = Ingress(clock=FakeClock(), links=links, metrics=Metrics("1"), buckets=Buckets(0, 1), at_once=4)
    ingress.mount([Mounted("genie", route, True) for route in source.routes()])
    await ingress.start([("127.0.0.1", 0)])
    host, port = ingress.addresses[0]
    yield f"http://{host}:{port}", context
    await ingress.close()


def client(address: str, key: str = KEY) -> Any:
    configuration = opsgenie_sdk.Configuration()
    configuration.host = address
    configuration.api_key["Authorization"] = key
    configuration.retry_enabled = False
    return opsgenie_sdk.AlertApi(opsgenie_sdk.ApiClient(configuration=configuration))


async def apart(call: Callable[..., Any], *args: object, **kwargs: object) -> Any:
    """The client blocks, so it works in a thread."""
    return await asyncio.to_thread(call, *args, **kwargs)


async def test_an_alert_from_its_beginning_to_its_end(listening: tuple[str, FakeContext]) -> None:
    address, context = listening
    api = client(address)
    payload = opsgenie_sdk.CreateAlertPayload(
        message="Disk is 97 % full",
        alias=ALIAS,
        description="/var on db-1",
        responders=[{"name": "storage", "type": "team"}],
        tags=["disk", "db-1"],
        details={"host": "db-1"},
        entity="db-1",
        priority="P2",
    )
    created = await apart(api.create_alert, create_alert_payload=payload)
    assert created.result == "Request will be processed"
    processed = await apart(created.retrieve_result)
    assert (processed.data.is_success, processed.data.action, processed.data.alias) == (True, "Create", ALIAS)

    await apart(
        api.acknowledge_alert,
        identifier=ALIAS,
        identifier_type="alias",
        acknowledge_alert_payload=opsgenie_sdk.AcknowledgeAlertPayload(user="ada", note="on it"),
    )
    await apart(
        api.add_tags,
        identifier=ALIAS,
        identifier_type="alias",
        add_tags_to_alert_payload=opsgenie_sdk.AddTagsToAlertPayload(tags=["seen"]),
    )
    await apart(
        api.add_note,
        identifier=created.id,
        add_note_to_alert_payload=opsgenie_sdk.AddNoteToAlertPayload(note="grew since noon"),
    )
    await apart(
        api.close_alert,
        identifier=created.id,
        close_alert_payload=opsgenie_sdk.CloseAlertPayload(user="ada", source="script"),
    )
    opened, acknowledged, closed = context.sink.signals
    assert opened.labels == {
        "alertname": "Disk is 97 % full",
        "severity": "error",
        "priority": "P2",
        "host": "db-1",
        "entity": "db-1",
        "tags": "db-1,disk",
        "service": "database",
    }
    assert [acknowledged.kind, closed.kind] == [SignalKind.ACKNOWLEDGED, SignalKind.RESOLVED]
    assert opened.key == acknowledged.key == closed.key


@pytest.mark.parametrize(
    ("key", "message", "words"), [("wrong", "m", "authenticate"), (KEY, "m" * 131, "can not be longer")]
)
async def test_a_refusal_reaches_the_sender(
    listening: tuple[str, FakeContext], key: str, message: str, words: str
) -> None:
    address, context = listening
    api = client(address, key)
    payload = opsgenie_sdk.CreateAlertPayload(message=message)
    with pytest.raises(opsgenie_sdk.OpenApiException) as caught:
        await apart(api.create_alert, create_alert_payload=payload)
    assert words in str(caught.value)
    assert context.sink.signals == []
