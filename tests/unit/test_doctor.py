"""The doctor: what is wrong is found and said with what mends it, without a secret; what it may not see is skipped."""

import ctypes
import json
import os
import socket
import sqlite3
import time
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
from click.testing import CliRunner

from incidentd.cli.daemon import main
from incidentd.doctor import clocks, databases, disks, examine, files, listening, outside, run, servers
from incidentd.domain.checkup import State, worst
from incidentd.instance import InstanceLock
from incidentd.plugin.values import Secret
from incidentd.settings import load_configuration
from incidentd.storage.migrate import HEAD

ROSTER = '[people.ada]\ncontacts = [{ notifier = "log" }]\n[policies.default]\nsteps = [{ targets = ["person:ada"] }]\n'
HEARTBEAT = '[heartbeat]\nurl = { file = "SECRET" }\n'


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("state", "run"):
        (tmp_path / name).mkdir(mode=0o700)
    (tmp_path / "secret").write_text("https://hc-ping.example/planted-s3cret")
    (tmp_path / "secret").chmod(0o600)
    (tmp_path / "roster.toml").write_text(ROSTER)
    (tmp_path / "incidentd.toml").write_text(
        f'[daemon]\nstate_dir = "{tmp_path}/state"\nruntime_dir = "{tmp_path}/run"\n'
        '[ingress]\nlisten = ["127.0.0.1:0"]\n' + HEARTBEAT.replace("SECRET", f"{tmp_path}/secret")
    )
    return tmp_path


def look(place, **options):
    """What was found, the state by check."""
    return examine(place, {"HOME": str(place)}, **options)


def of(findings, check):
    return [(one.state, one.text) for one in findings if one.check == check]


def only(findings):
    (one,) = findings
    return one


def settings(place):
    return load_configuration(place, {"HOME": str(place)})


def test_an_installation_that_has_never_run_has_no_problem(place):
    found = look(place)
    wrong = [(one.check, one.text) for one in found if one.state is State.PROBLEM and one.check != "disk-space"]
    assert wrong == []
    assert of(found, "daemon") == [(State.WARNING, "it has never run on this state directory")]
    assert all(one.means and one.remedy for one in found if one.state in (State.WARNING, State.PROBLEM))
    assert "planted" not in str(found)


def test_every_fault_of_the_configuration_is_told_and_the_machine_is_looked_at_all_the_same(place):
    (place / "incidentd.toml").write_text("[daemon]\nlog_levle = 'x'\n[ingress]\nlisten = ['nowhere']\n")
    found = look(place)
    assert len(of(found, "configuration")) == 2
    assert {one.check for one in found} >= {"clock", "memory", "files", "database"}
    assert worst(found) is State.PROBLEM


def test_directories_and_secrets_that_are_open_to_others(place):
    (place / "state").chmod(0o777)
    (place / "secret").chmod(0o644)
    (place / "incidentd.toml").chmod(0o666)
    configuration = settings(place)
    found = [
        *files.directories(configuration.daemon),
        *files.secrets(configuration),
        *files.configuration(configuration.files),
    ]
    problems = {one.check: one.remedy for one in found if one.state is State.PROBLEM}
    assert problems == {
        "state-directory": f"chmod 700 {place}/state",
        "secrets": f"chmod 600 {place}/secret",
        "configuration-files": f"chmod o-w {place}/incidentd.toml",
    }


def test_a_file_in_the_place_of_a_directory_and_a_secret_that_is_gone(place):
    (place / "state").rmdir()
    (place / "state").write_text("")
    configuration = settings(place)
    assert next(files.directories(configuration.daemon)).remedy == f"mv {place}/state {place}/state.away"
    (place / "secret").unlink()
    assert only(files.secrets(configuration)).state is State.PROBLEM


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes somebody else")
def test_somebody_else_is_told_what_they_could_not_see(place):
    configuration = settings(place)
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        place.chmod(0o755)
        os.setgid(65534)
        os.setuid(65534)
        found = [*files.directories(configuration.daemon), *listening.instance(configuration.daemon)]
        os.write(write, json.dumps([one.state for one in found]).encode())
        os._exit(0)
    os.waitpid(child, 0)
    assert "skipped" in json.loads(os.read(read, 4096))


def test_who_has_the_socket_and_whether_it_is_stale(place):
    path = place / "run" / "api.sock"
    assert only(listening.api_socket(path)).state is State.WARNING
    path.write_text("")
    assert only(listening.api_socket(path)).text == f"{path} is no socket"
    path.unlink()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        assert only(listening.api_socket(path)).text == f"nobody listens at {path}"
        server.listen()
        assert only(listening.api_socket(path)).state is State.OK


