"""Configuration: defaults, every fault at once with file, line, key and remedy, and names that must fit together."""

import os
import re
import tomllib
from datetime import timedelta
from pathlib import Path

import pytest

from incidentd.configuration.directories import default_config_dir, default_runtime_dir, default_state_dir
from incidentd.configuration.values import parse_duration
from incidentd.domain.people import Target, TargetKind
from incidentd.domain.process import DEFAULT_CADENCE, DEFAULT_REVIEW_WINDOWS, default_process
from incidentd.domain.routing import matching_routes
from incidentd.domain.severity import Severity
from incidentd.settings import ConfigurationError, load_configuration, prepare_directories

ROOT = Path(__file__).parents[2]


@pytest.fixture
def write(tmp_path):
    def write(**files: str) -> Path:
        for name, text in files.items():
            (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
        return tmp_path

    return write


def load(directory: Path, **environ: str):
    return load_configuration(directory, {"HOME": str(directory), **environ})


def faults(directory: Path, **environ: str) -> dict[str, str]:
    """Every fault as {key: what and remedy}; each must name an existing line of its file."""
    with pytest.raises(ConfigurationError) as caught:
        load(directory, **environ)
    for fault in caught.value.faults:
        lines = Path(fault.file).read_text(encoding="utf-8").splitlines()
        assert 1 <= fault.line <= len(lines), fault
        assert fault.remedy, fault
    return {fault.key: f"{fault.what} — {fault.remedy}" for fault in caught.value.faults}


# ------------------------------------------------------------------ nothing configured
def test_nothing_has_to_be_configured(tmp_path):
    found = load(tmp_path)
    assert found.files == ()
    assert found.problems == ()
    assert found.process == default_process()
    assert [str(address) for address in found.daemon.ingress.listen] == ["127.0.0.1:9095"]
    assert found.daemon.ingress.public_url == "http://127.0.0.1:9095"
    assert found.daemon.database_url.reveal() == f"sqlite:///{tmp_path}/.local/state/incidentd/incidentd.db"
    (person,) = found.roster.people.values()
    assert [contact.notifier for contact in person.contacts] == ["log"]
    (step,) = found.roster.policies["default"].steps
    assert step.targets == (Target(TargetKind.PERSON, person.handle),)


def test_the_password_of_the_database_is_in_no_repr(write):
    directory = write(incidentd='[storage]\nurl = { env = "DB" }')
    found = load(directory, DB="postgresql://u:s3cret@db/x")
    assert found.daemon.database_url.reveal() == "postgresql://u:s3cret@db/x"
    assert "s3cret" not in repr(found.daemon)


def test_the_examples_load(tmp_path):
    found = load_configuration(ROOT / "config", {"HOME": str(tmp_path)})
    assert len(found.files) == 3
    assert found.problems == ()
    assert found.process.cadence == DEFAULT_CADENCE
    assert found.process.review_windows == DEFAULT_REVIEW_WINDOWS


@pytest.mark.parametrize("name", ["incidentd", "process"])
def test_every_commented_key_of_the_examples_is_right(write, authority, name):
    """The defaults behind "#" are what a reader copies: each of them must be accepted."""
    text = (ROOT / "config" / f"{name}.toml").read_text(encoding="utf-8")
    found = re.sub(r"(?m)^# (\w+ = .*|\[\w[\w.-]*\])$", r"\1", text)
    once = re.sub(r"(?m)^url = \"postgresql.*\n", "", found)  # two ways to write one key
    assert "ntfy" in once or name == "process"
    files = {name: once.replace("/var/lib", "/tmp")}
    directory = write(**files)
    creds = directory / "creds"
    creds.mkdir()
    (creds / "database-url").write_text("sqlite:////tmp/x.db\n")
    tls = (*authority.issue("hooks.example"), authority.certificate)
    for credential, file in zip(("tls-certificate", "tls-key", "tls-client-ca"), tls, strict=True):
        (creds / credential).write_bytes(file.read_bytes())
    assert load(directory, CREDENTIALS_DIRECTORY=str(creds)).files


def test_what_the_examples_call_a_default_is_the_default(tmp_path, write):
    text = (ROOT / "config" / "process.toml").read_text(encoding="utf-8")
    first, _, _ = text.partition("[[route.routes]]")
    shown = re.findall(r"(?m)^# (\w+ = \S.*?)(?: +#.*)?$", first)
    route_keys = ("group_by", "group_wait", "group_interval", "repeat_interval", "urgency", "service", "policy", "page")
    route = "\n".join(line for line in shown if line.startswith(route_keys))
    assert tomllib.loads(route).keys() == set(route_keys)
    assert load(write(process=f"[route]\n{route}")).process.route == default_process().route


# ------------------------------------------------------------------ faults
def test_every_fault_of_every_file_is_told_at_once(write):
    found = faults(
        write(
            incidentd='[ingress]\nlistn = []\nlisten = ["nowhere"]\n[daemon]\nlog_level = "loud"',
            roster='[people.ada]\nzone = "Europe/Berln"\ncontacts = [\n  { notifier = "log", adress = "x" },\n]',
            process='[route]\ngroup_wait = "30"\n[[route.routes]]\nmatch = ["a", "b=~("]\n[updates.SEV9]\n',
        )
    )
    assert set(found) == {
        "ingress.listn",
        "ingress.listen[0]",
        "daemon.log_level",
        "people.ada.zone",
        "people.ada.contacts[0].adress",
        "route.group_wait",
        "route.routes[0].match[0]",
        "route.routes[0].match[1]",
        "updates.SEV9",
    }
    assert 'did you mean "listen"?' in found["ingress.listn"]
    assert 'did you mean "Europe/Berlin"?' in found["people.ada.zone"]
    assert 'did you mean "address"?' in found["people.ada.contacts[0].adress"]
    assert "30s" in found["route.group_wait"]


def test_a_fault_is_one_line_with_its_place(write):
    directory = write(incidentd='[daemon]\n\nlog_level = "loud"\n')
    with pytest.raises(ConfigurationError) as caught:
        load(directory)
    assert str(caught.value).startswith(f"{directory}/incidentd.toml:3: daemon.log_level: should be 'debug'")
    assert " — " in str(caught.value)


def test_a_list_with_one_wrong_member_is_not_called_empty_and_a_word_is_no_list(write):
    people = '[people.ada]\nname = "Ada"\ncontacts = [{ notifier = "log", for = ["hi"] }]\n'
    with pytest.raises(ConfigurationError) as caught:
        load(write(process='[route]\ngroup_by = "x"\n', roster=people))
    assert [(fault.key, fault.what, fault.remedy) for fault in caught.value.faults] == [
        ("people.ada.contacts[0].for[0]", "should be 'high' or 'low'", "correct the value"),
        ("route.group_by", "is no list", "write it in brackets: [...]"),
    ]


def test_a_key_cannot_write_to_the_terminal(write):
    directory = write(incidentd='["\\u001b]0;evil\\u0007"]\nx = 1')
    with pytest.raises(ConfigurationError) as caught:
        load(directory)
    assert "\x1b" not in str(caught.value)
    assert "\x07" not in str(caught.value)


@pytest.mark.parametrize("text", ["[daemon", "a = ", "a = 1\na = 2", "x = [" + "[" * 5000])
def test_what_is_no_toml_is_told_with_its_line(write, text):
    with pytest.raises(ConfigurationError) as caught:
        load(write(incidentd=text))
    (fault,) = caught.value.faults
    assert fault.what.startswith(("is no TOML", "is nested"))


def test_a_file_that_is_no_text(tmp_path):
    (tmp_path / "roster.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigurationError, match="is not UTF-8"):
        load(tmp_path)


def test_a_configuration_that_was_named_must_exist(tmp_path):
    with pytest.raises(ConfigurationError, match="does not exist"):
        load(tmp_path / "nowhere")


def test_the_main_file_may_be_named_and_the_others_stand_beside_it(write):
    directory = write(other='[daemon]\nlog_level = "debug"', roster="[people.ada]\n[people.ada.x]\n")
    assert set(faults(directory / "other.toml")) == {"people.ada.x"}


# ------------------------------------------------------------------ references between names
ADA = '[people.ada]\ncontacts = [{ notifier = "log" }]\n'


def rota(text: str) -> str:
    return f'[schedules.x]\npeople = ["ada"]\nstart = 2026-01-05\n{text}'


def layer(text: str = "") -> str:
    return f'[[schedules.x.layers]]\npeople = ["ada"]\nstart = 2026-01-05\n{text}\n'


SCHEDULE_FAULTS = [
    ('[people.b]\nholidays = "XX"', "people.b.holidays", "DE-BE"),
    ('[people.b]\nholidays = "DE-QQ"', "people.b.holidays", "DE-BE"),
    ("[schedules.x]\nstart = 2026-01-05", "schedules.x.people", "[[schedules.NAME.layers]]"),
    ('[schedules.x]\npeople = ["ada"]', "schedules.x.start", "add it"),
    (rota("weeks = 1\ndays = 2"), "schedules.x.weeks", "keep one of them"),
    (rota('hours = 12\nhandover_day = "mon"'), "schedules.x.handover_day", "weeks = 1"),
    (rota('handover_day = "mon-fri"'), "schedules.x.handover_day", 'for example "mon"'),
    (rota('handover_day = "monday"'), "schedules.x.handover_day", 'for example ["mon-fri"]'),
    (rota("until = 2026-01-05"), "schedules.x.until", "later day"),
    (rota("until = 2026-02-05T08:00:00Z"), "schedules.x.until", "as the clocks of the zone show it"),
    (rota("hours = 0"), "schedules.x.hours", "greater than or equal to 1"),
    (rota('shadows = ["adda"]'), "schedules.x.shadows[0]", 'did you mean "ada"?'),
    (rota('skip = ["soon"]'), "schedules.x.skip[0]", "2026-01-05"),
    (rota('restrictions = [{ form = "09:00" }]'), "schedules.x.restrictions[0].form", 'did you mean "from"?'),
    (rota('restrictions = [{ from = "9", to = "17:00" }]'), "schedules.x.restrictions[0].from", '"09:00"'),
    (rota('restrictions = [{ to_day = "mon" }]'), "schedules.x.restrictions[0]", 'days = ["fri"]'),
    ("[schedules.x]\nhours = 12\n" + layer(), "schedules.x.hours", "move hours into the layers"),
    (layer('name = "a"') + layer('name = "a"'), "schedules.x.layers[1].name", "a name of its own"),
    (layer() + layer('shadows = ["b"]'), "schedules.x.layers[1].shadows[0]", "there is ada"),
    (layer() + "[[schedules.x.layers]]\nstart = 2026-01-05", "schedules.x.layers[1].people", "add"),
    ("[[schedules.x.layers]]\nical = 'https://h/x.ics'\nweeks = 1", "schedules.x.layers[0].weeks", "take ical away"),
    (layer("ical_people = { a = 'ada' }"), "schedules.x.layers[0].ical_people", "add ical"),
    ('[[schedules.x.layers]]\nical = "x.ics"', "schedules.x.layers[0].ical", "https://HOST/PATH.ics"),
    ("[[schedules.x.layers]]\nical = { env = 'NOT_THERE' }", "schedules.x.layers[0].ical", "set it for the daemon"),
    (
        "[[schedules.x.layers]]\nical = '/x.ics'\nical_people = { A = 'eda' }",
        "schedules.x.layers[0].ical_people.A",
        "ada",
    ),
]


def sending(text: str) -> str:
    """Policy x to ada, with more keys, and policy y that names x."""
    to_ada = 'steps = [{ targets = ["person:ada"] }]'
    return (
        f'[policies.x]\n{text}\n{to_ada}\n[policies.y]\nby_urgency = {{ low = "z" }}\n{to_ada}\n[policies.z]\n{to_ada}'
    )


TEAM_TARGET = "policies.x.steps[0].targets[0]"
POLICY_FAULTS = [
    ('[policies.x]\nsteps = [{ targets = ["team:q"] }]', TEAM_TARGET, "there are none yet"),
    ('[policies.x]\nsteps = [{ targets = ["channel:q"] }]\n[teams.p]', TEAM_TARGET, "there is p"),
    ('[policies.x]\nsteps = [{ targets = ["team:p"] }]\n[teams.p]', TEAM_TARGET, "add members = [...] to [teams.p]"),
    ('[policies.x]\nsteps = [{ targets = ["channel:p"] }]\n[teams.p]', TEAM_TARGET, "add channel = [...] to [teams.p]"),
    ('[policies.x]\nsteps = [{ targets = ["room:p"] }]', TEAM_TARGET, '"channel:TEAM"'),
    ('[teams.p]\nchannel = [{ notifier = "lgo" }]', "teams.p.channel[0].notifier", 'did you mean "log"?'),
    (sending('by_severity = { critical = "zz" }'), "policies.x.by_severity.critical", 'did you mean "z"?'),
    (sending('by_severity = { critical = "y" }'), "policies.x.by_severity.critical", "without by_severity"),
    (sending('by_urgency = { low = "x" }'), "policies.x.by_urgency.low", "without by_severity"),
    ('[policies.x]\nsteps = [{ targets = ["person:ada"], acks = 2 }]', "policies.x.steps[0].acks", "ask for fewer"),
    (sending('ack_timeout = "31d"'), "policies.x.ack_timeout", "until the page is over"),
    (sending('by_urgency = { medium = "z" }'), "policies.x.by_urgency.medium", "correct the value"),
]


@pytest.mark.parametrize(
    ("roster", "key", "remedy"),
    [
        ('[teams.x]\nmembers = ["adda"]', "teams.x.members[0]", 'did you mean "ada"?'),
        ('[services.x]\nteam = "y"', "services.x.team", "there are none yet"),
        ('[services.x]\npolicy = "y"', "services.x.policy", "there are none yet"),
        ('[schedules.x]\npeople = ["ad"]\nstart = 2026-01-05', "schedules.x.people[0]", 'did you mean "ada"?'),
        *SCHEDULE_FAULTS,
        ('[policies.x]\nsteps = [{ targets = ["person:bob"] }]', "policies.x.steps[0].targets[0]", "there is ada"),
        ('[policies.x]\nsteps = [{ targets = ["schedule:q"] }]', "policies.x.steps[0].targets[0]", "none yet"),
        ('[policies.x]\nsteps = [{ targets = ["ada"] }]', "policies.x.steps[0].targets[0]", "person:HANDLE"),
        *POLICY_FAULTS,
        ("[policies.x]\nsteps = []", "policies.x.steps", "correct the value"),
        ('[people.b]\ncontacts = [{ notifier = "lgo" }]', "people.b.contacts[0].notifier", 'did you mean "log"?'),
        ('[people.b]\nos_user = "u"\n[people.c]\nos_user = "u"', "people.c.os_user", "one person"),
        ('[people."../x"]\n', "people.../x", "letters, digits"),
    ],
)
def test_a_name_that_refers_to_nothing_is_a_fault(write, roster, key, remedy):
    found = faults(write(roster=ADA + roster))
    assert set(found) == {key}
    assert remedy in found[key]


def test_a_channel_has_a_name_of_its_own(write):
    main = '[notifiers.desk]\ntype = "ntfy"\n[channels.desk]\ntype = "email"\n'
    assert "another name" in faults(write(incidentd=main))["channels.desk"]


def test_a_route_names_a_policy_of_the_roster(write):
    directory = write(roster=ADA, process='[[route.routes]]\nmatch = ["a=b"]\npolicy = "nightly"')
    assert set(faults(directory)) == {"route.routes[0].policy"}


def test_a_broken_roster_makes_no_policy_unknown(write):
    directory = write(
        roster='[people.ada]\nzone = "x"', process='[[route.routes]]\nmatch = ["a=b"]\npolicy = "nightly"'
    )
    assert set(faults(directory)) == {"people.ada.zone"}


def test_the_log_notifier_goes_away_when_another_has_its_type(write):
    directory = write(roster=ADA, incidentd='[notifiers.audit]\ntype = "log"')
    assert "add [notifiers.log]" in faults(directory)["people.ada.contacts[0].notifier"]


def test_people_and_policies_that_reach_nobody_are_problems_and_no_faults(write):
    roster = '[people.ada]\n[policies.default]\nsteps = [{ targets = ["person:ada"] }]'
    process = '[[route.routes]]\nmatch = ["a=b"]\nservice = "nothing"'
    found = load(write(roster=roster + "\n[services.x]", process=process))
    assert len(found.problems) == 3
    assert any("ada has no contact method" in text for text in found.problems)
    assert any("policy default reaches nobody" in text for text in found.problems)
    assert any("service nothing" in text for text in found.problems)


# ------------------------------------------------------------------ values
@pytest.mark.parametrize(
    ("text", "seconds"), [("30s", 30), ("5m", 300), ("4h", 14400), ("1h30m", 5400), ("2d", 172800), ("0s", 0)]
)
def test_durations(text, seconds):
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "text", ["", "30", 30, -1, True, None, "5x", "-5m", "m", "1e3s", "99999d", "5m3h", [], {}, "٣m"]
)
def test_no_durations(text):
    with pytest.raises(ValueError, match="duration"):
        parse_duration(text)


@pytest.mark.parametrize("url", ["postgresql://u:secret@h/d", "mysql://h/d", "nonsense", "http://[", 5])
def test_a_database_that_cannot_be_used(write, url):
    found = faults(write(incidentd=f"[storage]\nurl = {url!r}"))
    assert set(found) == {"storage.url"}
    assert "secret@" not in found["storage.url"]


@pytest.mark.parametrize("address", ["::1:9095", ":9095", "host", "host:99999", "host:-1", "host:９"])
def test_no_address_to_listen_on(write, address):
    assert set(faults(write(incidentd=f'[ingress]\nlisten = ["{address}"]'))) == {"ingress.listen[0]"}


def test_links_default_to_the_first_address(write):
    assert load(write(incidentd='[ingress]\nlisten = ["[::1]:80"]')).daemon.ingress.public_url == "http://[::1]:80"
    assert load(write(incidentd='[ingress]\nlisten = ["127.0.0.1:0"]')).daemon.ingress.public_url == ""
    url = '[ingress]\npublic_url = "https://x.example/base/"'
    assert load(write(incidentd=url)).daemon.ingress.public_url == "https://x.example/base"


# ------------------------------------------------------------------ the process
ROUTES = """
[route]
group_by = ["cluster"]
group_wait = "10s"
[[route.routes]]
match = ["team=shop"]
service = "shop"
continue = true
[[route.routes.routes]]
match = ["severity!=critical"]
page = false
group_by = ["..."]
[[route.routes]]
match = ['team=~"shop|pay"']
"""


def test_a_route_inherits_what_it_does_not_say(write):
    root = load(write(process=ROUTES)).process.route
    shop, quiet, both = root.routes[0], root.routes[0].routes[0], root.routes[1]
    assert (shop.group_by, shop.group_wait, shop.service, shop.page) == (
        ("cluster",),
        timedelta(seconds=10),
        "shop",
        True,
    )
    assert (quiet.service, quiet.page, quiet.group_by, quiet.continue_) == ("shop", False, ("...",), False)
    assert (both.service, both.group_by, both.matchers[0].value) == ("", ("cluster",), "shop|pay")
    assert [one.id for one in (root, shop, quiet, both)] == ["root", "root/0", "root/0/0", "root/1"]
    assert [one.id for one in matching_routes(root, {"team": "shop"})] == ["root/0/0", "root/1"]


INTERVALS = """
[time_intervals.nights]
times = [{ start_time = "22:00", end_time = "24:00" }]
[[route.routes]]
match = ["team=shop"]
mute_time_intervals = ["nights"]
[[route.routes.routes]]
active_time_intervals = ["nights"]
"""


def test_a_route_inherits_no_time_interval(write):
    shop = load(write(process=INTERVALS)).process.route.routes[0]
    assert (shop.mute_time_intervals, shop.active_time_intervals) == (("nights",), ())
    assert (shop.routes[0].mute_time_intervals, shop.routes[0].active_time_intervals) == ((), ("nights",))


def test_the_first_route_is_never_muted_and_intervals_have_to_exist(write):
    told = faults(write(process='[route]\nmute_time_intervals = ["x"]\nactive_time_intervals = ["x"]'))
    assert set(told) == {"route.mute_time_intervals", "route.active_time_intervals"}
    assert "move it into a [[route.routes]]" in told["route.mute_time_intervals"]
    misspelt = INTERVALS.replace('active_time_intervals = ["nights"]', 'mute_time_intervals = ["nigts"]')
    told = faults(write(process=misspelt))
    assert told == {
        "route.routes[0].routes[0].mute_time_intervals[0]": '"nigts" is no time interval — did you mean "nights"?'
    }


def test_routes_with_the_same_matchers_beside_each_other_have_keys_of_their_own(write):
    twin = '[[route.routes]]\nmatch = ["team=shop"]\ncontinue = true\n'
    root = load(write(process=twin * 2)).process.route
    assert [root.key, *(one.key for one in root.routes)] == ["{}", '{}/{team="shop"}', '{}/{team="shop"}#2']


def test_the_version_is_what_the_settings_mean(write):
    first = load(write(process=ROUTES)).process.version
    assert load(write(process="# a comment\n" + ROUTES)).process.version == first
    assert load(write(process=ROUTES.replace("10s", "11s"))).process.version != first
    assert re.fullmatch("[0-9a-f]{12}", first)


def test_the_root_takes_every_alert(write):
    assert set(faults(write(process='[route]\nmatch = ["a=b"]\ncontinue = true'))) == {"route.match", "route.continue"}


def test_a_tree_that_is_too_deep_is_refused(write):
    headers = "".join(f"[[route{'.routes' * depth}]]\n" for depth in range(1, 40))
    (fault,) = faults(write(process=headers)).values()
    assert "nested too deeply" in fault


def test_cadence_and_windows_are_written_over_the_defaults(write):
    text = '[updates.SEV1]\nmonitoring = "5m"\n[updates.SEV5]\nidentified = "1d"\n[review]\nnone = ["SEV3"]'
    process = load(write(process=text)).process
    assert process.cadence[Severity.SEV1] == {
        "investigating": timedelta(minutes=10),
        "identified": timedelta(minutes=10),
        "monitoring": timedelta(minutes=5),
    }
    assert process.cadence[Severity.SEV5] == {"identified": timedelta(days=1)}
    assert set(process.review_windows) == {Severity.SEV1, Severity.SEV2}


# ------------------------------------------------------------------ directories
def test_directories_follow_systemd_then_xdg_then_home():
    xdg = {"HOME": "/h", "XDG_CONFIG_HOME": "/c", "XDG_STATE_HOME": "/s", "XDG_RUNTIME_DIR": "/r"}
    systemd = {"CONFIGURATION_DIRECTORY": "/1:/2", "STATE_DIRECTORY": "/3", "RUNTIME_DIRECTORY": "/4"}

    def all_of(environ):
        return tuple(str(f(environ)) for f in (default_config_dir, default_state_dir, default_runtime_dir))

    assert all_of({"HOME": "/h"}) == (
        "/h/.config/incidentd",
        "/h/.local/state/incidentd",
        f"/tmp/incidentd-{os.getuid()}",
    )
    assert all_of(xdg) == ("/c/incidentd", "/s/incidentd", "/r/incidentd")
    assert all_of(xdg | systemd) == ("/1", "/3", "/4")
    assert all_of(xdg | systemd | {"INCIDENTD_CONFIG_DIR": "/own"})[0] == "/own"
    assert all_of({"HOME": "/h", "XDG_STATE_HOME": "relative"})[1] == "/h/.local/state/incidentd"


def settings_in(tmp_path, **environ):
    return load(tmp_path, XDG_STATE_HOME=str(tmp_path / "s"), XDG_RUNTIME_DIR=str(tmp_path / "r"), **environ).daemon


def test_directories_are_made_private(tmp_path):
    daemon = settings_in(tmp_path)
    prepare_directories(daemon)
    prepare_directories(daemon)
    assert daemon.state_dir.stat().st_mode & 0o777 == 0o700
    assert daemon.runtime_dir.stat().st_mode & 0o777 == 0o700


def test_a_directory_that_others_may_write_to_is_refused(tmp_path):
    daemon = settings_in(tmp_path)
    daemon.state_dir.mkdir(parents=True)
    daemon.state_dir.chmod(0o777)
    with pytest.raises(ConfigurationError, match="chmod 700"):
        prepare_directories(daemon)


def test_a_directory_that_is_no_directory_is_refused(tmp_path):
    daemon = settings_in(tmp_path)
    daemon.state_dir.parent.mkdir(parents=True)
    daemon.state_dir.write_text("")
    with pytest.raises(ConfigurationError, match=r"cannot be made|is no directory"):
        prepare_directories(daemon)


def test_a_link_in_a_place_that_all_may_write_to_is_refused(tmp_path):
    """Anyone may put a link with our name into /tmp."""
    daemon = settings_in(tmp_path)
    daemon.runtime_dir.parent.mkdir(parents=True)
    daemon.runtime_dir.parent.chmod(0o1777)
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    daemon.runtime_dir.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ConfigurationError, match="is no directory"):
        prepare_directories(daemon)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory away")
