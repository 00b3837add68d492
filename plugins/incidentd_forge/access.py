"""How the channel shows the forge who it is: a token, or the token of a GitHub App's installation.

An app signs a JSON Web Token (RFC 7519) with its private key by RS256 and trades it for a token that holds for an hour
(docs.github.com, "Authenticating as a GitHub App installation").
"""

from __future__ import annotations

import asyncio
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from incidentd.plugin import Context, PermanentFailure, Secret, TemporaryFailure
from incidentd.plugin.decoding import Instant
from incidentd_forge.config import AppConfig, Flavor, ForgeConfig

if TYPE_CHECKING:
    from incidentd.plugin.httpcall import Answer

_AHEAD = timedelta(minutes=1)  # that GitHub's clock may be behind ours
_VALID = timedelta(minutes=9)  # ten are allowed
_SPARE = timedelta(minutes=5)  # before its end a token is not used any more


class _Granted(msgspec.Struct):
    token: str
    expires_at: Instant


class Access:
    """Makes the headers of requests. Raises `ValueError` for an app whose key is none."""

    def __init__(self, config: ForgeConfig, context: Context) -> None:
        self._config = config
        self._context = context
        self._key = None if config.app is None else read_key(config.app.key)
        self._granted: tuple[Secret, datetime] | None = None
        self._asking = asyncio.Lock()

    async def headers(self) -> dict[str, str]:
        """Those of one request. Raises `PermanentFailure` without a token, and as `post` where an app asks for one."""
        if self._config.app is not None:
            return _headers(self._config, self._context.version, "Bearer", await self._app_token(self._config.app))
        if self._config.token is None:
            raise PermanentFailure("there is no token to answer with: set `token` or `app` of this channel")
        scheme = "Bearer" if self._config.forge is Flavor.GITHUB else "token"
        return _headers(self._config, self._context.version, scheme, self._config.token)

    def forget(self) -> None:
        """The token was refused: the next request asks for a new one."""
        self._granted = None

    async def _app_token(self, app: AppConfig) -> Secret:
        async with self._asking:
            now: datetime = self._context.now()
            if self._granted is None or now >= self._granted[1] - _SPARE:
                self._granted = await self._ask(app, now)
            return self._granted[0]

    async def _ask(self, app: AppConfig, now: datetime) -> tuple[Secret, datetime]:
        from incidentd.plugin.httpcall import post

        assert self._key is not None
        token = Secret(app_token(self._key, app.id, now))
        answer = await post(
            self._context.http,
            f"{self._config.api}/app/installations/{app.installation}/access_tokens",
            b"",
            _headers(self._config, self._context.version, "Bearer", token),
            timeout=self._config.timeout,
            now=now,
        )
        answer.require_success("the app got no token for its installation")
        return granted(answer)


def granted(answer: Answer) -> tuple[Secret, datetime]:
    """The token of an installation and its end. Raises `TemporaryFailure` where it is not understood."""
    try:
        told = msgspec.json.decode(answer.body, type=_Granted)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise TemporaryFailure("the app got no token for its installation: the answer is not understood") from None
    return Secret(told.token), told.expires_at


def _headers(config: ForgeConfig, version: str, scheme: str, token: Secret) -> dict[str, str]:
    headers = {
        "Authorization": f"{scheme} {token.reveal().strip()}",
        "Content-Type": "application/json",
        "User-Agent": f"incidentd/{version}",
    }
    if config.forge is Flavor.GITHUB:
        headers |= {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
    return headers


def read_key(pem: Secret) -> rsa.RSAPrivateKey:
    """Raises `ValueError`, without the key, when it is none."""
    try:
        key = load_pem_private_key(pem.reveal().encode(), password=None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ValueError("app.key: is no RSA private key in PEM — store the file that GitHub made for the app")
    return key


def app_token(key: rsa.RSAPrivateKey, app: str, now: datetime) -> str:
    """The token by which an app speaks for itself."""
    times = {"iat": int((now - _AHEAD).timestamp()), "exp": int((now + _VALID).timestamp())}
    parts = [_encoded(msgspec.json.encode(part)) for part in ({"alg": "RS256", "typ": "JWT"}, {**times, "iss": app})]
    signed = ".".join(parts)
    return f"{signed}.{_encoded(key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def _encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