def test_a_port_that_somebody_else_has_and_the_daemons_own(place):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        text = (place / "incidentd.toml").read_text().replace("127.0.0.1:0", f"127.0.0.1:{port}")
        (place / "incidentd.toml").write_text(text)
        configuration = settings(place)
        taken = only(listening.ports(configuration.daemon))
        assert (taken.state, f"taken by process {os.getpid()}" in taken.text) == (State.PROBLEM, True)
        lock = InstanceLock(configuration.daemon.state_dir)
        lock.acquire()
        assert only(listening.ports(configuration.daemon)).text.endswith("is the daemon's")
        assert only(listening.instance(configuration.daemon)).text.startswith(f"it runs as process {os.getpid()} (")
        lock.release()
    assert only(listening.ports(configuration.daemon)).text.endswith("is free")
    assert only(listening.instance(configuration.daemon)).text == "it does not run"


@pytest.mark.parametrize(
    ("kind", "state"),
    [("nfs4", "problem"), ("tmpfs", "problem"), ("overlay", "warning"), ("ext4", "ok"), ("btrfs", "ok")],
)
def test_file_systems_that_a_write_ahead_log_may_not_be_on(place, monkeypatch, kind, state):
    monkeypatch.setattr(disks, "file_system", lambda _: kind)
    assert only(disks.kind(settings(place).daemon)).state == state


def test_the_file_system_of_a_path_is_that_of_the_nearest_mount_above_it():
    assert disks.file_system(Path("/proc/self/fd/none/at/all")) == "proc"


def sized(monkeypatch, **changes):
    whole = {"f_bavail": 50, "f_blocks": 100, "f_frsize": 2**30, "f_files": 100, "f_favail": 50, "f_flag": 0}
    found = type("Found", (), {**whole, **changes})
    monkeypatch.setattr("incidentd.doctor.disks.os.statvfs", lambda _: found)


@pytest.mark.parametrize(
    ("changes", "states"),
    [
        ({}, ["ok", "ok"]),
        ({"f_bavail": 5}, ["warning", "ok"]),
        ({"f_bavail": 5, "f_frsize": 2**20}, ["problem", "ok"]),
        ({"f_favail": 1}, ["ok", "problem"]),
        ({"f_files": 0}, ["ok"]),
        ({"f_flag": os.ST_RDONLY}, ["ok", "ok", "problem"]),
    ],
)
def test_room_on_the_disk(place, monkeypatch, changes, states):
    sized(monkeypatch, **changes)
    assert [one.state for one in disks.room(place)] == states


def database(path, *statements):
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        for statement in statements:
            connection.execute(statement)
    connection.close()
    path.chmod(0o600)
    return Secret(f"sqlite:///{path}")


def version(number):
    return "CREATE TABLE alembic_version (version_num)", f"INSERT INTO alembic_version VALUES ('{number}')"


def test_a_database_that_is_well_and_one_of_a_newer_program(tmp_path):
    found = list(databases.look(database(tmp_path / "a.db", *version(HEAD)), deep=True))
    assert {one.state for one in found} == {State.OK}
    newer = list(databases.look(database(tmp_path / "b.db", *version("9999"))))
    assert [one.check for one in newer if one.state is State.PROBLEM] == ["schema"]
    older = list(databases.look(database(tmp_path / "c.db", *version("0001"))))
    assert "the next start brings it to" in of(older, "schema")[0][1]
    assert of(older, "damage") == [(State.SKIPPED, "quick_check reads the whole database: --deep does it")]


def test_a_database_that_is_open_to_others_or_damaged(tmp_path):
    path = tmp_path / "a.db"
    rows = [f"INSERT INTO big VALUES ('{'x' * 500}{number}')" for number in range(40)]
    url = database(path, *version(HEAD), "CREATE TABLE big (x)", *rows)
    path.chmod(0o644)
    with path.open("r+b") as file:
        file.seek(4096 * 5)
        file.write(b"\xff" * 100)
    found = list(databases.look(url, deep=True))
    problems = {one.check: one.remedy for one in found if one.state is State.PROBLEM}
    assert problems["database"].startswith("chmod 600 ")
    assert "runbook" in problems["damage"]
    path.write_bytes(b"this is no database at all, is it?" * 100)
    assert any(one.state is State.PROBLEM and "cannot be read" in one.text for one in databases.look(url))


def test_a_server_that_cannot_be_reached_is_told_without_its_password():
    found = only(databases.look(Secret("postgresql://u:planted-s3cret@127.0.0.1:1/x")))
    assert found.state is State.PROBLEM
    assert "planted" not in str(found)
    assert "127.0.0.1:1/x" in found.text


