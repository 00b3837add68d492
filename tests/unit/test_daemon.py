"""One daemon, in this process, on a configuration of its own: start, reload, end."""

import asyncio
import shutil
import ssl
import stat
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from incidentd import wire
from incidentd.cli.daemon import main
from incidentd.client import Client
from incidentd.daemon import Daemon
from incidentd.instance import AlreadyRunning
from incidentd.plugin import Notification, StoreUnavailable
from incidentd.plugin.testing import notification
from incidentd.settings import ConfigurationError, load_configuration
from incidentd.wire import process_versions as wire_process
from incidentd.wire import replay as wire_replay

MAIN = """
[daemon]
state_dir = "{0}/state"
runtime_dir = "{0}/run"
[ingress]
listen = ["127.0.0.1:0"]
[notifiers.file]
type = "log"
path = "{0}/pages.jsonl"
"""
ROSTER = """
[people.ada]
contacts = [{ notifier = "file" }]
[policies.default]
steps = [{ targets = ["person:ada"] }]
"""


@pytest.fixture
def place(tmp_path_factory) -> Path:
    """A short path: a Unix socket's may have 107 bytes."""
    place = tmp_path_factory.mktemp("d")
    (place / "incidentd.toml").write_text(MAIN.format(place))
    (place / "roster.toml").write_text(ROSTER)
    return place


@pytest.fixture
async def daemon(place):
    one = Daemon(load_configuration(place, {}), config_path=place)
    await one.start()
    yield one
    await one.close()


def message(key: str) -> Notification:
    return msgspec.structs.replace(notification(), idempotency_key=key)


async def test_it_answers_on_its_socket(daemon):
    client = Client(daemon.configuration.daemon.api.socket_path)
    try:
        info = await client.info()
        assert (info.engine, info.role, info.api_version) == ("sqlite", "admin", wire.API_VERSION)
        assert (await client.health()).status == "ok"
    finally:
        await client.close()


async def test_a_second_one_on_the_same_state_is_refused(daemon, place):
    other = Daemon(load_configuration(place, {}))
    with pytest.raises(AlreadyRunning, match="another incidentd"):
        await other.start()
    await other.close()
    assert (await daemon.health()).status == "ok"


async def test_a_reload_takes_new_people_and_notifiers(daemon, place):
    with (place / "incidentd.toml").open("a") as file:
        file.write(f'[notifiers.second]\ntype = "log"\npath = "{place}/second.jsonl"\n')
    (place / "roster.toml").write_text(ROSTER + '[people.lin]\ncontacts = [{ notifier = "second" }]\n')
    answer = await daemon.reload("ada")
    assert answer.problems == ()
    assert set(daemon.configuration.roster.people) == {"ada", "lin"}
    await daemon.host.send("second", message("k"))
    assert "k" in (place / "second.jsonl").read_text()


@pytest.mark.parametrize(
    ("addition", "told"),
    [
        ("[notifiers.second\n", "is no TOML"),
        ('[notifiers.second]\ntype = "lgo"\n', "log"),
        ('[notifiers.second]\ntype = "log"\npat = "x"\n', "pat"),
    ],
)
async def test_a_faulty_reload_changes_nothing_and_is_shown(daemon, place, addition, told):
    before = daemon.configuration
    text = (place / "incidentd.toml").read_text()
    (place / "incidentd.toml").write_text(text + addition)
    answer = await daemon.reload("ada")
    assert not answer.applied
    assert told in answer.problems[0]
    assert str(place / "incidentd.toml") in answer.problems[0]
    assert daemon.configuration is before
    assert any(told in one.text for one in (await daemon.health()).alarms if one.code == "configuration-refused")
    await daemon.host.send("file", message("still"))
    assert "still" in (place / "pages.jsonl").read_text()

    (place / "incidentd.toml").write_text(text)
    assert (await daemon.reload("ada")).problems == ()
    assert (await daemon.health()).status == "ok"


async def test_no_message_fails_while_it_reloads(daemon, place):
    done = asyncio.Event()
    sent = 0

    async def keep_sending():
        nonlocal sent
        while not done.is_set():
            await daemon.host.send("file", message(f"k{sent}"))
            sent += 1

    sending = asyncio.create_task(keep_sending())
    for _ in range(3):
        await daemon.reload("ada")
    done.set()
    await sending
    assert len((place / "pages.jsonl").read_text().splitlines()) == sent > 0


