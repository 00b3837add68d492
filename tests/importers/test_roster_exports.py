"""`incidentd import oncall | opsgenie | pagerduty`: a roster that checks, and a word about all that is not in it."""

from __future__ import annotations

import json
import shutil
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from incidentd.cli.daemon import main
from incidentd.importers.imported import NothingRead
from incidentd.importers.oncall import read_oncall
from incidentd.importers.opsgenie import read_opsgenie
from incidentd.importers.pagerduty import read_pagerduty
from incidentd.importers.report import Outcome
from incidentd.settings import load_configuration

HERE = Path(__file__).parent
NOW = datetime(2026, 6, 1, tzinfo=UTC)
READ = {"oncall": read_oncall, "opsgenie": read_opsgenie, "pagerduty": read_pagerduty}
VENDORS = sorted(READ)


def roster(vendor: str, place: Path | None = None) -> dict:
    return READ[vendor](place or HERE / vendor, NOW).files["roster.toml"]


def told(vendor: str, place: Path | None = None) -> list[str]:
    """Every finding as "outcome | key | text"."""
    found = READ[vendor](place or HERE / vendor, NOW).report.findings
    return [f"{one.outcome} | {one.key} | {one.text}" for one in found]


def said(lines: list[str], *parts: str) -> bool:
    return any(all(part in line for part in parts) for line in lines)


@pytest.fixture
def export(tmp_path):
    """A directory with the lists that are given, by name."""

    def make(**lists: object) -> Path:
        place = tmp_path / "export"
        place.mkdir(exist_ok=True)
        for name, value in lists.items():
            text = value if isinstance(value, str) else json.dumps(value)
            (place / f"{name}.json").write_text(text, encoding="utf-8")
        return place

    return make


# ------------------------------------------------------------------ the whole
@pytest.mark.parametrize("vendor", VENDORS)
def test_an_export_becomes_a_configuration_that_checks(vendor, tmp_path):
    out = tmp_path / "out"
    done = CliRunner().invoke(main, ["import", vendor, str(HERE / vendor), "--output", str(out)])
    assert done.exit_code == 0, done.output
    checked = CliRunner().invoke(main, ["check", "--config", str(out)])
    assert checked.exit_code == 0, checked.output
    found = load_configuration(out, {"HOME": str(tmp_path)}).roster
    assert {"ada", "grace"} <= set(found.people)
    assert found.schedules
    assert found.policies


@pytest.mark.parametrize("vendor", VENDORS)
def test_without_an_output_nothing_is_written_and_json_tells_the_same(vendor, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, ["import", vendor, str(HERE / vendor), "--json"])
    document = json.loads(done.output)
    assert document["output"] is None
    assert len(document["findings"]) > 20
    assert {one["outcome"] for one in document["findings"]} == {outcome.value for outcome in Outcome}
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("vendor", VENDORS)
def test_an_import_never_overwrites(vendor, tmp_path):
    (tmp_path / "mine").write_text("kept")
    done = CliRunner().invoke(main, ["import", vendor, str(HERE / vendor), "--output", str(tmp_path)])
    assert done.exit_code == 1
    assert "name a new directory" in done.output
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


@pytest.mark.parametrize("vendor", VENDORS)
def test_one_file_with_all_lists_says_the_same_as_the_directory(vendor, tmp_path, pages):
    lists: dict[str, object] = {}
    for path in (HERE / vendor).glob("*.json"):
        lists[path.stem] = pages(path)
    for path in (HERE / vendor).glob("*/*.json"):
        lists.setdefault(path.parent.name, {})[path.stem] = pages(path)
    single = tmp_path / "export.json"
    single.write_text(json.dumps(lists))
    assert roster(vendor, single) == roster(vendor)


