"""`webhook_configs` of Alertmanager as `[notifiers.NAME] type = "webhook"`."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from incidentd.importers.report import Outcome
from incidentd.importers.secret_places import SecretPlaces
from incidentd.importers.yaml_table import Table

_WORD = re.compile(r"[a-zA-Z]{1,20}(?:[._-][a-zA-Z]{1,20})*|v?[0-9]{1,4}")
_LEFT = {
    "max_alerts": "incidentd sends one message for a group, whatever its size",
    "timeout": "the notifier waits 10 s: set `timeout` there",
}
_HTTP_LEFT = "incidentd's webhook notifier has no counterpart"
NO_URL = "https://replace-this.invalid/"  # a name that never resolves (RFC 2606)


def webhook_notifier(own: Table, shared: Table | None, name: str, places: SecretPlaces) -> dict[str, Any] | None:
    """The notifier called `name` for one item, or None after the reason was reported."""
    url = _url(own, name, places)
    if url is None:
        return None
    table: dict[str, Any] = {"type": "webhook", "url": url}
    http = own.table("http_config")
    if http is None and shared is not None:
        http = shared.table("http_config")
    authorization = None if http is None else _authorization(http, name, places)
    if authorization is not None:
        table["authorization"] = authorization
    for key, why in _LEFT.items():
        own.leave(key, why)
    return table


def _url(own: Table, name: str, places: SecretPlaces) -> object:
    """The URL, or a reference when it may hold a secret; None when there is none."""
    if "url_file" in own:
        return places.existing(own, "url_file")
    url = own.text("url")
    if url is None or "{{" in url or not _is_http(url):
        own.say(Outcome.LEFT, "there is no plain http or https address: add a notifier by hand", "url" if url else "")
        return None
    return url if _is_open(url) else places.new(f"{name}-url", NO_URL, own, "url", "it (it may hold a token)")


def _is_http(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and url.isprintable()
    except ValueError:
        return False


def _is_open(url: str) -> bool:
    """Whether nothing in `url` can be a token: no login, no query, a path of words."""
    parts = urlsplit(url)
    words = [word for word in parts.path.split("/") if word]
    return not (parts.query or parts.fragment or "@" in parts.netloc) and all(_WORD.fullmatch(word) for word in words)


def _authorization(http: Table, name: str, places: SecretPlaces) -> dict[str, str] | None:
    """A reference to the value of the Authorization header."""
    found: dict[str, str] | None = None
    file = f"{name}-authorization"
    bearer = http.table("authorization")
    if bearer is not None:
        scheme = bearer.text("type") or "Bearer"
        key = "credentials" if "credentials" in bearer else "credentials_file"
        if key in bearer and scheme.isalnum() and scheme.isascii():
            found = places.new(file, f"{scheme} replace-this", bearer, key, f'"{scheme} " and it')
        bearer.rest(_HTTP_LEFT)
    for key in ("bearer_token", "bearer_token_file"):
        if key in http and found is None:
            found = places.new(file, "Bearer replace-this", http, key, '"Bearer " and it')
    basic = http.table("basic_auth")
    if basic is not None and found is None:
        what = '"Basic " and the base64 of NAME:PASSWORD'
        found = places.new(file, "Basic cmVwbGFjZTp0aGlz", http, "basic_auth", what)
    http.rest(_HTTP_LEFT)
    return found
