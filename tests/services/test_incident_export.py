"""An incident is exported with what belongs to it, as a running daemon has it."""

from incidentd.domain.audit import lines, verify
from incidentd.domain.incident_markdown import markdown
from incidentd.services.audit import Audits
from incidentd.services.incident_calendar import calendar
from incidentd.wire import incidents as wire_incidents
from incidentd.wire import life as wire_life
from incidentd.wire import reports as wire_reports


async def test_an_export_has_alerts_pages_reports_and_measures(daemon):
    await daemon.fire("disk")
    await daemon.advance(60)
    alert = await daemon.alert("disk")
    core = daemon.core
    incident = await core.incidents.declare(
        wire_incidents.DeclareIncident(title="Disk full", alert_ids=(alert.id,)), "ada"
    )
    report = await core.support.reports.create(wire_reports.NewReport(subject="It is *slow*", text="very"), "lin")
    change = wire_reports.ChangeReport(to="linked", incident_id=incident.id)
    await core.support.reports.change_state(report.id, change, "ada", None)
    await daemon.advance(60)
    found = await core.life.export(incident.id, "ada")
    assert [one.id for one in found.alerts] == [alert.id]
    assert [one.reference for one in found.reports] == [report.reference]
    assert [one.alert_ids for one in found.pages] == [(alert.id,)]
    assert found.timeline == (await core.incidents.timeline(incident.id)).entries
    assert found.detail == await core.incidents.get(incident.id)
    assert (found.measures.noticed_first, found.measures.noticed_by) == ("alert", f"A-{alert.id}")
    audit = await Audits(core.store).export(incident.id)
    assert verify("\n".join(lines(audit)), found.audit.head).count == found.audit.count
    assert f"{report.reference}: It is \\*slow\\* (linked)" in markdown(found)
    assert f"INC-{incident.id}".encode() in calendar(found)


async def test_reports_go_with_a_split_and_with_its_merge_back_and_its_undo(daemon):
    core = daemon.core
    incident = await core.incidents.declare(wire_incidents.DeclareIncident(title="Disk full"), "ada")
    report = await core.support.reports.create(wire_reports.NewReport(subject="It is slow", text="very"), "lin")
    change = wire_reports.ChangeReport(to="linked", incident_id=incident.id)
    await core.support.reports.change_state(report.id, change, "ada", None)
    wanted = wire_life.SplitIncident(title="Slow", report_ids=(report.id,))
    new = await core.life.split(incident.id, wanted, "ada")

    async def belongs_to():
        return (await core.support.reports.get(report.id)).report.incident_id

    async def status(to, **values):
        await core.incidents.change_status(new.id, wire_incidents.ChangeStatus(to=to, **values), "ada", None)

    assert await belongs_to() == new.id
    assert (await core.life.measures(new.id, None)).noticed_by in (report.reference, "ada")  # at one instant
    await status("merged", merged_into=incident.id)
    assert await belongs_to() == incident.id
    await status("active")
    assert await belongs_to() == new.id
