"""No secret gets out of a daemon in which everything fails: not into its log, its answers, its metrics or its store.

Each credential of each built-in adapter is planted. Vendors answer with all that they were sent, so that whatever the
daemon repeats of their words would show it.
"""

from __future__ import annotations

import base64
import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from incidentd import unixsocket
from incidentd.api.routes import ROUTES

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]  # a daemon with every plugin there is, each of them failing

MAIN = """
[daemon]
log_level = "debug"
[heartbeat]
url = {{ env = "OUTSIDE" }}
[sources.alertmanager]
type = "alertmanager"
[sources.events]
type = "cloudevents"
token = {{ env = "EVENTS" }}
old_token = {{ env = "EVENTS_OLD" }}
[sources.goalert]
type = "goalert"
tokens = {{ shop = [{{ env = "GOALERT" }}] }}
[sources.grafana]
type = "grafana"
secrets = [{{ env = "GRAFANA" }}]
username = "grafana"
password = {{ env = "GRAFANA_PASSWORD" }}
[sources.beats]
type = "heartbeat"
ping_key = {{ env = "PING" }}
[sources.beats.checks.backup]
period = "1d"
[sources.nagios]
type = "nagios"
keys = {{ shop = [{{ env = "NAGIOS" }}] }}
[sources.units]
type = "systemd"
keys = {{ shop = [{{ env = "UNITS" }}] }}
[sources.opsgenie]
type = "opsgenie"
keys = {{ shop = [{{ env = "OPSGENIE" }}] }}
[sources.pagerduty]
type = "pagerduty"
routing_keys = {{ "{routing_key}" = "shop" }}
[sources.sentry]
type = "sentry"
secrets = [{{ env = "SENTRY" }}]
[sources.hook]
type = "webhook"
token = {{ env = "HOOK" }}
[notifiers.push]
type = "ntfy"
server = "{vendor}"
token = {{ env = "NTFY" }}
[notifiers.own]
type = "webhook"
url = {{ env = "OWN_URL" }}
secret = {{ env = "OWN" }}
authorization = {{ env = "OWN_AUTHORIZATION" }}
[notifiers.mail]
type = "email"
host = "127.0.0.1"
port = {closed}
from = "incidentd@example.org"
username = "incidentd"
password = {{ env = "SMTP" }}
[notifiers.many]
type = "apprise"
url = {{ env = "APPRISE" }}
timeout = 3
[channels.support]
type = "email"
host = "127.0.0.1"
port = {closed}
imap_port = {closed}
imap_tls = "never"
from = "support@example.org"
username = "support"
password = {{ env = "IMAP" }}
reply_key = {{ env = "REPLY" }}
[channels.web]
type = "webform"
secret = {{ env = "WEBFORM" }}
[channels.chat]
type = "slack"
api = "{vendor}/slack"
signing_secrets = [{{ env = "SLACK_SIGNING" }}]
token = {{ env = "SLACK" }}
channels = {{ C0123ABCD = "shop" }}
[channels.room]
type = "discord"
api = "{vendor}/discord"
public_key = "{public_key}"
token = {{ env = "DISCORD" }}
rooms_guild = "1000000000000000001"
[channels.forge]
type = "forge"
api = "{vendor}/forge"
secrets = [{{ env = "FORGE_SIGNING" }}]
token = {{ env = "FORGE" }}
repositories = ["o/r"]
[channels.phone]
type = "twilio"
api = "{vendor}/twilio"
url = "https://incidentd.example.org/in/phone"
account_sid = "AC00000000000000000000000000000000"
auth_token = {{ env = "TWILIO" }}
number = "+15005550006"
"""
ROSTER = """
[people.ada]
os_user = "{user}"
contacts = [
  {{ notifier = "log" }},
  {{ notifier = "push", address = "ada" }},
  {{ notifier = "own" }},
  {{ notifier = "mail", address = "ada@example.org" }},
  {{ notifier = "many" }},
]
[policies.default]
steps = [{{ targets = ["person:ada"], delay = "10m" }}]
[services.shop]
policy = "default"
"""
SHORT = {"PING"}  # it stands in addresses: letters and digits
URLS = {"OUTSIDE": "/outside/", "OWN_URL": "/own/"}


def planted() -> dict[str, str]:
    """A secret for each reference, that looks different in each form."""
    names = set(re.findall(r'env = "(\w+)"', MAIN)) - {"APPRISE"}
    return {name: secrets.token_hex(12) + ("" if name in SHORT | URLS.keys() else "/+=.~x") for name in sorted(names)}


