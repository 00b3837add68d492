"""Runs the program that reads mails, and ends it when it takes too long."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from pathlib import Path

import msgspec

from incidentd.plugin import MAX_ATTACHMENT, Attachment, BadRequest, decode_json

READER = Path(__file__).with_name("reader.py")
SECONDS = 120.0
"""The program bounds its own computing; on a busy machine it waits its turn, and no good mail is set aside for that."""


class Unreadable(Exception):
    """The mail cannot be read; the text says why."""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What the program says of a mail."""

    headers: Mapping[str, tuple[str, ...]] = {}
    problem: str = ""
    text: str = ""
    cut: bool = False
    report: bool = False
    original: str = ""
    left_out: tuple[str, ...] = ()
    attachments: tuple[tuple[str, str, int], ...] = ()


class Mail(msgspec.Struct, frozen=True, kw_only=True):
    """A mail that was read, or as much of it as could be: `problem` says what is missing."""

    told: Told
    attachments: tuple[Attachment, ...] = ()

    def first(self, name: str) -> str:
        """The first value of a header, "" when it is not there."""
        return next(iter(self.told.headers.get(name, ())), "")

    def every(self, *names: str) -> str:
        """All values of these headers, joined by blanks."""
        return " ".join(value for name in names for value in self.told.headers.get(name, ()))


async def read_mail(raw: bytes, seconds: float = SECONDS) -> Mail:
    """What is in a mail. Raises `Unreadable`; the process is gone in any case when this ends."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        str(READER),
        str(MAX_ATTACHMENT),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={},
        cwd="/",
    )
    try:
        async with asyncio.timeout(seconds):
            output, _ = await process.communicate(raw)
    except TimeoutError:
        raise Unreadable(f"reading it takes more than {seconds:g} s") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        raise Unreadable("reading it takes too much time or memory")
    return as_mail(output)


def as_mail(output: bytes) -> Mail:
    """What the program wrote. Raises `Unreadable`."""
    head, _, blobs = output.partition(b"\n")
    try:
        told = decode_json(head, Told)
    except BadRequest as error:
        raise Unreadable("what is in it cannot be told") from error
    attachments, at = [], 0
    for name, kind, size in told.attachments:
        attachments.append(Attachment(name=name, media_type=kind, data=blobs[at : at + size]))
        at += size
    return Mail(told=told, attachments=tuple(attachments))
