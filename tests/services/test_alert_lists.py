"""Lists of alerts and pages: filters, search, cursors; alerts raised by hand; what hangs on an alert."""

from datetime import timedelta

import pytest

from incidentd.domain.matchers import parse_matcher
from incidentd.domain.signals import Signal, SignalKind
from incidentd.services.contracts import AlertQuery
from incidentd.services.errors import Invalid, NotFound
from incidentd.wire import RaiseAlert
from incidentd.wire.incidents import DeclareIncident


async def found(daemon, **query):
    page = await daemon.core.alerts.list(AlertQuery(**{"order": "oldest"} | query))
    assert page.total == len(page.alerts)
    return [alert.key for alert in page.alerts]


@pytest.fixture
async def several(daemon):
    """Five alerts, one of them ended."""
    rows = {
        "load": ({"alertname": "100%_load", "service": "shop", "severity": "critical"}, "100%_load on \\\\srv"),
        "loud": ({"alertname": "100 loud", "service": "web"}, "Lüfter zu laut, ÄRGER"),
        "quote": ({"alertname": "q", "service": "web", "path": 'a "b" \\c'}, "名前が解決できない"),
        "uni": ({"alertname": "Straße", "team": "zürich"}, ""),
        "gone": ({"alertname": "gone", "service": "shop"}, ""),
    }
    for key, (labels, summary) in rows.items():
        await daemon.fire(key, labels=labels, annotations={"summary": summary})
    await daemon.settle()
    await daemon.resolve("gone", labels=rows["gone"][0])
    await daemon.settle()


@pytest.mark.both_engines
@pytest.mark.usefixtures("several")
@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ({}, ["load", "loud", "quote", "uni"]),
        ({"order": "newest"}, ["uni", "quote", "loud", "load"]),
        ({"status": "resolved"}, ["gone"]),
        ({"status": "all"}, ["load", "loud", "quote", "uni", "gone"]),
        ({"service": "web"}, ["loud", "quote"]),
        ({"service": "default"}, ["uni"]),
        ({"text": "100%"}, ["load"]),
        ({"text": "100 l"}, ["load", "loud"]),
        ({"text": "%"}, ["load"]),
        ({"text": "_"}, ["load"]),
        ({"text": "\\\\srv"}, ["load"]),
        ({"text": "LOUD"}, ["loud"]),
        ({"text": "lüfter"}, ["loud"]),
        ({"text": "LÜFTER"}, ["loud"]),
        ({"text": "ärger"}, ["loud"]),
        ({"text": "Zürich"}, ["uni"]),
        ({"text": "STRASSE"}, []),
        ({"text": "straße"}, ["uni"]),
        ({"text": "名前"}, ["quote"]),
        ({"text": '"b"'}, ["quote"]),
        ({"text": "\\c"}, ["quote"]),
        ({"text": "web 100"}, ["loud"]),
        ({"text": "nothing"}, []),
        ({"matchers": (parse_matcher("service=~sh.*"),)}, ["load"]),
        ({"matchers": (parse_matcher("service!=web"),)}, ["load", "uni"]),
        ({"matchers": (parse_matcher("team="),), "text": "100"}, ["load", "loud"]),
        ({"matchers": (parse_matcher("service=web"), parse_matcher("path!=")), "status": "all"}, ["quote"]),
    ],
)
async def test_filters(daemon, query, keys):
    assert await found(daemon, **query) == keys


@pytest.mark.both_engines
@pytest.mark.parametrize("matchers", [(), (parse_matcher("parity=even"),)])
@pytest.mark.parametrize("order", ["newest", "oldest"])
async def test_cursors_walk_through_every_row_once(daemon, matchers, order):
    signals = [
        Signal(key=f"{n:04}", kind=SignalKind.FIRING, labels={"alertname": "a", "parity": ("even", "odd")[n % 2]})
        for n in range(2300 if matchers else 70)
    ]
    await daemon.core.intake.submit("prom", signals)
    wanted = [signal.key for signal in signals if not matchers or signal.labels["parity"] == "even"]
    seen, cursor = [], ""
    while True:
        query = AlertQuery(order=order, limit=500 if matchers else 7, cursor=cursor, matchers=matchers)
        page = await daemon.core.alerts.list(query)
        assert page.total == len(wanted)
        seen += [alert.key for alert in page.alerts]
        cursor = page.next_cursor
        if not cursor:
            break
    assert seen == (wanted if order == "oldest" else wanted[::-1])


@pytest.mark.parametrize(
    "query", [{"status": "odd"}, {"order": "odd"}, {"cursor": "x1"}, {"cursor": "i-1"}, {"cursor": "i"}]
)
async def test_what_is_no_query_is_refused(daemon, query):
    with pytest.raises(Invalid):
        await daemon.core.alerts.list(AlertQuery(**query))