@pytest.mark.parametrize("vendor", VENDORS)
def test_no_key_and_no_address_of_a_calendar_is_copied_or_shown(vendor, tmp_path):
    out = tmp_path / "out"
    done = CliRunner().invoke(main, ["import", vendor, str(HERE / vendor), "--output", str(out)])
    written = done.output + "".join(path.read_text() for path in out.rglob("*") if path.is_file())
    for secret in ("0123456789abcdef", "SECRET", "secret.ics", "device-token"):
        assert secret not in written


# ------------------------------------------------------------------ people
def test_pagerduty_rules_are_contact_methods_for_an_urgency():
    people = roster("pagerduty")["people"]
    assert people["ada"]["contacts"] == [
        {"notifier": "mail", "address": "ada@example.org", "for": ["low"]},
        {"notifier": "mail", "address": "ada@example.org", "after": "10m", "for": ["high"]},
    ]
    assert people["grace"]["contacts"] == [{"notifier": "mail", "address": "grace@example.org"}]
    assert people["ada-2"]["contacts"] == [{"notifier": "mail", "address": "ada@example.com", "after": "2m"}]
    lines = told("pagerduty")
    assert said(
        lines, "not carried over", "users.json .users[0].notification_rules[1]", "a call to +44 5550100 after 5m"
    )
    assert said(lines, "not carried over", "a push message, high urgency")
    assert said(lines, "not carried over", "+1 5550101 is blocked")
    assert said(lines, "to do by hand", "users.json .users[2]", "no usable rule for low urgency")
    assert said(lines, "to do by hand", "users.json#2 .users[0]", "no contact method that could be carried over")
    assert said(lines, "not carried over", "users.json#2 .users[2]", "'PADA' stands twice")


def test_a_hostile_name_and_an_unknown_zone():
    alan = roster("pagerduty")["people"]["alan"]
    assert alan["name"] == "Alan <U+202E>Turing"
    assert alan["zone"] == "UTC"
    assert said(told("pagerduty"), "users.json .users[2].time_zone", "'Mars/Olympus' is no time zone here")


def test_opsgenie_steps_are_contact_methods_for_both_urgencies():
    people = roster("opsgenie")["people"]
    assert people["ada"]["contacts"] == [{"notifier": "mail", "address": "ada@example.org", "after": "5m"}]
    assert people["kay"]["contacts"] == [{"notifier": "mail", "address": "kay@example.org"}]
    assert "contacts" not in people["blocked"]
    assert people["person"]["name"] == "李小龙"
    lines = told("opsgenie")
    assert said(lines, "not carried over", ".steps[3]", "a call to 44-5550100 after 10m")
    assert said(lines, "not carried over", "44-5550100 is a disabled contact")
    assert said(lines, "not carried over", "'Night' is for some alerts or hours only")


def test_oncall_waits_add_up_and_important_rules_are_for_high_urgency():
    people = roster("oncall")["people"]
    assert people["ada"]["contacts"] == [
        {"notifier": "mail", "address": "ada@example.org", "for": ["low"]},
        {"notifier": "mail", "address": "ada@example.org", "after": "1m", "for": ["high"]},
    ]
    assert people["grace"]["contacts"] == [{"notifier": "mail", "address": "grace@example.org"}]
    assert "contacts" not in people["kay"]
    lines = told("oncall")
    assert said(lines, "not carried over", "a call after 5m, low urgency")
    assert said(lines, "not carried over", "a rule of the user 'UGONE'")


def test_teams_have_the_members_that_the_export_knows():
    assert roster("pagerduty")["teams"] == {
        "Shop": {"members": ["ada", "grace"]},
        "Databases": {"members": ["grace", "ada-2"]},  # no members/TDB.json: as the users say
    }
    assert roster("opsgenie")["teams"] == {"Shop": {"members": ["ada", "grace"]}, "DB": {"members": []}}
    assert roster("oncall")["teams"] == {"Shop": {"members": ["ada", "grace"]}}
    assert said(told("pagerduty"), "members/TSHOP.json .members[2].user", "'PGONE' is not in the export")