async def test_the_database_is_its_owners_alone(daemon):
    files = list(daemon.configuration.daemon.state_dir.glob("incidentd.db*"))
    assert files
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


async def test_what_needs_a_restart_is_said(daemon, place):
    text = (place / "incidentd.toml").read_text()
    (place / "incidentd.toml").write_text(text.replace("[ingress]", '[ingress]\npublic_url = "http://x.example.org"'))
    answer = await daemon.reload("ada")
    assert any("ingress" in problem and "next start" in problem for problem in answer.problems)
    assert [one.code for one in (await daemon.health()).alarms] == ["restart-needed"]


async def test_what_a_source_notes_is_an_event_in_its_name(daemon):
    await daemon._lending().lend("sns").note("the subscription was confirmed\0")
    (event,) = [one for one in (await daemon.core.events.page(after=0, limit=500)).events if one.kind == "source.noted"]
    assert (event.actor, event.data) == ("sns", {"note": "the subscription was confirmed\u2400"})


async def test_a_note_that_cannot_be_stored_is_said(daemon, monkeypatch):
    monkeypatch.setattr(daemon.core.store, "write", lambda _: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(StoreUnavailable):
        await daemon._lending().lend("sns").note("lost?")


# ------------------------------------------------------------------ TLS
@pytest.fixture
async def secure(place, authority):
    """(daemon, certificate, key) with a TLS listener."""
    certificate, key = authority.issue("hooks.example", begins=-300, ends=20)
    text = MAIN.format(place).replace(
        "[notifiers.file]",
        f'[ingress.tls]\nlisten = ["127.0.0.1:0"]\ncertificate = "{certificate}"\nkey = "{key}"\n[notifiers.file]',
    )
    (place / "incidentd.toml").write_text(text)
    one = Daemon(load_configuration(place, {}), config_path=place)
    await one.start()
    yield one, certificate, key
    await one.close()


async def kinds_of(daemon: Daemon) -> list[str]:
    page = await daemon.core.events.page(after=0, limit=500)
    return [event.kind for event in page.events]


async def shown_certificate(daemon: Daemon, authority) -> str:
    context = ssl.create_default_context(cafile=authority.certificate)
    _, writer = await asyncio.open_connection(
        *daemon.ingress.tls_addresses[0], ssl=context, server_hostname="hooks.example"
    )
    try:
        return writer.get_extra_info("peercert")["serialNumber"]
    finally:
        writer.close()


async def test_the_end_of_the_certificate_is_in_health(secure):
    daemon, certificate, _ = secure
    assert [url.partition("://")[0] for url in daemon.urls()] == ["http", "https"]
    health = await daemon.health()
    assert health.tls_names == ("hooks.example",)
    assert (health.tls_expires_at - datetime.now(UTC)).days == 19
    (problem,) = health.problems
    assert str(certificate) in problem
    for _ in range(200):
        if "daemon.certificate_expires" in await kinds_of(daemon):
            break
        await asyncio.sleep(0.02)
    assert "daemon.certificate_expires" in await kinds_of(daemon)


async def test_a_reload_shows_a_new_certificate(secure, authority):
    daemon, certificate, key = secure
    before = await shown_certificate(daemon, authority)
    for file, fresh in zip((certificate, key), authority.issue("hooks.example"), strict=True):
        file.write_bytes(fresh.read_bytes())
    assert (await daemon.reload("ada")).applied
    assert await shown_certificate(daemon, authority) != before
    assert (await daemon.health()).status == "ok"
    assert "daemon.certificate_loaded" in await kinds_of(daemon)


async def test_a_reload_with_a_key_that_does_not_fit_is_refused(secure, authority):
    daemon, _, key = secure
    before = await shown_certificate(daemon, authority)
    key.write_bytes(authority.issue("hooks.example")[1].read_bytes())
    answer = await daemon.reload("ada")
    assert not answer.applied
    assert "ingress.tls.key" in answer.problems[0]
    assert str(key) in answer.problems[0]
    assert await shown_certificate(daemon, authority) == before


async def test_the_last_good_files_stand_in_for_faulty_ones_at_a_start(place):
    (place / "process.toml").write_text("[review\n")
    with pytest.raises(ConfigurationError):  # nothing was ever in force: nothing can stand in
        load_configuration(place, {}, at_start=True)
    (place / "process.toml").write_text("[review]\nname = 'Look back'\n")
    daemon = Daemon(load_configuration(place, {}, at_start=True), config_path=place)
    await daemon.start()
    assert (await daemon.health()).alarms == ()
    await daemon.close()

    roster = (place / "roster.toml").read_text()
    (place / "roster.toml").write_text(roster + "[people.zoe]\nphone = 1\n")
    (place / "process.toml").write_text("[review\n")
    with pytest.raises(ConfigurationError) as strict:
        load_configuration(place, {})
    assert len(strict.value.faults) == 2
    other = Daemon(load_configuration(place, {}, at_start=True), config_path=place)
    await other.start()
    try:
        assert (await other.info("ada", "admin")).review_name == "Look back"
        told = {one.code: one.text for one in (await other.health()).alarms}
        assert set(told) == {"roster-file-faulty", "process-file-faulty"}
        assert told["process-file-faulty"].startswith(
            f"the last good process.toml stands in: {place / 'process.toml'}:1"
        )
        assert "zoe" not in other.configuration.roster.people
        assert not (await other.reload("ada")).applied
        assert set(told) < {one.code for one in (await other.health()).alarms}
        (place / "roster.toml").write_text(roster)
        (place / "process.toml").write_text("[review]\nname = 'Retrospective'\n")
        assert (await other.reload("ada")).applied
        assert (await other.health()).alarms == ()
        assert (await other.info("ada", "admin")).review_name == "Retrospective"
    finally:
        await other.close()


async def test_an_adopted_process_is_in_force_over_reloads_and_restarts_and_is_kept_as_files(place):
    daemon = Daemon(load_configuration(place, {}), config_path=place)
    await daemon.start()
    file = wire_replay.EditedFile(name="mine.toml", text="[review]\nname = 'Look back'\n")
    body = wire_process.ProposeProcess(file=file, reason="our own words", adopt=True)
    made = await daemon.calls().process.propose(body, "ada", admin=False)
    info = await daemon.info("ada", "admin")
    assert (info.process, info.review_name) == ("V-2", "Look back")
    kept = place / "state" / "process" / f"V-2-{made.process_version}" / "process.toml"
    assert 'reason = "our own words"' in kept.read_text()

    (place / "process.toml").write_text("[review]\nname = 'Retrospective'\n")
    told = "process.toml says something else than the adopted V-2"
    assert any(told in one for one in (await daemon.reload("ada")).problems)
    assert (await daemon.info("ada", "admin")).review_name == "Look back"
    checked = CliRunner().invoke(main, ["check", "--config", str(place)])
    assert told in checked.output

    await daemon.close()
    other = Daemon(load_configuration(place, {}), config_path=place)
    await other.start()
    try:
        assert (await other.info("ada", "admin")).review_name == "Look back"
        shutil.rmtree(place / "state" / "process")
        (place / "state" / "process").write_text("in the way")
        await other.calls().process.adopt(1, wire_process.AdoptProcess(reason="back"), "ada", None, admin=False)
        assert (await other.info("ada", "admin")).review_name == "Incident Review"
        (kept,) = [one.text for one in (await other.health()).alarms if one.code == "process-not-kept"]
        assert "V-1 cannot be kept" in kept
    finally:
        await other.close()


def test_a_database_server_that_is_not_there_is_said_and_ends_with_69(tmp_path):
    private = f'[daemon]\nstate_dir = "{tmp_path / "state"}"\nruntime_dir = "{tmp_path / "run"}"\n'
    (tmp_path / "incidentd.toml").write_text(private + '[storage]\nurl = "postgresql://x@127.0.0.1:1/y"\n')
    ended = CliRunner().invoke(main, ["migrate", "--config", str(tmp_path)])
    assert ended.exit_code == 69
    assert "incidentd: the database of [storage] url cannot be used: " in ended.output
    assert "Traceback" not in ended.output
