"""Which addresses and certificates are AWS's.

The rules are no settings: whoever could change them could have any message believed. Tests that stand in for AWS hand
rules of their own to the source's constructor.
"""

from __future__ import annotations

import re

import msgspec

_HOST = r"https://sns\.[a-z0-9-]{1,40}\.amazonaws\.com(?:\.cn)?"


class Trust(msgspec.Struct, frozen=True, kw_only=True):
    """Patterns that whole addresses and names have to fit."""

    certificate_url: re.Pattern[str]
    subscribe_url: re.Pattern[str]
    certificate_name: re.Pattern[str]


AWS = Trust(
    certificate_url=re.compile(_HOST + r"/[A-Za-z0-9_-]{1,200}\.pem"),
    subscribe_url=re.compile(_HOST + r"/\?[A-Za-z0-9_.~%&=:+-]{1,2000}"),
    certificate_name=re.compile(r"sns[a-z0-9.-]{0,60}\.amazonaws\.com(?:\.cn)?"),
)
