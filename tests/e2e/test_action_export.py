"""An action of a review becomes an issue of a forge, on the real daemon and over real HTTP, by incidentctl alone."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime

import pytest

from incidentd.plugin.testing import Reply

pytestmark = pytest.mark.e2e
URL = "https://git.example.org/acme/shop/issues/7"


def by_day(roster: str) -> str:
    """Ada lives where it is noon now: after an incident of the night people would rest before the review."""
    ahead = 12 - datetime.now(UTC).hour
    return roster.replace("[people.ada]\n", f'[people.ada]\nzone = "Etc/GMT{-ahead:+d}"\n')


def test_an_issue_is_opened_once_although_its_answer_was_lost(make_daemon, running, recorder, tmp_path):
    for name in ("hook", "token"):
        (tmp_path / name).write_text(f"{name}-5257a869e7ec")
        (tmp_path / name).chmod(0o600)
    channel = f"""
        [channels.forgejo]
        type = "forge"
        forge = "gitea"
        api = "{recorder.url}"
        secrets = [{{ file = "{tmp_path}/hook" }}]
        token = {{ file = "{tmp_path}/token" }}
        """
    roster = by_day(running.ADA_BY_LOG) + '\n[services.checkout]\nteam = "web"\n[teams.web]\nmembers = ["ada"]\n'
    daemon = make_daemon(main=channel, roster=roster).start()

    def ctl(*arguments: str, code: int = 0) -> str:
        done = daemon.ctl(*arguments)
        assert done.returncode == code, (arguments, done.stdout, done.stderr)
        return done.stdout or done.stderr

    ctl("incident", "declare", "Checkout is down", "--severity", "sev3", "--service", "checkout")
    ctl("incident", "status", "1", "mitigated", "--evidence", "graph")
    ctl("incident", "status", "1", "resolved", "--evidence", "graph")
    ctl("review", "start", "INC-1", "--solo")
    ctl("action", "add", "INC-1", "Alert on stale rules", "--team", "web", "--due", "2099-12-01")
    assert 'set `issues = "owner/repository"`' in ctl("action", "export", "A-1", code=2)

    daemon.write("incidentd.toml", (daemon.config / "incidentd.toml").read_text() + 'issues = "acme/shop"\n')
    ctl("reload")
    issue = {"number": 7, "html_url": URL}
    recorder.script(Reply(status=201, body=b""))  # it was opened, and its answer got lost
    assert "A-1: on their way to forgejo" in ctl("action", "export", "INC-1")
    running.eventually(lambda: len(recorder.requests) == 1, "it is ordered")
    (opened,) = recorder.requests
    assert (opened.method, opened.path) == ("POST", "/repos/acme/shop/issues")
    document = json.loads(opened.body)
    assert (document["title"], document["due_date"]) == ("Alert on stale rules", "2099-12-01T23:59:59Z")
    assert "on its way" in ctl("action", "export", "A-1", code=5)
    recorder.script(Reply(body=json.dumps([issue | {"body": document["body"]}]).encode()))
    running.eventually(lambda: URL in ctl("action", "show", "A-1"), "it is found again")
    assert [one.method for one in recorder.requests] == ["POST", "GET"]

    closed = issue | {"id": 70, "body": document["body"], "updated_at": "2026-03-02T09:00:00Z"}
    hook = {"action": "closed", "repository": {"full_name": "acme/shop"}, "issue": closed}
    body = json.dumps(hook).encode()
    signature = hmac.new(b"hook-5257a869e7ec", body, hashlib.sha256).hexdigest()
    headers = {"Content-Type": "application/json", "X-Forgejo-Event": "issues", "X-Forgejo-Signature": signature}
    answer = daemon.http("POST", "/in/forgejo/forge/webhook", body, headers)
    assert (answer.status, answer.json()) == (200, {"known": False})
    assert "its issue was closed at the forge" in ctl("action", "show", "A-1")
    assert "token-5257a869e7ec" not in daemon.log.read_text()
