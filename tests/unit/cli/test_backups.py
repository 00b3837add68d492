"""`incidentctl backup`: what there is to fall back on, and one more now."""

import msgspec
import pytest

from incidentd.wire.backups import StoreBackup, StoreBackups


@pytest.fixture
def made(canned):
    return StoreBackup(
        file="incidentd-1.db", made_at=canned.at, verified_at=canned.at, seconds=1.5, bytes=3 * 2**20, sha256="ab",
        engine="sqlite", version="1", schema="0043", last_seq=7000, last_at=canned.at, rows=20_000, doubts=(),
    )  # fmt: skip


def test_the_list_says_what_there_is_and_when_the_next_is_made(api, run, made, canned):
    doubtful = msgspec.structs.replace(made, file="incidentd-2.db", doubts=("the audit chain of INC-7 breaks",))
    api.on(
        "GET",
        "/v1/backups",
        StoreBackups(
            directory="/b",
            scheduled=True,
            next_at=canned.at,
            disk_free=2**30,
            failed="no room",
            backups=(doubtful, made),
        ),
    )
    done = run("backup", "list")
    shown = " ".join(done.out.split())
    assert done.code == 0
    assert "the last failed no room" in shown
    assert "3.0 MiB 7000 20000 restored to try it incidentd-1.db" in shown
    assert "doubtful incidentd-2.db" in shown
    assert "incidentd-2.db: the audit chain of INC-7 breaks" in shown


def test_an_empty_directory_without_a_schedule(api, run):
    there = StoreBackups(directory="/b", scheduled=False, next_at=None, disk_free=None, failed="", backups=())
    api.on("GET", "/v1/backups", there)
    shown = " ".join(run("backup", "list").out.split())
    assert "next when somebody asks" in shown
    assert "There is no backup." in shown


def test_one_more_now(api, run, made):
    api.on("POST", "/v1/backups", made)
    done = run("backup", "now")
    assert (done.code, "made incidentd-1.db: 3.0 MiB, events up to 7000, 1.5 s" in done.out) == (0, True)
