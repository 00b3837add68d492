"""A token that a sender has to show. For sources whose wire format has no keys of its own."""

from __future__ import annotations

import hmac

from incidentd.plugin.values import BadRequest, Secret, WebhookRequest


def check_token(request: WebhookRequest, token: Secret | None) -> None:
    """Raises `BadRequest` with status 401 unless `request` shows `token`; without one every request may pass.

    It is looked for in `Authorization: Bearer`, `X-Token`, and in the query as `token` or `access_token` (RFC 6750).
    """
    if token is None:
        return
    if not hmac.compare_digest(_sent(request).encode("utf-8", "surrogateescape"), token.reveal().encode()):
        raise BadRequest("send it as Authorization: Bearer, X-Token or ?token=", field="token", status=401)


def _sent(request: WebhookRequest) -> str:
    scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return credentials.strip()
    query = request.query
    return request.headers.get("x-token") or query.get("token") or query.get("access_token", "")
