"""What the daemon needs of the world around: names that resolve, a certificate that is valid, somebody who watches."""

from __future__ import annotations

import socket
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from urllib.parse import urlsplit

from incidentd.configuration.daemon_settings import AdapterInstance, DaemonSettings
from incidentd.configuration.tls_files import BadTls, load_tls
from incidentd.domain.certificates import Expiry, expiry
from incidentd.domain.checkup import Finding, ok, problem, skipped, warning

_SECONDS = 3.0
_HOST_KEYS = frozenset({"host", "server", "smtp_host", "imap_host"})


def certificate(settings: DaemonSettings) -> Iterator[Finding]:
    """That of the TLS listener."""
    if settings.tls is None:
        yield skipped("certificate", "there is no TLS listener")
        return
    try:
        found, _ = load_tls(settings.tls)
    except BadTls as error:
        yield problem("certificate", str(error), "senders cannot connect", error.remedy)
        return
    stage = expiry(found.not_before, found.not_after, datetime.now(UTC))
    said = f"of {', '.join(found.names)} until {found.not_after:%Y-%m-%d}"
    remedy = f"renew {settings.tls.certificate}; no restart is needed"
    if stage is Expiry.PAST:
        yield problem("certificate", said, "it has expired: senders refuse it", remedy)
    elif stage is not Expiry.FAR:
        yield warning("certificate", said, "senders refuse it afterwards", remedy)
    else:
        yield ok("certificate", said)


def heartbeat(settings: DaemonSettings) -> Iterator[Finding]:
    """Nobody can page about their own death."""
    if settings.heartbeat is None:
        means = "when the daemon or its machine is dead, nobody is told"
        yield warning("heartbeat", "nothing outside watches this daemon", means, "[heartbeat] url in incidentd.toml")
    else:
        yield ok("heartbeat", f"an outside watcher is pinged every {settings.heartbeat.every.total_seconds():g} s")


def names(adapters: Iterable[AdapterInstance]) -> Iterator[Finding]:
    """The hosts that notifiers, channels and sources are told to speak to. Their addresses are looked up, no more."""
    wanted: dict[str, list[str]] = {}
    for one in adapters:
        for host in _hosts(one.options):
            wanted.setdefault(host, []).append(one.name)
    if not wanted:
        yield skipped("names", "no instance names a host")
        return
    pool = ThreadPoolExecutor(8, thread_name_prefix="doctor-names")
    try:
        asked = {host: pool.submit(socket.getaddrinfo, host, None) for host in wanted}
        for host, answer in asked.items():
            who = ", ".join(sorted(set(wanted[host])))
            try:
                answer.result(_SECONDS)
                yield ok("names", f"{host} resolves ({who})")
            except TimeoutError:
                yield _unresolved(host, who, f"no answer in {_SECONDS:g} s")
            except OSError as error:
                yield _unresolved(host, who, error.strerror or str(error))
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _unresolved(host: str, who: str, why: str) -> Finding:
    means = f"{who} cannot send or fetch anything"
    return problem("names", f"{host} does not resolve: {why}", means, f"getent hosts {host}; look at /etc/resolv.conf")


def _hosts(value: object, key: str = "") -> Iterator[str]:
    """Host names anywhere in the options of an instance. A secret is a reference there, and stays one."""
    if isinstance(value, Mapping):
        for name, one in value.items():
            yield from _hosts(one, str(name))
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _hosts(one, key)
    elif isinstance(value, str):
        host = _of_url(value) or (value if key in _HOST_KEYS else "")
        if host:
            yield host


def _of_url(text: str) -> str:
    if not text.startswith(("http://", "https://", "smtp://", "smtps://", "imap://", "imaps://")):
        return ""
    try:
        return urlsplit(text).hostname or ""
    except ValueError:
        return ""
