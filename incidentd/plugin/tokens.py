"""A token that a sender has to show. For sources whose wire format has no keys of its own."""

from __future__ import annotations

import hmac

from incidentd.plugin.values import BadRequest, Secret, WebhookRequest


def check_token(request: WebhookRequest, token: Secret | None, old_token: Secret | None = None) -> None:
    """Raises `BadRequest` with status 401 unless `request` shows a token; without `token` every request may pass.

    It is looked for in `Authorization: Bearer`, `X-Token`, and in the query as `token` or `access_token` (RFC 6750).
    `old_token` lets in too, while senders change from one to the other. Since API version 1.11.
    """
    if token is None:
        return
    sent, fits = _sent(request).encode("utf-8", "surrogateescape"), False
    for one in (token, old_token):  # both are compared: the time taken tells nothing
        fits |= one is not None and hmac.compare_digest(sent, one.reveal().encode())
    if not fits:
        raise BadRequest("send it as Authorization: Bearer, X-Token or ?token=", field="token", status=401)


def _sent(request: WebhookRequest) -> str:
    scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return credentials.strip()
    query = request.query
    return request.headers.get("x-token") or query.get("token") or query.get("access_token", "")
