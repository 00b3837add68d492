"""The TLS listener of a real daemon: PagerDuty's own client, which refuses plain HTTP, and a certificate's renewal."""

from __future__ import annotations

import os
import signal
import socket
import ssl
from pathlib import Path

import pytest

pytestmark = pytest.mark.e2e

KEY = "0123456789abcdef0123456789abcdef"


class Secure:
    """A daemon with a TLS listener."""

    def __init__(self, running, make_daemon, authority, **more: object) -> None:
        self.port = running.free_port()
        self.certificate, self.key = authority.issue("localhost", "127.0.0.1")
        self.context = ssl.create_default_context(cafile=authority.certificate)
        lines = [f"{name} = {str(value)!r}" for name, value in more.items()]
        self.daemon = make_daemon(
            main="\n".join(
                (
                    "[ingress.tls]",
                    f'listen = ["127.0.0.1:{self.port}"]',
                    f'certificate = "{self.certificate}"',
                    f'key = "{self.key}"',
                    *lines,
                    f'[sources.pagerduty]\ntype = "pagerduty"\nrouting_keys = {{ "{KEY}" = "checkout" }}\n',
                )
            )
        )

    def serial(self) -> str:
        """The serial number of the certificate that a new connection is shown."""
        with (
            socket.create_connection(("127.0.0.1", self.port), timeout=10) as plain,
            self.context.wrap_socket(plain, server_hostname="localhost") as wrapped,
        ):
            return str(wrapped.getpeercert()["serialNumber"])  # type: ignore[index]


@pytest.fixture
def secure(running, make_daemon, authority) -> Secure:
    made = Secure(running, make_daemon, authority)
    made.daemon.start()
    return made


def test_pagerdutys_client_triggers_acknowledges_and_resolves(running, secure) -> None:
    from pagerduty import EventsApiV2Client

    client = EventsApiV2Client(KEY, base_url=f"https://localhost:{secure.port}", verify=secure.context)
    key = client.trigger("Payments fail", "checkout-1", severity="critical", custom_details={"rate": "2.4 %"})
    alert = secure.daemon.alert("Payments fail")
    assert alert["status"] == "firing"
    assert alert["labels"]["service"] == "checkout"
    running.eventually(lambda: secure.daemon.page_of("Payments fail"), "somebody is paged")
    client.acknowledge(key)
    assert secure.daemon.page_of("Payments fail")["page"]["state"] == "acknowledged"
    client.resolve(key)
    assert secure.daemon.alert("Payments fail")["status"] == "resolved"
    client.send_change_event({"summary": "Deployed 2.14", "source": "ci"})


def test_pagerdutys_client_does_not_trust_a_stranger(secure) -> None:
    from pagerduty import Error, EventsApiV2Client

    client = EventsApiV2Client(KEY, base_url=f"https://localhost:{secure.port}")
    client.max_network_attempts = 1
    with pytest.raises(Error, match="network error"):
        client.trigger("Payments fail", "checkout-1")
    assert secure.daemon.alerts() == []


@pytest.mark.parametrize("how", ["signal", "by itself"])
def test_a_renewed_certificate_is_shown_without_a_restart(running, secure, authority, how) -> None:
    before = secure.serial()
    for file, fresh in zip((secure.certificate, secure.key), authority.issue("localhost"), strict=True):
        os.replace(fresh, file)
    if how == "signal":
        secure.daemon.running.signal(signal.SIGHUP)
    running.eventually(lambda: secure.serial() != before, "the new certificate is shown", seconds=30)
    assert secure.daemon.running.running
    assert "TLS certificate" in secure.daemon.ctl("health").stdout
    assert "https://127.0.0.1:" in secure.daemon.ctl("info").stdout


def test_a_key_that_does_not_fit_is_named_by_check(running, make_daemon, authority) -> None:
    made = Secure(running, make_daemon, authority)
    made.key.write_bytes(Path(authority.issue("other.example")[1]).read_bytes())
    program = made.daemon.launch()
    assert program.wait() == 78
    said = program.said()
    assert "ingress.tls.key" in said
    assert str(made.key) in said


def test_a_client_without_a_certificate_is_kept_out(running, make_daemon, authority, make_authority) -> None:
    clients = make_authority("clients")
    made = Secure(running, make_daemon, authority, client_ca=clients.certificate)
    made.daemon.start()

    def asked(context: ssl.SSLContext) -> bytes:
        try:
            with (
                socket.create_connection(("127.0.0.1", made.port), timeout=10) as plain,
                context.wrap_socket(plain, server_hostname="localhost") as wrapped,
            ):
                wrapped.sendall(b"GET /-/healthy HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                return wrapped.recv(100)
        except (ssl.SSLError, ConnectionError):
            return b""

    assert asked(made.context) == b""
    made.context.load_cert_chain(*clients.issue("prometheus"))
    assert asked(made.context).startswith(b"HTTP/1.1 200 ")


def test_the_notification_command_of_nagios_trusts_an_authority_of_ones_own(running, secure, authority) -> None:
    spool = secure.daemon.home / "spool"
    spool.mkdir()
    notification = ("-n", "host", "-t", "PROBLEM", "-f", "HOSTNAME=db1", "-f", "HOSTSTATE=DOWN")
    where = ("--url", f"https://localhost:{secure.port}", "--spool", str(spool), "--deadline", "10")
    strange = secure.daemon.ctl("nagios", *notification, *where)
    assert strange.returncode == 0, "it waits: a monitoring system is never told that a page is lost"
    assert strange.stdout.startswith("spooled: ")
    assert "certificate verify failed" in strange.stdout
    trusting = secure.daemon.ctl("spool", "drain", *where, env={"SSL_CERT_FILE": str(authority.certificate)})
    assert trusting.returncode == 0, trusting.stderr
    assert not list(spool.glob("*.json"))
    (alert,) = running.eventually(secure.daemon.alerts, "it is handed in")
    assert (alert["source"], alert["labels"]["host"]) == ("nagios", "db1")
