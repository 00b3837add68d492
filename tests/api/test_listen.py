"""Taking the socket's path: private, never stolen, and left alone when it is somebody else's."""

from __future__ import annotations

import os
import socket
import stat

import pytest

from incidentd.api.identity import RolePolicy
from incidentd.api.server import start_api
from incidentd.api.unixlisten import SocketUnusable, listen


@pytest.fixture
def path(socket_dir):
    return socket_dir / "run" / "api.sock"


@pytest.fixture
def taken(path):
    listening = listen(path)
    yield listening
    listening.sock.close()


def mode(path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_socket_and_directory_are_private(path, taken):
    assert mode(path) == 0o600
    assert mode(path.parent) == 0o700
    assert os.umask(0o022) == 0o022


def test_the_mode_can_let_a_group_in(path):
    listening = listen(path, 0o660)
    listening.sock.close()
    assert mode(path) == 0o660


def test_the_socket_is_never_open_to_others_even_for_an_instant(path, monkeypatch):
    modes: list[int] = []
    chmod = os.chmod

    def watched(at, to, **options) -> None:
        modes.append(mode(path))
        chmod(at, to, **options)

    monkeypatch.setattr(os, "chmod", watched)
    listen(path, 0o666).sock.close()
    assert modes == [0o600]


def test_a_present_directory_keeps_its_mode(socket_dir):
    socket_dir.chmod(0o750)
    listen(socket_dir / "api.sock").sock.close()
    assert mode(socket_dir) == 0o750


def test_a_live_socket_is_not_stolen(path, taken):
    taken.sock.listen()
    with pytest.raises(SocketUnusable, match="another daemon listens there"):
        listen(path)
    with socket.socket(socket.AF_UNIX) as caller:
        caller.connect(str(path))


def test_a_dead_socket_is_replaced(path, taken):
    taken.sock.close()
    listening = listen(path)
    listening.sock.listen()
    with socket.socket(socket.AF_UNIX) as caller:
        caller.connect(str(path))
    listening.sock.close()


def test_what_is_no_socket_is_left_alone(path):
    path.parent.mkdir()
    path.write_text("precious")
    with pytest.raises(SocketUnusable, match="is no socket"):
        listen(path)
    assert path.read_text() == "precious"
    path.unlink()
    path.symlink_to("/etc/passwd")
    with pytest.raises(SocketUnusable, match="is no socket"):
        listen(path)
    assert path.is_symlink()


def test_a_long_path_is_named_before_the_system_says_so(socket_dir):
    with pytest.raises(SocketUnusable, match="107 bytes"):
        listen(socket_dir / ("x" * 110))


def test_a_directory_that_cannot_be_made_is_said(socket_dir):
    (socket_dir / "file").write_text("")
    with pytest.raises(SocketUnusable, match="choose another path"):
        listen(socket_dir / "file" / "api.sock")


def test_only_our_own_path_is_removed(path, taken):
    path.unlink()
    other = listen(path)
    taken.remove()
    assert path.exists(), "another daemon took the path meanwhile"
    other.remove()
    assert not path.exists()
    other.remove()
    other.sock.close()


async def test_the_path_is_gone_after_the_end(api):
    assert api.path.exists()
    await api.stop()
    assert not api.path.exists()


async def test_exactly_one_way_to_listen(fake):
    with pytest.raises(ValueError, match="exactly one"):
        await start_api(fake.calls, roles=RolePolicy(owner_uid=0), person_of_uid=lambda *_: "")


async def test_a_second_server_is_refused_and_the_first_goes_on(api):
    with pytest.raises(SocketUnusable):
        await start_api(api.fake.calls, roles=api.policy(), person_of_uid=lambda *_: "", socket_path=api.path)
    assert (await api("GET", "/v1/info")).status == 200
