"""`incidentctl runbook` and the codes that `incidentctl health` shows: what to do about an alarm, without a daemon."""

import json

from incidentd.domain.alarm_kinds import KINDS
from incidentd.wire.health import OwnAlarm


def alarm(code, severity, text):
    return OwnAlarm(code=code, title="?", severity=severity, text=text, runbook=f"incidentctl runbook {code}")


def test_a_page_is_printed_without_a_daemon(api, run):
    done = run("runbook", "notifier-down")
    assert done.out.startswith("# A way to people does not work\n\n`notifier-down`, critical.\n")
    found = json.loads(run("runbook", "notifier-down", "--json").out)
    assert (found["severity"], found["markdown"].strip()) == ("critical", done.out.strip())
    assert api.asked == []


def test_the_list_has_every_code(api, run):
    lines = run("runbook").out.splitlines()[1:]
    assert [line.split()[0] for line in lines] == sorted(KINDS)
    assert [one["code"] for one in json.loads(run("runbook", "--json").out)["runbooks"]] == sorted(KINDS)
    assert api.asked == []


def test_a_code_that_is_none_is_refused_with_the_nearest(run):
    done = run("runbook", "notifer-down")
    assert (done.code, "did you mean notifier-down?" in done.err) == (4, True)
    assert run("runbook", "../README").code == 4


def test_health_shows_the_code_of_each_line(api, run, canned):
    alarms = (alarm("notifier-down", "critical", "push is down"), alarm("retro-due", "info", "PR-1 is due"))
    api.on("GET", "/v1/health", canned.health(problems=tuple(one.text for one in alarms), alarms=alarms))
    lines = run("health").out.splitlines()
    assert lines[1:3] == ["  ! push is down [notifier-down]", "  - PR-1 is due [retro-due]"]
    assert "incidentctl runbook CODE" in lines[3]
