"""A program: `flood.py PORT COUNT KIND SECONDS` holds so many connections from 200 addresses, and opens again what is
closed. KIND is idle (says nothing), head or body (says a byte more each second). Prints how many it holds, and opened.
"""

from __future__ import annotations

import contextlib
import resource
import socket
import sys
import time

_POST = b"POST /api/v2/alerts HTTP/1.1\r\nHost: x\r\n"
FIRST = {
    "idle": b"",
    "head": _POST + b"X-Pad: ",
    "body": _POST + b"Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n[",
}


def opened(number: int, port: int, first: bytes) -> socket.socket | None:
    made = socket.socket()
    made.settimeout(5)
    try:
        made.bind((f"127.0.{number % 200 + 1}.9", 0))
        made.connect(("127.0.0.1", port))
        made.send(first)
    except OSError:
        made.close()
        return None
    return made


def is_open(one: socket.socket, kind: str) -> bool:
    """Says one byte more, where that is its kind."""
    with contextlib.suppress(BlockingIOError):
        if kind != "idle":
            return one.send(b" ") == 1
        return one.recv(1, socket.MSG_DONTWAIT) != b""
    return True


def main(port: int, count: int, kind: str, seconds: float) -> None:
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    held: dict[int, socket.socket] = {}
    ends, total = time.monotonic() + seconds, 0
    while (began := time.monotonic()) < ends:
        for number in range(count):
            try:
                well = number in held and is_open(held[number], kind)
            except OSError:
                well = False
            if not well:
                if number in held:
                    held.pop(number).close()
                made = opened(number, port, FIRST[kind])
                total += 1
                if made is not None:
                    held[number] = made
            if number % 200 == 0:
                sys.stdout.write(f"{len(held)} {total}\n")
                sys.stdout.flush()
        time.sleep(max(0.0, began + 1 - time.monotonic()))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], float(sys.argv[4]))
