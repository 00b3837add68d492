"""Chats and push services of Alertmanager as `[notifiers.NAME] type = "apprise"`, whose URL is a secret.

A message in a chat means there what it means here. A pager (PagerDuty, Opsgenie) is another matter: it would open and
close incidents of its own, which Apprise cannot tie to a page, so none is made into a notifier.
"""

from __future__ import annotations

from typing import Any

import msgspec

from incidentd.importers.report import Outcome
from incidentd.importers.secret_places import SecretPlaces
from incidentd.importers.yaml_table import Table

NO_URL = "json://replace-this.invalid"  # a name that never resolves (RFC 2606)
_OWN_TEXT = "the text of messages is incidentd's own"


class _Chat(msgspec.Struct, frozen=True):
    """`url` is what Apprise wants, with the item's key `where` filled in; `secrets` are the keys of its other parts."""

    url: str
    secrets: tuple[str, ...]
    where: str = ""


_CHATS = {
    "discord": _Chat("discord://WEBHOOK_ID/WEBHOOK_TOKEN/", ("webhook_url",)),
    "mattermost": _Chat("mmosts://HOST/WEBHOOK_TOKEN", ("webhook_url",)),
    "msteams": _Chat("workflows://HOST/WORKFLOW/SIGNATURE/", ("webhook_url",)),
    "msteamsv2": _Chat("workflows://HOST/WORKFLOW/SIGNATURE/", ("webhook_url",)),
    "pushover": _Chat("pover://USER_KEY@TOKEN/", ("token", "user_key")),
    "slack": _Chat("slack://TOKEN_A/TOKEN_B/TOKEN_C/{where}", ("api_url",), "channel"),
    "telegram": _Chat("tgram://BOT_TOKEN/{where}/", ("bot_token",), "chat_id"),
    "webex": _Chat("wxteams://BOT_TOKEN/{where}", (), "room_id"),
}
CHATS = frozenset(_CHATS)


def chat_notifier(service: str, own: Table, shared: Table | None, name: str, places: SecretPlaces) -> dict[str, Any]:
    """The notifier called `name` for one item of `service`, one of `CHATS`."""
    chat = _CHATS[service]
    where = (own.text(chat.where) or chat.where.upper()) if chat.where else ""
    if "{{" in where or not where.isprintable():
        where = chat.where.upper()
    url = chat.url.replace("{where}", where)
    holder, key = _secret(chat, service, own, shared)
    for secret in chat.secrets:
        for spelt in (secret, f"{secret}_file"):
            if spelt in own and spelt != key:
                own.say(Outcome.TO_DO, f"is a part of the URL of notifier {name}", spelt)
    reference = places.new(f"{name}-url", NO_URL, holder, key, f"it as a URL of Apprise, {url},")
    own.rest(_OWN_TEXT)
    return {"type": "apprise", "url": reference}


def _secret(chat: _Chat, service: str, own: Table, shared: Table | None) -> tuple[Table, str]:
    """Where the file has the secret: with the item, or in `global`."""
    for secret in chat.secrets:
        for spelt in (secret, f"{secret}_file"):
            if spelt in own:
                return own, spelt
            if shared is not None and f"{service}_{spelt}" in shared:
                return shared, f"{service}_{spelt}"
    return own, ""
