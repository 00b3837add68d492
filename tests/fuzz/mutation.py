"""Changes of bytes as a hostile or broken sender could make them; the same seed makes the same ones."""

from __future__ import annotations

import random

WORDS = (
    b"\x00", b"\xff", b"\xed\xa0\x80", b"\xe2\x80\xae", b"\x1b[31m", b"\\ud800", b"\\u0000", b"NaN", b"1e999", b"-1",
    b"9" * 40, b"null", b"true", b"[]", b"{}", b"[" * 200, b'{"a":' * 100, b'"', b"\\", b"\r\n", b"\n\n", b":", b"=~(",
    b"0001-01-01T00:00:00Z", b"9999-12-31T23:59:59Z", b"=?utf-8?q?=ff?=", b"%00", b"+++\n", b"---\n", b"P99999999999D",
    b"FREQ=SECONDLY", b"\xf0\x9f\x98\x80", b"a" * 5000,
)  # fmt: skip
_MOST = 64 * 1024


def changed(seeds: list[bytes], chance: random.Random) -> bytes:
    """One seed with a few changes."""
    data = bytearray(chance.choice(seeds))
    for _ in range(chance.randint(1, 6)):
        at = chance.randint(0, len(data))
        match chance.randrange(7):
            case 0 if data:
                data[at % len(data)] ^= 1 << chance.randrange(8)
            case 1:
                data[at:at] = chance.choice(WORDS)
            case 2:
                del data[at : at + chance.randint(1, 40)]
            case 3:
                data[at : at + chance.randint(0, 20)] = chance.choice(WORDS)
            case 4:
                other = chance.choice(seeds)
                begin = chance.randint(0, len(other))
                data[at:at] = other[begin : begin + chance.randint(1, 200)]
            case 5:
                data[at:at] = data[at : at + chance.randint(1, 100)]
            case _:
                data[at:at] = bytes(chance.randrange(256) for _ in range(chance.randint(1, 8)))
    return bytes(data[:_MOST])