# ------------------------------------------------------------------ policies and services
def test_pagerduty_policies():
    policies = roster("pagerduty")["policies"]
    assert policies["Shop"] == {
        "repeat": 3,
        "steps": [
            {"targets": ["schedule:Primary"], "delay": "10m"},
            {"targets": ["person:ada", "person:grace"], "delay": "30m"},
            {"targets": ["schedule:Nights", "person:ada-2"], "delay": "15m"},
        ],
    }
    assert policies["Shop-2"] == {"repeat": 0, "steps": [{"targets": ["person:alan"], "delay": "5m"}]}
    assert policies["default"] == policies["Shop"]
    assert "Orphan" not in policies
    lines = told("pagerduty")
    assert said(lines, "with a difference", "escalation_rule_assignment_strategy", "all of them are paged at once")
    assert said(lines, "not carried over", "policy 'Orphan' pages nobody")
    assert said(lines, "not carried over", "the schedule 'SNONE' is not in the export")
    assert said(lines, "not carried over", "pages a schedule that has nobody")


def test_pagerduty_services_and_the_route_of_what_can_wait():
    found = read_pagerduty(HERE / "pagerduty", NOW).files
    assert found["roster.toml"]["services"] == {
        "Checkout": {"team": "Shop", "policy": "Shop"}, "Newsletter": {"policy": "Shop-2"},
        "Reports": {}, "Checkout-2": {},
    }  # fmt: skip
    (route,) = found["process.toml"]["route"]["routes"]
    assert route == {"name": "Newsletter can wait", "match": ["service=Newsletter"], "urgency": "low"}
    lines = told("pagerduty")
    assert said(lines, "not carried over", "service 'Retired' is disabled")
    assert said(lines, "not carried over", "'EPX' is not in the export")
    assert said(lines, "not carried over", ".services[2].support_hours")
    assert said(lines, "to do by hand", "routing_keys = { KEY = 'Checkout' }")


def test_opsgenie_escalations_and_routing_rules():
    found = roster("opsgenie")
    shop = ["schedule:Shop_schedule", "schedule:Shop_schedule-2", "schedule:Shop_schedule-3"]
    assert found["policies"]["Shop_escalation"] == {
        "repeat": 2,
        "steps": [
            {"targets": shop, "delay": "15m"},
            {"targets": ["person:ada", "person:grace"], "delay": "45m"},
            {"targets": ["person:ada", "person:grace"], "delay": "10m"},
        ],
    }
    assert found["policies"]["Everybody"] == {"repeat": 0, "steps": [{"targets": ["person:person"], "delay": "2m"}]}
    assert found["services"] == {
        "Shop": {"team": "Shop", "policy": "Shop_escalation"}, "DB": {"team": "DB", "policy": "DB-on-call"},
    }  # fmt: skip
    assert found["policies"]["DB-on-call"]["steps"] == [{"targets": shop, "delay": "5m"}]
    lines = told("opsgenie")
    assert said(lines, "not carried over", ".rules[1].notifyType", "pages the next one on call")
    assert said(lines, "with a difference", ".rules[3].condition")
    assert said(lines, "not carried over", "'Switched off' has nobody")


