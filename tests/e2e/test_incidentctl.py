"""An incident from its alert to its end, handled by two people with incidentctl alone, on the real daemon."""

from __future__ import annotations

import json
import threading

import pytest

pytestmark = pytest.mark.e2e

NOT_FOUND, CONFLICT, USAGE, UNREACHABLE = 4, 5, 2, 3


@pytest.fixture
def daemon(make_daemon, running):
    """A running daemon with two people, of whom the caller is `ada`."""
    return make_daemon(
        roster=running.ADA_BY_LOG + '\n[people.grace]\ncontacts = [{ notifier = "log" }]\n[services.checkout]\n'
    ).start()


@pytest.fixture
def ctl(daemon):
    """Run incidentctl as `ada`; the exit code must be `code`. With `answer=True` the parsed JSON is given back."""

    def run(*arguments: str, code: int = 0, answer: bool = False):
        done = daemon.ctl(*(["--json"] if answer else []), *arguments)
        assert done.returncode == code, (arguments, done.returncode, done.stdout, done.stderr)
        if code:
            assert done.stderr.strip(), "a failure says why"
            assert "Traceback" not in done.stderr
        return json.loads(done.stdout) if answer else done.stdout

    return run


def test_the_whole_journey(ctl, running):
    who = ctl("info", answer=True)
    assert (who["person"], who["role"]) == ("ada", "admin")

    ctl("alert", "send", "CheckoutDown", "--severity", "critical", "-l", "service=checkout", "--summary", "503 for all")
    (alert,) = running.eventually(
        lambda: [one for one in ctl("alert", "list", answer=True)["alerts"] if one["page_id"]], "it is paged"
    )
    assert "CheckoutDown" in ctl("alert", "list")
    assert "503 for all" in ctl("alert", "show", f"A-{alert['id']}")

    (page,) = ctl("page", "list", answer=True)["pages"]
    assert (page["state"], page["service"], page["alert_ids"]) == ("open", "checkout", [alert["id"]])
    assert f"P-{page['id']}" in ctl("page", "list", "--mine")
    ctl("page", "ack", f"P-{page['id']}", "--note", "I look at it")
    ctl("page", "ack", f"P-{page['id']}")  # a second time is no error for the same person
    shown = ctl("page", "show", str(page["id"]), answer=True)["page"]
    assert (shown["state"], shown["acknowledged_by"], shown["acknowledged_via"]) == ("acknowledged", "ada", "api")

    incident = ctl(
        "incident", "declare", "Checkout is down", "--severity", "sev2", "--alert", f"A-{alert['id']}",
        "--service", "checkout", "--many-stakeholders", answer=True,
    )  # fmt: skip
    number = f"INC-{incident['id']}"
    assert (incident["status"], incident["severity"]) == ("active", "SEV2")
    assert incident["alert_ids"] == [alert["id"]]
    assert number in ctl("incident", "list")

    ctl("incident", "role", number, "mitigation_lead", "me")
    ctl("incident", "role", number, "communications_lead", "ada")
    both = ctl("incident", "show", number, answer=True)["incident"]
    assert {one["rule"] for one in both["violations"]} >= {"role-separation"}, "shown, and nothing was blocked"
    ctl("incident", "role", number, "communications_lead", "grace")
    apart = ctl("incident", "show", number, answer=True)["incident"]
    assert "role-separation" not in {one["rule"] for one in apart["violations"]}

    ctl("incident", "note", number, "the load balancer has no healthy backend", "--kind", "observation", "--pin")
    ctl("incident", "decide", number, "roll back to build 41")
    ctl(
        "incident",
        "update",
        number,
        "Checkout fails; we roll back.",
        "--phase",
        "identified",
        "--audience",
        "customers",
    )
    promised = ctl("incident", "show", number, answer=True)["incident"]["next_update_at"]
    assert promised, "the next update is promised"
    assert "without a reason" in ctl("incident", "severity", number, "sev3"), "said, and not blocked"
    ctl("incident", "severity", number, "sev1", "--reason", "all regions")

    ctl("incident", "status", number, "mitigated", "--evidence", "error ratio below 0.1 %")
    ctl("alert", "send", "CheckoutDown", "--severity", "critical", "-l", "service=checkout", "--resolved")
    running.eventually(lambda: not ctl("alert", "list", answer=True)["alerts"], "the alert is over")
    ctl("incident", "update", number, "Checkout works again.", "--phase", "resolved", "--final")
    ctl("incident", "status", number, "resolved")
    over = ctl("incident", "show", number, answer=True)["incident"]
    assert over["status"] in ("resolved", "cooling")
    assert over["mitigated_at"]
    assert over["resolved_at"]
    assert over["review_opens_at"] > over["resolved_at"], "people rest first"

    entries = ctl("incident", "timeline", number, answer=True)["entries"]
    told = "\n".join(f"{one['kind']}: {one['text']}" for one in entries)
    for part in ("no healthy backend", "roll back to build 41", "Checkout fails; we roll back.", "SEV1", "mitigat"):
        assert part in told, told
    assert {one["by"] for one in entries} >= {"ada"}
    seen = [one["observed_at"] for one in entries]
    assert seen == sorted(seen)
    (pinned,) = [one for one in entries if one["pinned"]]
    assert pinned["kind"] == "observation"
    assert "no healthy backend" in ctl("incident", "timeline", number)

    trace = ctl("alert", "trace", f"A-{alert['id']}")
    assert trace.splitlines()[0].strip()
    assert "ada was paged; ada acknowledged by api." in trace
    steps = ctl("alert", "trace", f"A-{alert['id']}", answer=True)["steps"]
    assert any("I look at it" in step["text"] for step in steps)

    kinds = {one["kind"] for one in ctl("events", "--after", "0", answer=True)["events"]}
    assert {"alert.fired", "page.acknowledged", "incident.declared"} <= kinds


def test_exit_codes_tell_scripts_what_happened(ctl, daemon, running):
    ctl("alert", "show", "A-999", code=NOT_FOUND)
    ctl("incident", "show", "INC-999", code=NOT_FOUND)
    ctl("alert", "show", "no-number", code=USAGE)
    ctl("alert", "lst", code=USAGE)
    ctl("page", "send", "Nobody is asked", code=USAGE)
    ctl("page", "send", "Is there anybody?", "--person", "nobody", code=NOT_FOUND)
    ctl("incident", "declare", "t", "--severity", "sev9", code=USAGE)
    ctl("alert", "send", "DiskFull")
    page = running.eventually(lambda: daemon.page_of("DiskFull"), "it is paged")["page"]
    ctl("page", "resolve", str(page["id"]), "--if-version", "999", code=CONFLICT)
    ctl("page", "resolve", str(page["id"]))
    ctl("page", "ack", str(page["id"]), code=CONFLICT)

    refused = daemon.ctl("--json", "alert", "show", "A-999")
    assert refused.returncode == NOT_FOUND
    assert json.loads(refused.stderr)
    assert refused.stdout == ""
    daemon.terminate()
    gone = daemon.ctl("--timeout", "0.5", "alert", "list")
    assert gone.returncode == UNREACHABLE
    assert daemon.socket_path in gone.stderr


def test_a_command_waits_through_a_restart(daemon):
    daemon.terminate()
    done = []
    waiting = threading.Thread(target=lambda: done.append(daemon.ctl("--timeout", "25", "alert", "send", "Patient")))
    waiting.start()
    daemon.start()
    waiting.join(30)
    assert [one.returncode for one in done] == [0], done
    assert [one["name"] for one in daemon.alerts()] == ["Patient"]
    assert daemon.alert("Patient")["count"] == 1
