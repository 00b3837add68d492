"""What amtool and dashboards read back: alerts and groups in the shapes of Alertmanager's API v2 (api/v2/openapi.yaml).

A receiver here is the service an alert belongs to: that decides who is paged. An alert that is silenced, inhibited
or in maintenance is `suppressed`, every other one `active`; maintenance stands in `mutedBy`, by its name. As in
Alertmanager, that a route is muted stands with its groups only: there it suppresses too. `muted=false` leaves both out.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from incidentd.plugin import (
    ActiveAlert,
    BadMatcher,
    BadRequest,
    Matcher,
    MatchOp,
    matches_all,
    parse_matcher,
)

DEFAULT_RECEIVER = "default"
_FINGERPRINT = re.compile(r"[0-9a-f]{16}")
_TRUE = frozenset(("true", "1", "t", "yes", "y", "on"))
_FALSE = frozenset(("false", "0", "f", "no", "n", "off"))


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """Which alerts a reader wants. Unprocessed ones do not exist here."""

    active: bool = True
    silenced: bool = True
    inhibited: bool = True
    matchers: tuple[Matcher, ...] = ()
    receiver: Matcher | None = None
    muted: bool = True  # alerts in maintenance, and groups whose route is muted

    def keeps(self, alert: ActiveAlert) -> bool:
        """Whether the reader wants `alert`, whose labels fulfil `matchers`."""
        if not self._by_state(alert):
            return False
        return self.receiver is None or matches_all((self.receiver,), {"receiver": receiver_of(alert)})

    def _by_state(self, alert: ActiveAlert) -> bool:
        hidden = (
            (alert.silenced_by, self.silenced),
            (alert.inhibited_by, self.inhibited),
            (alert.maintained_by, self.muted),
        )
        if not any(by for by, _ in hidden):
            return self.active
        return all(wanted or not by for by, wanted in hidden)


class Receiver(msgspec.Struct, frozen=True):
    name: str


class Status(msgspec.Struct, frozen=True, rename="camel"):
    state: str = "active"
    silenced_by: tuple[str, ...] = ()
    inhibited_by: tuple[str, ...] = ()
    muted_by: tuple[str, ...] = ()


class GettableAlert(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    annotations: Mapping[str, str]
    ends_at: datetime
    fingerprint: str
    receivers: tuple[Receiver, ...]
    starts_at: datetime
    status: Status
    updated_at: datetime
    labels: Mapping[str, str]
    generator_url: str | msgspec.UnsetType = msgspec.field(name="generatorURL", default=msgspec.UNSET)


class AlertGroup(msgspec.Struct, frozen=True, kw_only=True):
    alerts: list[GettableAlert]
    labels: Mapping[str, str]
    receiver: Receiver


def parse_filter(query: Mapping[str, str]) -> Filter:
    """The filter that a query string states. Raises `BadRequest` naming the parameter.

    `filter` may be repeated; the listener joins repeated values with a line feed. `receiver` is a regular expression
    that must match the whole name.
    """
    _flag(query, "unprocessed")
    receiver = query.get("receiver", "")
    return Filter(
        active=_flag(query, "active"),
        silenced=_flag(query, "silenced"),
        inhibited=_flag(query, "inhibited"),
        muted=_flag(query, "muted"),
        matchers=parse_matchers(query),
        receiver=_matcher("receiver", str(Matcher("receiver", MatchOp.MATCH, receiver))) if receiver else None,
    )


def parse_matchers(query: Mapping[str, str]) -> tuple[Matcher, ...]:
    """The matchers under `filter`. Raises `BadRequest`."""
    texts = [text for text in query.get("filter", "").split("\n") if text.strip()]
    return tuple(_matcher("filter", text) for text in texts)


def _flag(query: Mapping[str, str], name: str) -> bool:
    text = query.get(name, "true").lower()
    if text not in _TRUE | _FALSE:
        raise BadRequest("Expected true or false", field=name)
    return text in _TRUE


def _matcher(field: str, text: str) -> Matcher:
    try:
        return parse_matcher(text)
    except BadMatcher as error:
        raise BadRequest(str(error), field=field) from error


def receiver_of(alert: ActiveAlert) -> str:
    """The name of the receiver that stands for the service of `alert`."""
    return alert.service or DEFAULT_RECEIVER


def fingerprint_of(alert: ActiveAlert) -> str:
    """16 hex digits that tell `alert` from all others: Alertmanager's own where it gave one."""
    if _FINGERPRINT.fullmatch(alert.key):
        return alert.key
    return hashlib.blake2b(f"{alert.source}\n{alert.key}".encode(), digest_size=8).hexdigest()