def test_oncall_chains_and_integrations():
    found = roster("oncall")
    assert found["policies"]["Shop"] == {
        "repeat": 5,
        "steps": [
            {"targets": ["schedule:Primary", "schedule:Primary-2", "schedule:Primary-3"], "delay": "5m"},
            {"targets": ["person:ada", "person:grace"], "delay": "15m"},
            {"targets": ["person:ada", "person:grace"], "delay": "5m"},
        ],
    }  # fmt: skip
    assert found["policies"]["Shop-2"]["steps"] == [{"targets": ["schedule:Days", "schedule:Half"], "delay": "5m"}]
    assert found["services"] == {"Grafana": {"policy": "Shop", "team": "Shop"}}
    lines = told("oncall")
    for step, what in (
        ("13", "Slack user group"),
        ("3", "webhook"),
        ("12", "resolves"),
        ("15", "declares an incident"),
    ):
        assert said(lines, "not carried over", f"escalation_policies.json .results[{step}]", what)
    assert said(lines, "not carried over", "the step 'brand_new_step' is not known here")
    assert said(lines, "with a difference", "waited 0:01:00 before it paged anybody")
    assert said(lines, "not carried over", "routes.json .results[0].routing_regex")
    assert said(lines, "to do by hand", "schedules.json .results[3].ical_url_primary")
    assert said(lines, "not carried over", "on_call_shifts.json .results[9]", "is a shift of no schedule")


# ------------------------------------------------------------------ broken exports
USER = {"id": "U1", "name": "A", "email": "a@example.org"}


@pytest.mark.parametrize(
    ("text", "place", "what"),
    [
        ("", "users.json", "is empty: fetch it again"),
        ('{"users": [', "users.json: line 1, column", "is no JSON"),
        ("<html>", "users.json: line 1, column 1", "is no JSON"),
        ('{"error": {"message": "Not Found", "code": 2100}}', "users.json", "an error: 'Not Found': check the key"),
        ('{"detail": "Invalid token."}', "users.json", "an error: 'Invalid token.'"),
        ('{"teams": []}', "users.json", "holds no list and no 'users'"),
        ('{"users": [17]}', "users.json .users[0]", "is no object"),
        ('{"users": [], "more": true}', "users.json .more", "append the next page"),
        ('{"users": [{"id": "A", "id": "B"}]}', "users.json", "'id' stands twice"),
        ('{"users": [NaN]}', "users.json", "NaN is no number"),
        ("[" * 5000, "users.json", "nested deeper than 60"),
        ('{"users":' + "[" * 80 + "]" * 80 + "}", "users.json", "nested deeper than 60"),
        ('{"users": []}', "export", "no user that could be paged"),
    ],
)
def test_a_broken_file_is_named_with_the_place_and_the_remedy(export, text, place, what):
    with pytest.raises(NothingRead) as caught:
        read_pagerduty(export(users=text), NOW)
    assert place in str(caught.value)
    assert what in str(caught.value)


def test_a_file_that_is_no_text_or_too_large_or_missing(export, monkeypatch, tmp_path):
    place = export(users={"users": [USER]})
    (place / "users.json").write_bytes(b'{"users": "\xff"}')
    with pytest.raises(NothingRead, match=r"users\.json: is not UTF-8"):
        read_pagerduty(place, NOW)
    monkeypatch.setattr("incidentd.importers.export_files.MAX_BYTES", 5)
    with pytest.raises(NothingRead, match=r"users\.json: is larger than"):
        read_pagerduty(place, NOW)
    (place / "users.json").unlink()
    with pytest.raises(NothingRead, match=r"holds no users: fetch users.json"):
        read_pagerduty(place, NOW)
    with pytest.raises(NothingRead, match="cannot be read: No such file"):
        read_pagerduty(tmp_path / "nothing", NOW)


@pytest.mark.parametrize(
    ("vendor", "text"),
    [("oncall", '{"results": [], "next": "x"}'), ("opsgenie", '{"data": [], "paging": {"next": "x"}}')],
)
def test_a_list_of_which_a_page_is_missing_is_refused(vendor, text, export):
    with pytest.raises(NothingRead, match="says that more follow"):
        READ[vendor](export(users=text), NOW)


def test_a_list_that_was_not_fetched_is_asked_for(export):
    lines = told("pagerduty", export(users={"users": [USER]}))
    assert said(lines, "to do by hand", "the export has no schedules: fetch schedules.json")


