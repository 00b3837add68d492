"""`incidentd import alertmanager`: what is carried over works as it did, the rest is told, no secret is copied."""

from __future__ import annotations

import re
import stat
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from incidentd.cli.daemon import main
from incidentd.domain.routing import matching_routes
from incidentd.importers.alertmanager import read_alertmanager
from incidentd.importers.alertmanager_routes import duration_text, parse_duration
from incidentd.importers.directory import CannotWrite, write_directory
from incidentd.importers.imported import NothingRead
from incidentd.importers.report import Outcome
from incidentd.settings import load_configuration

RICH = Path(__file__).with_name("rich.yml")
LEAST = "route: {receiver: a}\nreceivers: [{name: a, webhook_configs: [{url: 'http://h/x'}]}]\n"


@pytest.fixture
def run(tmp_path):
    """Import a text, or the rich example; gives the result of the command and the directory."""

    def run(text: str | None = None, *more: str):
        file = RICH
        if text is not None:
            file = tmp_path / "alertmanager.yml"
            file.write_text(text, encoding="utf-8")
        return CliRunner().invoke(main, ["import", "alertmanager", str(file), *more])

    return run


@pytest.fixture
def read(tmp_path):
    """What an import of a text says: (imported, {key: [(outcome, text)]})."""

    def read(text: str):
        file = tmp_path / "alertmanager.yml"
        file.write_text(text, encoding="utf-8")
        found = read_alertmanager(file, tmp_path / "out")
        told: dict[str, list[tuple[Outcome, str]]] = {}
        for one in found.report.findings:
            told.setdefault(one.key, []).append((one.outcome, one.text))
        return found, told

    return read


def loaded(directory: Path):
    return load_configuration(directory, {"HOME": str(directory)})


# ------------------------------------------------------------------ the whole
def test_a_rich_file_becomes_a_configuration_that_checks(run, tmp_path):
    out = tmp_path / "out"
    done = run(None, "--output", str(out))
    assert done.exit_code == 0, done.output
    checked = CliRunner().invoke(main, ["check", "--config", str(out)])
    assert checked.exit_code == 0, checked.output
    assert checked.output.startswith("ok: ")
    assert sorted(path.name for path in out.iterdir()) == ["incidentd.toml", "process.toml", "roster.toml", "secrets"]


def test_no_secret_is_copied_or_shown(run, tmp_path):
    out = tmp_path / "out"
    done = run(None, "--output", str(out))
    assert "hunter2" in RICH.read_text()
    written = "".join(path.read_text() for path in out.rglob("*") if path.is_file())
    assert "hunter2" not in written + done.output
    for path in (out / "secrets").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert str(path) in done.output, "the report names every place that waits for a secret"
    assert stat.S_IMODE((out / "secrets").stat().st_mode) == 0o700


def test_every_secret_reference_leads_to_a_placeholder(run, tmp_path):
    out = tmp_path / "out"
    run(None, "--output", str(out))
    references = re.findall(r'^file = "(.*)"$', (out / "incidentd.toml").read_text(), re.MULTILINE)
    assert sorted(references) == sorted(str(path) for path in (out / "secrets").iterdir())


@pytest.mark.parametrize(
    ("labels", "policies"),
    [
        ({"alertname": "X"}, ["Team-DB-pager"]),
        ({"alertname": "Watchdog"}, [None]),
        ({"service": "web"}, ["web"]),
        ({"service": "front.end", "severity": "critical"}, ["both"]),
        ({"service": "frontXend", "severity": "critical"}, ["Team-DB-pager"]),
        ({"service": "web", "severity": "critical", "env": "test"}, ["web"]),
        ({"service": "web", "severity": "info", "team": 'we, "us"'}, [None]),
        ({"service": "web", "instance": "db.example.org:9100"}, ["web", "both"]),
        ({"instance": "dbXexample.org:9100"}, ["Team-DB-pager"]),
    ],
)
def test_alerts_take_the_way_they_took(run, tmp_path, labels, policies):
    run(None, "--output", str(tmp_path / "out"))
    routes = matching_routes(loaded(tmp_path / "out").process.route, labels)
    assert [route.policy if route.page else None for route in routes] == policies


