"""`incident show`, `incident timeline` and lists, as a person reads them."""

from datetime import UTC, datetime, timedelta

import click
import pytest

from incidentd import wire
from incidentd.cli import incident_changes, incident_roles
from incidentd.domain.incidents import Status
from incidentd.domain.roles import Role
from incidentd.domain.timeline import NOTE_KINDS
from incidentd.domain.updates import Phase
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import presence as wire_presence


def minutes(number):
    return timedelta(minutes=number)


def test_show_has_everything(api, run, canned):
    at = canned.at
    violation = wire.Violation(rule="r", text="nobody leads the communication", since=at + minutes(3))
    changes = {"title": "Disk full", "summary": "Two lines\nof it", "service": "db", "declared_by": "ada",
               "mitigated_at": at + minutes(60), "review_opens_at": at + minutes(1440), "violations": (violation,),
               "allowed": ("resolved", "false_alarm"), "process_version": "p1"}  # fmt: skip
    roles = (
        canned.role(person="ada", ends_at=at + minutes(9)),
        canned.role(person="lin", starts_at=at + minutes(9)),
        canned.role(role="review_owner", person="mei", starts_at=at + minutes(2880)),
    )
    update = canned.update(text="We look\ninto it", by="mei", audience="customers", phase="investigating")
    gaps = {"mitigation_lead": 3.25, "communications_lead": 0.0, "separation": 0.01}
    detail = wire_incidents.IncidentDetail(
        incident=canned.incident(**changes), roles=roles, updates=(update,), role_gap_minutes=gaps
    )
    api.on("GET", "/v1/incidents/4", detail)
    shown = run("incident", "show", "INC-4").out
    overdue = next(line for line in shown.splitlines() if "next update" in line)
    assert overdue.startswith("  next update   09:26:53 UTC (overdue since ")
    assert shown.replace(overdue, "  next update") == (
        "INC-4 SEV2 active  Disk full\n"
        "  Two lines\n"
        "  of it\n"
        "  service       db\n"
        "  started       2024-03-14 09:26:53 UTC\n"
        "  declared      2024-03-14 09:26:53 UTC by ada\n"
        "  mitigated     2024-03-14 10:26:53 UTC\n"
        "  episode       2\n"
        "  stakeholders  many\n"
        "  alerts        A-12, A-13\n"
        "  pages         P-3\n"
        "  next update\n"
        "  may become    resolved, false alarm\n"
        "  review        not before Fri 15 Mar 09:26, by 2024-03-14 09:26:53 UTC\n"
        "  process       p1\n"
        "  version       7\n"
        "\n"
        "Rules broken\n"
        "  ! nobody leads the communication, since 09:29:53\n"
        "\n"
        "Roles\n"
        "  mitigation lead  ada  09:26:53 to 09:35:53\n"
        "  mitigation lead  lin  09:35:53 to now\n"
        "  review owner     mei  16 Mar 09:26:53 to now\n"
        "  minutes without: mitigation lead 3.2 min\n"
        "\n"
        "Updates\n"
        "  09:26:53  investigating to customers by mei; next by 09:36:53\n"
        "            We look\n"
        "            into it\n"
    )


def test_an_incident_that_has_just_begun(api, run, canned):
    incident = canned.incident(roles=(), violations=(), next_update_at=None, review_opens_at=None, allowed=())
    detail = wire_incidents.IncidentDetail(incident=incident, roles=(), updates=(), role_gap_minutes={})
    api.on("GET", "/v1/incidents/4", detail)
    shown = run("incident", "show", "4").out
    assert shown.endswith("\nRoles\n  nobody yet\n")
    assert "Rules broken" not in shown
    assert "next update" not in shown


@pytest.fixture
def told(api, run, canned):
    def tell(*entries, options=()):
        api.on("GET", "/v1/incidents/4", canned.incident_detail(title="Disk full"))
        api.on("GET", "/v1/incidents/4/timeline", wire.Timeline(entries=entries))
        return run("incident", "timeline", "4", *options)

    return tell


def test_a_timeline_counts_from_the_start(told, canned):
    at = canned.at
    done = told(
        canned.entry(observed_at=at - minutes(2), recorded_at=at, by="ada", kind="note", text="A change", detail="",
                     evidence="http://ci/7"),
        canned.entry(observed_at=at, recorded_at=at, by="system", kind="alert", text="DiskFull fires", detail="92 %",
                     evidence=""),
        canned.entry(observed_at=at + minutes(1), recorded_at=at + minutes(1), by="ada", kind="ack",
                     text="ada acknowledged: DiskFull", detail="a\nb", evidence=""),
        canned.entry(observed_at=at + minutes(1500), recorded_at=at + minutes(1500), by="lin", kind="decision",
                     text="Buy disks", detail="", evidence="", pinned=True),
    )  # fmt: skip
    assert done.out.splitlines() == [
        "INC-4 SEV2 active  Disk full",
        "",
        "  Thu 14 Mar 2024, UTC",
        "  09:24:53  -2m00s  · note        A change (ada)",
        "                                  evidence: http://ci/7",
        "                                  recorded 09:26:53",
        "  09:26:53   +0.0s  ● alert       DiskFull fires",
        "                                  92 %",
        "  09:27:53  +1m00s  ✓ ack         ada acknowledged: DiskFull",
        "                                  a",
        "                                  b",
        "",
        "  Fri 15 Mar 2024, UTC",
        "  10:26:53  +1d01h  » decision    ★ Buy disks (lin)",
    ]


