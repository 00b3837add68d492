"""Outbound HTTP to addresses that users wrote: the session plugins get as `ctx.http`.

A contact method or a webhook names a URL, and the daemon calls it from inside the network: without a check, anyone who
may write one could read a cloud's metadata service or poke at machines that only the daemon can reach (server-side
request forgery). The check is made on the address a socket is about to connect to, not on the name, so a name that
resolves differently the second time (DNS rebinding), an IP literal and a redirect all meet it.

Never allowed: link-local, multicast, unspecified, broadcast and reserved addresses, and the metadata services of cloud
providers. Loopback and private networks are allowed unless `allow_private` is False: most who host incidentd themselves
run ntfy or a webhook receiver in their own network. IPv4 addresses inside IPv6 ones (mapped, 6to4, Teredo, NAT64,
ISATAP) are judged as the IPv4 address.
"""

from __future__ import annotations

import functools
import ipaddress
import socket
from typing import Any

import aiohttp

from incidentd.ingress.names import Names
from incidentd.plugin.httpcall import AddressRefused

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address

CONNECTIONS_PER_HOST = 16
"""There is no bound over all hosts: some that hang would use it up, and no other would be reached. Each notifier sends
a bounded number of messages at once."""

# Metadata services that are not link-local, from the providers' own documents.
_METADATA = frozenset(
    ipaddress.ip_address(text)
    for text in (
        "100.100.100.200",  # Alibaba Cloud
        "168.63.129.16",  # Azure, platform services
        "192.0.0.192",  # Oracle Cloud, classic
        "fd00:ec2::254",  # AWS over IPv6
        "fd20:ce::254",  # Google Cloud over IPv6
    )
)
_THIS_NETWORK = ipaddress.IPv4Network("0.0.0.0/8")  # Linux takes 0.0.0.0 for loopback
_RESERVED = ipaddress.IPv4Network("240.0.0.0/4")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_LOCAL_NAT64 = ipaddress.IPv6Network("64:ff9b:1::/48")  # RFC 8215
_ISATAP = frozenset({0x0000_5EFE, 0x0200_5EFE})  # RFC 5214: the interface's identifier ends in an IPv4 address
_COMPATIBLE = ipaddress.IPv6Network("::/96")  # IPv4-compatible, deprecated
_LOW_32_BITS = 0xFFFF_FFFF


def address_allowed(address: str, *, allow_private: bool) -> bool:
    """Whether a connection to `address` (an IP address, with or without a scope) may be opened."""
    try:
        outer = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return all(_allowed(each, allow_private) for each in (outer, *_embedded(outer)))


def _allowed(address: _Address, allow_private: bool) -> bool:
    if address in _METADATA or address.is_multicast or address.is_link_local or address.is_unspecified:
        return False
    if address.version == 4 and (address in _THIS_NETWORK or address in _RESERVED):
        return False
    return allow_private or address.is_global


def _embedded(address: _Address) -> list[ipaddress.IPv4Address]:
    """The IPv4 addresses that a packet to this IPv6 address could end at."""
    if isinstance(address, ipaddress.IPv4Address):
        return []
    found = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    in_compatible = address in _COMPATIBLE and int(address) > 1  # :: and ::1 are no IPv4 addresses
    if in_compatible or address in _NAT64 or (int(address) >> 32 & _LOW_32_BITS) in _ISATAP:
        found.append(ipaddress.IPv4Address(int(address) & _LOW_32_BITS))
    if address in _LOCAL_NAT64:
        found += _translated(address)
    return [each for each in found if each is not None]


def _translated(address: ipaddress.IPv6Address) -> list[ipaddress.IPv4Address]:
    """Where each length of prefix puts the IPv4 address; bits 64 to 71 are left out (RFC 6052, section 2.2)."""
    packed = address.packed
    places = (packed[6:8] + packed[9:11], packed[7:8] + packed[9:12], packed[9:13], packed[12:16])
    return [ipaddress.IPv4Address(place) for place in places]


def open_socket(allow_private: bool, address_info: tuple[Any, ...]) -> socket.socket:
    """A socket for one entry of `getaddrinfo`. Raises `AddressRefused` where the policy forbids its address."""
    family, kind, protocol, _name, address = address_info
    if not address_allowed(str(address[0]), allow_private=allow_private):
        raise AddressRefused
    return socket.socket(family=family, type=kind, proto=protocol)


def guarded_session(*, allow_private: bool = True, timeout: float = 30.0) -> aiohttp.ClientSession:  # noqa: ASYNC109
    """A session whose every connection meets the policy above; `timeout` (seconds) bounds one whole call.

    Call it with the event loop running, and close it. A refused address raises `aiohttp.ClientConnectorError` whose
    `os_error` is `AddressRefused`. The session keeps no cookies, reads no proxy settings from the environment and
    opens a connection for each call: a kept one that the other side has just closed would leave a page's outcome
    unknown, which is worse than a handshake.
    """
    connector = aiohttp.TCPConnector(
        limit=0,
        limit_per_host=CONNECTIONS_PER_HOST,
        force_close=True,
        resolver=Names(),
        socket_factory=functools.partial(open_socket, allow_private),
    )
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=timeout, connect=timeout / 2),
        trust_env=False,
    )