def test_grouping_is_inherited_as_there(run, tmp_path):
    run(None, "--output", str(tmp_path / "out"))
    root = loaded(tmp_path / "out").process.route
    web = root.routes[1]
    assert (root.group_by, web.group_by, web.routes[0].group_by) == (("alertname", "cluster"), ("...",), ("...",))
    assert duration_text(root.group_wait) == duration_text(web.group_wait) == "10s"
    assert duration_text(web.routes[0].group_wait) == "1s", "500ms, rounded up"
    assert duration_text(root.repeat_interval) == "1d"


def test_receivers_become_policies_people_and_notifiers(run, tmp_path):
    run(None, "--output", str(tmp_path / "out"))
    found = loaded(tmp_path / "out")
    assert set(found.roster.policies) == {"Team-DB-pager", "web", "both", "default"}
    contacts = {handle: [(c.notifier, c.address) for c in p.contacts] for handle, p in found.roster.people.items()}
    assert contacts == {
        "Team-DB-pager": [("mail", "dba@example.org"), ("mail", "Night Shift <night@example.org>")],
        "web": [("webhook", ""), ("webhook-2", "")],
        "both": [("mail-2", "all@example.org"), ("slack", "")],
    }
    options = {one.name: one.options for one in found.adapters}
    assert options["webhook"]["url"] == "http://tools.internal:5001/alerts"
    assert set(options["webhook-2"]["url"]) == {"file"}
    assert options["mail"]["starttls"] == "required"
    assert (options["mail-2"]["host"], options["mail-2"]["starttls"]) == ("localhost", "auto")
    assert options["alertmanager"] == {"resolve_timeout": 600.0}
    assert set(options["slack"]["url"]) == {"file"}


def test_the_report_names_each_key_that_was_lost(run):
    lost = run().output.partition("not carried over")[2].partition("to do by hand")[0]
    for place in (
        "rich.yml:8 global.slack_api_url", "rich.yml:10 templates",
        "receivers[1].pagerduty_configs[0]", "receivers[2].webhook_configs[0].max_alerts",
        "receivers[2].webhook_configs[1].http_config.proxy_url",
        "receivers[3].email_configs[0].headers",
    ):  # fmt: skip
        assert f"{place}: " in lost, place


def test_the_report_names_what_the_mail_server_came_from(read):
    _, told = read(RICH.read_text())
    assert told["global.smtp_smarthost"] == [(Outcome.CARRIED, "is the server of a mail notifier")]
    assert told["receivers[3].email_configs[0].smarthost"] == [(Outcome.CARRIED, "is the server of a mail notifier")]
    assert [outcome for outcome, _ in told["global.smtp_from"]] == [Outcome.CARRIED, Outcome.CARRIED], (
        "for each notifier"
    )


def test_without_output_nothing_is_written(run, tmp_path):
    before = sorted(tmp_path.rglob("*"))
    done = run()
    assert done.exit_code == 0
    assert "Nothing was written" in done.output
    assert sorted(tmp_path.rglob("*")) == before


# ------------------------------------------------------------------ nothing to read, nowhere to write
@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is empty"),
        ("- a\n", "is no mapping: is it an alertmanager.yml?"),
        ("scrape_configs: []\n", "holds no `route`"),
        ("route:\n", "holds no `route`"),
        ("route: {\n", "is no YAML"),
        ("route: {receiver: a, receiver: b}", "stands twice"),
    ],
)
def test_what_says_nothing_ends_with_one(run, tmp_path, text, why):
    done = run(text, "--output", str(tmp_path / "out"))
    assert done.exit_code == 1
    assert why in done.output
    assert not (tmp_path / "out").exists()


def test_a_file_that_cannot_be_read(tmp_path):
    for path, why in ((tmp_path, "Is a directory"), (tmp_path / "none", "No such file")):
        with pytest.raises(NothingRead, match=why):
            read_alertmanager(path, tmp_path / "out")
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(NothingRead, match="is not UTF-8"):
        read_alertmanager(binary, tmp_path / "out")
    binary.write_bytes(b" " * (4 * 1024 * 1024 + 1))
    with pytest.raises(NothingRead, match="larger than 4 MiB"):
        read_alertmanager(binary, tmp_path / "out")


