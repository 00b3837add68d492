"""Taking connections: a few at a time, and none while there are no descriptors."""

import asyncio
import errno
import socket

import pytest

from incidentd.ingress import accepting
from incidentd.ingress.accepting import Accepting, bound


class Poor(socket.socket):
    """A listening socket of a process that may have run out of descriptors."""

    scarce = False
    tries = 0

    def accept(self):
        self.tries += 1
        if self.scarce:
            raise OSError(errno.EMFILE, "Too many open files")
        return super().accept()


class Greets(asyncio.Protocol):
    def connection_made(self, transport):
        transport.write(b"hello")


@pytest.fixture
def listening():
    sock = Poor()
    sock.bind(("127.0.0.1", 0))
    return sock


async def test_without_descriptors_it_waits_and_so_do_they_who_come(listening, monkeypatch):
    monkeypatch.setattr(accepting, "_PAUSE_SECONDS", 0.1)
    server = Accepting([listening], Greets, {})
    listening.scarce = True
    reader, writer = await asyncio.open_connection(*listening.getsockname())
    await asyncio.sleep(0.25)
    assert 1 <= listening.tries <= 4
    listening.scarce = False
    async with asyncio.timeout(3):
        assert await reader.readexactly(5) == b"hello"
    writer.close()
    server.close()


async def test_of_many_who_wait_some_are_taken_before_others_have_their_turn(listening, monkeypatch):
    monkeypatch.setattr(accepting, "_AT_ONCE", 3)
    server = Accepting([listening], Greets, {})
    peers = [socket.create_connection(listening.getsockname()) for _ in range(8)]
    server._accept(listening)
    assert listening.tries == 3
    readers = [await asyncio.open_connection(sock=peer) for peer in peers]
    async with asyncio.timeout(3):
        assert [await reader.readexactly(5) for reader, _ in readers] == [b"hello"] * 8
    for _, writer in readers:
        writer.close()
    server.close()


async def test_nothing_is_left_open_where_one_address_cannot_be_had(recwarn):
    (taken,) = await bound("127.0.0.1", 0)
    with taken, pytest.raises(OSError, match="in use"):
        await bound("127.0.0.1", taken.getsockname()[1])
    assert not [one for one in recwarn if one.category is ResourceWarning]