@pytest.mark.parametrize("engine_name", ["postgresql"])
def test_a_real_server_says_what_it_is(database_url):
    found = list(databases.look(Secret(database_url)))
    assert [one.text for one in found if one.state is State.PROBLEM and "fsync" not in one.text] == []
    assert of(found, "schema") == [(State.OK, f"schema {HEAD}")]
    assert any("answers: PostgreSQL" in one.text for one in found)
    assert "its clock differs" in found[-2].text


@pytest.mark.parametrize("engine_name", ["postgresql"])
def test_each_of_several_servers_is_asked_and_one_that_is_away_is_a_warning_only(database_url):
    name = database_url.rpartition("?")[0].rpartition("/")[2]
    there = parse_qs(urlsplit(database_url).query)["host"][0]
    url = f"postgresql://postgres:planted@/{name}?host=/nowhere,{there}&target_session_attrs=read-write"
    found = list(databases.look(Secret(url)))
    assert [one.state for one in found if "nowhere" in one.text] == [State.WARNING]
    assert of(found, "replication") == [(State.WARNING, "no commit waits for a standby")]
    assert "planted" not in str(found)


def test_two_servers_that_take_writes_are_a_problem():
    one = servers.Server(
        place="postgresql://a/d", version="18", number=180000, encoding="UTF8", may_create=True, follows=False,
        synchronous="on", fsync="on", waits_for="*", revision=HEAD, skew=0,
    )  # fmt: skip
    other = msgspec.structs.replace(one, place="postgresql://b/d")
    assert [found.state for found in servers.of_all([one], hosts=2)] == [State.OK]
    (found,) = servers.of_all([one, other], hosts=2)
    assert found.state is State.PROBLEM
    assert "postgresql://a/d and postgresql://b/d take writes" in found.text
    assert list(servers.of_all([one], hosts=1)) == []


def test_names_of_vendors_are_looked_up(place, monkeypatch):
    def resolve(host, _port):
        if host == "gone.example":
            raise socket.gaierror(-2, "Name or service not known")
        return []

    monkeypatch.setattr("incidentd.doctor.outside.socket.getaddrinfo", resolve)
    text = (place / "incidentd.toml").read_text()
    (place / "incidentd.toml").write_text(
        text
        + '[notifiers.a]\ntype = "ntfy"\nserver = "https://gone.example/x"\n'
        + '[notifiers.b]\ntype = "ntfy"\nserver = "https://there.example"\n'
    )
    found = list(outside.names(settings(place).adapters))
    assert [(one.state, one.text) for one in found] == [
        (State.PROBLEM, "gone.example does not resolve: Name or service not known"),
        (State.OK, "there.example resolves (b)"),
    ]


def test_a_check_that_fails_itself_is_skipped():
    def broken():
        raise KeyError("x")

    assert only(run([broken])).state is State.SKIPPED


def test_the_command_works_without_a_daemon(place):
    args = ["doctor", "--config", str(place)]
    done = CliRunner().invoke(main, [*args, "--json"], env={"HOME": str(place)})
    found = json.loads(done.stdout)
    assert (done.exit_code, found["state"]) == (int(found["state"] == "problem"), found["state"])
    (place / "roster.toml").write_text("[people.ada\n")
    shown = CliRunner().invoke(main, args, env={"HOME": str(place)})
    assert (shown.exit_code, "problem  configuration:" in shown.stdout) == (1, True), shown.stdout


@pytest.mark.parametrize(("days", "state"), [(0, State.OK), (2, State.WARNING), (None, State.SKIPPED)])
def test_a_process_that_may_not_ask_for_the_clock_looks_at_what_the_time_service_left(
    tmp_path, monkeypatch, days, state
):
    monkeypatch.setattr(ctypes, "CDLL", lambda *_, **__: SimpleNamespace(adjtimex=lambda _: -1))
    stamp = tmp_path / "synchronized"
    if days is not None:
        stamp.touch()
        at = time.time() - days * 86_400
        os.utime(stamp, (at, at))
    assert only(clocks.synchronised(stamp)).state is state


def test_what_was_told_from_memory_and_is_not_recorded_is_told(place):
    (place / "state" / "told-from-memory.jsonl").write_text(
        '{"since": "2026-11-28T02:00:00Z", "taken": {"page": 1, "person": "ada", "at": "2026-11-28T02:01:00Z"}}\n{"si'
    )
    ((state, text),) = of(look(place), "told-from-memory")
    assert state is State.WARNING
    assert text.startswith("1 messages or acknowledgements")