def test_nothing_is_overwritten(run, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine").write_text("kept")
    done = run(LEAST, "--output", str(out))
    assert done.exit_code == 1
    assert "is there already: name a new directory" in done.output
    assert [path.name for path in out.iterdir()] == ["mine"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["alertmanager.yml", "out"], "no half-made directory"
    (out / "mine").unlink()
    assert run(LEAST, "--output", str(out)).exit_code == 0, "an empty directory is as good as none"
    assert run(LEAST, "--output", str(out)).exit_code == 1


def test_a_place_that_cannot_be_written(run, tmp_path):
    done = run(LEAST, "--output", str(tmp_path / "no" / "such" / "place"))
    assert done.exit_code == 1
    assert "cannot be made: No such file" in done.output


def test_a_failure_halfway_leaves_nothing(tmp_path):
    with pytest.raises(CannotWrite):
        write_directory(tmp_path / "out", {"a.toml": {"x": 1}, "no/such.toml": {}}, {}, "f")
    assert list(tmp_path.iterdir()) == []


def test_hostile_names_stay_inert(run, tmp_path):
    name = "a\\e[2J\\n[people.evil]\\u202e"
    text = f'route: {{receiver: "{name}"}}\nreceivers: [{{name: "{name}"}}, {{name: "{name}x", "\\e]0;k": 1}}]\n'
    done = run(text, "--output", str(tmp_path / "out"))
    assert done.exit_code == 0, done.output
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", done.output)
    assert loaded(tmp_path / "out").process.route.name == "a\x1b[2J\n[people.evil]\u202e"


# ------------------------------------------------------------------ details
def test_where_nothing_is_said_everything_is_one_group(read):
    found, _ = read(LEAST)
    assert found.files["process.toml"]["route"]["group_by"] == []
    found, _ = read(LEAST.replace("receiver: a}", "receiver: a, group_by: [x], routes: [{group_by: []}]}"))
    assert found.files["process.toml"]["route"]["routes"] == [{}], "an empty list inherits there"


def test_a_route_that_cannot_be_matched_is_left_out(read):
    routes = (
        "routes: [{matchers: ['a=~(']}, {match: {'ü': x}}, {match_re: {a: '('}}, {matchers: ['x']}, {match: {a: b}}]"
    )
    found, told = read(LEAST.replace("receiver: a}", f"receiver: a, {routes}}}"))
    assert found.files["process.toml"]["route"]["routes"] == [{"match": ['a="b"']}]
    for index in range(4):
        ((outcome, text),) = told[f"route.routes[{index}]"]
        assert outcome is Outcome.LEFT
        assert "is left out" in text


def test_a_receiver_that_does_not_exist(read):
    found, told = read(LEAST.replace("receiver: a}", "receiver: a, routes: [{receiver: b, match: {x: y}}]}"))
    assert found.files["process.toml"]["route"]["routes"] == [{"match": ['x="y"']}]
    assert "no receiver 'b'" in told["route.routes[0].receiver"][0][1]


def test_below_a_route_that_pages_nobody_somebody_may_be_paged(read, tmp_path):
    text = "route: {receiver: none, routes: [{receiver: a, match: {x: y}}]}\n" + LEAST.split("\n")[1]
    found, _ = read(text.replace("[{name: a", "[{name: none}, {name: a"))
    write_directory(tmp_path / "out", found.files, found.secrets, "f")
    root = loaded(tmp_path / "out").process.route
    assert (root.page, root.routes[0].page, root.routes[0].policy) == (False, True, "a")


def test_a_deep_tree_is_cut_and_said(read, tmp_path):
    deep = "{match: {n: '0'}}"
    for number in range(1, 25):
        deep = f"{{match: {{n: '{number}'}}, routes: [{deep}]}}"
    found, told = read(LEAST.replace("receiver: a}", f"receiver: a, routes: [{deep}]}}"))
    assert sum("nested deeper than 20" in text for texts in told.values() for _, text in texts) == 1
    write_directory(tmp_path / "out", found.files, found.secrets, "f")
    loaded(tmp_path / "out")


@pytest.mark.parametrize(
    ("item", "table"),
    [
        ("{url: 'http://h:80/'}", {"url": "http://h:80/"}),
        ("{url: 'http://h/v1/team-web/alerts'}", {"url": "http://h/v1/team-web/alerts"}),
        ("{url: 'http://user:pw@h/'}", None),
        ("{url: 'http://h/?token=x'}", None),
        ("{url: 'http://h/T0K3N'}", None),
        ("{url: 'http://h/abcdefghijklmnopqrstuvwxyz'}", None),
    ],
)
def test_an_address_that_may_hold_a_token_is_a_secret(read, item, table):
    found, _ = read(LEAST.replace("{url: 'http://h/x'}", item))
    url = found.files["incidentd.toml"]["notifiers"]["webhook"]["url"]
    assert url == table["url"] if table else set(url) == {"file"}


@pytest.mark.parametrize("item", ["{}", "{url: 'ftp://h/x'}", "{url: 'http://h/{{ .X }}'}", "{url: [a]}", "3"])
def test_a_webhook_without_an_address_is_told(read, item):
    found, told = read(LEAST.replace("{url: 'http://h/x'}", item))
    assert "notifiers" not in found.files["incidentd.toml"]
    assert any("by hand" in text for key, texts in told.items() if "webhook_configs" in key for _, text in texts)
    assert "policy a reaches nobody" in told["receivers[0]"][1][1]


def test_files_with_secrets_are_referred_to_where_they_are(read, tmp_path):
    text = LEAST.replace("{url: 'http://h/x'}", "{url_file: sub/url}")
    login = "smtp_auth_username: u, smtp_auth_password_file: /pw"
    text = f"global: {{smtp_smarthost: 'm:465', smtp_from: a@b.c, {login}}}\n{text}"
    found, told = read(text.replace("{name: a,", "{name: a, email_configs: [{to: a@b.c}],"))
    tables = found.files["incidentd.toml"]["notifiers"]
    assert tables["webhook"]["url"] == {"file": str(tmp_path / "sub" / "url")}
    assert tables["mail"] == {
        "type": "email", "from": "a@b.c", "host": "m", "port": 465, "tls": True, "username": "u",
        "password": {"file": "/pw"},
    }  # fmt: skip
    assert found.secrets == {}
    assert "let incidentd's user read /pw" in told["global.smtp_auth_password_file"][0][1]


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ("smtp_from: a@b.c", "the mail server is not like"),
        ("smtp_smarthost: 'm:25'", "the sender is no plain"),
        ("smtp_smarthost: 'm:99999', smtp_from: a@b.c", "the mail server is not like"),
        ("smtp_smarthost: 'm:25', smtp_from: 'a@b.c\\nBcc: x@y.z'", "the sender is no plain"),
    ],
)
def test_mail_that_cannot_be_set_up_is_told(read, settings, why):
    text = f"global: {{{settings}}}\n{LEAST}".replace("'a@b.c\\nBcc: x@y.z'", '"a@b.c\\nBcc: x@y.z"')
    found, told = read(text.replace("{name: a,", "{name: a, email_configs: [{to: 'a@b.c'}, {to: 'd@e.f'}],"))
    assert "mail" not in found.files["incidentd.toml"]["notifiers"]
    assert sum(why in text for texts in told.values() for _, text in texts) == 1, "once, however many use it"


