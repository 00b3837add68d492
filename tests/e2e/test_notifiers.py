"""ntfy, webhook and apprise through the real daemon, against recording servers on loopback."""

from __future__ import annotations

import hashlib
import hmac
import json
import re

import pytest

from incidentd.plugin.testing import Fault, Reply

pytestmark = pytest.mark.e2e


def roster_of(running, *contacts: str) -> str:
    return f"""
[people.ada]
os_user = "{running.ACTING_USER}"
contacts = [{", ".join("{ " + contact + " }" for contact in contacts)}]
[policies.default]
steps = [{{ targets = ["person:ada"], delay = "30m" }}]
"""


def link_of(daemon, url: str) -> str:
    prefix = f"http://127.0.0.1:{daemon.port}"
    assert url.startswith(f"{prefix}/ack/")
    return url.removeprefix(prefix)


def test_ntfy_pages_with_a_button_that_acknowledges(running, make_daemon, recorder):
    main = f'[notifiers.phone]\ntype = "ntfy"\nserver = "{recorder.url}"\ntoken = {{ env = "NTFY_TOKEN" }}\n'
    daemon = make_daemon(
        main=main,
        roster=roster_of(running, 'notifier = "phone", address = "ada-pages"'),
        env={"NTFY_TOKEN": "tk_secret"},
    ).start()
    daemon.fire("DiskFull", severity="critical")
    (request,) = running.eventually(lambda: recorder.requests, "the phone is reached")
    assert request.headers["authorization"] == "Bearer tk_secret"
    message = json.loads(request.body)
    assert message["topic"] == "ada-pages"
    assert message["priority"] == 5
    assert "DiskFull" in message["title"]
    button = next(action for action in message["actions"] if action["action"] == "http")
    assert button["method"] == "POST"

    pressed = daemon.http(button["method"], link_of(daemon, button["url"]))
    assert pressed.status == 200
    page = daemon.page_of("DiskFull")["page"]
    assert (page["state"], page["acknowledged_by"], page["acknowledged_via"]) == ("acknowledged", "ada", "link")
    assert "tk_secret" not in daemon.log.read_text()


def test_webhook_is_signed_and_its_link_acknowledges(running, make_daemon, recorder):
    main = f'[notifiers.hook]\ntype = "webhook"\nurl = "{recorder.url}/page"\nsecret = {{ env = "HOOK_SECRET" }}\n'
    daemon = make_daemon(
        main=main, roster=roster_of(running, 'notifier = "hook"'), env={"HOOK_SECRET": "sign-with-this"}
    ).start()
    daemon.fire("DiskFull", service="checkout")
    (request,) = running.eventually(lambda: recorder.requests, "the hook is called")
    found = re.fullmatch(r"t=(\d+),v1=([0-9a-f]{64})", request.headers["x-incidentd-signature"])
    assert found
    signed = found[1].encode() + b"." + request.body
    assert hmac.new(b"sign-with-this", signed, hashlib.sha256).hexdigest() == found[2]
    message = json.loads(request.body)
    assert message["idempotency_key"] == request.headers["idempotency-key"]
    assert (message["kind"], message["recipient"], message["labels"]["service"]) == ("page", "ada", "checkout")
    assert daemon.http("POST", link_of(daemon, message["acknowledge_url"])).status == 200
    assert daemon.page_of("DiskFull")["page"]["acknowledged_by"] == "ada"


def test_apprise_reaches_a_service_by_its_url(running, make_daemon, recorder):
    address = recorder.url.replace("http://", "json://") + "/apprise"
    daemon = make_daemon(
        main='[notifiers.any]\ntype = "apprise"\n',
        roster=roster_of(running, f'notifier = "any", address = "{address}"'),
    ).start()
    daemon.fire("DiskFull")
    (request,) = running.eventually(lambda: recorder.requests, "the service is called")
    assert request.path.rstrip("/") == "/apprise"
    message = json.loads(request.body)
    assert "DiskFull" in message["title"]
    assert message["type"] == "failure"
    link = re.search(r"Acknowledge: (\S+)", message["message"])
    assert link
    assert daemon.http("POST", link_of(daemon, link[1])).status == 200
    assert daemon.page_of("DiskFull")["page"]["state"] == "acknowledged"


@pytest.mark.parametrize("kind", ["ntfy", "webhook"], ids=["ntfy-after-500", "webhook-after-a-broken-connection"])
def test_a_retry_keeps_the_idempotency_key(running, make_daemon, recorder, kind):
    where = {"ntfy": f'server = "{recorder.url}"', "webhook": f'url = "{recorder.url}/page"'}[kind]
    contact = 'notifier = "it", address = "ada-pages"' if kind == "ntfy" else 'notifier = "it"'
    recorder.script(500 if kind == "ntfy" else Fault.RESET)
    daemon = make_daemon(main=f'[notifiers.it]\ntype = "{kind}"\n{where}\n', roster=roster_of(running, contact)).start()
    daemon.fire("DiskFull")
    running.eventually(lambda: len(recorder.requests) == 2, "it is tried again")
    first, second = recorder.requests
    if kind == "ntfy":
        assert json.loads(first.body)["sequence_id"] == json.loads(second.body)["sequence_id"]
    else:
        assert first.headers["idempotency-key"] == second.headers["idempotency-key"]
        assert [json.loads(one.body)["attempt"] for one in (first, second)] == [1, 2]
    (delivery,) = running.eventually(
        lambda: [one for one in daemon.page_of("DiskFull")["deliveries"] if one["state"] == "sent"], "it is sent"
    )
    assert delivery["attempt"] == 2
    trace = daemon.trace("DiskFull")
    assert "delivery.retrying" in [step["kind"] for step in trace["steps"]]
    assert any("at attempt 2" in step["text"] for step in trace["steps"])


def test_a_permanent_failure_uses_the_next_contact_method_at_once(running, loopback, make_daemon, recorder, stack):
    second = stack.enter_context(loopback.Recorder())
    recorder.script(Reply(status=404))
    main = f"""
[notifiers.gone]
type = "webhook"
url = "{recorder.url}/gone"
[notifiers.spare]
type = "webhook"
url = "{second.url}/spare"
"""
    daemon = make_daemon(
        main=main, roster=roster_of(running, 'notifier = "gone"', 'notifier = "spare", after = "20m"')
    ).start()
    watch = loopback.Stopwatch()
    daemon.fire("DiskFull")
    running.eventually(lambda: second.requests, "the next method is used")
    assert watch.seconds < 5, "and not after its twenty minutes"
    assert len(recorder.requests) == 1, "what failed for good is not tried again"
    running.eventually(
        lambda: [one["state"] for one in daemon.page_of("DiskFull")["deliveries"]] == ["failed", "sent"],
        "both outcomes are known",
    )
    assert any("failed for good: HTTP 404" in step["text"] for step in daemon.trace("DiskFull")["steps"])
    assert daemon.get("/v1/health")["deliveries_failed_24h"] == 1
