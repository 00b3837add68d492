"""The certificate of the TLS listener: shown, exchanged when its files change, and watched for its end."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import structlog

from incidentd.configuration.tls_files import BadTls, Certificate, TlsFiles, load_tls
from incidentd.domain.alarm_kinds import alarms
from incidentd.domain.certificates import Expiry, expiry
from incidentd.domain.own_alarms import OwnAlarm

HANDSHAKE_SECONDS = 5.0
"""How long a peer may take from connecting to the end of the handshake; the deadlines of HTTP follow."""
_SHUTDOWN_SECONDS = 5.0
_LOOK_SECONDS = 10.0
Tell = Callable[[str, dict[str, object]], Awaitable[None]]
log = structlog.get_logger("incidentd.ingress")


class ServerCertificate:
    """Gives the listener its context. `tell` writes an event of the daemon; `now` is the clock.

    New connections get the newest usable certificate; when new files cannot be used the old certificate stays, and
    `problems` says why. Raises `BadTls` when made of files that cannot be used.
    """

    def __init__(self, files: TlsFiles, *, now: Callable[[], datetime], tell: Tell) -> None:
        self._now = now
        self._tell = tell
        self._told = Expiry.FAR
        self._refused = ""
        self._task: asyncio.Task[None] | None = None
        self._files, self._seen = files, _seen(files)
        self._certificate, self._present = load_tls(files)
        # The listener keeps one context for good, which hands each connection to the present one. Whether clients are
        # asked for a certificate is decided by this first one.
        self.context = load_tls(files)[1]
        self.context.sni_callback = self._hand_over

    def _hand_over(self, connection: ssl.SSLObject | ssl.SSLSocket, _name: str | None, _outer: ssl.SSLContext) -> None:
        connection.context = self._present

    # ------------------------------------------------------------------ changes
    async def exchange(self, files: TlsFiles) -> None:
        """Show what is in `files` from now on. When that cannot be used the present certificate stays."""
        seen = await asyncio.to_thread(_seen, files)  # before reading: a later change is then seen at the next look
        try:
            fresh, context = await asyncio.to_thread(load_tls, files)
        except BadTls as error:
            self._seen = seen
            self._refused = f"the new TLS certificate is not used: {error} — {error.remedy}"
            log.error("tls_certificate_refused", problem=str(error), remedy=error.remedy)
            await self._tell("daemon.certificate_refused", {"problem": str(error), "remedy": error.remedy})
            return
        known, self._certificate, self._present = self._certificate, fresh, context
        self._files, self._seen, self._refused = files, seen, ""
        if fresh != known:
            log.info("tls_certificate_loaded", **self._said())
            await self._tell("daemon.certificate_loaded", self._said())

    def start(self) -> None:
        """Begin to look at the files and at the clock every few seconds."""
        self._task = asyncio.create_task(self._watch(), name="tls-certificate")

    async def _watch(self) -> None:
        while True:
            try:
                await self.look()
            except Exception as error:  # the store may fail for a while: the next look tells again
                log.error("tls_watch_failed", error=repr(error))
            await asyncio.sleep(_LOOK_SECONDS)

    def stop(self) -> None:
        """End."""
        if self._task is not None:
            self._task.cancel()

    async def look(self) -> None:
        """Take changed files, and tell when the end of the certificate has come nearer."""
        if await asyncio.to_thread(_seen, self._files) != self._seen:
            await self.exchange(self._files)
        stage = self._stage()
        if stage > self._told:
            log.warning("tls_certificate_expires", **self._said())
            await self._tell("daemon.certificate_expires", self._said())
        self._told = stage

    def _stage(self) -> Expiry:
        return expiry(self._certificate.not_before, self._certificate.not_after, self._now())

    def _said(self) -> dict[str, object]:
        return {"names": list(self._certificate.names), "not_after": self._certificate.not_after}

    # ------------------------------------------------------------------ what health shows
    @property
    def shown(self) -> Certificate:
        """The certificate that new connections get."""
        return self._certificate

    def problems(self) -> list[OwnAlarm]:
        """What is wrong with it, in words."""
        found = alarms("certificate-refused", [self._refused])
        stage = self._stage()
        day = f"{self._certificate.not_after:%Y-%m-%d}"
        left = self._certificate.not_after - self._now()
        if stage is Expiry.PAST:
            text = f"the TLS certificate expired on {day}: senders refuse it; renew {self._files.certificate}"
            found.append(OwnAlarm("certificate-invalid", text))
        elif stage is not Expiry.FAR:
            urgently = " now" if stage is Expiry.URGENT else ""
            text = (
                f"the TLS certificate expires on {day}, in {left.days} days: renew{urgently} {self._files.certificate}"
            )
            found.append(OwnAlarm("certificate-expires", text))
        if self._certificate.not_before > self._now():
            text = f"the TLS certificate is not valid before {self._certificate.not_before:%Y-%m-%d %H:%M} UTC"
            found.append(OwnAlarm("certificate-invalid", text))
        return found


def _seen(files: TlsFiles) -> tuple[object, ...]:
    """What tells a changed file from an unchanged one, links followed."""
    found: list[object] = []
    for file in (files.certificate, files.key, files.client_ca):
        try:
            status = file.stat() if file is not None else None
        except OSError:
            status = None
        found.append(status and (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns))
    return tuple(found)


def speaks(context: ssl.SSLContext) -> dict[str, Any]:
    """How TLS is spoken with a peer. aiohttp's own sites give it a whole minute for its handshake."""
    return {
        "ssl": context,
        "ssl_handshake_timeout": HANDSHAKE_SECONDS,
        "ssl_shutdown_timeout": _SHUTDOWN_SECONDS,
    }