@pytest.mark.parametrize(
    ("text", "seconds", "written"),
    [
        ("0", 0, "0s"), ("0s", 0, "0s"), ("30s", 30, "30s"), ("5m", 300, "5m"), ("1h30m", 5400, "1h30m"),
        ("1d", 86400, "1d"), ("1w", 604800, "7d"), ("1y", 31536000, "365d"), ("500ms", 0.5, "1s"),
        ("1d1h1m1s1ms", 90061.001, "1d1h1m2s"),
    ],
)  # fmt: skip
def test_durations(text, seconds, written):
    found = parse_duration(text)
    assert found is not None
    assert found.total_seconds() == seconds
    assert duration_text(found) == written


@pytest.mark.parametrize("text", ["", "5", "m", "5 m", "1m1h", "-5m", "1.5h", "٣s", "9999999999s"])
def test_no_durations(text):
    assert parse_duration(text) is None


# ------------------------------------------------------------------ inhibition, intervals, chats
def test_inhibit_rules_mean_the_same(read, tmp_path):
    found, told = read(
        LEAST
        + """
inhibit_rules:
  - source_match: {severity: critical}
    source_match_re: {team: a|b}
    target_matchers: ['severity=~"warning|info"', env!=test]
    equal: [alertname, cluster]
  - target_matchers: [a=b]
  - source_matchers: ['a=~"("']
    target_matchers: [a=b]
"""
    )
    write_directory(tmp_path / "out", found.files, found.secrets, "x")
    (rule,) = loaded(tmp_path / "out").process.inhibit
    assert [str(one) for one in rule.source] == ['severity="critical"', 'team=~"a|b"']
    assert [str(one) for one in rule.target] == ['severity=~"warning|info"', 'env!="test"']
    assert rule.equal == ("alertname", "cluster")
    assert [told[f"inhibit_rules[{index}]"][0][0] for index in range(3)] == [
        Outcome.CARRIED, Outcome.LEFT, Outcome.LEFT,
    ]  # fmt: skip
    assert "names no source" in told["inhibit_rules[1]"][0][1]