def test_a_directory_of_another_user_is_refused(tmp_path):
    daemon = settings_in(tmp_path)
    daemon.state_dir.mkdir(parents=True, mode=0o700)
    os.chown(daemon.state_dir, 12345, -1)
    with pytest.raises(ConfigurationError, match="belongs to uid 12345"):
        prepare_directories(daemon)


INHIBIT = """
[[inhibit]]
name = "cluster down"
source = ["alertname=ClusterDown"]
target = ["severity=~warning|critical", "alertname!=ClusterDown"]
equal = ["cluster", "region"]
"""


def test_inhibit_rules_are_read_and_count_as_a_version(write):
    process = load(write(process=INHIBIT)).process
    (rule,) = process.inhibit
    assert rule.name == "cluster down"
    assert [str(one) for one in rule.source] == ['alertname="ClusterDown"']
    assert [str(one) for one in rule.target] == ['severity=~"warning|critical"', 'alertname!="ClusterDown"']
    assert rule.equal == ("cluster", "region")
    assert load(write(process=INHIBIT.replace("region", "zone"))).process.version != process.version


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('target = ["a=b"]', "inhibit[0].source"),
        ('source = ["a=b"]', "inhibit[0].target"),
        ('source = []\ntarget = ["a=b"]', "inhibit[0].source"),
        ('source = ["a=b"]\ntarget = []', "inhibit[0].target"),
        ('source = ["a"]\ntarget = ["a=b"]', "inhibit[0].source[0]"),
        ('source = ["a=~("]\ntarget = ["a=b"]', "inhibit[0].source[0]"),
        ('source = ["a=b"]\ntarget = [7]', "inhibit[0].target[0]"),
        ('source = ["a=b"]\ntarget = ["a=b"]\nequal = [""]', "inhibit[0].equal[0]"),
        ('source = ["a=b"]\ntarget = ["a=b"]\nequal = "cluster"', "inhibit[0].equal"),
        ('source = ["a=b"]\ntarget = ["a=b"]\nequals = ["x"]', "inhibit[0].equals"),
    ],
)
def test_a_bad_inhibit_rule_names_the_key(write, text, key):
    assert key in faults(write(process=f"[[inhibit]]\n{text}"))


