"""Servers on loopback that the daemon, or a program that sends to it, talks to. Each runs in a thread of its own."""

from __future__ import annotations

import asyncio
import email
import email.policy
import http.server
import re
import socket
import threading
import time
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from incidentd.plugin.testing import RecordingServer


class Mail:
    """What one envelope brought."""

    def __init__(self, recipients: list[str], content: bytes) -> None:
        message = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.recipients = recipients
        self.message = message

    @property
    def kind(self) -> str:
        return str(self.message["X-Incidentd-Kind"])

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    @property
    def text(self) -> str:
        body = self.message.get_body(("plain",))
        assert body is not None
        return str(body.get_content()).replace("\r\n", "\n")

    @property
    def acknowledge_url(self) -> str:
        found = re.search(r"^Acknowledge: (http://\S+)$", self.text, re.MULTILINE)
        assert found, self.text
        return found[1]


class Mailbox:
    """A real SMTP server that keeps what it gets."""

    def __init__(self) -> None:
        self.mails: list[Mail] = []
        with socket.socket() as probe:  # the controller connects to the port it was given, so it must know it
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        self.mails.append(Mail(list(envelope.rcpt_tos), envelope.original_content or envelope.content))
        return "250 OK"

    def of_kind(self, kind: str) -> list[Mail]:
        return [mail for mail in self.mails if mail.kind == kind]

    def __enter__(self) -> Mailbox:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()


class Gauges(http.server.ThreadingHTTPServer):
    """A target that Prometheus scrapes. `values` are the series of the gauge `broken`, by the value of label `what`."""

    daemon_threads = True

    def __init__(self, **values: int) -> None:
        super().__init__(("127.0.0.1", 0), _Scrape)
        self.values = dict(values)
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,))

    @property
    def target(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"

    def __enter__(self) -> Gauges:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()


class _Scrape(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        server = self.server
        assert isinstance(server, Gauges)
        lines = [f'broken{{what="{what}"}} {value}\n' for what, value in dict(server.values).items()]
        body = ("# TYPE broken gauge\n" + "".join(lines)).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name in the base class
        """Quiet."""


class Recorder:
    """The test kit's recording HTTP server, run in a thread, with the time each request came."""

    def __init__(self) -> None:
        self.server = RecordingServer()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)

    def _run(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(20)

    def __enter__(self) -> Recorder:
        self._thread.start()
        self._run(self.server.__aenter__())
        return self

    def __exit__(self, *_: object) -> None:
        self._run(self.server.__aexit__(None, None, None))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def url(self) -> str:
        return self.server.url

    def script(self, *replies: Any) -> None:
        self.server.script(*replies)

    @property
    def requests(self) -> list[Any]:
        return list(self.server.requests)


class Stopwatch:
    """Seconds since it was made."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._began
