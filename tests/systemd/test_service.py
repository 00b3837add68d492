"""The units under a real systemd, from the first connection to the last stop. Most tests build on those before them."""

from __future__ import annotations

import hmac

import pytest

# The only boot that is quick enough for every change; the others run by `make test-systemd`.
pytestmark = [pytest.mark.systemd, pytest.mark.e2e, pytest.mark.xdist_group("systemd"), pytest.mark.timeout(300)]

SOCKETS = ("incidentd-api.socket", "incidentd-ingress.socket")
# A template whose names need every escape; it fails until a file says that all is good.
APP = """[Unit]
Description=An app
[Service]
ExecStart=/bin/sh -c 'echo "last words of %I"; test -e /run/good && exec sleep 1000; exit 3'
"""
UNIT = r"my\x2dapp@a\x2db.service"
HANDLER = "incidentd-unit-failed@incidentd.service.service"
MAIN = "/etc/incidentd/incidentd.toml"
TOKEN, KEY = "Bearer s3cret-token-of-a-file", "k3y-that-is-encrypted"
LOADED = "[Service]\nLoadCredential=hook-token:/etc/incidentd/credentials/hook-token\n"
HOOK = 'authorization = { credential = "hook-token" }\n'
SIGNED = 'secret = { credential = "hook-key" }\n'
PEOPLE = {"visitor": (), "vera": ("users",), "rosa": ("users", "responders"), "adam": ("users", "admins")}


def prepare(files) -> None:
    """A unit that fails, and a secret that only root can read."""
    system = files / "etc/systemd/system"
    (system / r"my\x2dapp@.service").write_text(APP)
    credentials = files / "etc/incidentd/credentials"
    credentials.mkdir(mode=0o700)
    (credentials / "hook-token").write_text(TOKEN + "\n")
    (credentials / "hook-token").chmod(0o600)
    (system / "incidentd.service.d").mkdir()
    (system / "incidentd.service.d/credentials.conf").write_text(LOADED)
    with (files / "etc/incidentd/incidentd.toml").open("a") as main:
        main.write(HOOK)


@pytest.fixture(scope="module")
def machine(boot):
    machine = boot(*SOCKETS, prepare=prepare)
    for name, groups in PEOPLE.items():
        machine.run("useradd", name)
        for group in groups:
            machine.run("usermod", "-aG", f"incidentd-{group}", name)
    encrypted = machine.done(
        "systemd-creds", "encrypt", "--with-key=host", "--name=hook-key", "-p", "-", "-", given=KEY
    )
    if encrypted.returncode == 0:  # systemd 250 and newer
        machine.write("/etc/systemd/system/incidentd.service.d/encrypted.conf", f"[Service]\n{encrypted.stdout}")
        main = machine.run("cat", "/etc/incidentd/incidentd.toml")
        machine.write("/etc/incidentd/incidentd.toml", f"{main}\n{SIGNED}")
        machine.run("systemctl", "daemon-reload")
    return machine


def test_the_first_connection_starts_it(machine):
    assert machine.show("incidentd.service", "ActiveState") == {"ActiveState": "inactive"}
    assert {machine.show(unit, "SubState")["SubState"] for unit in SOCKETS} == {"listening"}
    assert machine.post(alertname="First", summary="x") == "200"
    unit = machine.show("incidentd.service", "ActiveState", "NRestarts", "StatusText", "DynamicUser")
    assert unit.pop("StatusText").startswith("listening on http://127.0.0.1:9095")
    assert unit == {"ActiveState": "active", "NRestarts": "0", "DynamicUser": "yes"}
    assert [one["name"] for one in machine.alerts()] == ["First"]


def test_its_user_exists_while_it_runs_and_its_files_are_its_own(machine):
    pid = machine.show("incidentd.service", "MainPID")["MainPID"]
    assert machine.run("stat", "-c", "%U", f"/proc/{pid}") == "incidentd"
    assert machine.run("stat", "-Lc", "%U %a", "/var/lib/incidentd") == "incidentd 700"
    assert machine.run("stat", "-c", "%G %a", "/run/incidentd/api.sock") == "incidentd-users 660"
    assert "incidentd" not in machine.run("cat", "/etc/passwd")
    status = machine.run("cat", f"/proc/{pid}/status")
    assert "NoNewPrivs:\t1" in status
    assert "CapEff:\t0000000000000000" in status
    assert "Seccomp:\t2" in status