def test_only_what_is_pinned(told, canned):
    entries = (canned.entry(text="one"), canned.entry(text="two", pinned=True))
    shown = told(*entries, options=["--pinned"])
    assert "two" in shown.out
    assert "one" not in shown.out
    as_json = told(*entries, options=["--pinned", "--json"]).json
    assert [entry["text"] for entry in as_json["entries"]] == ["two"]


def test_the_exact_text_of_a_message_is_printed_on_demand(told, canned):
    sent = canned.entry(observed_at=canned.at, recorded_at=canned.at, by="system", kind="delivery", detail="",
                        evidence="", text="page sent to ada by log", full="Disk full\n92 % \x1b[31mused")  # fmt: skip
    assert "92 %" not in told(sent).out
    lines = [line.strip() for line in told(sent, options=["--full"]).out.splitlines()]
    assert lines[-2:] == ["| Disk full", "92 % ␛[31mused"]


def test_an_empty_timeline(told):
    assert told().out.endswith("\n  nothing yet\n")


@pytest.mark.parametrize(
    ("line", "page"),
    [
        (["alert", "list"], lambda c: wire.AlertPage(alerts=(c.alert(),), next_cursor="n\x1b7", total=9)),
        (["page", "list"], lambda c: wire.PagePage(pages=(c.page(),), next_cursor="n\x1b7", total=9)),
        (["incident", "list"], lambda c: wire.IncidentPage(incidents=(c.incident(),), next_cursor="n\x1b7", total=9)),
    ],
)
def test_a_list_says_that_there_is_more(line, page, api, run, canned):
    api.on("GET", f"/v1/{line[0]}s", page(canned))
    done = run(*line)
    assert done.err == "1 shown of 9; for more: --cursor n␛7\n"
    assert "for more" not in done.out


def test_the_words_of_the_command_line_are_the_domains():
    assert set(incident_changes.STATUSES) == {str(one) for one in Status}
    assert tuple(Phase) == incident_changes.PHASES
    assert incident_changes.NOTE_KINDS == NOTE_KINDS
    role = incident_roles.role.params[1].type
    assert isinstance(role, click.Choice)
    assert tuple(role.choices) == tuple(str(one) for one in Role)


@pytest.mark.parametrize("words", [["note", "4", "-"], ["decide", "4", "-"], ["observe", "4", "-"],
                                   ["update", "4", "-", "--phase", "identified"]])  # fmt: skip
def test_a_text_may_come_from_standard_input(words, api, run, canned):
    api.on("POST", "/v1/incidents/4/notes", canned.entry())
    api.on("POST", "/v1/incidents/4/updates", canned.update())
    assert run("incident", *words, stdin="  zwei\nZeilen ü\n".encode()).code == 0
    assert api.asked[0].body["text"] == "zwei\nZeilen ü"


def test_the_numbers_of_entries_are_what_pin_takes(told, api, run, canned):
    shown = told(canned.entry(seq=118, text="5xx from v512 only"), options=("--numbers",)).out
    assert "entry 118" in shown
    api.on("POST", "/v1/incidents/4/pins", canned.entry(seq=118, text="5xx from\x1b[2J v512"))
    assert run("incident", "pin", "4", "118").out == "INC-4 pinned: 5xx from␛[2J v512\n"
    assert run("incident", "pin", "4", "118", "--off").out == "INC-4 no longer pinned: 5xx from␛[2J v512\n"
    assert run("incident", "pin", "4", "0").code == 2


def test_who_is_in_a_room(api, run, canned):
    since = datetime.now(UTC) - minutes(4)
    here = (wire_presence.Present(person="ada", state="writing", what="note", since=since),)
    api.on("GET", "/v1/incidents/4/presence", wire_presence.Presence(here=here, version=3))
    *said, ago = run("incident", "who", "4").out.splitlines()[1].split()
    assert said == ["ada", "writing", "note"]
    assert ago.startswith("4m")
    api.on("GET", "/v1/incidents/4/presence", wire_presence.Presence(here=(), version=3))
    assert run("incident", "who", "4").out == "Nobody has the room open.\n"