def forms(secret: str) -> set[bytes]:
    """A secret as it would stand in a log, an address, a header, a document."""
    raw = secret.encode()
    found = {
        raw,
        quote(secret, safe="").encode(),
        quote_plus(secret).encode(),
        raw.hex().encode(),
        raw.hex().upper().encode(),
    }
    found |= {json.dumps(secret)[1:-1].encode(), secret.replace("/", r"\/").encode()}
    for before in range(3):  # what stands before it shifts its base64 by that many bytes
        inner = base64.b64encode(b"." * before + raw)[(before * 8 + 5) // 6 :]
        inner = inner.rstrip(b"=")[:-1]
        found |= {inner, inner.replace(b"+", b"-").replace(b"/", b"_")}
    return found


def leaks(where: str, text: bytes, known: dict[str, str]) -> list[str]:
    return [f"{where}: {name}" for name, secret in known.items() for form in forms(secret) if form in text]


class Echo(BaseHTTPRequestHandler):
    """A vendor that refuses everything, and says why in the caller's own words."""

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode("latin-1")
        said = f"refused: {self.path} {dict(self.headers)} {body}"
        text = json.dumps({"ok": False, "error": said, "message": said, "errors": [said]}).encode()
        self.send_response(500 if "slack" in self.path else 403)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)
        self.server.asked.append(said)  # type: ignore[attr-defined]

    def log_message(self, *_: object) -> None: ...


for _method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
    setattr(Echo, f"do_{_method}", Echo.answer)


@pytest.fixture
def vendor():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    server.asked = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def test_the_search_finds_what_is_there():
    known = planted()
    for name, secret in known.items():
        for form in forms(secret):
            assert leaks("x", b"before " + form + b" after", known), name
        for before in (b"u:", b"us:", b"use:"):
            assert leaks("x", base64.b64encode(before + secret.encode() + b"@host"), {name: secret}), name
    assert leaks("x", b"nothing of it", known) == []


def test_no_secret_gets_out_while_everything_fails(running, make_daemon, vendor, tmp_path):
    known, closed = planted(), running.free_port()
    place = f"http://127.0.0.1:{vendor.server_port}"
    routing_key = secrets.token_hex(16)
    values = {name: f"{place}{URLS[name]}{secret}" if name in URLS else secret for name, secret in known.items()}
    apprise = {"APPRISE_USER": secrets.token_hex(8), "APPRISE_PASSWORD": secrets.token_hex(8)}
    at = place.removeprefix("http://")
    values["APPRISE"] = f"json://{apprise['APPRISE_USER']}:{apprise['APPRISE_PASSWORD']}@{at}/x?rto=1&cto=1"
    known |= {"routing_key": routing_key, **apprise}
    main = MAIN.format(vendor=place, closed=closed, routing_key=routing_key, public_key="ab" * 32)
    daemon = make_daemon(main=main, roster=ROSTER.format(user=running.ACTING_USER), env=values)
    daemon.launch().wait_for(daemon.answers, "answers on its socket", 90)  # it loads every plugin there is

    daemon.fire("DiskFull", service="shop")
    running.eventually(lambda: len(vendor.asked) >= 6, "vendors are asked", 40)
    answers = [
        daemon.post(path, {"routing_key": "x" * 32}).body for path in ("/hook", "/v2/enqueue", "/sentry/webhook")
    ]
    for path in (
        "/cloudevents",
        "/grafana/webhook",
        "/v2/alerts",
        "/in/phone/twilio/sms",
        "/slack/events",
        "/ping/x/y",
    ):
        headers = {"Authorization": "Bearer wrong", "X-Token": "wrong"}
        answers.append(daemon.http("POST", path, b'{"a": 1}', headers).body)
    for notifier in ("push", "own", "mail", "many"):
        unixsocket.request(
            daemon.socket_path, "POST", f"/v1/notifiers/{notifier}/test", b"{}", {"Idempotency-Key": notifier}
        )
    running.eventually(lambda: _all_failed(daemon), "every notifier has failed", 40)

    for route in ROUTES:
        if route.method == "GET":
            path = re.sub(
                r"\{\w*id\}", "1", re.sub(r"\{(\w+)\}", lambda m: "1" if m[1].endswith("id") else "backup", route.path)
            )
            answers.append(unixsocket.request(daemon.socket_path, "GET", path).body)
    answers += [daemon.http("GET", path).body for path in ("/metrics", "/-/ready", "/status", "/support")]
    words = "health", "health --json", "events --json", "doctor --json", "doctor", "backup now", "backup list --json"
    for told in words:
        done = daemon.ctl(*told.split())
        answers.append((done.stdout + done.stderr).encode())
    answers += [own_doctor(daemon, "--json"), own_doctor(daemon)]
    pid = daemon.running.pid
    answers.append(Path(f"/proc/{pid}/cmdline").read_bytes() + Path(f"/proc/{pid}/comm").read_bytes())
    daemon.terminate()

    found = [leak for answer in answers for leak in leaks("an answer", answer, known)]
    found += leaks("the log", daemon.log.read_bytes(), known)
    for file in sorted((daemon.home / "state").rglob("*")):
        found += leaks("a name", str(file).encode(), known)
        if file.is_file():
            found += leaks(file.name, file.read_bytes(), known)
    assert found == []
    used = {leak.partition(": ")[2] for leak in leaks("it", "".join(vendor.asked).encode(), known)}
    assert any(file.name.startswith("incidentd-") for file in (daemon.home / "state").rglob("*")), "a backup was made"
    assert used >= {"NTFY", "OWN_URL", "OWN_AUTHORIZATION", "APPRISE_PASSWORD", "OUTSIDE"}, "secrets were in use"
    assert len(daemon.log.read_text().splitlines()) >= 5, "there was something to search"


