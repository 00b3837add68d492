"""An alertmanager.yml as incidentd.toml, roster.toml and process.toml, and a report of what could not be carried over.

Follows Alertmanager's documentation, "Configuration", up to version 0.29.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from incidentd.configuration.daemon_settings import MAIN_FILE
from incidentd.configuration.process_file import PROCESS_FILE
from incidentd.configuration.roster_file import ROSTER_FILE
from incidentd.domain.yaml_tree import MAX_BYTES, BadYaml, parse_yaml
from incidentd.importers.alertmanager_chat import CHATS
from incidentd.importers.alertmanager_email import GLOBAL_KEYS
from incidentd.importers.alertmanager_inhibit import inhibit_rules
from incidentd.importers.alertmanager_intervals import IntervalReader
from incidentd.importers.alertmanager_receivers import ReceiverReader, Receivers, default_policy
from incidentd.importers.alertmanager_routes import RouteReader, parse_duration
from incidentd.importers.imported import Imported, NothingRead
from incidentd.importers.report import Outcome, Report
from incidentd.importers.secret_places import SecretPlaces
from incidentd.importers.yaml_table import Table

_ESCALATES = (
    "every policy waits 5m for an acknowledgement and then pages again, twice: change `steps` and `repeat` in "
    "roster.toml (Alertmanager knows no acknowledgement)"
)


_LONGEST_RESOLVE = timedelta(hours=1)  # what the source allows


def read_alertmanager(file: Path, output: Path) -> Imported:
    """What `file` says, for a configuration in the directory `output`. Raises `NothingRead`; writes nothing."""
    report = Report(file.name)
    top = _top(file, report)
    routes = top.table("route")
    if routes is None:
        raise NothingRead(f"{file}: holds no `route`: is it an alertmanager.yml?")
    shared = top.table("global")
    places = SecretPlaces(output.absolute(), file.absolute().parent)
    receivers = ReceiverReader(shared, places, file.absolute().parent).read(top.tables("receivers"))
    intervals = IntervalReader().read(top)
    process = {"route": RouteReader(receivers.policies, intervals).root(routes)}
    process |= _named("inhibit", inhibit_rules(top.tables("inhibit_rules")))
    process |= _named("time_intervals", intervals.tables)
    default_policy(receivers, routes.text("receiver") or "")
    source = {"type": "alertmanager"} | _resolve_timeout(shared)
    _leave_the_rest(top, shared)
    if receivers.escalation:
        report.add(Outcome.CHANGED, (), 0, _ESCALATES)
    return Imported(files=_files(process, receivers, source), secrets=places.files, report=report)


def _named(key: str, value: Any) -> dict[str, Any]:
    return {key: value} if value else {}


def _files(process: dict[str, Any], receivers: Receivers, source: dict[str, Any]) -> dict[str, dict[str, Any]]:
    main: dict[str, Any] = {"sources": {"alertmanager": source}}
    if receivers.notifiers:
        main["notifiers"] = receivers.notifiers
    roster = {"people": receivers.people, "policies": receivers.escalation}
    return {MAIN_FILE: main, ROSTER_FILE: roster, PROCESS_FILE: process}


def _top(file: Path, report: Report) -> Table:
    try:
        with file.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise NothingRead(f"{file}: cannot be read: {error.strerror}") from None
    if len(raw) > MAX_BYTES:
        raise NothingRead(f"{file}: is larger than 4 MiB: is this the right file?")
    try:
        root = parse_yaml(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise NothingRead(f"{file}: is not UTF-8") from None
    except BadYaml as error:
        raise NothingRead(f"{file}: {error}") from None
    if not isinstance(root.value, dict):
        raise NothingRead(f"{file}: is no mapping: is it an alertmanager.yml?")
    return Table(root, (), report)


def _resolve_timeout(shared: Table | None) -> dict[str, Any]:
    text = None if shared is None else shared.text("resolve_timeout")
    if text is None or shared is None:
        return {}
    length = parse_duration(text)
    if not length:
        shared.say(Outcome.LEFT, "is no duration that incidentd can use", "resolve_timeout")
        return {}
    kept = min(length, _LONGEST_RESOLVE)
    outcome = Outcome.CARRIED if kept == length else Outcome.CHANGED
    shared.say(outcome, f"is [sources.alertmanager] resolve_timeout, {kept}", "resolve_timeout")
    return {"resolve_timeout": kept.total_seconds()}


def _leave_the_rest(top: Table, shared: Table | None) -> None:
    top.leave("templates", "the text of messages is incidentd's own")
    top.leave("tracing", "incidentd sends no traces")
    top.rest()
    if shared is None:
        return
    for key in shared.unasked():
        mapped = key in GLOBAL_KEYS or key == "http_config" or key.partition("_")[0] in CHATS
        shared.leave(key, "no receiver that was carried over uses it" if mapped else "belongs to what is not mapped")