INTERVALS = """
route:
  receiver: a
  routes:
    - match: {x: "1"}
      mute_time_intervals: [out of hours, holidays]
    - match: {x: "2"}
      active_time_intervals: [office, local]
    - match: {x: "3"}
      mute_time_intervals: [local, office]
receivers: [{name: a, webhook_configs: [{url: 'http://h/x'}]}]
mute_time_intervals:
  - name: holidays
    time_intervals: [{days_of_month: ['24:26', '-1'], months: [december], years: ['2026:2030']}]
time_intervals:
  - name: out of hours
    time_intervals:
      - times: [{start_time: 00:00, end_time: 09:00}, {start_time: 17:00, end_time: 24:00}]
        location: Europe/Berlin
      - weekdays: ['saturday', sunday]
  - name: office
    time_intervals: [{weekdays: ['monday:friday']}]
  - name: local
    time_intervals: [{location: Local, weekdays: [monday]}]
"""


def test_time_intervals_and_what_they_mute(read, tmp_path):
    found, told = read(INTERVALS)
    write_directory(tmp_path / "out", found.files, found.secrets, "x")
    process = loaded(tmp_path / "out").process
    assert set(process.time_intervals) == {"holidays", "out-of-hours", "office"}
    first, second = process.time_intervals["out-of-hours"]
    assert [(span.start, span.end) for span in first.times] == [(0, 540), (1020, 1440)]
    assert (first.location, second.weekdays) == ("Europe/Berlin", {6, 7})
    muted, always, left = process.route.routes
    assert muted.mute_time_intervals == ("out-of-hours", "holidays")
    assert always.active_time_intervals == (), "half a list of hours would mute more than the whole"
    assert left.mute_time_intervals == ("office",)
    assert told["time_intervals[2].time_intervals[0].location"][0][1].startswith("is no time zone")
    for index, key in ((1, "active_time_intervals"), (2, "mute_time_intervals")):
        ((outcome, text),) = told[f"route.routes[{index}].{key}"]
        assert outcome is Outcome.LEFT
        assert "'local'" in text


@pytest.mark.parametrize(
    ("service", "item", "url"),
    [
        ("slack", "{api_url: 'https://hooks.slack.com/hunter2', channel: '#ops', title: x}", "slack://TOKEN_A/TOKEN_B"),
        ("telegram", "{bot_token: hunter2, chat_id: -42}", "tgram://BOT_TOKEN/-42/"),
        ("discord", "{webhook_url: 'https://discord.com/hunter2'}", "discord://WEBHOOK_ID/"),
        ("pushover", "{token: hunter2, user_key: hunter2, priority: '1'}", "pover://USER_KEY@TOKEN/"),
        ("msteams", "{webhook_url_file: /run/hunter2}", "workflows://"),
        ("slack", "{channel: '{{ .CommonLabels.team }}'}", "/CHANNEL"),
    ],
)
def test_a_chat_is_an_apprise_notifier_whose_url_waits_for_its_secret(read, run, tmp_path, service, item, url):
    text = f"route: {{receiver: a}}\nreceivers: [{{name: a, {service}_configs: [{item}]}}]\n"
    found, told = read(text)
    (name,) = found.files["incidentd.toml"]["notifiers"]
    assert found.files["incidentd.toml"]["notifiers"][name]["type"] == "apprise"
    to_do = [said for some in told.values() for outcome, said in some if outcome is Outcome.TO_DO]
    assert any(url in said for said in to_do)
    assert "hunter2" not in str(found.files) + str(found.secrets) + str(told)
    write_directory(tmp_path / "out", found.files, found.secrets, "x")
    assert CliRunner().invoke(main, ["check", "--config", str(tmp_path / "out")]).exit_code == 0


