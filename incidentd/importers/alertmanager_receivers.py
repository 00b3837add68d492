"""Receivers of Alertmanager as notifiers, people who stand in for the real ones, and escalation policies."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from incidentd.domain.people import DEFAULT_POLICY
from incidentd.importers.alertmanager_chat import CHATS, chat_notifier
from incidentd.importers.alertmanager_email import MailSettings, recipients
from incidentd.importers.alertmanager_webhook import webhook_notifier
from incidentd.importers.naming import usable_name
from incidentd.importers.report import Outcome
from incidentd.importers.secret_places import SecretPlaces
from incidentd.importers.yaml_table import Table

_SUFFIX = "_configs"
_APPRISE = {  # the name in Alertmanager: the scheme of Apprise's URL
    "jira": "jira", "opsgenie": "opsgenie", "pagerduty": "pagerduty", "rocketchat": "rockets", "sns": "sns",
    "victorops": "splunk", "wechat": "wechat",
}  # fmt: skip
_PAGERS = frozenset({"incidentio", "opsgenie", "pagerduty", "victorops"})
_CHANNELS = ("email_configs", "webhook_configs", *(f"{chat}{_SUFFIX}" for chat in sorted(CHATS)))


class Receivers(msgspec.Struct, kw_only=True):
    """What became of the receivers. `policies` maps a receiver's name to its policy, "" for one that tells nobody."""

    policies: dict[str, str] = {}
    people: dict[str, Any] = {}
    escalation: dict[str, Any] = {}
    notifiers: dict[str, Any] = {}


class ReceiverReader:
    """Reads `receivers`; `shared` is `global`, `base` the directory of the file."""

    def __init__(self, shared: Table | None, places: SecretPlaces, base: Path) -> None:
        self._shared, self._places, self._base = shared, places, base
        self._found = Receivers()
        self._mail: str | None = None  # the notifier made of the global mail settings
        self._mail_refused = False

    def read(self, tables: list[Table]) -> Receivers:
        """Everything that `tables` say."""
        for table in tables:
            name = table.text("name")
            if not name or name in self._found.policies:
                table.say(Outcome.LEFT, "has no name" if not name else f"{name!r} is the name of two receivers", "name")
                continue
            self._receiver(table, name)
        return self._found

    def _receiver(self, table: Table, name: str) -> None:
        channels = {key: table.tables(key) for key in table.keys() if key.endswith(_SUFFIX)}  # noqa: SIM118
        table.rest()
        if not any(channels.values()):
            self._found.policies[name] = ""
            table.say(Outcome.CARRIED, f"{name!r} tells nobody: its routes say `page = false`")
            return
        policy = usable_name(name, self._found.escalation)
        contacts = [contact for key in _CHANNELS for item in channels.get(key, ()) for contact in self._ways(key, item)]
        for key, items in channels.items():
            if key not in _CHANNELS:
                self._unmapped(key, items)
        self._found.policies[name] = policy
        self._found.people[policy] = {"name": f"Placeholder: whoever reads {name}"[:200], "contacts": contacts}
        self._found.escalation[policy] = {"steps": [{"targets": [f"person:{policy}"]}]}
        table.say(Outcome.CARRIED, f"{name!r} is policy {policy}")
        who = f"put the people behind {name!r} in the place of person {policy} in roster.toml"
        table.say(Outcome.TO_DO, who if contacts else f"{who}: as it stands policy {policy} reaches nobody")

    def _ways(self, key: str, item: Table) -> list[dict[str, str]]:
        """The contact methods that one integration becomes."""
        ways = self._told(key, item)
        self._said_send_resolved(item)
        item.rest()
        return ways

    def _said_send_resolved(self, item: Table) -> None:
        if "send_resolved" in item.unasked() and not item.flag("send_resolved", True):
            item.say(Outcome.CHANGED, "who was told of a page is told of its end too", "send_resolved")

    def _told(self, key: str, item: Table) -> list[dict[str, str]]:
        if key == "email_configs":
            return self._email(item)
        return self._webhook(item) if key == "webhook_configs" else self._chat(key.removesuffix(_SUFFIX), item)

    def _chat(self, service: str, item: Table) -> list[dict[str, str]]:
        name = self._new_name(service)
        self._said_send_resolved(item)
        self._found.notifiers[name] = chat_notifier(service, item, self._shared, name, self._places)
        item.say(Outcome.CHANGED, f"is notifier {name}, by Apprise: the text of messages is incidentd's own")
        return [{"notifier": name}]

    def _webhook(self, item: Table) -> list[dict[str, str]]:
        name = self._new_name("webhook")
        table = webhook_notifier(item, self._shared, name, self._places)
        if table is None:
            return []
        self._found.notifiers[name] = table
        what = f"is notifier {name}: the JSON it sends is incidentd's own, so adapt the program that reads it"
        item.say(Outcome.CHANGED, what)
        return [{"notifier": name}]

    def _email(self, item: Table) -> list[dict[str, str]]:
        addresses = recipients(item)
        settings = MailSettings(item, self._shared, self._places, self._base)
        name = self._mailer(settings, item)
        if name is None:
            return []
        item.say(Outcome.CARRIED, f"is notifier {name}")
        return [{"notifier": name, "address": address} for address in addresses]

    def _mailer(self, settings: MailSettings, item: Table) -> str | None:
        """The notifier for `settings`; all items that add nothing to the global ones share one."""
        if not settings.own and (self._mail is not None or self._mail_refused):
            settings.leave_texts()
            return self._mail
        table = settings.notifier()
        name = None
        if table is not None:
            name = self._new_name("mail")
            self._found.notifiers[name] = table | settings.login(name)
        if not settings.own:
            self._mail, self._mail_refused = name, name is None
        return name

    def _new_name(self, kind: str) -> str:
        return usable_name(kind, self._found.notifiers)

    def _unmapped(self, key: str, items: list[Table]) -> None:
        service = key.removesuffix(_SUFFIX)
        scheme = _APPRISE.get(service)
        nearest = "see [notifiers] in the reference for what there is"
        if scheme:
            nearest = f'the nearest thing is [notifiers.{service}] type = "apprise" with a URL like {scheme}://...'
        if service in _PAGERS:
            nearest = f"incidentd pages people itself: give them contact methods; to keep {service} too, {nearest}"
        for item in items:
            item.say(Outcome.LEFT, f"{service} is not mapped: {nearest}")


def default_policy(found: Receivers, root: str) -> None:
    """Name a policy for what no policy takes: that of the root's receiver, else the first."""
    steps = found.escalation.get(found.policies.get(root, "")) or next(iter(found.escalation.values()), None)
    if steps is not None:
        found.escalation.setdefault(DEFAULT_POLICY, steps)
