"""`incidentctl retention`, `hold`, `customer erase` and `audit check`."""

import msgspec
import pytest

from incidentd.wire import retention as wire

COUNT = wire.RetentionCount(rows=3, events=7, bytes=2 * 2**20)


@pytest.fixture
def begun(canned):
    return wire.RetentionRun(
        id=4, state="running", started_at=canned.at, by="ana", at_class="alerts", removed={}, error="", ended_at=None
    )


@pytest.fixture
def hold(canned):
    return wire.Hold(
        id=2, subject="incident:12", reason="case 7", by="ana", at=canned.at, released_at=None, released_by="",
        released_why="",
    )  # fmt: skip


def plain(done):
    assert done.code == 0
    return " ".join(done.out.split())


def test_the_policy_is_shown_with_what_the_latest_runs_removed(api, run, begun, canned):
    done = msgspec.structs.replace(begun, state="done", removed={"alerts": COUNT})
    policy = wire.RetentionPolicy(
        classes=(
            wire.RetentionClass(name="alerts", what="alerts that ended", days=400.0),
            wire.RetentionClass(name="customers", what="names", days=None),
        ),
        at="03:30", zone="Europe/Berlin", next_at=canned.at, runs=(done,), whole_from=812, holds=1,
    )  # fmt: skip
    api.on("GET", "/v1/retention", policy)
    shown = plain(run("retention", "show"))
    assert "every day at 03:30 Europe/Berlin" in shown
    assert "the log is whole from seq 812" in shown
    assert "alerts 400 days alerts that ended" in shown
    assert "customers for ever names" in shown
    assert "done ana alerts: 3 rows, 7 events (2.0 MiB)" in shown


def test_a_preview_says_what_goes_and_what_stays_because_of_what(api, run, canned):
    one = wire.RetentionForecast(name="alerts", days=400.0, removes=COUNT, keeps={"an incident": 31})
    api.on("GET", "/v1/retention/preview", wire.RetentionPreview(at=canned.at, classes=(one,)))
    shown = plain(run("retention", "preview"))
    assert "alerts 400 days 3 7 2.0 MiB" in shown
    assert "alerts an incident 31" in shown


def test_a_run_begins(api, run, begun):
    api.on("POST", "/v1/retention/run", begun, status=201)
    assert "run 4 has begun" in run("retention", "run").out


def test_holds_are_added_listed_and_released(api, run, hold, canned):
    api.on("POST", "/v1/holds", hold, status=201)
    assert "hold 2: incident:12 stays as it is" in run("hold", "add", "INC-12", "--reason", "case 7").out
    assert api.asked[-1].body == {"subject": "INC-12", "reason": "case 7"}
    over = msgspec.structs.replace(hold, released_at=canned.at, released_by="lin", released_why="it is over")
    api.on("POST", "/v1/holds/2/release", over)
    assert "hold 2 (incident:12) is released" in run("hold", "release", "2", "--reason", "it is over").out
    api.on("GET", "/v1/holds", wire.HoldList(holds=(over,)))
    shown = plain(run("hold", "list", "--all"))
    assert "2 incident:12" in shown
    assert "by lin: it is over" in shown
    assert api.asked[-1].target == "/v1/holds?state=all"
    assert run("hold", "add", "INC-12").code == 2


def test_a_customer_is_erased_and_what_stays_is_told(api, run):
    erased = wire.ErasedCustomer(
        customer_id=4, reports=2, messages=9, attachments=1, stays=("INC-3 has copies of a.png",)
    )
    api.on("POST", "/v1/customers/4/erase", erased)
    shown = plain(run("customer", "erase", "4", "--reason", "request 9"))
    assert "customer 4 is erased: 2 reports, 9 messages, 1 attachments" in shown
    assert "stays: INC-3 has copies of a.png" in shown


def test_the_check_of_the_log_names_what_is_wrong(api, run, canned):
    good = wire.LogCheck(
        checked_at=canned.at, last_seq=90, events=80, removed=10, removals=2, head="ab" * 32, incidents=3, faults=()
    )
    api.on("GET", "/v1/log/check", good)
    assert "80 events up to seq 90, 10 removed by retention" in plain(run("audit", "check"))
    bad = msgspec.structs.replace(good, faults=(wire.LogFault(where="seq 12", text="it is missing"),))
    api.on("GET", "/v1/log/check", bad)
    done = run("audit", "check")
    assert done.code == 1
    assert "! seq 12: it is missing" in done.err