def test_a_pager_is_no_chat(read):
    _, told = read("route: {receiver: a}\nreceivers: [{name: a, opsgenie_configs: [{api_key: x}]}]\n")
    ((outcome, text),) = told["receivers[0].opsgenie_configs[0]"]
    assert outcome is Outcome.LEFT
    assert "incidentd pages people itself" in text


# ------------------------------------------------------------------ anything
WORDS = st.sampled_from(["a", "b", "c d", "ü", "", "x" * 99, "...", "0s", "5m", "11y", "true", "(", 'a="b"', "a!~x|y"])
LEAF = WORDS | st.none() | st.booleans() | st.integers(-5, 5)
VALUE = st.recursive(
    LEAF, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(WORDS, inner, max_size=2), max_leaves=4
)
ROUTE_KEYS = (
    "receiver", "group_by", "group_wait", "group_interval", "repeat_interval", "match", "match_re", "matchers",
    "continue", "mute_time_intervals", "active_time_intervals", "other",
)  # fmt: skip


def some(keys, inner):
    return st.fixed_dictionaries({}, optional=dict.fromkeys(keys, inner))


ROUTE = st.recursive(
    some(ROUTE_KEYS, VALUE),
    lambda inner: st.builds(
        lambda own, below: own | {"routes": below}, some(ROUTE_KEYS, VALUE), st.lists(inner, max_size=3)
    ),
    max_leaves=5,
)
EMAIL = some(("to", "from", "smarthost", "require_tls", "auth_username", "auth_password", "tls_config", "text"), VALUE)
WEBHOOK = some(
    ("url", "url_file", "http_config", "send_resolved"), VALUE | st.just("http://h/x") | st.just("http://h/?t")
)
INTERVAL = some(("name", "other"), VALUE) | st.fixed_dictionaries(
    {"name": WORDS},
    optional={
        "time_intervals": st.lists(some(("times", "weekdays", "months", "years", "location"), VALUE), max_size=2)
    },
)
INHIBIT = some(("name", "equal", *(f"{side}_{key}" for side in ("source", "target") for key in ROUTE_KEYS[5:8])), VALUE)
RECEIVER = some(("name", "slack_configs", "other"), VALUE) | st.fixed_dictionaries(
    {"name": WORDS},
    optional={"webhook_configs": st.lists(WEBHOOK, max_size=2), "email_configs": st.lists(EMAIL, max_size=2)},
)
FILE = st.fixed_dictionaries(
    {"route": ROUTE.filter(bool), "receivers": st.lists(RECEIVER, max_size=4)},
    optional={
        "global": st.just({"smtp_smarthost": "m:25", "smtp_from": "A <a@b.c>"}) | VALUE,
        "inhibit_rules": VALUE | st.lists(INHIBIT, max_size=2),
        "time_intervals": VALUE | st.lists(INTERVAL, max_size=2), "templates": VALUE, "else": VALUE,
    },
)  # fmt: skip


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=FILE)
def test_whatever_was_read_loads(tmp_path_factory, data):
    import yaml  # type: ignore[import-untyped]

    directory = tmp_path_factory.mktemp("any")
    file = directory / "alertmanager.yml"
    file.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    found = read_alertmanager(file, directory / "out")
    write_directory(directory / "out", found.files, found.secrets, file.name)
    process = loaded(directory / "out").process
    assert list(matching_routes(process.route, {"a": "b"}))
    assert all(line.isprintable() for line in found.report.lines())
    for name in found.files:
        tomllib.loads((directory / "out" / name).read_text())
