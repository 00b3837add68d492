"""`email_configs` of Alertmanager as `[notifiers.NAME] type = "email"` and addresses."""

from __future__ import annotations

import email.utils
import re
from pathlib import Path
from typing import Any

from incidentd.importers.report import Outcome
from incidentd.importers.secret_places import SecretPlaces
from incidentd.importers.yaml_table import Table

_ADDRESS = re.compile(
    r"(?=[^@]{1,64}@)[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?=.{1,253}$)[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*"
)
_MAILBOX = re.compile(r"""(?:"?(?P<name>[^"<>,@]*)"?\s*<(?P<named>[^<>]+)>)|(?P<bare>[^<>,\s]+)""")
_PLAIN_NAME = re.compile(r"[\w .'-]{1,100}")
_HOST = re.compile(r"[A-Za-z0-9._:-]{1,253}")
_IMPLICIT_TLS = 465
_OWN_TEXT = "the text of messages is incidentd's own"
_LEFT = {
    "hello": "incidentd greets a mail server by the name of its host",
    "auth_identity": "incidentd logs in by user name and password",
    "headers": _OWN_TEXT, "html": _OWN_TEXT, "text": _OWN_TEXT,
    "threading": "incidentd's messages about one page are one thread anyway",
}  # fmt: skip
_GLOBALS = (
    "from", "smarthost", "hello", "auth_username", "auth_password", "auth_password_file", "auth_secret",
    "auth_secret_file", "auth_identity", "require_tls", "tls_config", "force_implicit_tls",
)  # fmt: skip
GLOBAL_KEYS = frozenset(f"smtp_{key}" for key in _GLOBALS)


class MailSettings:
    """The settings of one `email_configs` item, with the globals behind it."""

    def __init__(self, own: Table, shared: Table | None, places: SecretPlaces, base: Path) -> None:
        self._own, self._shared, self._places, self._base = own, shared, places, base

    def _from(self, key: str) -> tuple[Table, str] | None:
        """(table, key in it) of the setting, the item's own first."""
        if key in self._own:
            return self._own, key
        if self._shared is not None and f"smtp_{key}" in self._shared:
            return self._shared, f"smtp_{key}"
        return None

    def _text(self, key: str) -> str:
        found = self._from(key)
        return "" if found is None else found[0].text(found[1]) or ""

    def notifier(self) -> dict[str, Any] | None:
        """The notifier's table without its login, or None after the reason was reported."""
        sender, smarthost = mailbox(self._text("from")), self._text("smarthost")
        host, _, port = smarthost.rpartition(":")
        host = host.removeprefix("[").removesuffix("]")
        if sender is None:
            self._refuse("from", "the sender is no plain e-mail address")
            return None
        if not _HOST.fullmatch(host) or not (port.isascii() and port.isdigit() and 1 <= int(port[:6]) <= 65535):
            self._refuse("smarthost", "the mail server is not like mail.example.org:587")
            return None
        for key, what in (("from", "sender"), ("smarthost", "server")):
            if found := self._from(key):
                found[0].say(Outcome.CARRIED, f"is the {what} of a mail notifier", found[1])
        table: dict[str, Any] = {"type": "email", "from": sender, "host": host, "port": int(port)}
        self.leave_texts()
        return table | self._tls(int(port))

    def leave_texts(self) -> None:
        """Report what the item says that no notifier has."""
        for key, why in _LEFT.items():
            self._own.leave(key, why)

    def _refuse(self, key: str, why: str) -> None:
        table, name = self._from(key) or (self._own, "")
        table.say(Outcome.LEFT, f"{why}: add [notifiers.mail] by hand", name)

    def _tls(self, port: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        implicit = self._from("force_implicit_tls")
        require = self._from("require_tls")
        if port == _IMPLICIT_TLS or (implicit and implicit[0].flag(implicit[1], False)):
            found["tls"] = True
            if require:
                require[0].flag(require[1], True)
        elif require is None or require[0].flag(require[1], True):
            found["starttls"] = "required"
        else:
            found["starttls"] = "auto"
            require[0].say(Outcome.CHANGED, "TLS is used when the server offers it, and always for a login", require[1])
        return found | self._trust()

    def _trust(self) -> dict[str, Any]:
        setting = self._from("tls_config")
        table = setting[0].table(setting[1]) if setting else None
        if table is None:
            return {}
        authority = table.text("ca_file")
        table.rest("only ca_file has a counterpart for mail")
        return {"ca_file": str(self._base / authority)} if authority and "\0" not in authority else {}

    def login(self, name: str) -> dict[str, Any]:
        """User name and password reference of the notifier called `name`; empty without both."""
        user = self._text("auth_username")
        for key in ("auth_password_file", "auth_secret_file"):
            setting = self._from(key)
            reference = self._places.existing(*setting) if user and setting else None
            if reference:
                return {"username": user, "password": reference}
        for key in ("auth_password", "auth_secret"):
            setting = self._from(key)
            if user and setting:
                reference = self._places.new(f"{name}-password", "replace-this", *setting, "it")
                return {"username": user, "password": reference}
        if user and (setting := self._from("auth_username")):
            setting[0].say(Outcome.LEFT, "there is no password with it", setting[1])
        return {}

    @property
    def own(self) -> bool:
        """Whether the item states anything about the server itself, so that it needs a notifier of its own."""
        return any(key in self._own for key in _GLOBALS)


def recipients(own: Table) -> list[str]:
    """The addresses of `to`; what is none is reported."""
    given = own.text("to") or ""
    found = [mailbox(text) for text in _listed(given)]
    good = [one for one in found if one is not None]
    if not good or len(good) < len(found):
        own.say(Outcome.LEFT, "holds something that is no plain e-mail address: add it as a contact by hand", "to")
    return good


def _listed(text: str) -> list[str]:
    return [email.utils.formataddr(pair) for pair in email.utils.getaddresses([text])] if text.isascii() else [text]


def mailbox(text: str) -> str | None:
    """`text` as an address that incidentd takes, a plain name kept; None when it is no single address."""
    found = _MAILBOX.fullmatch(text.strip())
    if found is None or not text.isprintable():
        return None
    name, address = (found["name"] or "").strip(), found["named"] or found["bare"]
    if not _ADDRESS.fullmatch(address):
        return None
    return f"{name} <{address}>" if _PLAIN_NAME.fullmatch(name) else address
