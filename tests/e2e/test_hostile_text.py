"""Text that would act on a terminal, a browser or a log is inert wherever a person sees it."""

from __future__ import annotations

import json
import re
import unicodedata

import pytest

pytestmark = pytest.mark.e2e

ESC, BEL, CSI, OSC = "\x1b", "\x07", "\x9b", "\x9d"
HOSTILE = {
    "colour": f"{ESC}[31mred{ESC}[0m",
    "clipboard": f"{ESC}]52;c;cm0gLXJmIC8={BEL}",
    "title": f"{OSC}0;owned{BEL}",
    "clear": f"{CSI}2J{ESC}[H",
    "bidi": "user\u202egnp.exe\u2066\u2069",
    "invisible": "a\u200b\u00adb\ufeff\U000e0041",
    "lines": "first\r\nA-99 resolved  by root\x0b\x85\u2028second",
    "markup": "[bold red]x[/] [/nope] <script>alert(1)</script> <img src=x onerror=alert(1)> &amp; {0} %s",
    "stacked": "z" + "\u0301" * 150,
}


def acts_on_a_terminal(text: str) -> list[str]:
    """The characters in `text` that a terminal would obey, or that change the order of what is read."""
    return [
        f"U+{ord(char):04X}"
        for char in text
        if (unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp", "Cs")) and char not in "\n\t"
    ]


@pytest.fixture
def attacked(running, daemon):
    """A daemon with one alert for each hostile text, which stands in every field; answers with their ids."""
    alerts = [
        {
            "labels": {"alertname": text, "severity": text, "service": text, f"label-{text}": text},
            "annotations": {"summary": text, "description": text, "runbook_url": text, text: text},
            "generatorURL": text,
        }
        for text in HOSTILE.values()
    ]
    assert daemon.post("/api/v2/alerts", alerts).status == 200
    found = running.eventually(
        lambda: (known := daemon.alerts()) and all(one["page_state"] for one in known) and known, "all are paged"
    )
    assert len(found) == len(HOSTILE)
    running.eventually(lambda: not daemon.get("/v1/health")["deliveries_waiting"], "all pages are sent")
    for one in found:
        assert one["name"] in HOSTILE.values(), "stored as it came: making it harmless is the display's work"
    return found


@pytest.mark.parametrize("colour", [{}, {"FORCE_COLOR": "1", "CLICOLOR_FORCE": "1"}], ids=["plain", "colour-forced"])
def test_incidentctl_shows_it_inert(daemon, attacked, colour):
    ids = [str(one["id"]) for one in attacked]
    pages = [str(one["page_id"]) for one in attacked]
    commands = [("alert", "list"), ("page", "list"), ("health",), ("services",), ("events", "--after", "0")]
    commands += [("alert", what, number) for what in ("show", "trace") for number in ids[:]]
    commands += [("page", "show", number) for number in pages]
    for command in commands:
        done = daemon.ctl(*command, env=colour)
        assert done.returncode == 0, (command, done.stderr)
        shown = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout) if colour else done.stdout  # its own colours, if any
        assert acts_on_a_terminal(shown) == [], (command, shown)
        for text in HOSTILE.values():
            if ESC in text:
                assert text not in done.stdout, command
        assert "\nA-99 resolved" not in shown, "a text cannot look like a row of its own"
    named = daemon.ctl("alert", "list").stdout
    assert "\u241b[31mred" in named, "and stays readable"


def test_json_is_for_programs_and_escapes_control_characters(daemon, attacked):
    done = daemon.ctl("--json", "alert", "list")
    assert done.returncode == 0, done.stderr
    assert acts_on_a_terminal(done.stdout) == []
    names = {one["name"] for one in json.loads(done.stdout)["alerts"]}
    assert names == set(HOSTILE.values())


def test_an_error_message_does_not_carry_it_either(daemon):
    done = daemon.ctl("alert", "list", f"x{ESC}[31m=~(")
    assert done.returncode != 0
    assert acts_on_a_terminal(done.stdout + done.stderr) == []
    done = daemon.ctl("page", "send", HOSTILE["clipboard"], "--person", HOSTILE["title"])
    assert done.returncode != 0
    assert acts_on_a_terminal(done.stdout + done.stderr) == []


def test_the_log_has_one_json_object_a_line(daemon, attacked):
    lines = daemon.log.read_text().split("\n")[:-1]
    for line in lines:
        assert acts_on_a_terminal(line) == []
        assert isinstance(json.loads(line), dict)


def test_the_acknowledge_page_holds_no_markup_of_theirs(running, make_daemon, recorder):
    main = f'[notifiers.hook]\ntype = "webhook"\nurl = "{recorder.url}"\n'
    roster = (
        '[people.ada]\ncontacts = [{ notifier = "hook" }]\n[policies.default]\nsteps = [{ targets = ["person:ada"] }]\n'
    )
    daemon = make_daemon(main=main, roster=roster).start()
    daemon.fire(*HOSTILE.values())
    running.eventually(lambda: len(recorder.requests) == len(HOSTILE), "all are paged")
    for request in recorder.requests:
        url = json.loads(request.body)["acknowledge_url"]
        for method in ("GET", "POST"):
            answer = daemon.http(method, url.removeprefix(f"http://127.0.0.1:{daemon.port}"))
            page = answer.body.decode()
            assert answer.status == 200
            assert acts_on_a_terminal(page) == []
            assert "<script" not in page
            assert "<img" not in page
            assert "default-src 'none'" in answer.headers["content-security-policy"]
