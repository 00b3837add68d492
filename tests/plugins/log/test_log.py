"""The log notifier, on real files and on the logger."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import json
import logging
import os
import stat
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from incidentd.plugin import NotificationKind, PermanentFailure, TemporaryFailure
from incidentd.plugin.testing.notifiers import (
    ACKNOWLEDGE_URL,
    NotifierConformance,
    NotifierContext,
    Rig,
    Vendor,
    failure_of,
    notification,
)
from incidentd_log.config import LogConfig
from incidentd_log.linefile import LineFile
from incidentd_log.notifier import NOTIFIERS, LogNotifier

FIELDS = [
    "at",
    "idempotency_key",
    "thread",
    "kind",
    "urgency",
    "recipient",
    "title",
    "body",
    "reason",
    "labels",
    "created_at",
    "attempt",
    "acknowledge_url",
]


class FileVendor(Vendor):
    def __init__(self, path: Path) -> None:
        self.path = path

    def settings(self) -> Mapping[str, Any]:
        return {"path": self.path}

    def sent(self) -> Sequence[bytes]:
        return self.path.read_bytes().splitlines() if self.path.exists() else []

    def reject(self) -> None:
        self.path.mkdir()

    def hang(self) -> None:
        raise AssertionError("a file does not hang")

    async def wait_for_request(self) -> None:
        raise AssertionError("a file is not waited for")

    async def wait_until_idle(self) -> None:
        await asyncio.to_thread(lambda: None)  # the only thread gets to it after what was handed to it before


class TestLog(NotifierConformance):
    adapter = NOTIFIERS[0]
    can_hang = False

    @pytest.fixture(autouse=True)
    async def one_thread(self) -> None:
        """A cancelled write goes on in its thread; with one thread it has ended before the next one begins."""
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))

    @contextlib.asynccontextmanager
    async def open_vendor(self, directory: Path) -> AsyncIterator[Vendor]:
        yield FileVendor(directory / "notify.jsonl")

    def check_format(self, sent: bytes) -> None:
        assert list(json.loads(sent)) == FIELDS

    def key_on_wire(self, sent: bytes) -> str:
        return str(json.loads(sent)["idempotency_key"])

    def shows(self, sent: bytes, text: str) -> bool:
        return text in json.loads(sent).values()

    async def test_what_a_line_holds(self, rig: Rig) -> None:
        await rig.notifier.send(self.message(body="a\nb\x1b[2J"))
        line = json.loads(rig.vendor.sent()[0])
        assert line["body"] == "a\nb\x1b[2J"
        assert line["acknowledge_url"] == ACKNOWLEDGE_URL
        assert line["kind"] == "page"

    async def test_many_at_once_never_mix(self, rig: Rig) -> None:
        bodies = [str(number) * 5000 for number in range(40)]
        await asyncio.gather(*(rig.notifier.send(self.message(body=body)) for body in bodies))
        assert sorted(json.loads(line)["body"] for line in rig.vendor.sent()) == sorted(bodies)


@pytest.fixture
def make() -> Callable[..., LogNotifier]:
    def create(**settings: Any) -> LogNotifier:
        return LogNotifier(LogConfig(**settings), NotifierContext(http=None))  # type: ignore[arg-type]

    return create


Make = Callable[..., LogNotifier]


async def test_no_setting_is_needed_and_the_daemon_log_gets_a_record_without_link(
    make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    assert NOTIFIERS[0].default_instance == {}
    caplog.set_level(logging.INFO, "incidentd.notify")
    await make().send(notification())
    (record,) = caplog.records
    assert (record.name, record.message) == ("incidentd.notify", "notification")
    assert record.notification["title"] == "Checkout fails for 40 % of requests"  # type: ignore[attr-defined]
    assert "incidentd.example" not in json.dumps(record.notification)  # type: ignore[attr-defined]


async def test_a_page_that_the_log_level_hides_is_not_called_delivered(
    make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "incidentd.notify")
    await make().send(notification())
    assert len(caplog.records) == 1
    assert isinstance(await failure_of(make().send(notification(kind=NotificationKind.RESOLVED))), PermanentFailure)
    caplog.set_level(logging.ERROR, "incidentd.notify")
    error = await failure_of(make().send(notification()))
    assert isinstance(error, PermanentFailure)
    assert "`path`" in str(error)


async def test_rotation_is_followed(make: Make, tmp_path: Path) -> None:
    path = tmp_path / "n.jsonl"
    notifier = make(path=path, fsync=True)
    await notifier.send(notification(title="one"))
    path.rename(tmp_path / "n.jsonl.1")
    await notifier.send(notification(title="two"))
    path.unlink()
    await notifier.send(notification(title="three"))
    await notifier.close()
    assert "one" in (tmp_path / "n.jsonl.1").read_text()
    assert [json.loads(line)["title"] for line in path.read_text().splitlines()] == ["three"]


async def test_the_file_is_private_and_appended_to(make: Make, tmp_path: Path) -> None:
    path = tmp_path / "n.jsonl"
    for _ in range(2):
        notifier = make(path=path)
        await notifier.send(notification())
        await notifier.close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(path.read_text().splitlines()) == 2


@pytest.mark.parametrize("place", ["missing/n.jsonl", ""])
async def test_a_wrong_path_is_permanent(make: Make, tmp_path: Path, place: str) -> None:
    error = await failure_of(make(path=tmp_path / place).send(notification()))
    assert isinstance(error, PermanentFailure)
    assert "log file" in str(error)


async def test_a_pipe_nobody_reads_is_temporary(make: Make, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    error = await failure_of(make(path=tmp_path / "pipe").send(notification()))
    assert isinstance(error, TemporaryFailure)


async def test_a_full_disk_is_temporary(make: Make) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full on this system")
    error = await failure_of(make(path="/dev/full").send(notification()))
    assert isinstance(error, TemporaryFailure)
    assert os.strerror(errno.ENOSPC) in str(error)


def test_a_torn_line_does_not_spoil_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "n"
    lines = LineFile(path, fsync=False)
    lines.append(b"one")
    write, left = os.write, [3]

    def short(descriptor: int, data: memoryview) -> int:
        if not left:
            raise OSError(errno.ENOSPC, "full")
        return write(descriptor, data[: left.pop()])

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", short)
        with pytest.raises(OSError, match="full"):
            lines.append(b"second")
    lines.append(b"three")
    lines.close()
    assert path.read_bytes() == b"one\nsec\nthree\n"


@pytest.mark.parametrize("path", ["relative.jsonl", "", "a/../b", "/x\0y"])
def test_a_path_that_is_not_absolute_is_a_configuration_error(path: str) -> None:
    with pytest.raises(ValidationError):
        LogConfig(path=Path(path))
