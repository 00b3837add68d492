"""Whether a request comes from Twilio, and what it says.

Twilio signs the address that it calls and every parameter of the form, name and value, in the order of the names, with
HMAC-SHA1 by the account's auth token, and sends the signature in base64 as X-Twilio-Signature (twilio.com/docs, "Secure
webhooks"). It signs no time: that a replay changes nothing rests on its ids of messages, calls and recordings.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qs

from incidentd.plugin import BadRequest, WebhookRequest
from incidentd.plugin.signatures import any_signed
from incidentd_twilio.config import TwilioConfig

_MAX_FIELDS = 500


def sign(token: bytes, url: str, fields: Mapping[str, Sequence[str]]) -> bytes:
    """The value of X-Twilio-Signature."""
    signed = url + "".join(name + value for name in sorted(fields) for value in sorted(set(fields[name])))
    return base64.b64encode(hmac.new(token, signed.encode(), hashlib.sha1).digest())


def signed_form(config: TwilioConfig, request: WebhookRequest) -> dict[str, str]:
    """The form of a request. Raises `BadRequest`: 401 when it was not signed with the account's token."""
    try:
        text = request.body.decode()
        fields = parse_qs(text, keep_blank_values=True, strict_parsing=bool(text), max_num_fields=_MAX_FIELDS)
        for name, values in fields.items():
            "".join([name, *values]).encode()
    except ValueError as error:
        raise BadRequest("is no form as Twilio sends it", field="body") from error
    path = request.path
    for name, value in request.params.items():
        path = path.replace(f"{{{name}}}", value)
    tokens = [one for one in (config.auth_token, config.old_auth_token) if one is not None]
    fits = any_signed(
        tokens, request.headers.get("x-twilio-signature", ""), lambda token: sign(token, config.url + path, fields)
    )
    if request.query or not fits:  # our addresses have no query
        what = "is missing or does not fit: is `url` what Twilio calls?"
        raise BadRequest(what, field="X-Twilio-Signature", status=401)
    return {name: values[0] for name, values in fields.items()}


def require(form: Mapping[str, str], name: str) -> str:
    """A member of the form. Raises `BadRequest` where it is missing."""
    if not form.get(name):
        raise BadRequest("is missing", field=name)
    return form[name]
