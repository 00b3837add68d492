"""Who sent a webhook, and of what kind it is.

GitHub signs the body with HMAC-SHA256 and sends "sha256=" and the hex digest as X-Hub-Signature-256
(docs.github.com, "Validating webhook deliveries"); Gitea and Forgejo send the digest alone as X-Gitea-Signature and
X-Forgejo-Signature (their documentation, "Webhooks"). None of them signs a time or the id of the delivery: that a
replay changes nothing rests on identities which are taken from the signed body.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence

from incidentd.plugin import BadRequest, Secret, WebhookRequest
from incidentd.plugin.signatures import any_signed
from incidentd_forge.config import Flavor

_SIGNATURES = {
    Flavor.GITHUB: ("X-Hub-Signature-256",),
    Flavor.GITEA: ("X-Forgejo-Signature", "X-Gitea-Signature"),
}
_EVENTS = {Flavor.GITHUB: ("X-GitHub-Event",), Flavor.GITEA: ("X-Forgejo-Event", "X-Gitea-Event")}


def check_signature(flavor: Flavor, secrets: Sequence[Secret], request: WebhookRequest) -> None:
    """Raises `BadRequest` (401) unless one of `secrets` signed the body."""
    names = _SIGNATURES[flavor]
    given = _header(request, names).strip().removeprefix("sha256=")
    if not any_signed(secrets, given, lambda key: hmac.new(key, request.body, hashlib.sha256).hexdigest().encode()):
        raise BadRequest("is missing or does not fit the body", field=names[-1], status=401)


def event_of(flavor: Flavor, request: WebhookRequest) -> str:
    """What kind of event it is. Raises `BadRequest`, also for a body that is no JSON by its own words."""
    names = _EVENTS[flavor]
    if "x-www-form-urlencoded" in request.headers.get("content-type", "").lower():
        raise BadRequest("set the webhook's content type to application/json", field="Content-Type", status=415)
    event = _header(request, names)
    if not event:
        raise BadRequest("the header is missing", field=names[-1])
    return event


def _header(request: WebhookRequest, names: Sequence[str]) -> str:
    return next((value for name in names if (value := request.headers.get(name.lower(), ""))), "")
