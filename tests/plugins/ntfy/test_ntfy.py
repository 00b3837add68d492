"""The ntfy notifier against a recording server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from pydantic import ValidationError

from incidentd.plugin import NotificationKind, PermanentFailure, Secret, Urgency
from incidentd.plugin.testing.http_notifiers import HttpNotifierConformance, script
from incidentd.plugin.testing.httpserver import Recorded, Reply
from incidentd.plugin.testing.notifiers import ACKNOWLEDGE_URL, HOSTILE, NotifierContext, Rig, failure_of, notification
from incidentd_ntfy.config import NtfyConfig
from incidentd_ntfy.notifier import NOTIFIERS, NtfyNotifier, encode

TOKEN = "tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2"
KNOWN_FIELDS = {"topic", "title", "message", "priority", "tags", "sequence_id", "click", "actions"}


class TestNtfy(HttpNotifierConformance):
    adapter = NOTIFIERS[0]
    address = "oncall-ada"
    secrets = (TOKEN,)

    def configure(self, url: str) -> Mapping[str, Any]:
        return {"server": url, "token": Secret(TOKEN)}

    def check_format(self, sent: Recorded) -> None:
        assert (sent.method, sent.path) == ("POST", "/")
        assert sent.headers["authorization"] == f"Bearer {TOKEN}"
        assert len(sent.body) <= 8192
        request = msgspec.json.decode(sent.body)
        assert set(request) <= KNOWN_FIELDS
        assert request["topic"] == "oncall-ada"
        assert 0 < len(request["message"].encode()) <= 4096
        assert 0 < len(request["title"]) <= 250
        assert "\n" not in request["title"]
        assert not set(request["title"] + request["message"]) & set("\x00\x1b\r\u202e\u2066")
        assert 1 <= request["priority"] <= 5

    def key_on_wire(self, sent: Recorded) -> str:
        return str(msgspec.json.decode(sent.body)["sequence_id"])

    def shows(self, sent: Recorded, text: str) -> bool:
        return text in msgspec.json.decode(sent.body).__repr__()

    async def test_acknowledge_button(self, rig: Rig) -> None:
        await rig.notifier.send(self.message())
        actions = msgspec.json.decode(rig.vendor.sent()[0].body)["actions"]
        assert actions[0] == {
            "action": "http",
            "label": "Acknowledge",
            "url": ACKNOWLEDGE_URL,
            "method": "POST",
            "clear": True,
        }
        assert (actions[1]["action"], actions[1]["url"]) == ("view", ACKNOWLEDGE_URL)

    async def test_receipt_names_the_message(self, rig: Rig) -> None:
        script(rig, Reply(body=b'{"id":"sPs71M8A2T","time":1643935928,"event":"message"}'))
        assert (await rig.notifier.send(self.message())).vendor_id == "sPs71M8A2T"

    async def test_an_answer_that_is_no_json_is_still_a_receipt(self, rig: Rig) -> None:
        for body in (b"", b"<html>", b"[" * 60_000, b'{"id": 3}', b"\xff"):
            script(rig, Reply(body=body))
            assert (await rig.notifier.send(self.message())).vendor_id == ""

    async def test_error_number_is_told(self, rig: Rig) -> None:
        script(rig, Reply(status=403, body=b'{"code":40301,"http":403,"error":"forbidden"}'))
        assert "ntfy error 40301" in str(await failure_of(rig.notifier.send(self.message())))

    @pytest.mark.parametrize("address", ["", "a/b", "a b", "a\r\nb", "é", "x" * 65, "../admin", "https://x.example/t"])
    async def test_a_bad_topic_is_permanent(self, rig: Rig, address: str) -> None:
        assert isinstance(await failure_of(rig.notifier.send(self.message(address=address))), PermanentFailure)
        assert rig.vendor.sent() == []

    async def test_without_token_no_authorization(self, rig: Rig) -> None:
        await rig.make({"token": None}).send(self.message())
        assert "authorization" not in rig.vendor.sent()[0].headers

    async def test_server_below_a_path(self, rig: Rig) -> None:
        await rig.make({"server": rig.vendor.settings()["server"] + "/push/"}).send(self.message())
        assert rig.vendor.sent()[0].path == "/push/"


def test_priorities_fall_from_page_to_resolved() -> None:
    def priority(kind: NotificationKind, urgency: Urgency) -> int:
        return int(msgspec.json.decode(encode(notification(kind=kind, urgency=urgency, address="t")))["priority"])

    order = [NotificationKind.PAGE, NotificationKind.UPDATE, NotificationKind.RESOLVED]
    assert [priority(kind, Urgency.HIGH) for kind in order] == [5, 4, 2]
    assert [priority(kind, Urgency.LOW) for kind in order] == [3, 2, 2]


def test_a_cut_message_says_so_and_keeps_the_reason() -> None:
    request = msgspec.json.decode(encode(notification(body=HOSTILE["long lines"], address="t")))
    assert "… (cut)\n\nYou are the primary" in request["message"]
    assert 4000 < len(request["message"].encode()) <= 4096


def test_text_that_grows_in_json_still_fits() -> None:
    encoded = encode(notification(body=HOSTILE["long quotes"], title='"' * 250, address="t"))
    assert 8100 < len(encoded) <= 8192


@pytest.mark.parametrize("token", ["", "two words", "a\nb", "é", "\ud800"])
def test_a_token_that_fits_no_header_is_refused_without_showing_it(token: str) -> None:
    with pytest.raises(ValueError, match="token") as caught:
        NtfyNotifier(NtfyConfig(token=Secret(token)), NotifierContext(http=None))  # type: ignore[arg-type]
    assert not token or token not in str(caught.value)


@pytest.mark.parametrize(
    "server", ["", "ntfy.sh", "ftp://ntfy.sh", "https://u:p@ntfy.sh", "https://ntfy.sh/?auth=x", "https://"]
)
def test_a_bad_server_is_a_configuration_error(server: str) -> None:
    with pytest.raises(ValidationError):
        NtfyConfig(server=server)