def test_a_credential_that_only_root_can_read_signs_its_messages(machine):
    page = machine.eventually(machine.sent, "the page of the first alert")[0]
    assert page["headers"]["Authorization"] == TOKEN
    assert TOKEN not in machine.journal()
    assert machine.done("cat", "/etc/incidentd/credentials/hook-token", user="adam").returncode != 0


def test_an_encrypted_credential_needs_no_file(machine):
    """The secret stands in a drop-in, encrypted with a key of the host's; nothing else of it is on the disk."""
    if machine.done("stat", "/etc/systemd/system/incidentd.service.d/encrypted.conf").returncode != 0:
        pytest.skip("systemd-creds encrypts nothing here")
    page = machine.sent()[0]
    moment, mac = (part.partition("=")[2] for part in page["headers"]["X-Incidentd-Signature"].split(","))
    assert mac == hmac.new(KEY.encode(), f"{moment}.{page['body']}".encode(), "sha256").hexdigest()
    assert KEY not in machine.journal()


def test_groups_of_the_system_give_roles(machine):
    assert machine.ctl("info")["role"] == "admin"
    assert "Permission denied" in machine.done(*machine.CTL, "info", user="visitor").stderr
    roles = {name: machine.ctl("info", user=name)["role"] for name in ("vera", "rosa", "adam")}
    assert roles == {"vera": "viewer", "rosa": "responder", "adam": "admin"}
    refused = machine.done(*machine.CTL, "alert", "send", "ByVera", user="vera")
    assert refused.returncode != 0
    assert "responder" in refused.stderr
    machine.ctl("alert", "send", "ByRosa", user="rosa")
    assert machine.done(*machine.CTL, "reload", user="rosa").returncode != 0
    assert machine.done(*machine.CTL, "reload", user="adam").returncode == 0


def test_a_reload_takes_what_is_right_and_keeps_the_old_in_place_of_what_is_wrong(machine):
    roster = machine.run("cat", "/etc/incidentd/roster.toml")
    machine.write("/etc/incidentd/roster.toml", roster.replace("ada", "zoe"))
    machine.run("systemctl", "reload", "incidentd.service")
    machine.eventually(lambda: "zoe" in str(machine.ctl("people")), "the new roster is in force")
    machine.write("/etc/incidentd/roster.toml", "[people\n")
    machine.run("systemctl", "reload", "incidentd.service")
    machine.eventually(lambda: "roster.toml" in str(machine.ctl("health")["problems"]), "health tells the mistake")
    assert "zoe" in str(machine.ctl("people"))
    machine.write("/etc/incidentd/roster.toml", roster)
    machine.run("systemctl", "reload", "incidentd.service")
    machine.eventually(lambda: "ada" in str(machine.ctl("people")), "the roster as it was")
    assert machine.show("incidentd.service", "ActiveState", "NRestarts") == {"ActiveState": "active", "NRestarts": "0"}


def test_any_service_that_fails_is_an_alert_that_survives_kill_9(machine):
    machine.fail("backup.service")
    (alert,) = machine.eventually(lambda: machine.alerts(unit="backup.service"), "the alert")
    assert (alert["name"], alert["status"], alert["count"]) == ("SystemdUnitFailed", "firing", 1)
    before = machine.show("incidentd.service", "NRestarts")["NRestarts"]
    machine.run("systemctl", "kill", "--kill-whom=main", "--signal=KILL", "incidentd.service")
    assert len(machine.alerts(unit="backup.service")) == 1
    assert int(machine.show("incidentd.service", "NRestarts")["NRestarts"]) == int(before) + 1


def test_the_handler_of_failures_has_none_of_its_own(machine):
    handler = "incidentd-unit-failed@backup.service.service"
    assert machine.show(handler, "OnFailure") == {"OnFailure": ""}
    asked = machine.show("incidentd.service", "OnFailure")["OnFailure"].split()
    assert set(asked) == {HANDLER, "incidentd-down.target"}