def status_of(alert: ActiveAlert, fingerprints: Mapping[int, str], intervals: tuple[str, ...] = ()) -> Status:
    """The state of `alert`, and what suppresses it: silences by id, alerts by fingerprint, the others by name."""
    muted_by = (*alert.maintained_by, *intervals)
    hidden = bool(alert.silenced_by or alert.inhibited_by or muted_by)
    return Status(
        state="suppressed" if hidden else "active",
        silenced_by=alert.silenced_by,
        inhibited_by=tuple(fingerprints.get(one, str(one)) for one in alert.inhibited_by),
        muted_by=muted_by,
    )


def inhibitors(alerts: Iterable[ActiveAlert]) -> set[int]:
    """The ids of the alerts that inhibit some of `alerts`."""
    return {one for alert in alerts for one in alert.inhibited_by}


def fingerprints_of(ids: Collection[int], alerts: Iterable[ActiveAlert]) -> dict[int, str]:
    """The fingerprints of those among `alerts` that have one of `ids`."""
    return {alert.id: fingerprint_of(alert) for alert in alerts if alert.id in ids}


def gettable(
    alert: ActiveAlert,
    now: datetime,
    resolve_timeout: timedelta,
    fingerprints: Mapping[int, str],
    muted_by: tuple[str, ...] = (),
) -> GettableAlert:
    """`alert` as the API shows it. One without an end ends `resolve_timeout` from `now`, as an Alertmanager says."""
    return GettableAlert(
        annotations=alert.annotations,
        ends_at=alert.ends_at or now + resolve_timeout,
        fingerprint=fingerprint_of(alert),
        receivers=(Receiver(receiver_of(alert)),),
        starts_at=alert.starts_at,
        status=status_of(alert, fingerprints, muted_by),
        updated_at=alert.updated_at,
        labels=alert.labels,
        generator_url=alert.generator_url or msgspec.UNSET,
    )


def alert_list(
    alerts: Sequence[ActiveAlert],
    wanted: Filter,
    now: datetime,
    resolve_timeout: timedelta,
    fingerprints: Mapping[int, str],
) -> list[GettableAlert]:
    """The answer of `GET /api/v2/alerts`, in the order of the fingerprints."""
    shown = [gettable(alert, now, resolve_timeout, fingerprints) for alert in alerts if wanted.keeps(alert)]
    return sorted(shown, key=lambda alert: alert.fingerprint)


def alert_groups(
    alerts: Sequence[ActiveAlert],
    wanted: Filter,
    now: datetime,
    resolve_timeout: timedelta,
    fingerprints: Mapping[int, str],
) -> list[AlertGroup]:
    """The answer of `GET /api/v2/alerts/groups`: the groups alerts are paged in; ungrouped ones stand together."""
    members: dict[tuple[str, int | None], list[ActiveAlert]] = {}
    for alert in alerts:
        if wanted.keeps(alert) and (wanted.muted or not alert.muted_by):
            members.setdefault((receiver_of(alert), alert.group_id), []).append(alert)
    return [
        AlertGroup(
            alerts=[gettable(alert, now, resolve_timeout, fingerprints, alert.muted_by) for alert in group],
            labels={} if group_id is None else group[0].group_labels,
            receiver=Receiver(receiver),
        )
        for (receiver, group_id), group in members.items()
    ]


def receivers(alerts: Iterable[ActiveAlert]) -> list[Receiver]:
    """The answer of `GET /api/v2/receivers`: the default one and those that alerts belong to now."""
    return [Receiver(name) for name in sorted({DEFAULT_RECEIVER} | {receiver_of(alert) for alert in alerts})]


def status_document(version: str, started_at: datetime, resolve_timeout: timedelta) -> dict[str, object]:
    """The answer of `GET /api/v2/status`. `config.original` is YAML that amtool can parse; routes live elsewhere."""
    original = (
        f"global:\n  resolve_timeout: {round(resolve_timeout.total_seconds())}s\n"
        f"route:\n  receiver: {DEFAULT_RECEIVER}\nreceivers:\n- name: {DEFAULT_RECEIVER}\n"
    )
    return {
        "cluster": {"status": "disabled", "peers": []},
        "config": {"original": original},
        "uptime": started_at,
        "versionInfo": {
            "version": version,
            "revision": "",
            "branch": "",
            "buildUser": "",
            "buildDate": "",
            "goVersion": "",
        },
    }