def own_doctor(daemon, *options: str) -> bytes:
    """What `incidentd doctor` says beside a daemon that runs."""
    command = [str(Path(sys.executable).with_name("incidentd")), "doctor", "--all", *options]
    done = subprocess.run(command, env=daemon.env, capture_output=True, timeout=60, check=False)
    assert b"descriptors" in done.stdout
    return done.stdout + done.stderr


def _all_failed(daemon) -> bool:
    alert = daemon.page_of("DiskFull")
    if alert is None:
        return False
    tried = [one for one in alert["deliveries"] if one["notifier"] in ("push", "own", "mail", "many")]
    return len(tried) == 4 and all(one["attempt"] >= 1 and one["error"] for one in tried)


def test_a_database_that_does_not_answer_keeps_its_password(running, tmp_path):
    password = secrets.token_hex(12) + "/+x"
    home = tmp_path / "pg"
    daemon = running.Incidentd(
        home,
        main='[storage]\nurl = { env = "DATABASE" }\n',
        env={"DATABASE": f"postgresql://ada:{quote(password, safe='')}@127.0.0.1:{running.free_port()}/incidents"},
    )
    command = [str(Path(sys.executable).with_name("incidentd")), "serve"]
    done = subprocess.run(command, env=daemon.env, capture_output=True, timeout=60, check=False)
    assert done.returncode != 0
    assert leaks("it", done.stdout + done.stderr, {"DATABASE": password}) == []
    assert done.stdout + done.stderr


AS_SOMEBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
REACHING = ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]  # a checkout may be root's alone


def test_nobody_of_its_user_looks_into_the_daemon(running):
    """Neither by what the kernel shows of a process, nor by a debugger, nor by what a fault leaves."""
    somebody = [*AS_SOMEBODY, *REACHING] if os.geteuid() == 0 else []
    home = Path(tempfile.mkdtemp(prefix="sealed-", dir="/tmp"))
    core = home / "core-of-it"
    core.mkdir()
    daemon = running.Incidentd(home, env={"PLANTED": secrets.token_hex(16)})
    other = None
    try:
        for path in (home, *home.rglob("*")):
            os.chown(path, 65534, 65534) if somebody else None
        daemon.launch((*somebody, "sh", "-c", 'ulimit -c unlimited; exec "$0" "$@"'), cwd=core)
        other = subprocess.Popen([*somebody, "sleep", "300"], env=daemon.env)
        daemon.running.wait_for(daemon.answers, "answers on its socket", 120)
        pid = daemon.running.pid
        [limit] = [line for line in Path(f"/proc/{pid}/limits").read_text().splitlines() if "core file size" in line]
        assert limit.split()[4:6] == ["0", "0"]

        def sees(command: list[str]) -> bool:
            done = subprocess.run([*somebody, *command], cwd=core, capture_output=True, timeout=60, check=False)
            return daemon.env["PLANTED"].encode() in done.stdout or any(core.iterdir())

        assert sees(["cat", f"/proc/{other.pid}/environ"]), "of another process of this user it is seen"
        assert not sees(["cat", f"/proc/{pid}/environ"])
        if shutil.which("gcore"):
            assert not sees(["gcore", "-o", "dump", str(pid)])
        daemon.running.signal(signal.SIGABRT)
        assert daemon.running.wait() == -signal.SIGABRT
        assert list(core.iterdir()) == []
    finally:
        if other is not None:
            other.kill()
            other.wait()
        daemon.close()
        shutil.rmtree(home)
