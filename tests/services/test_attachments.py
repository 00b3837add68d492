"""Files that are attached to incidents: bounded, the same content known by its hash, also from a report."""

import hashlib

import pytest

from incidentd.domain.severity import Severity
from incidentd.plugin.support import Attachment, Received
from incidentd.services.errors import Invalid, NotFound
from incidentd.wire import incidents as wire_incidents
from incidentd.wire.attachments import AttachFile


async def declare(daemon):
    body = wire_incidents.DeclareIncident(title="Cards fail", severity=Severity.SEV2)
    return await daemon.core.incidents.declare(body, "ada")


@pytest.mark.both_engines
async def test_a_file_is_kept_as_it_came_and_the_same_content_says_so(daemon):
    for _ in range(2):
        await declare(daemon)
    files = daemon.core.attachments
    data = b"\x00\x89PNG"
    first = await files.attach(1, AttachFile(name="../graph.png", data=data, note="5xx"), "ada")
    assert (first.name, first.media_type, first.size, first.same_as) == ("../graph.png", "image/png", 5, ())
    assert first.sha256 == hashlib.sha256(data).hexdigest()
    again = await files.attach(2, AttachFile(name="copy", data=data), "lin")
    assert (again.media_type, again.same_as) == ("application/octet-stream", ("INC-1 attachment 1",))
    assert (await files.get(2, again.id)).data == data
    assert (await files.list(1)).attachments == (first,)
    assert (await daemon.core.incidents.get(1)).attachments == (first,)
    with pytest.raises(NotFound):
        await files.get(1, again.id)
    told = [one for one in (await daemon.core.incidents.timeline(2)).entries if one.kind == "file"]
    assert [(one.text, one.detail) for one in told] == [
        ("Attached copy, 5 bytes (attachment 2)", "the same as INC-1 attachment 1")
    ]


async def test_what_a_customer_attached_to_a_report_is_taken_over(daemon):
    await declare(daemon)
    log = Attachment(name="app.log", media_type="text/plain", data=b"boom")
    message = Received(
        id="m1", thread="t1", sender="c@example.org", text="it fails", subject="It fails", attachments=(log,)
    )
    report_id = await daemon.core.support.intake.receive("mail", message)
    taken = await daemon.core.attachments.attach(1, AttachFile(report_id=1, attachment_id=1), "ada")
    assert (taken.name, taken.media_type, taken.source, taken.size) == ("app.log", "text/plain", "R-1", 4), report_id
    assert (await daemon.core.attachments.get(1, taken.id)).data == b"boom"
    with pytest.raises(Invalid) as refused:
        await daemon.core.attachments.attach(1, AttachFile(report_id=1, attachment_id=9), "ada")
    assert refused.value.field == "attachment_id"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (AttachFile(name="a", data=b"123456789"), "data"),
        (AttachFile(name="a"), "data"),
        (AttachFile(data=b"1"), "name"),
        (AttachFile(), "data"),
        (AttachFile(name="a", data=b"1", report_id=1, attachment_id=1), "data"),
        (AttachFile(name="a", data=b"1", report_id=1), "data"),
    ],
)
async def test_what_cannot_be_attached_names_its_field(daemon, body, field):
    await declare(daemon)
    daemon.core.attachments.limit = lambda: 8
    with pytest.raises(Invalid) as refused:
        await daemon.core.attachments.attach(1, body, "ada")
    assert refused.value.field == field
    assert refused.value.remedy
    assert (await daemon.core.attachments.list(1)).attachments == ()
