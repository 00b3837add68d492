"""The codes of what incidentd says about itself: what each is called, how bad it is, and whether it is worth a page.

Each code has a page docs/runbooks/CODE.md, which `incidentctl runbook CODE` prints without a daemon.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from incidentd.domain.own_alarms import OwnAlarm

CRITICAL = "critical"
"""Somebody may not be told of something now."""
WARNING = "warning"
"""It works, and something is broken or soon will be."""
INFO = "info"
"""Nothing is broken: something waits for people."""


class AlarmKind(msgspec.Struct, frozen=True):
    """`pages`: somebody is woken for it. A page about pages that reach nobody would reach nobody either.

    `shared`: every node on a database sees the same.
    """

    title: str
    severity: str
    pages: bool = False
    shared: bool = False


KINDS: Mapping[str, AlarmKind] = {
    # ---- pages and messages
    "page-unreached": AlarmKind("A page reached nobody", CRITICAL),
    "pages-exhausted": AlarmKind("Pages went through every step and nobody acknowledged", CRITICAL),
    "messages-failed": AlarmKind("Messages failed for good", WARNING),
    "timers-failing": AlarmKind("Timers failed and are tried again", WARNING),
    "timers-late": AlarmKind("The daemon does not keep up with its timers", CRITICAL, pages=True, shared=True),
    # ---- people
    "person-unreachable": AlarmKind("Somebody who carries a pager cannot be reached", CRITICAL, pages=True),
    "nobody-on-call": AlarmKind("Nobody is on call now", CRITICAL, pages=True, shared=True),
    "duty-gap": AlarmKind("Nobody will be on call for a while", WARNING),
    "duty-overlap": AlarmKind("One person is on call for two schedules of a policy", WARNING),
    "duty-calendar": AlarmKind("An imported calendar cannot be used in full", WARNING),
    # ---- plugins
    "notifier-down": AlarmKind("A way to people does not work", CRITICAL, pages=True),
    "source-down": AlarmKind("A source takes no alerts", CRITICAL, pages=True),
    "channel-down": AlarmKind("A support channel does not work", WARNING),
    "plugin-broken": AlarmKind("A plugin cannot be used", WARNING),
    "plugin-degraded": AlarmKind("A plugin works with faults", WARNING),
    # ---- the daemon and its files
    "configuration-refused": AlarmKind("The configuration was not reloaded", WARNING),
    "roster-file-faulty": AlarmKind("The last good roster stands in for a faulty roster.toml", WARNING),
    "process-file-faulty": AlarmKind("The last good process stands in for a faulty process.toml", WARNING),
    "configuration-odd": AlarmKind("The configuration works and is not what it should be", WARNING),
    "restart-needed": AlarmKind("A changed setting takes effect at the next start", INFO),
    "certificate-refused": AlarmKind("The new TLS certificate is not used", WARNING),
    "certificate-expires": AlarmKind("The TLS certificate expires soon", WARNING),
    "certificate-invalid": AlarmKind("The TLS certificate is not valid now", CRITICAL, pages=True),
    "spool-unusable": AlarmKind("The spool cannot be used", WARNING),
    "spool-waits": AlarmKind("Spooled entries cannot be handed in", WARNING),
    "spool-refused": AlarmKind("Spooled entries were refused for good", WARNING),
    "connections-full": AlarmKind("The listener is full", WARNING),
    "plugin-left-out": AlarmKind("A plugin is left out", CRITICAL, pages=True),
    "clock-stepped": AlarmKind("The clock was set", WARNING),
    "heartbeat-withheld": AlarmKind("The heartbeat to outside is withheld", CRITICAL, pages=True),
    "heartbeat-not-sent": AlarmKind("The heartbeat to outside does not arrive", WARNING),
    "log-debug": AlarmKind("Everything is logged", INFO),
    # ---- several nodes
    "node-gone": AlarmKind("A node gives no sign of life", CRITICAL, pages=True, shared=True),
    "node-name-twice": AlarmKind("Two daemons go by one name", WARNING),
    "node-clock-differs": AlarmKind("The clock of a node is wrong", WARNING),
    "configuration-differs": AlarmKind("Nodes are not configured alike", WARNING),
    # ---- the store
    "backup-failed": AlarmKind("The last backup was not made, or is of no use", WARNING),
    "backup-late": AlarmKind("No backup was made when one was due", WARNING),
    "store-damaged": AlarmKind("The file of the store is damaged", CRITICAL, pages=True),
    "disk-failed": AlarmKind("The disk of the database failed", CRITICAL, pages=True),
    "retention-failed": AlarmKind("Retention does not get on", WARNING),
    "store-grows": AlarmKind("The disk of the store will not do for long", WARNING),
    "store-down": AlarmKind("Nothing can be stored", CRITICAL),
    "store-full": AlarmKind("The disk of the store is nearly full", CRITICAL, pages=True),
    # ---- the process
    "process-unreadable": AlarmKind("The adopted process cannot be read by this incidentd", WARNING),
    "process-file-unused": AlarmKind("process.toml says something else than what was adopted", INFO),
    "process-differs": AlarmKind("Nodes work by different processes", WARNING),
    "process-not-kept": AlarmKind("The process in force is not kept on disk", WARNING),
    # ---- what waits for people
    "reports-late": AlarmKind("Reporters wait for a word that is overdue", INFO),
    "reviews-late": AlarmKind("Looking back at an incident is late", INFO),
    "retro-due": AlarmKind("A process retro is due", INFO),
    "experiment-asks": AlarmKind("An experiment asks what becomes of it", INFO),
}
UNKNOWN = AlarmKind("A problem", WARNING)
"""Of a daemon that is newer than who asks."""


def kind_of(code: str) -> AlarmKind:
    return KINDS.get(code, UNKNOWN)


def alarms(code: str, texts: Iterable[str]) -> list[OwnAlarm]:
    """Each of `texts` under `code`; what is empty is nothing wrong."""
    return [OwnAlarm(code, text) for text in texts if text]
