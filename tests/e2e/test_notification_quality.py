"""Limits, receipts, tests of a person and the last resort through the real daemon, against servers on loopback."""

from __future__ import annotations

import hashlib
import hmac
import json
import time

import pytest

from incidentd.plugin.testing import Reply

pytestmark = pytest.mark.e2e

QUICK_LIMITS = '[route]\ngroup_wait = "0s"\n[limits]\nusual = ["1/3s"]\n'


def roster_of(running, *contacts: str, more: str = "") -> str:
    return f"""
[people.ada]
os_user = "{running.ACTING_USER}"
contacts = [{", ".join("{ " + contact + " }" for contact in contacts)}]
[policies.default]
steps = [{{ targets = ["person:ada"], delay = "30m" }}]
{more}
"""


def webhook(name: str, url: str, more: str = "") -> str:
    return f'[notifiers.{name}]\ntype = "webhook"\nurl = "{url}/{name}"\n{more}\n'


def sent(recorder) -> list[dict]:
    return [json.loads(request.body) for request in recorder.requests]


def test_what_comes_at_once_is_one_message_with_a_link_for_each(running, make_daemon, recorder):
    daemon = make_daemon(
        main=webhook("hook", recorder.url), roster=roster_of(running, 'notifier = "hook"'), process=QUICK_LIMITS
    ).start()
    daemon.ask("POST", "/v1/pages", {"title": "one", "person": "ada"})
    running.eventually(lambda: recorder.requests, "the first page is never held")
    for title in ("two", "three"):
        daemon.ask("POST", "/v1/pages", {"title": title, "person": "ada"})
    running.eventually(lambda: len(recorder.requests) == 2, "the window opens")
    bundle = sent(recorder)[1]
    assert bundle["title"] == "2 more pages: two"
    assert "P-2 two" in bundle["body"]
    assert "Acknowledge P-3: http" in bundle["body"]
    path = bundle["acknowledge_url"].removeprefix(f"http://127.0.0.1:{daemon.port}")
    assert b"Acknowledge all as ada" in daemon.http("GET", path).body
    assert daemon.http("POST", path).status == 200
    states = [daemon.get(f"/v1/pages/{number}")["page"]["state"] for number in (1, 2, 3)]
    assert states == ["open", "acknowledged", "acknowledged"]
    shown = daemon.ctl("page", "show", "P-2", "--deliveries").stdout
    assert "2 more pages: two" in shown
    assert "waits until" in shown


def test_a_signed_receipt_of_failure_uses_the_next_method(running, loopback, make_daemon, recorder, stack):
    second = stack.enter_context(loopback.Recorder())
    main = webhook("first", recorder.url, 'secret = { env = "HOOK_SECRET" }') + webhook("second", second.url)
    roster = roster_of(running, 'notifier = "first"', 'notifier = "second", after = "20m"')
    daemon = make_daemon(main=main, roster=roster, env={"HOOK_SECRET": "sign-with-this"}).start()
    daemon.fire("DiskFull")
    running.eventually(lambda: recorder.requests, "the hook is called")
    message = sent(recorder)[0]
    path = message["receipt_url"].removeprefix(f"http://127.0.0.1:{daemon.port}")
    body = json.dumps({"idempotency_key": message["idempotency_key"], "status": "failed", "detail": "gone"}).encode()

    def report(secret: bytes) -> int:
        now = str(int(time.time()))
        digest = hmac.new(secret, now.encode() + b"." + body, hashlib.sha256).hexdigest()
        return daemon.http("POST", path, body, {"X-Incidentd-Signature": f"t={now},v1={digest}"}).status

    running.eventually(lambda: daemon.page_of("DiskFull")["deliveries"][0]["state"] == "sent", "it is sent")
    assert report(b"guessed") == 401
    assert report(b"sign-with-this") == 200
    running.eventually(lambda: second.requests, "the next method is used at once")
    assert daemon.page_of("DiskFull")["deliveries"][0]["error"] == "its vendor reported later: gone"


def test_a_test_of_a_person_shows_each_method_and_says_by_its_exit_how_it_went(
    running, loopback, make_daemon, recorder, stack
):
    second = stack.enter_context(loopback.Recorder())
    second.script(Reply(status=404))
    main = webhook("good", recorder.url) + webhook("bad", second.url)
    daemon = make_daemon(main=main, roster=roster_of(running, 'notifier = "good"', 'notifier = "bad"')).start()
    done = daemon.ctl("person", "test", "ada")
    assert done.returncode == 1, done.stderr
    assert "good  sent" in done.stdout
    assert "bad  failed  HTTP 404" in done.stdout
    again = daemon.ctl("--json", "person", "test", "ada")
    assert again.returncode == 0, again.stdout
    assert [one["state"] for one in json.loads(again.stdout)["deliveries"]] == ["sent", "sent"]
    path = sent(recorder)[0]["acknowledge_url"].removeprefix(f"http://127.0.0.1:{daemon.port}")
    assert b"I got it: ada" in daemon.http("GET", path).body
    daemon.http("POST", path)
    assert daemon.get("/v1/people")["people"][0]["proven_at"]


def test_what_reaches_nobody_reaches_the_last_resort(running, loopback, make_daemon, recorder, stack):
    siren = stack.enter_context(loopback.Recorder())
    recorder.script(Reply(status=410))
    more = '[last_resort]\ncontacts = [{ notifier = "siren" }]\n'
    daemon = make_daemon(
        main=webhook("gone", recorder.url) + webhook("siren", siren.url),
        roster=roster_of(running, 'notifier = "gone"', more=more).replace("steps =", "repeat = 0\nsteps ="),
    ).start()
    daemon.fire("DiskFull")
    running.eventually(lambda: siren.requests, "the siren is heard")
    message = sent(siren)[0]
    assert (message["recipient"], message["urgency"]) == ("last-resort", "high")
    assert any("NEEDS SOMEBODY" in problem for problem in daemon.get("/v1/health")["problems"])
