"""Mail servers that break off, fall silent or talk nonsense, at every step of a session."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from incidentd.plugin import PermanentFailure, Secret, TemporaryFailure
from incidentd.plugin.outcomes import UnknownOutcome
from incidentd.plugin.testing.httpserver import refused_port
from incidentd.plugin.testing.notifiers import NotifierContext, failure_of, notification
from incidentd_email.config import EmailConfig
from incidentd_email.notifier import EmailNotifier

TO_ADA = notification(address="ada@example.org")
DROP, SILENCE = "drop", "silence"
POLITE = {
    "connect": "220 mail.example",
    "EHLO": "250-mail.example\r\n250 8BITMIME",
    "MAIL": "250 OK",
    "RCPT": "250 OK",
    "DATA": "354 go on",
    ".": "250 taken",
    "QUIT": "221 bye",
}


@contextlib.asynccontextmanager
async def server(**steps: str) -> AsyncIterator[int]:
    """A server that answers each step as `POLITE` says, except for `steps`; `end` stands for the final dot."""
    script = POLITE | {("." if step == "end" else step): reply for step, reply in steps.items()}
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        step, in_data = "connect", False
        try:
            while True:
                reply = script.get(step, "502 what?")
                if reply == SILENCE:
                    await reader.read()
                if reply in (DROP, SILENCE):
                    return
                writer.write(reply.encode() + b"\r\n")
                in_data = step == "DATA" and reply.startswith("354")
                line = await reader.readline()
                while in_data and line not in (b".\r\n", b""):
                    line = await reader.readline()
                if not line:
                    return
                step = line.decode().strip().upper()[:4]
        finally:
            writer.transport.abort()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(serve(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    listener = await asyncio.start_server(connected, "127.0.0.1", 0)
    try:
        yield listener.sockets[0].getsockname()[1]
    finally:
        listener.close()
        for task in tasks:
            task.cancel()


def notifier(port: int, timeout: float = 5.0) -> EmailNotifier:
    config = EmailConfig.model_validate(
        {"host": "127.0.0.1", "port": port, "from": "i@example.org", "timeout": timeout}
    )
    return EmailNotifier(config, NotifierContext(http=None))  # type: ignore[arg-type]


async def test_the_polite_server_takes_it() -> None:
    async with server() as port:
        assert (await notifier(port).send(TO_ADA)).vendor_id == "taken"


@pytest.mark.parametrize("step", ["connect", "EHLO", "MAIL", "RCPT"])
async def test_breaking_off_before_data_is_temporary(step: str) -> None:
    async with server(**{step: DROP}) as port:
        assert isinstance(await failure_of(notifier(port).send(TO_ADA)), TemporaryFailure)


@pytest.mark.parametrize("step", ["connect", "EHLO", "MAIL", "RCPT"])
async def test_silence_before_data_is_temporary(step: str) -> None:
    async with server(**{step: SILENCE}) as port:
        assert isinstance(await failure_of(notifier(port, 0.3).send(TO_ADA)), TemporaryFailure)


@pytest.mark.parametrize("step", ["DATA", "end"])
@pytest.mark.parametrize("fault", [DROP, SILENCE, "\x00\xff not SMTP"])
async def test_no_clear_answer_to_the_message_is_unknown(step: str, fault: str) -> None:
    async with server(**{step: fault}) as port:
        error = await failure_of(notifier(port, 0.3).send(TO_ADA))
    assert isinstance(error, UnknownOutcome)
    assert error.__context__ is None


@pytest.mark.parametrize("step", ["connect", "MAIL", "RCPT", "DATA", "end"])
async def test_refusals_at_every_step(step: str) -> None:
    for reply, kind in (("421 later", TemporaryFailure), ("451 later", TemporaryFailure), ("554 no", PermanentFailure)):
        async with server(**{step: reply}) as port:
            assert type(await failure_of(notifier(port).send(TO_ADA))) is kind, reply


@pytest.mark.parametrize("fault", [DROP, SILENCE, "500 no goodbye", "garbage"])
async def test_a_bad_goodbye_changes_nothing(fault: str) -> None:
    async with server(QUIT=fault) as port:
        assert (await notifier(port, 0.5).send(TO_ADA)).vendor_id == "taken"


async def test_a_refused_connection_is_temporary() -> None:
    async with refused_port() as port:
        error = await failure_of(notifier(port).send(TO_ADA))
    assert isinstance(error, TemporaryFailure)
    assert "refused" in str(error)


async def test_a_login_that_the_server_does_not_offer_is_permanent() -> None:
    async with server() as port:
        config = EmailConfig.model_validate(
            {"host": "127.0.0.1", "port": port, "from": "i@example.org", "username": "u", "password": Secret("p")}
        )
        error = await failure_of(EmailNotifier(config, NotifierContext(http=None)).send(TO_ADA))  # type: ignore[arg-type]
    assert isinstance(error, PermanentFailure)
    assert "login" in str(error)