async def test_an_alert_that_does_not_exist(daemon):
    for call in (daemon.core.alerts.get(7), daemon.core.alerts.trace(7), daemon.core.alerts.resolve(7, "ada", None)):
        with pytest.raises(NotFound):
            await call


async def test_an_alert_raised_by_hand_and_ended_by_hand(daemon):
    body = RaiseAlert(name="Tape full", severity="low", summary="no room", labels={"service": "web", "empty": ""})
    raised = await daemon.core.alerts.raise_alert(body, "ada")
    await daemon.settle()
    alert = await daemon.alert(raised.key, "local")
    assert dict(alert.labels) == {"alertname": "Tape full", "severity": "low", "service": "web"}
    assert (alert.name, alert.service, alert.annotations["raised_by"]) == ("Tape full", "web", "ada")
    again = await daemon.core.alerts.raise_alert(RaiseAlert(**{**_fields(body), "resolved": True}), "ada")
    assert again.key == raised.key
    await daemon.settle()
    assert (await daemon.alert(raised.key, "local")).status == "resolved"
    with pytest.raises(Invalid):
        await daemon.core.alerts.raise_alert(RaiseAlert(name="x", labels={f"l{n}": "v" for n in range(65)}), "ada")


def _fields(body):
    return {name: getattr(body, name) for name in body.__struct_fields__}


async def test_what_an_alert_that_is_linked_to_an_incident_shows(daemon):
    await daemon.fire()
    await daemon.advance(31)
    incident = await daemon.core.incidents.declare(DeclareIncident(title="Shop down", alert_ids=(1,)), "ada")
    alert = await daemon.alert()
    assert alert.incident_ids == (incident.id,)
    assert (alert.page_id, alert.page_state) == (1, "open")
    assert f"ada linked it to INC-{incident.id}" in [step.text for step in (await daemon.trace()).steps]
    await daemon.core.incidents.unlink_alert(incident.id, 1, "ada")
    assert (await daemon.alert()).incident_ids == ()


@pytest.mark.both_engines
async def test_pages_by_state_and_mine(daemon):
    await daemon.fire("a")
    await daemon.advance(31)
    await daemon.fire("b", labels={"alertname": "b", "service": "web"})
    await daemon.advance(31)
    listed = await daemon.core.pages.list("active", None, 1, "", "sam")
    assert (listed.total, [page.id for page in listed.pages], listed.pages[0].mine) == (2, [2], True)
    rest = await daemon.core.pages.list("active", None, 1, listed.next_cursor, "sam")
    assert ([page.id for page in rest.pages], rest.pages[0].mine, rest.next_cursor) == ([1], False, "")
    assert [page.id for page in (await daemon.core.pages.list("open", "ada", 9, "", "ada")).pages] == [1]
    assert (await daemon.core.pages.list("open", "lin", 9, "", "lin")).pages == ()
    await daemon.core.pages.acknowledge(1, "ada")
    assert [page.id for page in (await daemon.core.pages.list("acknowledged", None, 9, "", "")).pages] == [1]
    detail = await daemon.core.pages.get(1, "ada")
    assert [(row.notifier, row.state) for row in detail.deliveries] == [("push", "sent"), ("phone", "cancelled")]
    with pytest.raises(Invalid):
        await daemon.core.pages.list("odd", None, 9, "", "ada")
    with pytest.raises(NotFound):
        await daemon.core.pages.get(9, "ada")


@pytest.mark.both_engines
@pytest.mark.usefixtures("several")
@pytest.mark.parametrize(
    ("matchers", "keys"),
    [
        ([], ["load", "loud", "quote", "uni"]),
        (["service=web"], ["loud", "quote"]),
        (["service=web", 'path="a \\"b\\" \\\\c"'], ["quote"]),
        (["alertname=100%_load"], ["load"]),
        (["alertname=100%load"], []),
        (["team=zürich"], ["uni"]),
        (['team=""'], ["load", "loud", "quote"]),
        (["service!=web"], ["load", "uni"]),
        (["alertname=~100.*"], ["load", "loud"]),
        (["alertname!~.*ou.*", "service=~.+"], ["load", "quote"]),
    ],
)
async def test_a_source_reads_the_alerts_that_fulfil_its_matchers(daemon, matchers, keys):
    parsed = tuple(parse_matcher(text) for text in matchers)
    assert [alert.key for alert in await daemon.core.reader.alerts(matchers=parsed)] == keys


@pytest.mark.both_engines
@pytest.mark.usefixtures("several")
async def test_a_source_reads_what_ended_lately_when_it_asks(daemon):
    (gone,) = [one for one in await daemon.core.reader.alerts(include_resolved=True) if one.key == "gone"]
    assert (gone.status, gone.service, gone.ends_at) == ("resolved", "shop", daemon.clock.now())
    await daemon.advance(timedelta(minutes=6))
    assert "gone" not in [one.key for one in await daemon.core.reader.alerts(include_resolved=True)]
