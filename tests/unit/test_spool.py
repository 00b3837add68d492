"""The spool: whole entries in order, within bounds, with nothing in it that its directory does not allow."""

import os
import stat
import time

import pytest

from incidentd import spool as module
from incidentd.spool import BadEntry, Spool, SpoolFull, SpoolUnusable, is_at_fault, new_entry, refusal

ENTRY = new_entry("/nagios/notification", {"kind": "host"}, "Bearer k")
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


@pytest.fixture
def spool(tmp_path) -> Spool:
    return Spool(tmp_path / "state" / "spool")


def mode(path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_entries_come_out_as_they_went_in_and_in_order(spool):
    names = [spool.put(new_entry(f"/p/{n}", {"n": n})) for n in range(20)]
    assert spool.names() == names
    assert [spool.read(name).path for name in names] == [f"/p/{n}" for n in range(20)]
    entry = spool.read(spool.put(ENTRY))
    assert (bytes(entry.body), entry.authorization, entry.at) == (b'{"kind":"host"}', "Bearer k", ENTRY.at)


def test_a_private_spool_is_made_for_its_user_alone(spool):
    name = spool.put(ENTRY)
    assert mode(spool.directory) == 0o700
    assert mode(spool.directory / name) == 0o640
    assert [path.name for path in spool.directory.iterdir()] == [name]


def test_an_empty_or_missing_spool_holds_nothing(spool):
    assert spool.names() == []
    assert spool.refused() == []
    assert spool.last_refused() == (0, "")


def test_a_write_that_breaks_off_leaves_nothing_that_counts(spool, monkeypatch):
    spool.put(ENTRY)

    def no_rename(*_args, **_more):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "rename", no_rename)
    with pytest.raises(OSError, match="No space left"):
        spool.put(ENTRY)
    assert len(list(spool.directory.iterdir())) == 1


def test_what_a_killed_writer_left_is_cleared_after_an_hour(spool):
    spool.put(ENTRY)
    old, young = spool.directory / ".new-1-a", spool.directory / ".new-2-b"
    for path in (old, young):
        path.write_text("half")
    os.utime(old, (time.time() - 4000,) * 2)
    spool.clear_temporary()
    assert (old.exists(), young.exists()) == (False, True)
    assert len(spool.names()) == 1


def test_it_is_full_by_number_and_by_size(spool, monkeypatch):
    monkeypatch.setattr(module, "MAX_ENTRIES", 2)
    first = spool.put(ENTRY)
    spool.put(ENTRY)
    with pytest.raises(SpoolFull, match="is full: 2 entries"):
        spool.put(ENTRY)
    spool.remove(first)
    monkeypatch.setattr(module, "MAX_BYTES", 100)
    with pytest.raises(SpoolFull, match="is full: 1 entries"):
        spool.put(ENTRY)
    with pytest.raises(SpoolFull, match="bytes, of which"):
        spool.put(new_entry("/p", "x" * (module.MAX_ENTRY + 1)))


def test_a_spool_that_everybody_may_write_to_is_refused(spool):
    spool.put(ENTRY)
    spool.directory.chmod(0o777)
    for use in (spool.names, lambda: spool.put(ENTRY), spool.refused):
        with pytest.raises(SpoolUnusable, match="chmod o-w"):
            use()


NAME = f"{1:020d}-{'a' * 16}.json"


def test_nothing_but_small_plain_files_is_read(spool, tmp_path):
    spool.put(ENTRY)
    place = spool.directory / NAME
    (tmp_path / "secret").write_text("{}")
    for make, why in (
        (lambda: place.symlink_to(tmp_path / "secret"), "cannot be opened"),
        (lambda: os.mkfifo(place), "no plain file"),
        (place.mkdir, "no plain file"),
        (lambda: place.write_bytes(b" " * (module.MAX_ENTRY + 1)), "more than"),
        (lambda: place.write_bytes(b'{"at":'), "is no entry"),
        (lambda: place.write_bytes(b'{"at":"2026-01-01T00:00:00Z","path":"/p","body":{},"x":1}'), "unknown field"),
        (lambda: place.write_bytes(b"[" * 100_000), "is no entry"),
        (lambda: place.write_bytes(b'{"path":"\xff"}'), "is no entry"),
    ):
        make()
        assert spool.names()[0] == NAME
        with pytest.raises(BadEntry, match=why):
            spool.read(NAME)
        spool.set_aside(NAME, why)
        assert spool.refused()[-1].reason == why
        (place.rmdir if place.is_dir() and not place.is_symlink() else lambda: None)()
        aside = spool.directory / "rejected" / NAME
        aside.rmdir() if aside.is_dir() and not aside.is_symlink() else aside.unlink()


@pytest.mark.parametrize("name", [".lock", "x.json", "../x.json", f"{NAME}.reason", NAME.upper(), f"{NAME}\n"])
def test_other_files_are_no_entries(spool, name):
    spool.put(ENTRY)
    if "/" not in name:
        (spool.directory / name).write_text("{}")
    assert len(spool.names()) == 1
    with pytest.raises(FileNotFoundError):
        spool.put_back(name)


def test_what_was_set_aside_can_be_put_back_in_its_place(spool):
    first, second = spool.put(ENTRY), spool.put(ENTRY)
    spool.set_aside(first, "400 field is wrong \x1b[31m")
    spool.set_aside(first, "again, by another")
    assert spool.names() == [second]
    assert spool.last_refused() == (1, "again, by another")
    spool.put_back(first)
    assert spool.names() == [first, second]
    assert spool.refused() == []


def test_the_oldest_of_too_many_refused_entries_goes(spool, monkeypatch):
    monkeypatch.setattr(module, "MAX_SET_ASIDE", 3)
    names = [spool.put(ENTRY) for _ in range(5)]
    for name in names:
        spool.set_aside(name, "no")
    assert [one.name for one in spool.refused()] == names[2:]
    assert len(list((spool.directory / "rejected").iterdir())) == 6


def test_one_command_at_a_time_empties_it(spool):
    spool.put(ENTRY)
    with spool.alone() as first, Spool(spool.directory).alone() as second:
        assert (first, second) == (True, False)
    with spool.alone() as again:
        assert again


@as_root
def test_what_root_writes_belongs_to_the_spools_owner(spool):
    spool.directory.mkdir(parents=True)
    os.chown(spool.directory, 12345, 23456)
    spool.directory.chmod(0o2770)
    name = spool.put(ENTRY)
    found = (spool.directory / name).stat()
    assert (found.st_uid, found.st_gid, stat.S_IMODE(found.st_mode)) == (12345, 23456, 0o640)
    spool.set_aside(name, "no")
    aside = (spool.directory / "rejected").stat()
    assert (aside.st_uid, aside.st_gid, stat.S_IMODE(aside.st_mode)) == (12345, 23456, 0o2770)


@pytest.mark.parametrize(
    ("status", "at_fault"),
    [(status, status in (400, 401, 413, 422)) for status in (302, 400, 401, 404, 405, 408, 413, 422, 429, 500, 503)],
)
def test_only_what_is_wrong_with_the_entry_sets_it_aside(status, at_fault):
    assert is_at_fault(status) is at_fault


def test_a_refusal_is_one_line():
    assert refusal(400, b'{"field":"type","message":"is\\none"}') == "400 type is one"
    assert refusal(502, b"<html>\xff") == "502 <html>\ufffd"
    assert refusal(503, b"") == "503"