# ------------------------------------------------------------------ dependencies between services
def test_dependencies_are_read(write):
    roster = '[services.a]\ndepends_on = ["b"]\n[services.b]\n'
    found = load(write(roster=roster, process='[dependencies]\nsource = ["page=yes"]\nhold = "2m"\n'))
    assert found.roster.depends_on == {"a": ("b",)}
    assert str(found.process.dependencies.source[0]) == 'page="yes"'
    assert found.process.dependencies.hold == timedelta(minutes=2)


def test_a_dependency_on_nothing_or_in_a_circle_names_itself(write):
    found = faults(write(roster='[services.shop]\ndepends_on = ["shp"]\n'))
    assert found == {"services.shop.depends_on[0]": '"shp" is no service — did you mean "shop"?'}
    circle = '[services.a]\ndepends_on = ["b"]\n[services.b]\ndepends_on = ["a"]\n'
    ((key, text),) = faults(write(roster=circle)).items()
    assert key in ("services.a.depends_on", "services.b.depends_on")
    assert text.startswith(("is part of a cycle: a -> b -> a", "is part of a cycle: b -> a -> b"))
    empty = faults(write(roster="", process="[dependencies]\nsource = []\nholds = 3\n"))
    assert set(empty) == {"dependencies.source", "dependencies.holds"}