def test_what_fails_while_the_daemon_is_down_is_an_alert_after_its_start(machine):
    machine.run("useradd", "-G", "incidentd-spool", "monitor")
    assert machine.run("stat", "-c", "%U %G %a", "/var/spool/incidentd") == "root incidentd-spool 2770"
    machine.run("systemctl", "stop", "incidentd.service", *SOCKETS)
    machine.run("systemctl", "start", UNIT)
    spooled = 'stat -c "%U %G %a" /var/spool/incidentd/*.json'
    machine.eventually(lambda: machine.done("sh", "-c", spooled).stdout, "the failure is in the spool")
    nagios = ("/opt/incidentd/bin/incidentctl", "nagios", "-n", "host", "-t", "PROBLEM", "-f", "HOSTNAME=web-1")
    assert machine.run(*nagios, user="monitor").startswith("spooled: the daemon cannot be reached")
    assert set(machine.run("sh", "-c", spooled).splitlines()) == {
        "root incidentd-spool 640",
        "monitor incidentd-spool 640",
    }
    machine.run("systemctl", "start", "incidentd.service")
    assert {machine.show(unit, "SubState")["SubState"] for unit in SOCKETS} == {"running"}
    machine.eventually(lambda: machine.alerts(host="web-1"), "the spool is emptied")
    (alert,) = machine.alerts(unit=UNIT)
    assert (alert["status"], alert["count"]) == ("firing", 1)
    assert alert["labels"]["template"] == r"my\x2dapp@.service"
    assert alert["summary"].startswith("my-app@a-b.service failed on ")
    assert alert["summary"].endswith(" (exit-code, status 3)")
    assert alert["annotations"]["description"] == "An app"
    assert "last words of a-b" in alert["annotations"]["journal"]


def test_a_unit_that_is_active_again_resolves_its_alert(machine):
    machine.run("touch", "/run/good")
    machine.run("systemctl", "reset-failed", UNIT)
    machine.run("systemctl", "start", UNIT)
    machine.run("systemctl", "start", "incidentd-unit-recovered.timer")
    machine.run("systemctl", "start", "incidentd-unit-recovered.service")  # what the timer does within half a minute

    def resolved() -> list[dict]:
        return [one for one in machine.alerts(unit=UNIT) if one["status"] == "resolved"]

    (alert,) = machine.eventually(resolved, "the recovery is told")
    assert alert["count"] == 2
    assert alert["summary"].endswith("is well: it is active again")
    assert not [problem for problem in machine.ctl("health")["problems"] if "spool" in problem]


def test_it_stops_as_asked(machine):
    machine.run("systemctl", "stop", "incidentd.service", *SOCKETS)
    assert machine.show("incidentd.service", "Result", "ExecMainStatus") == {"Result": "success", "ExecMainStatus": "0"}
    assert machine.done("stat", "/run/incidentd/api.sock").returncode != 0


def told(machine) -> int:
    """How often the failure of the daemon itself was told."""
    return machine.journal(HANDLER).count("Finished ")


def test_a_trouble_that_may_pass_is_tried_again_until_it_has(machine):
    main = machine.run("cat", MAIN)
    machine.write(MAIN, main.replace("[storage]", '[storage]\nurl = "postgresql://nobody@127.0.0.1:1/nowhere"'))
    machine.run("systemctl", "start", "--no-block", "incidentd.service")

    def restarts() -> int:
        return int(machine.show("incidentd.service", "NRestarts")["NRestarts"])

    machine.eventually(lambda: restarts() >= 2, "it is tried again")
    assert "code=exited, status=75" in machine.journal()
    assert {machine.show(unit, "ActiveState")["ActiveState"] for unit in SOCKETS} == {"active"}
    machine.write(MAIN, main)
    machine.eventually(lambda: machine.show("incidentd.service", "SubState")["SubState"] == "running", "it is there")
    assert machine.post(alertname="After", summary="x") == "200"
    assert told(machine) == 0


def test_what_a_restart_cannot_mend_is_told_once_and_no_sender_starts_it_again(machine):
    main = machine.run("cat", MAIN)
    machine.write(MAIN, "[daemon\n")
    machine.run("systemctl", "kill", "--kill-whom=main", "--signal=KILL", "incidentd.service")
    machine.eventually(lambda: told(machine), "its failure is told")
    unit = machine.show("incidentd.service", "ActiveState", "Result", "ExecMainStatus")
    assert unit == {"ActiveState": "failed", "Result": "exit-code", "ExecMainStatus": "78"}
    assert {machine.show(unit, "ActiveState")["ActiveState"] for unit in SOCKETS} == {"inactive"}
    for _ in range(3):
        assert machine.done(machine.CTL[0], "--timeout", "1", "info").returncode != 0
    assert machine.journal().count("Main process exited, code=exited, status=78") == 1
    machine.write(MAIN, main)
    machine.run("systemctl", "start", "incidentd.service")
    assert {machine.show(unit, "SubState")["SubState"] for unit in SOCKETS} == {"running"}
    assert machine.show("incidentd-down.target", "ActiveState") == {"ActiveState": "inactive"}
    (alert,) = machine.eventually(lambda: machine.alerts(unit="incidentd.service"), "the alert of its own failure")
    assert alert["count"] == 1
    assert told(machine) == 1
