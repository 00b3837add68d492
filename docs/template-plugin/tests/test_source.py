"""The source passes the kit, and says what it should."""

import msgspec
import pytest
from incidentd_example.source import SOURCES, Check, signal_of

from incidentd.plugin import Secret, SignalKind
from incidentd.plugin.testing import MARKER, SourceConformance, call, make_request, make_source

TOKEN = "correct-horse"


class TestConformance(SourceConformance):
    kind = SOURCES[0]
    config = {"token": Secret(TOKEN)}
    secrets = (TOKEN,)
    sample = make_request(
        "/check",
        msgspec.json.encode({"check": "db", "up": False, "message": MARKER}),
        headers={"Authorization": f"Bearer {TOKEN}"},
    )


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": TOKEN}])
def test_a_stranger_stores_nothing(headers):
    source, context = make_source(SOURCES[0], {"token": Secret(TOKEN)})
    answer = call(source, make_request("/check", b'{"check": "db", "up": false}', headers=headers))
    assert answer.status == 401
    assert context.sink.signals == []


def test_up_resolves_what_down_fired():
    down, up = (signal_of(Check(check="db", up=up), "critical") for up in (False, True))
    assert down.kind is SignalKind.FIRING
    assert up.kind is SignalKind.RESOLVED
    assert down.key == up.key
