"""A file system on a disk of `disk.py`: made, mounted, cut off in the middle of things, and mounted again."""

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

SIZE = 48 * 2**20
_PROGRAM = Path(__file__).with_name("disk.py")
_TOOLS = ("mkfs.ext4", "e2fsck", "losetup", "mount", "umount", "filefrag")


def missing() -> str:
    """Why there can be no such disk here, "" when there can."""
    if os.geteuid() != 0:
        return "needs root to mount a file system"
    absent = [tool for tool in _TOOLS if shutil.which(tool) is None]
    if absent:
        return f"needs {', '.join(absent)}"
    return "" if os.path.exists("/dev/fuse") else "needs FUSE"


async def run(*command: object) -> str:
    """Run a tool on a thread, for it may wait for the disk. Raises AssertionError with what it said."""
    done = await asyncio.to_thread(
        subprocess.run, [str(one) for one in command], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}: {done.stderr}"
    return done.stdout.strip()


class Power:
    """The disk. `begin` gives it power, `cut` takes it away; what survived is there at the next `begin`."""

    def __init__(self, directory: Path, place: Path) -> None:
        self._image, self._file, self._place = directory / "image", directory / "disk", place
        self._process: asyncio.subprocess.Process | None = None
        self._loop = ""
        self._mounted = False
        self._cuts = 0
        self._dark = False

    async def make(self) -> None:
        """An empty ext4."""
        with self._image.open("wb") as file:
            file.truncate(SIZE)
        await run("mkfs.ext4", "-q", "-F", "-J", "size=4", self._image)

    async def begin(self, options: str = "rw") -> None:
        """Mount it; a journal that a cut left is replayed."""
        self._dark = False
        self._file.touch()
        pipe = asyncio.subprocess.PIPE
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, _PROGRAM, self._image, self._file, stdin=pipe, stdout=pipe
        )
        assert await self._answer() == "ready"
        self._loop = await run("losetup", "--find", "--show", self._file)
        self._place.mkdir(mode=0o700, exist_ok=True)
        await run("mount", "-t", "ext4", "-o", options, self._loop, self._place)
        self._mounted = True

    async def begin_first(self, daemon) -> None:
        """Mount it with a database in it that is on the disk for sure: who copied it there did not see to that."""
        await self.begin()
        await daemon.start()
        await daemon.end(signal.SIGTERM)
        await self.unplug()
        await self.begin()

    async def _answer(self) -> str:
        assert self._process is not None
        assert self._process.stdout is not None
        async with asyncio.timeout(30):
            return (await self._process.stdout.readline()).decode().strip()

    async def command(self, line: str) -> str:
        """Tell the disk to do something; see `disk.py`."""
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n".encode())
        return await self._answer()

    async def remount(self, options: str) -> str:
        """What mount(8) says to it, "" when it was done."""
        command = ["mount", "-o", f"remount,{options}", str(self._place)]
        done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=False)
        return done.stderr.strip() if done.returncode else ""

    async def cut(self) -> tuple[int, int]:
        """No more power: (sectors lost, sectors that were in the cache). End whoever uses it, then `unplug`."""
        self._cuts, self._dark = self._cuts + 1, True
        lost, cached = (await self.command(f"cut {self._image} {self._cuts}")).split()
        return int(lost), int(cached)

    async def ranges(self, name: str) -> list[tuple[int, int]]:
        """The bytes of the disk where a file is, first and behind the last."""
        found = []
        for line in (await run("filefrag", "-e", "-b1", self._place / name)).splitlines():
            parts = line.replace("..", " ").replace(":", " ").split()
            if parts and parts[0].isdigit():
                found.append((int(parts[3]), int(parts[4]) + 1))
        return found

    async def repair(self) -> None:
        """What an administrator does before a file system that gave up is mounted again."""
        done = await asyncio.to_thread(
            subprocess.run, ["e2fsck", "-f", "-y", str(self._image)], capture_output=True, text=True, check=False
        )
        assert done.returncode in (0, 1), done.stdout  # 1: errors were mended

    async def unplug(self) -> None:
        """Unmount it and take it away; without a `cut` before, everything was written first."""
        if self._mounted:
            await run("umount", self._place)
            self._mounted = False
        if self._loop:
            await run("losetup", "--detach", self._loop)
            self._loop = ""
        if self._process is not None:
            if not self._dark:
                await self.command(f"save {self._image}")
            assert self._process.stdin is not None
            self._process.stdin.close()
            await run("umount", "--lazy", self._file)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(10):
                    await self._process.wait()
            self._process = None

    async def close(self) -> None:
        """Leave nothing behind, whatever happened."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
        if self._mounted:
            await asyncio.to_thread(subprocess.run, ["umount", "--lazy", str(self._place)], check=False)
        if self._loop:
            await asyncio.to_thread(subprocess.run, ["losetup", "--detach", self._loop], check=False)
        await asyncio.to_thread(subprocess.run, ["umount", "--lazy", str(self._file)], check=False, capture_output=True)