def test_an_end_that_is_no_end_and_one_before_the_start(export):
    layer = {"users": [{"user": {"id": "U1"}}], "rotation_turn_length_seconds": 86400, "start": "2026-01-01T00:00:00Z"}
    layers = [layer | {"name": "endless", "end": "9999-12-31T00:00:00Z"}, layer | {"end": "2025-01-01T00:00:00Z"}]
    place = export(users=[USER], schedules=[{"id": "S", "name": "S", "time_zone": "UTC", "schedule_layers": layers}])
    (one,) = roster("pagerduty", place)["schedules"]["S"]["layers"]
    assert one["name"] == "endless"
    assert "until" not in one
    lines = told("pagerduty", place)
    assert said(lines, "schedule_layers[0].end", "'9999-12-31T00:00:00Z' is no time")
    assert said(lines, "layers and overrides that are over: 1")


def test_what_is_no_part_of_an_export_is_told(export):
    place = export(users={"users": [USER]}, user={"users": []}, Escalations=[])
    lines = told("pagerduty", place)
    assert said(lines, "user.json", "is no part of an export")
    assert said(lines, "Escalations.json", "is no part of an export")


def test_values_of_the_wrong_shape_are_told_and_lose_nothing_else(export):
    place = export(
        users=[USER | {"time_zone": [], "contact_methods": "x", "notification_rules": [{"contact_method": 3}]}],
        schedules=[{"id": "S", "name": 7, "schedule_layers": [{"users": [{}], "rotation_turn_length_seconds": "x"}]}],
        escalation_policies=[{"id": "E", "escalation_rules": [{"targets": [{"id": "U1", "type": "user"}, 9]}]}],
    )
    lines = told("pagerduty", place)
    assert said(lines, "users.json [0].contact_methods", "is no list")
    assert said(lines, "users.json [0].time_zone", "is no text")
    assert said(lines, "schedule_layers[0].rotation_turn_length_seconds", "is no whole number")
    assert said(lines, "targets[1]", "is no mapping")
    found = roster("pagerduty", place)
    assert found["people"]["a"]["contacts"] == [{"notifier": "mail", "address": "a@example.org"}]
    assert found["policies"]["policy"]["steps"] == [{"targets": ["person:a"], "delay": "5m"}]


def test_a_key_that_nothing_here_is_made_of_is_told_once_with_its_count(export):
    place = export(users=[USER | {"id": f"U{n}", "badge": n} for n in range(500)])
    lines = [line for line in told("pagerduty", place) if "badge" in line]
    assert lines == ["not carried over | users.json [0].badge | `badge` has no counterpart (500 times, here first)"]


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize("vendor", VENDORS)
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_an_export_holds_the_result_loads(vendor, tmp_path, pages, data):
    """A value anywhere in the sample is put out of shape: the import refuses with a reason, or the result checks."""
    broken, out = tmp_path / "broken", tmp_path / "out"
    for place in (broken, out):
        shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(HERE / vendor, broken)
    path = data.draw(st.sampled_from(sorted(broken.rglob("*.json"))))
    documents = pages(path)
    spoil(documents, data)
    path.write_text("\n".join(json.dumps(one) for one in documents))
    done = CliRunner().invoke(main, ["import", vendor, str(broken), "--output", str(out)])
    assert done.exit_code in (0, 1), done.output
    assert not isinstance(done.exception, Exception) or isinstance(done.exception, SystemExit), done.exception
    if done.exit_code == 0:
        tomllib.loads((out / "roster.toml").read_text())
        load_configuration(out, {"HOME": str(tmp_path)})


def spoil(value: object, data) -> None:
    """Put something else in the place of one value below `value`."""
    while isinstance(value, (list, dict)) and value:
        key = data.draw(st.sampled_from(sorted(value) if isinstance(value, dict) else range(len(value))))
        if not isinstance(value[key], (list, dict)) or not value[key] or data.draw(st.booleans()):
            value[key] = data.draw(_JSON)
            return
        value = value[key]
