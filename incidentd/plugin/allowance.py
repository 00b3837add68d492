"""How many forms an address, and all together, may send in an hour: token buckets in memory, bounded in number.

Since API version 1.8.
"""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from math import ceil

_HOUR = timedelta(hours=1)
_MAX_ADDRESSES = 10_000
_EVERYBODY = "*"
Networks = tuple[IPv4Network | IPv6Network, ...]


class Allowance:
    """`per_address` and `in_total` messages may come at once; they grow back evenly within an hour."""

    def __init__(self, per_address: int, in_total: int) -> None:
        self._per_address = per_address
        self._in_total = in_total
        self._levels: OrderedDict[str, tuple[float, datetime]] = OrderedDict()

    def take(self, address: str, now: datetime) -> int:
        """Take one for an address; 0, or the whole seconds until there is one again."""
        own, all_of = self._level(address, self._per_address, now), self._level(_EVERYBODY, self._in_total, now)
        wait = max(_wait(own, self._per_address), _wait(all_of, self._in_total))
        if wait == 0:
            self._put(address, own - 1, now)
            self._put(_EVERYBODY, all_of - 1, now)
        return wait

    def _level(self, name: str, most: int, now: datetime) -> float:
        level, at = self._levels.get(name, (float(most), now))
        return min(float(most), level + most * max((now - at) / _HOUR, 0.0))

    def _put(self, name: str, level: float, now: datetime) -> None:
        self._levels[name] = (level, now)
        self._levels.move_to_end(name)
        while len(self._levels) > _MAX_ADDRESSES:  # whoever was heard of least lately has the most again anyway
            self._levels.popitem(last=False)


def _wait(level: float, most: int) -> int:
    return 0 if level >= 1 else max(ceil((1 - level) / most * _HOUR.total_seconds()), 1)


def sender_network(peer: str, forwarded_for: str, proxies: Networks) -> str:
    """Who sent a request: an IPv4 address, or the /64 of an IPv6 address, for a household has a whole one.

    `forwarded_for` is what the `proxies` wrote down; the first address from the right that is none of them counts, for
    whatever stands before it is the sender's own word.
    """
    hops = [peer, *(part.strip() for part in reversed(forwarded_for.split(",")) if part.strip())]
    for hop in hops:
        try:
            address = ip_address(hop)
        except ValueError:
            break
        peer = hop
        if not any(address in network for network in proxies):
            break
    return _network(peer)


def _network(peer: str) -> str:
    try:
        address = ip_address(peer)
    except ValueError:
        return peer[:64]
    if isinstance(address, IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped) if mapped else str(ip_network((address.packed, 64), strict=False))
    return str(address)