# ------------------------------------------------------------------ the language lint
def test_a_lexicon_is_read_from_beside_and_is_part_of_the_version(write):
    directory = write(process='[review]\nlexicon = "wording.toml"\nmute_after = 3\n')
    assert "cannot be read: No such file" in faults(directory)["review.lexicon"]
    (directory / "wording.toml").write_text('[rules.hindsight]\ndrop = ["of course"]\n')
    read = load(directory)
    assert (read.process.wording.mute_after, read.process.wording.own.count("of course")) == (3, 1)
    assert str(directory / "wording.toml") in read.files
    (directory / "wording.toml").write_text("[rules.hindsight]\noff = true\n")
    assert load(directory).process.version != read.process.version


def test_a_fault_of_the_lexicon_names_its_own_file_and_line(write):
    directory = write(process='[review]\nlexicon = "wording.toml"\n')
    (directory / "wording.toml").write_text('# ours\n[rules.hindsight]\nfind = ["a||b"]\n')
    with pytest.raises(ConfigurationError) as caught:
        load(directory)
    (fault,) = caught.value.faults
    assert (fault.file, fault.line, fault.key) == (str(directory / "wording.toml"), 3, "rules.hindsight.find[0]")
    assert fault.remedy == "write a|b"


def test_a_language_without_a_lexicon_is_a_fault_unless_a_whole_one_is_given(write):
    assert "there is en" in faults(write(process='[review]\nlanguage = "tlh"\n'))["review.language"]
    directory = write(process='[review]\nlanguage = "tlh"\nlexicon = "tlh.toml"\n')
    (directory / "tlh.toml").write_text("")
    with pytest.raises(ConfigurationError, match=r"has no \[words.person\]"):
        load(directory)
