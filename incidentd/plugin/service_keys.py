"""Keys that stand for a service: how a sender without a name of its own is known. For sources."""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Mapping

from incidentd.plugin.config import SecretRef
from incidentd.plugin.values import BadRequest, WebhookRequest

ServiceKeys = Mapping[str, tuple[SecretRef, ...]]
"""Service = its keys; it may have several at once, so that a key can be changed without a gap."""


def check_service_keys(field: str, keys: ServiceKeys) -> None:
    """Raises ValueError, with a remedy, for a service without a name or a key, and for a key that two services have."""
    seen: set[str] = set()
    for service, own in keys.items():
        if not service.strip():
            raise ValueError(f'{field} has a service without a name — write {{ checkout = [{{ env = "KEY" }}] }}')
        if not own or not all(key.reveal() for key in own):
            raise ValueError(f"{field}.{service} has no key or an empty one — store one where the reference leads")
        if seen & (mine := {key.reveal() for key in own}):
            raise ValueError(f"{field}.{service} has a key that another service has — give each its own")
        seen |= mine


def service_of_key(keys: ServiceKeys, key: str) -> str | None:
    """The service that `key` belongs to; None for a key that is not known."""
    given = key.encode(errors="surrogateescape")
    found: str | None = None
    for service, own in keys.items():  # every key is compared: the time taken tells nothing
        for known in own:
            if hmac.compare_digest(known.reveal().encode(), given):
                found = service
    return found


def service_of_request(keys: ServiceKeys, request: WebhookRequest) -> str:
    """The service whose key a request shows as `Authorization: Bearer`. Raises `BadRequest` (401).

    Without any keys a sender on this machine (loopback) is let in, as no service in particular (""), and no other.
    """
    if not keys:
        if not is_loopback(request.peer):
            raise BadRequest("without keys in the configuration only this machine may send", status=401)
        return ""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    service = service_of_key(keys, key.strip()) if scheme.lower() == "bearer" else None
    if service is None:
        raise BadRequest("is missing or not known here", field="key", status=401)
    return service


def is_loopback(peer: str) -> bool:
    """Whether an address is this machine's own."""
    try:
        address = ipaddress.ip_address(peer.partition("%")[0])
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback
